use std::collections::BTreeSet;

use chrono::NaiveDate;
use healthcare_application::Role;
use healthcare_infrastructure::embedded::roles;
use healthcare_tests::app::{Answer, Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use super::{changed, tried};
use crate::{
    identity::merge,
    patient::register,
    suggestion::{report, reviewed},
    support::walk::{both_ways, walked},
};

const RULE: &str = "critical-potassium-high";

/// Where the patients of a backtest are listed.
fn patients(run: &Value) -> String {
    format!("/api/v1/rules/backtests/{}/patients", run["id"].as_str().expect("an id"))
}

/// Patients with these potassiums, in their order.
async fn with_potassium(app: &TestApp, values: &[&str]) -> Vec<String> {
    let mut all = vec![];
    for value in values {
        let patient = register(app).await;
        report(app, &patient, value).await;
        all.push(patient);
    }
    reviewed(app).await;
    all
}

fn named<'a>(items: &'a [Value], field: &str) -> BTreeSet<&'a str> {
    items.iter().filter_map(|item| item[field].as_str()).collect()
}

/// A doctor sees who it is of the patients they care for, and is on record as one who was shown them; of the others, and
/// whoever reads no charts of anybody, there is the pseudonym of the samples.
#[tokio::test]
async fn who_it_is_is_told_to_who_may_read_their_chart() {
    let app = spawn_app().await;
    let (own, other) = (register(&app).await, register(&app).await);
    for (patient, ward) in [(&own, "East"), (&other, "West")] {
        let stay = json!({ "class": "inpatient", "ward": ward });
        app.post(Role::Receptionist, &format!("/api/v1/patients/{patient}/encounters"), stay).await.expect(201);
        report(&app, patient, "6.8").await;
    }
    with_potassium(&app, &["4.2"]).await;
    let before = app.platform.app.clock.now().date_naive();
    let run = tried(&app, json!({ "rule_id": RULE })).await;
    let path = patients(&run);

    let of_author = app.get(Role::RuleAuthor, &format!("{path}?limit=1")).await.expect(200);
    let told = format!("{:?} {}", of_author.headers, of_author.body);
    assert!(!told.contains(&own) && !told.contains(&other), "{told}");
    let bare = |id: &str| id.replace('-', "");
    assert!(!told.contains(&bare(&own)) && !told.contains(&bare(&other)), "{told}");
    let listed = walked(&app, Role::RuleAuthor, &path, 1).await;
    assert_eq!((listed.len(), &run["report"]["candidate"]["patients"]), (2, &json!(2)), "{listed:#?}");
    for one in &listed {
        let told = (&one["change"], &one["candidate"], &one["baseline"], one.get("patient"));
        assert_eq!(told, (&json!("same"), &json!(1), &Value::Null, None));
        let day: NaiveDate = one["first_on"].as_str().and_then(|day| day.parse().ok()).expect("a day");
        assert!((0..=1).contains(&(before - day).num_days()), "it was just now: {one:#}");
    }
    let samples = run["samples"].as_array().expect("samples");
    assert_eq!(named(&listed, "pseudonym"), named(samples, "pseudonym"), "as in the samples");

    let (_, token) = app.hire("of-east", Role::Doctor, &["East"]).await;
    let of_doctor = app.anonymous(Method::GET, &path).bearer_auth(&token).answer().await.expect(200);
    let items = of_doctor.body["items"].as_array().expect("items").clone();
    assert_eq!((items.len(), named(&items, "patient")), (2, BTreeSet::from([own.as_str()])), "{items:#?}");
    assert_eq!(named(&items, "pseudonym"), named(&listed, "pseudonym"));
    assert!(!of_doctor.body.to_string().contains(&other));
    let recorded = async |answer: &Answer, patient: &str| {
        let request = answer.header("x-request-id").expect("a request id").to_owned();
        app.count(&format!("audit.entry where request = '{request}' and patient = '{patient}'")).await
    };
    assert_eq!((recorded(&of_doctor, &own).await, recorded(&of_doctor, &other).await), (1, 0));
    assert_eq!((recorded(&of_author, &own).await, recorded(&of_author, &other).await), (0, 0));

    app.get(Role::Nurse, &path).await.expect_problem(403, "/problems/access/denied", &[]);
    assert_eq!(app.get(Role::Doctor, &format!("{path}?cursor=2026-01-01")).await.status, 400);
    assert_eq!(app.get(Role::Doctor, &format!("{path}?change=worse")).await.status, 400);
    let unknown = json!({ "id": app.platform.app.clock.new_id() });
    assert_eq!(app.get(Role::Doctor, &patients(&unknown)).await.status, 404);
}

/// Of whom only the candidate would have alerted, only the baseline, and both: as many as the report counts.
#[tokio::test]
async fn who_is_added_who_falls_away_and_who_stays() {
    let app = spawn_app().await;
    let people = with_potassium(&app, &["6.3", "6.5", "6.9", "4.2"]).await;
    let from = |version: u32, limits: Value| {
        let document = changed(&app, RULE, |rule| {
            rule["version"] = json!(version);
            rule["when"]["observation"]["is"] = limits;
            // Between two limits no value is worse.
            rule["then"].as_object_mut().expect("an object").remove("worse");
        });
        json!({ "rule": document })
    };
    let candidate = from(99, json!({ "at_least": "6.4" }));
    let baseline = from(98, json!({ "at_least": "6.2", "below": "6.8" }));
    let run = tried(&app, json!({ "candidate": candidate, "baseline": baseline })).await;
    let against = json!({ "same": 1, "added": 1, "removed": 1, "patients_added": 1, "patients_removed": 1 });
    assert_eq!(run["report"]["against"], against, "{run:#}");
    let path = patients(&run);
    for (filter, who, alerts) in [
        ("removed", &people[0], (json!(0), json!(1))),
        ("same", &people[1], (json!(1), json!(1))),
        ("added", &people[2], (json!(1), json!(0))),
    ] {
        let of_doctor = walked(&app, Role::Doctor, &format!("{path}?change={filter}"), 50).await;
        assert_eq!(of_doctor.len(), 1, "{filter}: {of_doctor:#?}");
        let one = &of_doctor[0];
        assert_eq!((&one["patient"], &one["change"]), (&json!(who), &json!(filter)), "{one:#}");
        assert_eq!((&one["candidate"], &one["baseline"]), (&alerts.0, &alerts.1), "{filter}");
        let of_author = walked(&app, Role::RuleAuthor, &format!("{path}?change={filter}"), 50).await;
        assert_eq!((of_author.len(), of_author[0].get("patient")), (1, None), "{filter}: {of_author:#?}");
    }
    assert_eq!(walked(&app, Role::Doctor, &path, 50).await.len(), 3, "and nobody of whom neither would have");
}

/// Page by page, by the day of the first alert, either way; many on one day are told apart, with who they are and without.
#[tokio::test]
async fn they_are_told_page_by_page_by_the_day_of_their_first_alert() {
    let app = spawn_app().await;
    let people = with_potassium(&app, &["6.8"; 5]).await;
    let run = tried(&app, json!({ "rule_id": RULE })).await;
    let path = patients(&run);
    let owner = app.owner().await;
    for (patient, days) in [(&people[0], 9), (&people[1], 4), (&people[2], 4)] {
        let earlier = "update governance.backtest_patient set first_on = first_on - $1::integer where patient_id = $2::text::uuid";
        assert_eq!(owner.execute(earlier, &[&days, patient]).await.expect("as of an earlier day"), 1);
    }
    let of_author = both_ways(&app, Role::RuleAuthor, &path, "-at").await;
    let of_doctor = both_ways(&app, Role::Doctor, &path, "-at").await;
    let told = |items: &[Value], field: &str| items.iter().map(|item| item[field].clone()).collect::<Vec<_>>();
    assert_eq!(told(&of_author, "pseudonym"), told(&of_doctor, "pseudonym"));
    let who: Vec<&str> = of_doctor.iter().filter_map(|one| one["patient"].as_str()).collect();
    assert_eq!(who.len(), 5);
    assert_eq!((who[4], BTreeSet::from([who[2], who[3]])), (&*people[0], BTreeSet::from([&*people[1], &*people[2]])));
    let filtered = walked(&app, Role::RuleAuthor, &format!("{path}?change=same&sort=at"), 2).await;
    assert_eq!(filtered, of_author.iter().rev().cloned().collect::<Vec<_>>(), "the same narrowed, where all are");
}

/// A row stays with the registration that was tried, and shows who holds its record now; it is guarded as a sample is. A
/// backtest of a release that kept nobody says so, and not that there was nobody.
#[tokio::test]
async fn a_registration_that_was_merged_shows_the_survivor() {
    let app = spawn_app().await;
    let [stays, merged] = with_potassium(&app, &["6.8", "6.9"]).await.try_into().expect("two");
    let run = tried(&app, json!({ "rule_id": RULE })).await;
    let path = patients(&run);
    let before = walked(&app, Role::Doctor, &path, 50).await;
    assert_eq!(named(&before, "patient"), BTreeSet::from([&*stays, &*merged]));
    let survivor = register(&app).await;
    merge(&app, &survivor, &merged).await.expect(200);

    let after = app.get(Role::Doctor, &path).await.expect(200);
    let items = after.body["items"].as_array().expect("items").clone();
    assert_eq!(named(&items, "patient"), BTreeSet::from([&*stays, &*survivor]), "{items:#?}");
    assert!(!after.body.to_string().contains(&merged), "{:#}", after.body);
    assert_eq!(named(&items, "pseudonym"), named(&before, "pseudonym"));
    let request = after.header("x-request-id").expect("a request id");
    assert_eq!(app.count(&format!("audit.entry where request = '{request}' and patient = '{survivor}'")).await, 1);

    let client = roles::connect(&app.database.urls.app.clone().into()).await.expect("the application signs in");
    let seen = async |scope: &str, patients: &str| {
        let say = format!("set app.scope = '{scope}'; set app.patients = '{{{patients}}}'");
        client.batch_execute(&say).await.expect("said");
        let count = client.query_one("select count(*) from governance.backtest_patient", &[]).await.expect("a count");
        count.get::<_, i64>(0)
    };
    assert_eq!((seen("", "").await, seen("", &survivor).await, seen("", &merged).await), (0, 0, 1));
    assert_eq!((seen("rules", "").await, seen("house", "").await), (2, 0));

    assert_eq!(after.body["complete"], true);
    let owner = app.owner().await;
    let earlier = "delete from governance.backtest_patient; update governance.backtest set patients_kept = false";
    owner.batch_execute(earlier).await.expect("as of an earlier release");
    let of_before = app.get(Role::Doctor, &path).await.expect(200).body;
    assert_eq!(of_before, json!({ "complete": false, "items": [], "next_cursor": null }));
}
