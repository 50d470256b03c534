use std::time::Duration;

use healthcare_application::Role;
use healthcare_tests::{
    app::{Ask, TestApp, spawn_app},
    server::until as waited,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    encounter::admit,
    medication::{no_known_allergies, of_rule, order, penicillin, prescribe},
    patient::register,
    rule::{Desk, document},
    suggestion::{critical, in_seconds, report, until},
};

pub const POTASSIUM: &str = "critical-potassium-high";

pub async fn override_as(app: &TestApp, token: &str, path: &str, reason: &str) {
    let request = app.anonymous(Method::POST, &format!("{path}/override")).bearer_auth(token);
    request.json(&json!({ "reason": reason })).answer().await.expect(200);
}

pub async fn of(app: &TestApp, query: &str) -> Value {
    app.get(Role::RuleAuthor, &format!("/api/v1/rules/metrics{query}")).await.expect(200).body
}

async fn rule(app: &TestApp, name: &str) -> Value {
    let all = of(app, &format!("?rule={name}")).await;
    all["items"].as_array().and_then(|items| items.first().cloned()).unwrap_or(Value::Null)
}

/// Fired, shown, accepted, overridden, put off and withdrawn are counted as they happen, by ward and by role.
#[tokio::test]
async fn what_becomes_of_suggestions_is_counted() {
    let app = spawn_app().await;
    assert_eq!(of(&app, "").await["items"], json!([]));
    let (_, accepted) = critical(&app).await;
    app.post(Role::Doctor, &format!("{accepted}/accept"), json!({})).await.expect(200);
    for person in ["one", "two", "three"] {
        let (_, path) = critical(&app).await;
        override_as(&app, &app.sign_up(person, Role::Pharmacist, None).await, &path, "Known and being treated").await;
    }
    let (_, path) = critical(&app).await;
    app.post(Role::Doctor, &format!("{path}/override"), json!({ "reason": "Mrs. Muster knows." })).await.expect(200);
    let patient = register(&app).await;
    admit(&app, &patient).await;
    report(&app, &patient, "6.8").await;
    let open = until(&app, &patient, POTASSIUM, &["open"]).await;
    let path = format!("/api/v1/suggestions/{}", open[0]["id"].as_str().expect("an id"));
    app.post(Role::Doctor, &format!("{path}/snooze"), json!({ "until": in_seconds(&app, 600) })).await.expect(200);
    report(&app, &patient, "4.1").await;
    until(&app, &patient, POTASSIUM, &["withdrawn"]).await;

    let counted = waited("the counts", Duration::from_secs(30), async || {
        let one = rule(&app, POTASSIUM).await;
        (one["all"]["shown"] == 6).then_some(one)
    })
    .await;
    let all = &counted["all"];
    let figures = ["fired", "accepted", "overridden", "snoozed", "withdrawn", "not_signed", "open"];
    let figures: Vec<i64> = figures.iter().map(|what| all[what].as_i64().expect("a count")).collect();
    assert_eq!(figures, [6, 1, 4, 1, 1, 0, 0], "{counted:#}");
    assert!(all["median_seconds_to_action"].as_i64().is_some_and(|seconds| (0..600).contains(&seconds)));
    let alike = json!([{ "reason": "Known and being treated", "times": 3 }, { "reason": null, "times": 1 }]);
    assert_eq!(counted["reasons"], alike, "what somebody wrote in words of their own is not shown");
    assert_eq!(app.count("governance.firing where reason like '%Muster%'").await, 0, "nor kept in the clear");
    assert_eq!(counted["flagged"], false, "four of five");
    let of_role = |name: &str| {
        let parts = counted["by_role"].as_array().expect("parts");
        parts.iter().find(|part| part["name"] == name).cloned().unwrap_or_default()
    };
    assert_eq!((&of_role("pharmacist")["overridden"], &of_role("doctor")["accepted"]), (&json!(3), &json!(1)));
    let wards: Vec<(&Value, &Value)> =
        counted["by_ward"].as_array().expect("parts").iter().map(|part| (&part["name"], &part["fired"])).collect();
    assert_eq!(wards.len(), 2, "{wards:?}");
    let on_ward = of(&app, "?ward=A&role=doctor").await;
    assert_eq!(on_ward["items"][0]["all"]["fired"], 1, "{on_ward:#}");
}

/// A reason is shown when three people gave it, not when one gave it three times: that may tell of a patient.
#[tokio::test]
async fn reasons_are_shown_of_three_people_and_not_of_three_times() {
    let app = spawn_app().await;
    let (one, two) = (app.token(Role::Doctor).await, app.token(Role::Pharmacist).await);
    for token in [&one, &one, &one, &two] {
        let (_, path) = critical(&app).await;
        override_as(&app, token, &path, "Palliative care").await;
    }
    assert_eq!(rule(&app, POTASSIUM).await["reasons"], json!([{ "reason": null, "times": 4 }]));
    let (_, path) = critical(&app).await;
    override_as(&app, &app.sign_up("third", Role::Doctor, None).await, &path, "Palliative care").await;
    assert_eq!(rule(&app, POTASSIUM).await["reasons"], json!([{ "reason": "Palliative care", "times": 5 }]));
}

/// What a rule of the house offers as reasons and to read on is offered with its suggestions wherever they are read, and who
/// gives one of these reasons is counted by it.
#[tokio::test]
async fn the_reasons_of_a_house_rule_are_offered_and_counted() {
    let app = spawn_app().await;
    let desk = Desk::of(&app).await;
    let mut own = document("house-potassium", 1);
    own["triggers"] = json!(["lab.result.available"]);
    own["when"] = json!({ "observation": { "value_set": "potassium", "unit": "mmol/L", "is": { "at_least": "5.5" },
        "within_hours": 24, "as": "result" } });
    own["then"] = json!({ "summary": "House: {result}", "detail": "{result}",
        "override_reasons": ["Agreed at the dialysis round"],
        "links": [{ "label": "Ward guideline", "url": "https://house.example/potassium" }] });
    let given = |value: &str| json!({ "observations": [{ "loinc": "2823-3", "value": value, "unit": "mmol/L" }] });
    own["tests"] = json!([
        { "name": "high", "given": given("5.9"), "expect": { "fired": [["critical", "House"]] } },
        { "name": "normal", "given": given("4.2"), "expect": "not_fired" },
    ]);
    desk.active(own).await;

    let reasons = json!(["Agreed at the dialysis round"]);
    for person in ["one", "two", "three"] {
        let patient = register(&app).await;
        report(&app, &patient, "5.9").await;
        let open = until(&app, &patient, "house-potassium", &["open"]).await;
        let path = format!("/api/v1/suggestions/{}", open[0]["id"].as_str().expect("an id"));
        let read = app.get(Role::Doctor, &path).await.expect(200).body;
        let chart = app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/chart")).await.expect(200).body;
        let inbox = app.get(Role::Doctor, &format!("/api/v1/inbox?patient={patient}")).await.expect(200).body;
        let mut waiting = inbox["items"].as_array().expect("items").iter().filter(|item| item["kind"] == "suggestion");
        let waiting = waiting.next().unwrap_or_else(|| panic!("it waits: {inbox:#}"));
        for shown in [&read, &chart["suggestions"]["items"][0], waiting] {
            assert_eq!(shown["override_reasons"], reasons, "{shown:#}");
        }
        assert_eq!(read["links"][0]["url"], "https://house.example/potassium", "{read:#}");
        let token = app.sign_up(person, Role::Pharmacist, None).await;
        override_as(&app, &token, &path, "Agreed at the dialysis round").await;
    }
    let alike = json!([{ "reason": "Agreed at the dialysis round", "times": 3 }]);
    assert_eq!(rule(&app, "house-potassium").await["reasons"], alike);
}

/// A rule that nearly everybody sets aside is flagged, from ten answers on.
#[tokio::test]
async fn a_rule_that_is_always_overridden_is_flagged() {
    let app = spawn_app().await;
    for n in 0..10 {
        assert_ne!(rule(&app, POTASSIUM).await["flagged"], true, "after {n}");
        let (_, path) = critical(&app).await;
        app.post(Role::Doctor, &format!("{path}/override"), json!({ "reason": "known" })).await.expect(200);
    }
    assert_eq!(rule(&app, POTASSIUM).await["flagged"], true);
    let owner = app.owner().await;
    owner.batch_execute("update governance.firing set fired_at = fired_at - interval '31 days'").await.expect("aged");
    let from = (app.platform.app.clock.now() - chrono::Duration::days(60)).to_rfc3339();
    let old = of(&app, &format!("?from={}", from.replace('+', "%2B"))).await;
    assert_eq!((&old["items"][0]["all"]["overridden"], &old["items"][0]["flagged"]), (&json!(10), &json!(false)));
}

/// An order that is sent again with a reason was told once, and overridden; one that is left was not signed.
#[tokio::test]
async fn what_is_told_before_signing_counts_once() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;
    penicillin(&app, &patient).await.expect(201);
    let told = prescribe(&app, &patient, order("Amoxicillin 500 MG Oral Capsule")).await.expect(409);
    let conflict = rule(&app, "allergy-conflict").await;
    assert_eq!((&conflict["all"]["fired"], &conflict["all"]["not_signed"]), (&json!(1), &json!(1)), "{conflict:#}");
    let mut again = order("Amoxicillin 500 MG Oral Capsule");
    let finding = &of_rule(&told, "allergy-conflict")[0]["id"];
    again["overrides"] = json!([{ "finding": finding, "reason": "desensitised" }]);
    prescribe(&app, &patient, again).await.expect(201);
    let conflict = rule(&app, "allergy-conflict").await;
    let all = &conflict["all"];
    assert_eq!((&all["fired"], &all["overridden"], &all["not_signed"]), (&json!(1), &json!(1), &json!(0)), "{all:#}");
    assert_eq!(all["shown"], 1);
}

#[tokio::test]
async fn who_may_not_is_refused_and_so_is_what_cannot_be_read() {
    let app = spawn_app().await;
    app.get(Role::Nurse, "/api/v1/rules/metrics").await.expect_problem(403, "/problems/access/denied", &[]);
    app.get(Role::Analyst, "/api/v1/rules/metrics").await.expect(200);
    app.get(Role::Analyst, "/api/v1/rules/metrics?of=all").await.expect(400);
    app.get(Role::Analyst, "/api/v1/rules/metrics?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z").await.expect(400);
    // Before the beginning of time there are no thirty days.
    app.get(Role::Analyst, "/api/v1/rules/metrics?to=-262143-01-01T00:00:00Z").await.expect(400);
    for (from, to) in [
        ("2024-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("-262143-01-02T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("1850-01-01T00:00:00Z", "1850-02-01T00:00:00Z"),
        ("%2B200000-01-01T00:00:00Z", "%2B200000-02-01T00:00:00Z"),
    ] {
        let refused = app.get(Role::Analyst, &format!("/api/v1/rules/metrics?from={from}&to={to}")).await;
        refused.expect_problem(422, "/problems/governance/time", &["from"]);
    }
}
