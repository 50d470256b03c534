use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::json;

use super::admit;
use crate::{patient::register, ward::Ward};

#[tokio::test]
async fn nobody_is_an_inpatient_twice_at_once() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let open = admit(&app, &patient).await;
    let path = format!("/api/v1/patients/{patient}/encounters");
    let inpatient = || json!({ "class": "inpatient" });
    let second = app.post(Role::Receptionist, &path, inpatient()).await;
    let second = second.expect_problem(409, "/problems/encounter/in-the-house", &[]);
    assert_eq!(second.body["encounter"], json!(open));

    // A visit that comes and goes, and a stay that is planned, stand in nobody's way; until they would be a stay, too.
    let emergency = app.post(Role::Nurse, &path, json!({ "class": "emergency" })).await.expect(201).id();
    let soon = app.platform.app.clock.now() + chrono::Duration::days(2);
    let planned = json!({ "class": "inpatient", "status": "planned", "started_at": soon });
    let planned = app.post(Role::Receptionist, &path, planned).await.expect(201).id();
    let kept = app.post(Role::Doctor, &format!("/api/v1/encounters/{emergency}/class"), inpatient()).await;
    kept.expect_problem(409, "/problems/encounter/in-the-house", &[]);
    let arrive = format!("/api/v1/encounters/{planned}/arrive");
    let came = app.post(Role::Nurse, &arrive, json!({})).await;
    came.expect_problem(409, "/problems/encounter/in-the-house", &[]);

    let home = json!({ "disposition": "home" });
    app.post(Role::Doctor, &format!("/api/v1/encounters/{open}/discharge"), home).await.expect(200);
    app.post(Role::Nurse, &arrive, json!({})).await.expect(200);
}

/// Of many who admit one patient at once, one does.
#[tokio::test]
async fn of_two_who_admit_at_once_one_is_told() {
    let app = spawn_app().await;
    let path = format!("/api/v1/patients/{}/encounters", register(&app).await);
    let admits = (0..4).map(|_| app.post(Role::Receptionist, &path, json!({ "class": "inpatient" })));
    let mut statuses: Vec<u16> = futures::future::join_all(admits).await.iter().map(|one| one.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409]);
}

/// What another house left open is history: it keeps nobody out.
#[tokio::test]
async fn an_open_stay_of_another_system_is_in_nobodys_way() {
    let app = spawn_app().await;
    let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": [
        { "resource": { "resourceType": "Patient", "id": "p", "name": [{ "family": "Almeida" }] } },
        { "resource": { "resourceType": "Encounter", "id": "e", "status": "in-progress",
            "class": { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP" },
            "subject": { "reference": "Patient/p" }, "period": { "start": "2024-05-03T08:00:00Z" } } }
    ] });
    let import = app.request(Role::Admin, Method::POST, "/api/v1/imports").await;
    let report = import.body(bundle.to_string()).answer().await.expect(200).body;
    assert_eq!(report["refusals"], json!([]), "{report:#}");
    assert_eq!(app.count("read.encounter where active and class = 'inpatient'").await, 1);
    let row = app.owner().await.query_one("select id from read.patient", &[]).await.expect("one patient");
    let path = format!("/api/v1/patients/{}/encounters", row.get::<_, uuid::Uuid>(0));
    app.post(Role::Receptionist, &path, json!({ "class": "inpatient" })).await.expect(201);
    let second = app.post(Role::Receptionist, &path, json!({ "class": "inpatient" })).await;
    second.expect_problem(409, "/problems/encounter/in-the-house", &[]);
    // What goes on here is no history.
    let ours = "update read.encounter set active = (home is null and id = any(select stream_id from es.event
        where version = 1 and meta -> 'source' is not null))";
    app.owner().await.execute(ours, &[]).await.expect("the stay that was begun here is over");
    let imported = "select id from read.encounter where active";
    let row = app.owner().await.query_one(imported, &[]).await.expect("the imported stay");
    let transfer = format!("/api/v1/encounters/{}/transfer", row.get::<_, uuid::Uuid>(0));
    app.post(Role::Nurse, &transfer, json!({ "ward": "B" })).await.expect(200);
    let third = app.post(Role::Receptionist, &path, json!({ "class": "inpatient" })).await;
    third.expect_problem(409, "/problems/encounter/in-the-house", &[]);
}

#[tokio::test]
async fn nobody_is_sent_to_a_ward_that_the_house_does_not_have() {
    let app = spawn_app().await;
    let stay = admit(&app, &register(&app).await).await;
    let path = format!("/api/v1/encounters/{stay}/transfer");
    // A house that has configured no wards calls them what it likes.
    app.post(Role::Nurse, &path, json!({ "ward": "Nowhere" })).await.expect(200);
    Ward::open(&app, "West").await;
    let nowhere = app.post(Role::Nurse, &path, json!({ "ward": "Nowhere", "bed": "7" })).await;
    nowhere.expect_problem(422, "/problems/encounter/no-such-ward", &["/ward"]);
    app.post(Role::Nurse, &path, json!({ "ward": "west" })).await.expect(200);
}
