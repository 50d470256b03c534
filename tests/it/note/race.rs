use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::json;

use super::{Somebody, signed};
use crate::{encounter::admit, patient::register};

/// Two people amend the same version: one is stored, the other is told to look again. Nothing is lost.
#[tokio::test]
async fn of_two_who_amend_one_is_told_to_look_again() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    admit(&app, &patient).await;
    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A"]).await;
    let ben = Somebody::hired(&app, "ben", Role::Doctor, &["A"]).await;
    for n in 0..10 {
        let path = ann.writes(&patient, signed("Round", "Stable.")).await;
        let amend =
            |who: &str| json!({ "title": "Round", "sections": [{ "text": who }], "reason": format!("{who} {n}") });
        let (one, other) = futures::join!(ann.put(&path, 2, amend("Ann")), ben.put(&path, 2, amend("Ben")));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412], "{one:?} {other:?}");
        let versions = ann.get(&format!("{path}/versions")).await.expect(200).body;
        let texts: Vec<_> = versions["items"]
            .as_array()
            .expect("versions")
            .iter()
            .map(|v| v["content"]["sections"][0]["text"].clone())
            .collect();
        let winner = if one.status == 200 { "Ann" } else { "Ben" };
        assert_eq!(texts, [json!("Stable."), json!(winner)]);
    }
}

/// Two co-signers at once: each signature stands, once.
#[tokio::test]
async fn two_co_signers_at_once_both_sign() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    admit(&app, &patient).await;
    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A"]).await;
    let ben = Somebody::hired(&app, "ben", Role::Doctor, &["A"]).await;
    let cay = Somebody::hired(&app, "cay", Role::SeniorClinician, &["A"]).await;
    for _ in 0..8 {
        let mut body = signed("Round", "Stable.");
        body["cosigners"] = json!([{ "account": ben.id }, { "role": "senior_clinician" }]);
        let path = format!("{}/cosign", ann.writes(&patient, body).await);
        let answers = futures::join!(
            ben.post(&path, json!({})),
            cay.post(&path, json!({})),
            ben.post(&path, json!({})),
            cay.post(&path, json!({}))
        );
        let mut statuses = [answers.0.status, answers.1.status, answers.2.status, answers.3.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 200, 409, 409], "{answers:?}");
        let seen = ann.get(path.trim_end_matches("/cosign")).await.expect(200).body;
        let mut by: Vec<_> =
            seen["cosignatures"].as_array().expect("two").iter().map(|one| one["by"].to_string()).collect();
        let mut expected = [json!(ben.id).to_string(), json!(cay.id).to_string()];
        by.sort();
        expected.sort();
        assert_eq!(by, expected);
        assert_eq!(seen["cosign_requests"], json!([]));
    }
}
