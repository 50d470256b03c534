use std::time::Duration;

use chrono::{DateTime, NaiveTime, Timelike, Utc};
use healthcare_application::{Call, Role, alert::raise_alert, clock::Clock};
use healthcare_domain::{
    alert::{AlertContent, Priority},
    id::PatientId,
};
use healthcare_infrastructure::clock::SystemClock;
use healthcare_tests::{
    app::{Backing, TestApp, spawn_app, spawn_app_with},
    server::until,
};
use serde_json::{Value, json};

use crate::{
    encounter::admit,
    note::{Somebody, note},
    patient::register,
    plan::followed,
    scheduling::{Clinic, in_hours},
};

async fn alerted(app: &TestApp, patient: &str, title: &str) -> String {
    let ports = &app.platform.app;
    let content = AlertContent {
        patient: PatientId(patient.parse().expect("an id")),
        rule: title.to_owned(),
        rule_version: "1".to_owned(),
        priority: Priority::High,
        title: title.to_owned(),
        message: "SpO2 84 %".to_owned(),
        measured_at: ports.clock.now(),
        device: None,
        evidence: vec![],
    };
    raise_alert(ports, &Call::system(ports.clock.new_id()), content).await.expect("an alert").id.to_string()
}

fn item<'a>(inbox: &'a Value, kind: &str) -> &'a Value {
    let items = inbox["items"].as_array().expect("items");
    items.iter().find(|item| item["kind"] == kind).unwrap_or_else(|| panic!("{kind} in {inbox:#}"))
}

/// Each thing waits for whom it is for, says what to do, and is gone once that is done.
#[tokio::test]
async fn what_is_dealt_with_is_gone() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    admit(&app, &patient).await;
    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A"]).await;
    let ben = Somebody::hired(&app, "ben", Role::SeniorClinician, &["A"]).await;
    let nia = Somebody::hired(&app, "nia", Role::Nurse, &["A"]).await;
    let mut body = note("Round", "Stable.");
    body["cosigners"] = json!([{ "role": "senior_clinician" }]);
    ann.writes(&patient, body).await;
    assert_eq!(ann.waiting("kind=sign").await, [("sign".into(), "Round".into())]);
    assert_eq!(ben.waiting("kind=cosign").await, [], "not before it is signed");
    let act = async |who: &Somebody<'_>, kind: &str, body: Value| {
        let inbox = who.inbox("").await;
        let one = item(&inbox, kind);
        assert_eq!((&one["patient"], &one["action"]["method"]), (&json!(patient), &json!("POST")));
        assert_eq!(inbox["counts"][kind], 1, "{inbox:#}");
        who.post(one["action"]["url"].as_str().expect("a URL"), body).await.expect(200);
        assert_eq!(who.inbox("").await["counts"][kind], 0, "{kind}");
    };
    act(&ann, "sign", json!({})).await;
    act(&ben, "cosign", json!({})).await;
    let plan = ann.plans(&patient, followed()).await;
    let tasks = nia.inbox("kind=task").await;
    let task = item(&tasks, "task");
    assert_eq!((&task["title"], &task["subject"]["number"]), (&json!("Teach self-injection"), &json!(1)));
    assert_eq!(ben.waiting("kind=task").await, [], "it is the nurses'");
    act(&nia, "task", json!({})).await;
    act(&ann, "review", json!({ "outcome": "Fine." })).await;
    // What is to be looked at later does not wait yet, and what rests asks nothing.
    ann.post(&format!("{plan}/reviews"), json!({ "due": "2099-01-01" })).await.expect(200);
    ann.post(
        &format!("{plan}/activities"),
        json!({ "what": { "text": "Weigh" }, "assigned_to": { "account": nia.id } }),
    )
    .await
    .expect(200);
    assert_eq!(ann.waiting("kind=review").await, []);
    assert_eq!(nia.waiting("").await, [("task".into(), "Weigh".into())]);
    ann.course(&plan, "hold").await.expect(200);
    assert_eq!(nia.waiting("").await, []);
    ann.course(&plan, "resume").await.expect(200);
    assert_eq!(nia.waiting("").await.len(), 1);
    ann.post(&format!("{plan}/entered-in-error"), json!({ "reason": "another patient" })).await.expect(200);
    assert_eq!(nia.waiting("").await, []);

    let alert = alerted(&app, &patient, "NEWS2 8").await;
    let inbox = nia.inbox("").await;
    assert_eq!(
        (&item(&inbox, "alert")["title"], &item(&inbox, "alert")["priority"]),
        (&json!("NEWS2 8"), &json!("high"))
    );
    assert_eq!(item(&inbox, "alert")["subject"]["id"], json!(alert));
    act(&nia, "alert", json!({})).await;
}

/// SECURITY 30, 31: it holds patients of the circle alone, and what is assigned to a role waits for those of the role who
/// care for the patient.
#[tokio::test]
async fn an_inbox_holds_those_whom_one_may_know() {
    let app = spawn_app().await;
    let (own, other) = (register(&app).await, register(&app).await);
    admit(&app, &own).await;
    let stay = json!({ "class": "inpatient", "ward": "B" });
    let stay =
        app.post(Role::Receptionist, &format!("/api/v1/patients/{other}/encounters"), stay).await.expect(201).id();
    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A", "B"]).await;
    let of_a = Somebody::hired(&app, "of-a", Role::Nurse, &["A"]).await;
    let of_b = Somebody::hired(&app, "of-b", Role::Nurse, &["B"]).await;
    let house = Somebody::hired(&app, "house", Role::Nurse, &["*"]).await;
    ann.plans(&own, followed()).await;
    ann.plans(&other, followed()).await;
    alerted(&app, &own, "own").await;
    alerted(&app, &other, "other").await;
    let patients = async |who: &Somebody<'_>| {
        let inbox = who.inbox("sort=newest").await;
        let mut of: Vec<_> =
            inbox["items"].as_array().expect("items").iter().map(|item| item["patient"].to_string()).collect();
        of.sort();
        of.dedup();
        (of, inbox["counts"]["task"].clone(), inbox["counts"]["alert"].clone())
    };
    assert_eq!(patients(&of_a).await, (vec![json!(own).to_string()], json!(1), json!(1)));
    assert_eq!(patients(&of_b).await, (vec![json!(other).to_string()], json!(1), json!(1)));
    assert_eq!(patients(&house).await.0.len(), 2);
    assert_eq!(house.inbox(&format!("patient={own}")).await["counts"]["task"], 1);
    let label = json!({ "label": "R", "reason": "asked for" });
    app.post(Role::PrivacyOfficer, &format!("/api/v1/patients/{own}/label"), label).await.expect(200);
    assert_eq!(patients(&house).await.0, [json!(other).to_string()]);
    let recorded = format!("audit.entry where actor = '{}' and patient = '{other}' and action = 'read_inbox'", of_b.id);
    assert!(app.count(&recorded).await > 0);
    // Who cared for them still sees it for the time of the grace, as in the chart.
    app.post(Role::Doctor, &format!("/api/v1/encounters/{stay}/discharge"), json!({ "disposition": "home" }))
        .await
        .expect(200);
    assert_eq!(patients(&of_b).await.1, json!(1));
    for role in [Role::Analyst, Role::Auditor, Role::RuleAuthor, Role::LabTechnician] {
        app.get(role, "/api/v1/inbox").await.expect_problem(403, "/problems/access/denied", &[]);
    }
}

#[tokio::test]
async fn an_inbox_is_sorted_filtered_and_paged() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    admit(&app, &patient).await;
    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A"]).await;
    let nia = Somebody::hired(&app, "nia", Role::Nurse, &["A"]).await;
    let activities: Vec<_> = [9, 3, 7, 1, 5]
        .iter()
        .map(|day| json!({ "what": { "text": format!("Day {day}") }, "assigned_to": { "role": "nurse" }, "scheduled_at": in_hours(24 * day) }))
        .collect();
    ann.plans(&patient, json!({ "title": "Wound", "activities": activities, "activate": true })).await;
    alerted(&app, &patient, "now").await;
    let titles = async |query: &str| nia.waiting(query).await.into_iter().map(|(_, title)| title).collect::<Vec<_>>();
    assert_eq!(
        titles("").await,
        ["now", "Day 1", "Day 3", "Day 5", "Day 7", "Day 9"],
        "an alert is due since it is there"
    );
    assert_eq!(titles("sort=newest&limit=1").await, ["now"]);
    assert_eq!(titles("kind=alert").await, ["now"]);
    assert_eq!(nia.inbox("kind=alert").await["counts"]["task"], 5, "the counts are of all");
    for sort in ["due", "oldest", "newest"] {
        let (mut seen, mut cursor) = (vec![], String::new());
        loop {
            let page = nia.inbox(&format!("limit=2&sort={sort}{cursor}")).await;
            seen.extend(page["items"].as_array().expect("items").iter().map(|item| item["title"].to_string()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let expected: Vec<_> =
            titles(&format!("sort={sort}")).await.iter().map(|title| json!(title).to_string()).collect();
        assert_eq!((seen.len(), &seen), (6, &expected), "{sort}");
    }
    for wrong in ["sort=title", "cursor=1", "limit=0", "colour=red", "kind=gone"] {
        assert_eq!(nia.get(&format!("/api/v1/inbox?{wrong}")).await.status, 400, "{wrong}");
    }
}

/// A review is due on a day of the site's calendar, and waits since that began there: not since the midnight of UTC, which is
/// another moment nearly everywhere. The zone is one whose date is not that of UTC as this runs.
#[tokio::test]
async fn a_review_is_due_when_its_day_begins_at_the_site() {
    let now = SystemClock.now();
    let ahead = now.hour() >= 10;
    let zone = if ahead { chrono_tz::Pacific::Kiritimati } else { chrono_tz::Pacific::Pago_Pago };
    let app = spawn_app_with(Backing { time_zone: Some(zone), ..Backing::default() }).await;
    let patient = register(&app).await;
    admit(&app, &patient).await;
    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A"]).await;
    let today = now.with_timezone(&zone).date_naive();
    assert_eq!(today == now.date_naive().succ_opt().expect("a day"), ahead, "{today}");
    let plan = json!({ "title": "Wound", "activate": true,
        "reviews": [{ "due": today }, { "due": today.succ_opt() }] });
    ann.plans(&patient, plan).await;
    let inbox = ann.inbox("kind=review").await;
    assert_eq!(inbox["counts"]["review"], 1, "today's, and not that of tomorrow: {inbox:#}");
    let due: DateTime<Utc> = item(&inbox, "review")["due_at"].as_str().expect("a time").parse().expect("a time");
    let local = due.with_timezone(&zone).naive_local();
    assert_eq!(local, today.and_time(NaiveTime::MIN), "the midnight of the site");
    assert_eq!((item(&inbox, "review")["since"].clone(), due <= now), (json!(due), true), "{inbox:#}");
}

#[tokio::test]
async fn offers_wait_for_who_books_and_broken_glasses_for_who_reviews() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let (booked, waits) = (register(&app).await, register(&app).await);
    admit(&app, &waits).await;
    let desk = Somebody::hired(&app, "desk", Role::Receptionist, &["A"]).await;
    let appointment = clinic.book(&booked, in_hours(30)).await.expect(201).id();
    let entry = clinic.wait(&waits, "urgent").await;
    assert_eq!(desk.inbox("").await["counts"]["offer"], 0);
    clinic.conduct(&appointment, "cancel", json!({ "reason": "pat" })).await.expect(200);
    let inbox = until("an offer", Duration::from_secs(60), async || {
        let inbox = desk.inbox("kind=offer").await;
        (inbox["counts"]["offer"] == 1).then_some(inbox)
    })
    .await;
    let offer = item(&inbox, "offer");
    assert_eq!((&offer["subject"]["id"], &offer["patient"]), (&json!(entry), &json!(waits)));
    assert!(offer["due_at"].is_string(), "until it is over");
    desk.post(offer["action"]["url"].as_str().expect("a URL"), json!({})).await.expect(200);
    assert_eq!(desk.inbox("").await["counts"], json!({ "offer": 0 }), "a receptionist deals with nothing else");

    let stranger = Somebody::hired(&app, "stranger", Role::Doctor, &[]).await;
    let glass = json!({ "reason": "cannot speak", "purpose": "ETREAT" });
    stranger.post(&format!("/api/v1/patients/{waits}/break-glass"), glass).await.expect(201);
    let officer = Somebody::hired(&app, "officer", Role::PrivacyOfficer, &[]).await;
    let inbox = officer.inbox("").await;
    assert_eq!(
        (&inbox["counts"], &item(&inbox, "break_glass")["patient"]),
        (&json!({ "break_glass": 1 }), &Value::Null)
    );
    let review = item(&inbox, "break_glass")["action"]["url"].as_str().expect("a URL").to_owned();
    officer.post(&review, json!({ "outcome": "justified", "note": "Unconscious." })).await.expect(200);
    assert_eq!(officer.inbox("").await["counts"], json!({ "break_glass": 0 }));
}
