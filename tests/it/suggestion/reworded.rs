use healthcare_application::Role;
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::{Value, json};

use super::{report, reviewed, until};
use crate::{backtest::changed, patient::register, rule::Desk};

const RULE: &str = "critical-potassium-high";

async fn overridden(app: &TestApp) -> (String, String) {
    let patient = register(app).await;
    report(app, &patient, "6.8").await;
    let open = until(app, &patient, RULE, &["open"]).await;
    let path = format!("/api/v1/suggestions/{}", open[0]["id"].as_str().expect("an id"));
    let reason = json!({ "reason": "Known and being treated" });
    app.post(Role::Doctor, &format!("{path}/override"), reason).await.expect(200);
    (patient, path)
}

fn version(number: u32, change: impl FnOnce(&mut Value)) -> impl FnOnce(&mut Value) {
    move |document| {
        document["version"] = json!(number);
        document["then"]["detail"] = json!(format!("{{result}}. In the words of version {number}."));
        change(document);
    }
}

/// A version that says the same in other words leaves alone who has answered, and what is open; one that fires otherwise
/// is another finding.
#[tokio::test]
async fn other_words_disturb_nobody_who_has_answered() {
    let app = spawn_app().await;
    let desk = Desk::of(&app).await;
    let (answered, _) = overridden(&app).await;
    let open = register(&app).await;
    report(&app, &open, "6.8").await;
    until(&app, &open, RULE, &["open"]).await;

    desk.active(changed(&app, RULE, version(11, |_| {}))).await;
    for (patient, status) in [(&answered, "overridden"), (&open, "open")] {
        report(&app, patient, "6.7").await;
        reviewed(&app).await;
        let told = until(&app, patient, RULE, &[status]).await;
        assert_ne!(told[0]["rule_version"], "11", "{:#}", told[0]);
    }
    // Told first under the new words, and answered under them, it is not told again when the old ones are back.
    let (later, _) = overridden(&app).await;
    desk.active(changed(&app, RULE, version(12, |_| {}))).await;
    report(&app, &later, "6.6").await;
    reviewed(&app).await;
    let told = until(&app, &later, RULE, &["overridden"]).await;
    assert_eq!(told[0]["rule_version"], "11");

    let stricter = |document: &mut Value| document["when"]["observation"]["is"] = json!({ "at_least": "5.95" });
    desk.active(changed(&app, RULE, version(13, stricter))).await;
    report(&app, &answered, "6.7").await;
    let told = until(&app, &answered, RULE, &["open", "overridden"]).await;
    assert_eq!(told[0]["rule_version"], "13");
}

/// What a version proposes otherwise reaches everybody: what is open is replaced, for it would be carried out as it was
/// proposed, and who has answered the old proposal is told of the new one.
#[tokio::test]
async fn another_proposal_replaces_what_is_open_and_is_told_to_who_answered() {
    let app = spawn_app().await;
    let desk = Desk::of(&app).await;
    let (answered, _) = overridden(&app).await;
    let open = register(&app).await;
    report(&app, &open, "6.8").await;
    until(&app, &open, RULE, &["open"]).await;
    let corrected =
        |document: &mut Value| document["then"]["suggestions"] = json!([{ "review": "the corrected dose" }]);
    desk.active(changed(&app, RULE, version(11, corrected))).await;
    for (patient, before) in [(&open, "withdrawn"), (&answered, "overridden")] {
        report(&app, patient, "6.7").await;
        let told = until(&app, patient, RULE, &["open", before]).await;
        assert_eq!(told[0]["proposals"], json!([{ "action": "review", "what": "the corrected dose" }]), "{told:#?}");
    }
}
