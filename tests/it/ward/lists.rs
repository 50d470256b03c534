use chrono::{Duration, SecondsFormat};
use healthcare_application::{Role, clock::Clock};
use healthcare_infrastructure::clock::SystemClock;
use healthcare_tests::app::{Answer, Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Ward, admit_to, keep};
use crate::{patient::register, support::walk::both_ways};

async fn as_token(app: &TestApp, token: &str, path: &str) -> Answer {
    app.anonymous(Method::GET, path).bearer_auth(token).answer().await
}

fn names(answer: &Answer) -> Vec<String> {
    let items = answer.body["items"].as_array().cloned().unwrap_or_default();
    items.iter().map(|one| one["name"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn beds_are_listed_in_pages_by_state_with_who_lies_there_for_who_may_know() {
    let app = spawn_app().await;
    let ward = Ward::open(&app, "West").await;
    let mut beds = vec![];
    for name in ["1", "2", "3", "4", "5"] {
        beds.push(ward.bed(name).await);
    }
    let patient = register(&app).await;
    let stay = admit_to(&app, &patient, &beds[1]).await.expect(201).id();
    keep(&app, Role::Nurse, &beds[4], "block", json!({ "reason": "staffing" })).await.expect(200);

    let path = format!("/api/v1/wards/{}/beds", ward.id);
    let mut seen = vec![];
    let mut next = format!("{path}?limit=2");
    loop {
        let page = app.get(Role::Nurse, &next).await.expect(200);
        seen.extend(names(&page));
        match page.body["next_cursor"].as_str() {
            Some(cursor) => next = format!("{path}?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, ["1", "2", "3", "4", "5"]);
    let free = app.get(Role::Nurse, &format!("{path}?state=free")).await.expect(200);
    assert_eq!(names(&free), ["1", "3", "4"]);
    app.get(Role::Nurse, &format!("{path}?cursor=zz")).await.expect(400);
    app.get(Role::Nurse, &format!("{path}?unknown=1")).await.expect(400);

    // A nurse of the house sees who lies there; the reception and a nurse of another ward see that somebody does.
    let occupied = |list: &[Value]| list.iter().find(|one| one["state"] == "occupied").cloned().expect("one");
    let told = occupied(&ward.beds(Role::Nurse).await);
    assert_eq!((&told["patient"], &told["encounter"]), (&json!(patient), &json!(stay)));
    let told = occupied(&ward.beds(Role::Receptionist).await);
    assert!(told["patient"].is_null() && told["encounter"].is_null(), "{told}");
    let (_, stranger) = app.hire("stranger", Role::Nurse, &["East"]).await;
    let list = as_token(&app, &stranger, &path).await.expect(200).body["items"].as_array().cloned().expect("a list");
    assert!(occupied(&list)["patient"].is_null(), "{list:?}");
    let (_, own) = app.hire("own", Role::Nurse, &["West"]).await;
    let list = as_token(&app, &own, &path).await.expect(200).body["items"].as_array().cloned().expect("a list");
    assert_eq!(occupied(&list)["patient"], json!(patient));
    // So in a refusal.
    let body = json!({ "class": "inpatient", "bed_id": beds[1] });
    let another = register(&app).await;
    for (token, sees) in [(&own, true), (&stranger, false)] {
        let request = app.anonymous(Method::POST, &format!("/api/v1/patients/{another}/encounters"));
        let refused = request.bearer_auth(token).json(&body).answer().await;
        let refused = refused.expect_problem(409, "/problems/bed/not-free", &[]);
        assert_eq!(refused.body["bed"]["name"], "2");
        assert_eq!(refused.body["bed"]["patient"] == json!(patient), sees, "{:#}", refused.body);
    }

    let wards = app.get(Role::Receptionist, "/api/v1/wards?active=true").await.expect(200).body;
    let counted = json!({ "free": 3, "occupied": 1, "cleaning": 0, "blocked": 1 });
    assert_eq!((&wards["items"][0]["name"], &wards["items"][0]["beds"]), (&json!("West"), &counted));
    app.get(Role::LabTechnician, "/api/v1/wards").await.expect_problem(403, "/problems/access/denied", &[]);
    let house = app.get(Role::Nurse, "/api/v1/beds?state=occupied").await.expect(200);
    assert_eq!(names(&house), ["2"]);
    let one = app.get(Role::Nurse, &format!("/api/v1/beds/{}", beds[1])).await.expect(200).body;
    assert_eq!((&one["status"], &one["encounter"]), (&json!("occupied"), &Value::Null));
}

/// Everybody's circle is their own: a list shows of a ward only the patients for whom a permit would be made out.
#[tokio::test]
async fn visits_are_listed_by_ward_class_status_and_time() {
    let app = spawn_app().await;
    let ward = Ward::open(&app, "West").await;
    let (bed, patient) = (ward.bed("1").await, register(&app).await);
    let stay = admit_to(&app, &patient, &bed).await.expect(201).id();
    let other = register(&app).await;
    let of = |patient: &str| format!("/api/v1/patients/{patient}/encounters");
    let time = |days: i64| (SystemClock.now() + Duration::days(days)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let planned = json!({ "class": "ambulatory", "status": "planned", "started_at": time(100) });
    let planned = app.post(Role::Receptionist, &of(&other), planned).await.expect(201).id();
    let emergency = json!({ "class": "emergency", "status": "arrived" });
    let emergency = app.post(Role::Nurse, &of(&other), emergency).await.expect(201).id();
    let list = async |query: &str| -> Vec<String> {
        let page = app.get(Role::Nurse, &format!("/api/v1/encounters{query}")).await.expect(200).body;
        page["items"].as_array().expect("a list").iter().map(|one| one["id"].as_str().expect("an id").into()).collect()
    };
    assert_eq!(list("?ward=West").await, std::slice::from_ref(&stay));
    assert_eq!(list("?class=emergency").await, std::slice::from_ref(&emergency));
    assert_eq!(list("?status=planned").await, std::slice::from_ref(&planned));
    assert_eq!(list(&format!("?patient={other}&sort=start")).await, [emergency.clone(), planned.clone()]);
    assert_eq!(list(&format!("?patient={other}")).await, [planned.clone(), emergency.clone()]);
    assert_eq!(list(&format!("?from={}", time(50))).await, std::slice::from_ref(&planned));
    assert!(list("?active=false").await.is_empty());
    let first = app.get(Role::Nurse, "/api/v1/encounters?limit=2").await.expect(200).body;
    let cursor = first["next_cursor"].as_str().expect("a cursor");
    assert_eq!(list(&format!("?limit=2&cursor={cursor}")).await.len(), 1);

    let (_, own) = app.hire("own", Role::Nurse, &["West"]).await;
    let mine = as_token(&app, &own, "/api/v1/encounters").await.expect(200).body;
    assert_eq!(mine["items"].as_array().map(Vec::len), Some(1), "{mine:#}");
    assert_eq!(mine["items"][0]["id"], json!(stay));
    let foreign = as_token(&app, &own, &format!("/api/v1/encounters?patient={other}")).await;
    foreign.expect_problem(403, "/problems/access/no-care-relationship", &[]);
    let of_patient = app.get(Role::Nurse, &format!("{}?code=emergency", of(&other))).await.expect(200).body;
    assert_eq!(of_patient["items"][0]["id"], json!(emergency));
}

#[tokio::test]
async fn wards_and_beds_are_told_from_either_end() {
    let app = spawn_app().await;
    let west = Ward::open(&app, "West").await;
    for name in ["10", "2", "b", "A", "Ä"] {
        west.bed(name).await;
    }
    for name in ["East", "north", "South"] {
        Ward::open(&app, name).await.bed("1").await;
    }
    let wards = both_ways(&app, Role::Nurse, "/api/v1/wards", "name").await;
    let named: Vec<_> = wards.iter().map(|one| one["name"].clone()).collect();
    assert_eq!(named, ["East", "north", "South", "West"]);
    both_ways(&app, Role::Nurse, "/api/v1/beds", "name").await;
    both_ways(&app, Role::Nurse, &format!("/api/v1/wards/{}/beds", west.id), "name").await;
    both_ways(&app, Role::Nurse, "/api/v1/beds?state=free", "name").await;
}
