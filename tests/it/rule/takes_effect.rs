use std::time::Duration;

use healthcare_application::{Call, medication::check_medication, rule::refresh};
use healthcare_domain::{id::PatientId, medication::Prescription};
use healthcare_infrastructure::{platform::Platform, rule::follow_rules};
use healthcare_tests::{
    app::{TestApp, spawn_app},
    server::until,
};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{Desk, document};
use crate::{
    medication::{no_known_allergies, of_rule, order, prescribe},
    patient::register,
    ward::{Ward, admit_to},
};

const RULE: &str = "twice-paracetamol";
const PARACETAMOL: &str = "Paracetamol 500 MG Oral Tablet";
/// Longer than any wake-up or poll takes.
const LONG: Duration = Duration::from_secs(20);

async fn patient(app: &TestApp) -> String {
    let patient = register(app).await;
    no_known_allergies(app, &patient).await;
    patient
}

/// Whether an order at another node than the one that took the decision would be stopped.
async fn stopped_at(node: &Platform, patient: &str) -> bool {
    let call = Call::system(node.app.clock.new_id());
    let prescription: Prescription =
        serde_json::from_value(json!({ "medication": { "text": PARACETAMOL }, "authored_at": node.app.clock.now() }))
            .expect("a prescription");
    let patient = PatientId(patient.parse().expect("a patient"));
    let checked = check_medication(&node.app, &call, patient, prescription).await.expect("it is judged");
    checked.findings.iter().any(|finding| finding.rule.as_str() == RULE)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rule_holds_for_the_next_order_here_and_on_every_node_and_after_a_restart() {
    let app = spawn_app().await;
    let desk = Desk::of(&app).await;
    let patient = patient(&app).await;
    let stop = CancellationToken::new();
    let follower = tokio::spawn(follow_rules(app.platform.app.clone(), app.places.database_url.clone(), stop.clone()));
    prescribe(&app, &patient, order(PARACETAMOL)).await.expect(201);
    assert!(!stopped_at(&app.platform, &patient).await);

    desk.active(document(RULE, 1)).await;
    let stopped = prescribe(&app, &patient, order(PARACETAMOL)).await;
    let stopped = stopped.expect_problem(409, "/problems/medication/findings", &[]);
    assert_eq!(of_rule(&stopped, RULE)[0]["version"], 1);
    until("the other node judges by it", LONG, async || stopped_at(&app.platform, &patient).await.then_some(())).await;

    // Replaced, rolled back to, retired: each at once.
    desk.active(document(RULE, 2)).await;
    let stopped = prescribe(&app, &patient, order(PARACETAMOL)).await;
    assert_eq!(of_rule(&stopped, RULE)[0]["version"], 2);
    let of = |version: u32, verb: &str| format!("/{RULE}/versions/{version}/{verb}");
    let back = desk.post(&desk.first, &of(1, "activate"), json!({ "reason": "too many" })).await;
    back.expect_problem(409, "/problems/rule/second-person", &[]);
    desk.post(&desk.second, &of(1, "activate"), json!({ "reason": "too many" })).await.expect(200);
    let stopped = prescribe(&app, &patient, order(PARACETAMOL)).await;
    assert_eq!(of_rule(&stopped, RULE)[0]["version"], 1, "rolled back");

    let again = Platform::open(&app.places).await.expect("a node that starts");
    refresh(&again.app).await.expect("it reads the rules");
    assert!(stopped_at(&again, &patient).await, "a restart keeps all");

    desk.post(&desk.second, &of(1, "retire"), json!({ "reason": "not needed" })).await.expect(200);
    prescribe(&app, &patient, order(PARACETAMOL)).await.expect(201);
    until("the other node has let go of it", LONG, async || (!stopped_at(&app.platform, &patient).await).then_some(()))
        .await;
    stop.cancel();
    follower.await.expect("the follower ends");
}

#[tokio::test]
async fn a_version_is_in_force_on_its_ward_alone() {
    let app = spawn_app().await;
    let desk = Desk::of(&app).await;
    let (west, east) = (Ward::open(&app, "West").await, Ward::open(&app, "East").await);
    let (in_west, in_east, at_home) = (patient(&app).await, patient(&app).await, patient(&app).await);
    for (ward, patient) in [(&west, &in_west), (&east, &in_east)] {
        let bed = ward.bed("1").await;
        admit_to(&app, patient, &bed).await.expect(201);
    }
    desk.shadowed(document(RULE, 1)).await;
    let activate = format!("/{RULE}/versions/1/activate");
    let nowhere = json!({ "wards": ["018f0000-0000-7000-8000-000000000001"], "reason": "a pilot" });
    desk.post(&desk.second, &activate, nowhere).await.expect_problem(422, "/problems/rule/no-such-ward", &["/wards"]);
    let none = json!({ "wards": [], "reason": "a pilot" });
    desk.post(&desk.second, &activate, none).await.expect_problem(422, "/problems/rule/no-ward", &["/wards"]);
    let pilot = json!({ "wards": [west.id], "reason": "a pilot" });
    desk.post(&desk.second, &activate, pilot).await.expect(200);

    let stopped = prescribe(&app, &in_west, order(PARACETAMOL)).await;
    assert_eq!(of_rule(&stopped.expect_problem(409, "/problems/medication/findings", &[]), RULE).len(), 1);
    for elsewhere in [&in_east, &at_home] {
        prescribe(&app, elsewhere, order(PARACETAMOL)).await.expect(201);
    }
    // There it is in the shadow still, and counted by ward.
    let counted = desk.get(&format!("/{RULE}/shadow")).await.expect(200).body;
    assert_eq!((&counted["fired"], &counted["patients"]), (&json!(2), &json!(2)), "{counted:#}");
    let wards: Vec<_> = counted["by_ward"].as_array().expect("by ward").iter().map(|one| one["ward"].clone()).collect();
    assert_eq!(wards, [json!(east.id), json!(null)]);
    let seen = desk.get(&format!("/{RULE}")).await.expect(200).body;
    assert_eq!(seen["in_force"], json!([{ "ward": null, "version": null }, { "ward": west.id, "version": 1 }]));

    // A house version beside it: the ward's own stays there.
    desk.active(document(RULE, 2)).await;
    let stopped = prescribe(&app, &in_west, order(PARACETAMOL)).await;
    assert_eq!(of_rule(&stopped, RULE)[0]["version"], 2, "the whole house is every ward");
    let pilot = json!({ "wards": [west.id], "reason": "back to the pilot" });
    desk.post(&desk.second, &activate, pilot).await.expect(200);
    let version = async |patient: &str| {
        let stopped = prescribe(&app, patient, order(PARACETAMOL)).await;
        of_rule(&stopped, RULE)[0]["version"].clone()
    };
    assert_eq!((version(&in_west).await, version(&in_east).await), (json!(1), json!(2)));
}

#[tokio::test]
async fn a_rule_comes_into_force_at_its_moment_by_itself() {
    let app = spawn_app().await;
    let desk = Desk::of(&app).await;
    let patient = patient(&app).await;
    desk.shadowed(document(RULE, 1)).await;
    let activate = format!("/{RULE}/versions/1/activate");
    let past = json!({ "effective_at": "2020-01-01T00:00:00Z", "reason": "late" });
    desk.post(&desk.second, &activate, past).await.expect_problem(
        422,
        "/problems/rule/in-the-past",
        &["/effective_at"],
    );
    let moment = app.platform.app.clock.now() + chrono::Duration::seconds(3);
    let later = json!({ "effective_at": moment, "reason": "from the change of shift" });
    desk.post(&desk.second, &activate, later).await.expect(200);
    let seen = desk.get(&format!("/{RULE}")).await.expect(200).body;
    let before = app.platform.app.clock.now() < moment;
    assert!(!before || seen["state"] == "shadow", "{seen:#}");
    assert!(!before || seen["planned"][0]["version"] == 1, "{seen:#}");
    let at = until("the order is stopped", LONG, async || {
        let answer = prescribe(&app, &patient, order(PARACETAMOL)).await;
        (answer.status == 409).then(|| app.platform.app.clock.now())
    })
    .await;
    assert!(at >= moment, "not before: {at} and {moment}");
    assert_eq!(desk.get(&format!("/{RULE}")).await.expect(200).body["state"], "active");
}
