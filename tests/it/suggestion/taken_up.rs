//! What a suggestion proposes and a person has to do becomes work, once somebody takes the suggestion up.

use chrono::{DateTime, Duration, Utc};
use healthcare_application::Role;
use healthcare_tests::app::{Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use super::{critical, report, until};
use crate::{
    encounter::admit,
    live::Follower,
    note::Somebody,
    patient::register,
    vitals::{sign, well},
};

/// Somebody on ward A who breathes fast and is not alert: NEWS2 5, and two limbs of qSOFA.
async fn unwell(app: &TestApp) -> String {
    let patient = register(app).await;
    let path = format!("/api/v1/encounters/{}/vitals", admit(app, &patient).await);
    let mut set = well();
    set["measurements"][0] = sign("respiratory_rate", "24", "/min");
    set["consciousness"] = json!("V");
    let charted = app.post(Role::Nurse, &path, set).await.expect(201);
    assert_eq!(charted.body["news2"]["total"], 5, "{:#}", charted.body);
    patient
}

/// The path of the open suggestion of a rule.
async fn suggested(app: &TestApp, patient: &str, rule: &str) -> String {
    let open = until(app, patient, rule, &["open"]).await;
    format!("/api/v1/suggestions/{}", open[0]["id"].as_str().expect("an id"))
}

/// The tasks that wait for somebody, by their titles.
async fn tasks(who: &Somebody<'_>) -> Vec<Value> {
    let mut items = who.inbox("kind=task").await["items"].as_array().expect("items").clone();
    items.sort_by_key(|item| item["title"].to_string());
    items
}

async fn titles(who: &Somebody<'_>) -> Vec<String> {
    tasks(who).await.iter().map(|item| item["title"].as_str().expect("a title").to_owned()).collect()
}

const ASSESSMENT: &str = "Assessment by doctor within 60 minutes";
const LACTATE: &str = "Order Lactate [Moles/volume] in Serum or Plasma";

/// A screen for sepsis is taken up: the assessment waits for the doctors of the ward until it is due, the test for who took
/// it up. Work and suggestion lead to each other, and the plan ends with the last of it.
#[tokio::test]
async fn a_screen_for_sepsis_becomes_work_that_is_due() {
    let app = spawn_app().await;
    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A"]).await;
    let ben = Somebody::hired(&app, "ben", Role::Doctor, &["A"]).await;
    let nia = Somebody::hired(&app, "nia", Role::Nurse, &["A"]).await;
    let patient = unwell(&app).await;
    let path = suggested(&app, &patient, "qsofa").await;
    assert_eq!(titles(&ben).await, Vec::<String>::new());

    let before = app.platform.app.clock.now();
    let accept = async || {
        let request = app.anonymous(Method::POST, &format!("{path}/accept")).bearer_auth(&ann.token);
        request.header("idempotency-key", "take-up").json(&json!({})).answer().await.expect(200)
    };
    let accepted = accept().await;
    let after = app.platform.app.clock.now();
    let told = &accepted.body["proposals"];
    assert_eq!((&told[0]["outcome"], &told[1]["outcome"]), (&json!("done"), &json!("done")), "{told:#}");
    assert_eq!((&told[0]["activity"], &told[1]["activity"]), (&json!(1), &json!(2)), "{told:#}");
    assert_eq!((&told[0]["entry"], &told[0]["version"]), (&told[1]["entry"], &json!(2)), "{told:#}");
    assert_eq!(accept().await.body["proposals"], *told, "the same again is answered as it was");
    let together = "(select from es.event where event_type in ('suggestion.accepted', 'plan.drafted', 'plan.activated')
        group by xmin having count(*) = 3) one_transaction";
    assert_eq!((app.count(together).await, app.count("es.event where event_type = 'plan.drafted'").await), (1, 1));

    let (of_ann, of_ben) = (tasks(&ann).await, tasks(&ben).await);
    assert_eq!(titles(&ann).await, [ASSESSMENT, LACTATE]);
    assert_eq!(titles(&ben).await, [ASSESSMENT], "the test is hers who took it up");
    assert_eq!(titles(&nia).await, Vec::<String>::new());
    let due: DateTime<Utc> = of_ben[0]["due_at"].as_str().and_then(|at| at.parse().ok()).expect("it is due");
    // Times are kept to the microsecond.
    let (early, late) = (before - Duration::milliseconds(1), after + Duration::milliseconds(1));
    let hour = Duration::minutes(60);
    assert!(early + hour <= due && due <= late + hour, "{due} of {before} to {after}");
    assert!(of_ann[1]["due_at"].is_null(), "the rule gives the test no time");

    let plan = format!("/api/v1/plans/{}", told[0]["entry"].as_str().expect("a plan"));
    let seen = ann.sees(&plan).await;
    let id = path.rsplit('/').next().expect("an id");
    assert_eq!((&seen["suggestion"], &seen["status"]), (&json!(id), &json!("active")), "{seen:#}");
    let suggestion = ann.get(&path).await.expect(200).body;
    assert_eq!((&suggestion["status"], &seen["title"]), (&json!("accepted"), &suggestion["summary"]));
    let why = ann.get(&format!("{path}/justification")).await.expect(200).body;
    for done in [&suggestion["carried_out"], &why["answers"][0]["carried_out"]] {
        assert_eq!((&done[0]["entry"], &done[1]["activity"]), (&told[0]["entry"], &json!(2)), "{done:#}");
    }

    for (who, task) in [(&ben, &of_ben[0]), (&ann, &of_ann[1])] {
        assert_eq!(ann.sees(&plan).await["status"], "active");
        who.post(task["action"]["url"].as_str().expect("a URL"), json!({})).await.expect(200);
    }
    assert_eq!(ann.sees(&plan).await["status"], "completed", "nobody has to end it");
    assert_eq!(titles(&ann).await, Vec::<String>::new());
}

/// Signs are taken by nurses, whoever takes the suggestion up.
#[tokio::test]
async fn vital_signs_wait_for_the_nurses() {
    let app = spawn_app().await;
    let ann = Somebody::hired(&app, "ann", Role::SeniorClinician, &["A"]).await;
    let nia = Somebody::hired(&app, "nia", Role::Nurse, &["A"]).await;
    let elsewhere = Somebody::hired(&app, "ned", Role::Nurse, &["B"]).await;
    let path = suggested(&app, &unwell(&app).await, "news2-medium").await;
    let named = ann.post(&format!("{path}/accept"), json!({ "proposals": [1] })).await.expect(200).body;
    let outcomes = (&named["proposals"][0]["outcome"], &named["proposals"][1]["outcome"]);
    assert_eq!(outcomes, (&json!("not-chosen"), &json!("done")), "{named:#}");
    assert_eq!(titles(&nia).await, ["Record vital signs within 60 minutes"]);
    assert!(tasks(&nia).await[0]["due_at"].is_string());
    assert_eq!((titles(&ann).await.len(), titles(&elsewhere).await.len()), (0, 0));
}

/// Who may not make plans cannot ask for work; who accepts without naming it is left with it and told so.
#[tokio::test]
async fn who_makes_no_plans_is_left_with_the_work() {
    let app = spawn_app().await;
    let (_, path) = critical(&app).await;
    let named = app.post(Role::Pharmacist, &format!("{path}/accept"), json!({ "proposals": [0] })).await;
    named.expect_problem(403, "/problems/access/denied", &[]);
    assert_eq!(app.get(Role::Doctor, &path).await.expect(200).body["status"], "open");
    let told = app.post(Role::Pharmacist, &format!("{path}/accept"), json!({})).await.expect(200).body;
    assert_eq!(told["proposals"][0]["outcome"], "by-hand", "{told:#}");
    assert!(told["proposals"][0]["why"].is_string(), "{told:#}");
    assert_eq!(app.count("es.event where event_type like 'plan.%'").await, 0);
}

/// What cannot be done is refused as a whole: the suggestion stays open, no plan begins and nothing waits for anybody.
#[tokio::test]
async fn a_refused_acceptance_changes_nothing() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let stay = admit(&app, &patient).await;
    report(&app, &patient, "6.8").await;
    let path = suggested(&app, &patient, "critical-potassium-high").await;
    let accept = format!("{path}/accept");
    let beyond = app.post(Role::Doctor, &accept, json!({ "proposals": [0, 9] })).await;
    beyond.expect_problem(422, "/problems/suggestion/no-such-proposal", &["/proposals"]);
    let nurse = app.post(Role::Nurse, &accept, json!({})).await;
    nurse.expect_problem(403, "/problems/access/denied", &[]);
    // Nothing is planned for who died.
    let died = json!({ "disposition": "exp" });
    app.post(Role::Doctor, &format!("/api/v1/encounters/{stay}/discharge"), died).await.expect(200);
    let late = app.post(Role::Doctor, &accept, json!({ "proposals": [0] })).await;
    late.expect_problem(409, "/problems/patient/deceased", &[]);
    let seen = app.get(Role::Doctor, &path).await.expect(200);
    assert_eq!((&seen.body["status"], seen.header("etag")), (&json!("open"), Some("\"1\"")));
    assert_eq!(app.count("es.event where event_type like 'plan.%'").await, 0);
    let inbox = app.get(Role::Doctor, &format!("/api/v1/inbox?patient={patient}")).await.expect(200).body;
    assert_eq!((&inbox["counts"]["task"], &inbox["counts"]["suggestion"]), (&json!(0), &json!(1)), "{inbox:#}");
    // It can be closed without asking for anything.
    let closed = app.post(Role::Doctor, &accept, json!({ "proposals": [] })).await.expect(200).body;
    assert_eq!(closed["proposals"][0]["outcome"], "not-chosen", "{closed:#}");
}

/// A critical potassium is assessed within a quarter of an hour, and its task is told live to those it is asked of.
#[tokio::test]
async fn a_critical_potassium_is_due_in_a_quarter_of_an_hour() {
    let app = spawn_app().await;
    let ben = Somebody::hired(&app, "ben", Role::Doctor, &["A"]).await;
    let patient = register(&app).await;
    admit(&app, &patient).await;
    let (mut live, _) = Follower::new(&app.url, &ben.token, "").await;
    report(&app, &patient, "6.8").await;
    let path = suggested(&app, &patient, "critical-potassium-high").await;
    app.post(Role::Doctor, &format!("{path}/accept"), json!({})).await.expect(200);
    let told = loop {
        let told = live.next_of("notification").await.expect("a notification");
        if told["type"] == "plan.activity.assigned" {
            break told;
        }
    };
    assert_eq!(told["details"]["activities"], json!([1]), "{told:#}");
    let waiting = tasks(&ben).await;
    assert_eq!(waiting[0]["title"], "Assessment by doctor within 15 minutes");
    let at = |field: &str| -> DateTime<Utc> {
        waiting[0][field].as_str().and_then(|at| at.parse().ok()).unwrap_or_else(|| panic!("{field}: {waiting:#?}"))
    };
    assert_eq!(at("due_at") - at("since"), Duration::minutes(15));
}
