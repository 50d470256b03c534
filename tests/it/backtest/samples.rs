use healthcare_application::Role;
use healthcare_infrastructure::embedded::roles;
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::{Value, json};

use super::tried;
use crate::{
    identity::merge,
    patient::register,
    suggestion::{critical, report, reviewed, until},
};

const RULE: &str = "critical-potassium-high";

async fn samples(app: &TestApp, role: Role, id: &str) -> Vec<Value> {
    let shown = app.get(role, &format!("/api/v1/rules/backtests/{id}")).await.expect(200).body;
    shown["samples"].as_array().expect("samples").clone()
}

fn of<'a>(samples: &'a [Value], patient: &str) -> Option<&'a Value> {
    samples.iter().find(|one| one["patient"] == patient)
}

/// Who the moments were of is in no tally; the rows are guarded, and what was found is sealed.
#[tokio::test]
async fn what_is_kept_of_a_sample_is_guarded_and_sealed() {
    let app = spawn_app().await;
    let (patient, _) = critical(&app).await;
    let run = tried(&app, json!({ "rule_id": RULE })).await;
    assert_eq!(run["samples"].as_array().map(Vec::len), Some(1), "{run:#}");
    let named = format!("governance.backtest b where b::text like '%{patient}%'");
    assert_eq!((app.count("governance.backtest").await, app.count(&named).await), (1, 0));
    assert_eq!(app.count(&format!("governance.backtest_sample where patient_id = '{patient}'")).await, 1);
    let in_the_clear = "governance.backtest_sample where found is null or position('otassium'::bytea in found) > 0";
    assert_eq!(app.count(in_the_clear).await, 0);
    let client = roles::connect(&app.database.urls.app.clone().into()).await.expect("the application signs in");
    let seen = async |scope: &str, patients: &str| {
        let say = format!("set app.scope = '{scope}'; set app.patients = '{{{patients}}}'");
        client.batch_execute(&say).await.expect("said");
        let count = client.query_one("select count(*) from governance.backtest_sample", &[]).await.expect("a count");
        count.get::<_, i64>(0)
    };
    let other = register(&app).await;
    assert_eq!((seen("", "").await, seen("", &other).await, seen("", &patient).await), (0, 0, 1));
    assert_eq!((seen("rules", "").await, seen("house", "").await), (1, 0));
}

/// A sample that is damaged, of a record that is closed to the reader, or of a registration that was merged since: the
/// others are shown as ever, and of each it is said what can be said.
#[tokio::test]
async fn one_that_cannot_be_shown_keeps_no_other_from_it() {
    let app = spawn_app().await;
    let mut patients = vec![];
    for _ in 0..5 {
        patients.push(critical(&app).await.0);
    }
    let [sound, damaged, closed, erased, merged] = patients.try_into().expect("five");
    reviewed(&app).await;
    let run = tried(&app, json!({ "rule_id": RULE })).await;
    let id = run["id"].as_str().expect("an id");
    let trail = format!("audit.entry where patient = '{sound}' and role = 'doctor'");
    let before = app.count(&trail).await;
    let whole = samples(&app, Role::Doctor, id).await;
    assert!(app.count(&trail).await > before, "what was shown of a patient is in the trail");
    assert!(whole.len() == 5 && whole.iter().all(|one| one["finding"]["rule"] == RULE), "{whole:#?}");

    let owner = app.owner().await;
    let spoil = format!("update governance.backtest_sample set found = '\\x01020304' where patient_id = '{damaged}'");
    owner.batch_execute(&spoil).await.expect("spoilt");
    let unkept = format!("update governance.backtest_sample set found = null where patient_id = '{erased}'");
    owner.batch_execute(&unkept).await.expect("as of before");
    let label = json!({ "label": "V", "reason": "at the patient's request" });
    app.post(Role::PrivacyOfficer, &format!("/api/v1/patients/{closed}/label"), label).await.expect(200);
    let survivor = register(&app).await;
    merge(&app, &survivor, &merged).await.expect(200);

    let shown = samples(&app, Role::Doctor, id).await;
    assert_eq!(shown.len(), 5);
    let days = |all: &[Value]| all.iter().map(|one| (one["pseudonym"].clone(), one["on"].clone())).collect::<Vec<_>>();
    assert_eq!(days(&shown), days(&whole), "in the same order, under the same pseudonyms");
    assert_eq!(of(&shown, &sound).expect("shown")["finding"], of(&whole, &sound).expect("shown")["finding"]);
    let spoilt = of(&shown, &damaged).expect("said");
    assert_eq!((&spoilt["not_shown"], spoilt.get("finding")), (&json!("damaged"), None));
    assert_eq!(of(&shown, &erased).expect("said")["not_shown"], "not-kept");
    assert!(of(&shown, &closed).is_none() && of(&shown, &merged).is_none(), "{shown:#?}");
    assert_eq!(
        of(&shown, &survivor).expect("the survivor's")["finding"],
        of(&whole, &merged).expect("shown")["finding"]
    );
    // Who reads no charts sees none of it.
    let of_author = samples(&app, Role::RuleAuthor, id).await;
    assert!(of_author.iter().all(|one| one["patient"].is_null() && one.get("not_shown").is_none()), "{of_author:#?}");
    assert_eq!(days(&of_author), days(&whole));
}

/// As an earlier version kept them: in the tally. They are rows now, and told as not kept whole.
#[tokio::test]
async fn what_goes_on_after_a_stop_keeps_what_it_picked() {
    let app = spawn_app().await;
    let (patient, _) = critical(&app).await;
    report(&app, &patient, "6.9").await;
    until(&app, &patient, RULE, &["open"]).await;
    let run = tried(&app, json!({ "rule_id": RULE })).await;
    let id = run["id"].as_str().expect("an id").to_owned();
    let before = samples(&app, Role::Doctor, &id).await;
    // As if it had stopped behind the last patient: what was picked before is picked still.
    let stopped = "update governance.backtest set state = 'running', worker = gen_random_uuid(), ended_at = null,
        resume_after = 'ffffffff-ffff-ffff-ffff-ffffffffffff', seen_at = clock_timestamp() - interval '3 minutes'";
    app.owner().await.batch_execute(stopped).await.expect("as of a process that died");
    let again = super::ended(&app, Role::Doctor, &id).await;
    assert_eq!(again["state"], "done");
    assert_eq!(again["samples"], json!(before));
}
