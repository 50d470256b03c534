//! One entry, as it was known on an earlier day: not there before it was known, as it was before it was changed, and not
//! struck out before it was.

use chrono::{DateTime, SecondsFormat, Utc};
use healthcare_application::Role;
use healthcare_tests::app::{Answer, Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    encounter::admit,
    identity::{merge, person, registered, unmerge},
    medication::{no_known_allergies, order},
    note::{Somebody, note},
    patient::register,
    plan::followed,
    scheduling::{Clinic, in_hours},
    vitals,
};

/// A moment between what was before and what comes after.
fn moment(app: &TestApp) -> String {
    let now: DateTime<Utc> = app.platform.app.clock.now();
    now.to_rfc3339_opts(SecondsFormat::Micros, true)
}

async fn then(app: &TestApp, path: &str, moment: &str) -> Answer {
    let and = if path.contains('?') { '&' } else { '?' };
    app.get(Role::Doctor, &format!("{path}{and}as_of={moment}")).await
}

/// A view without what it says of who reads it.
async fn seen(app: &TestApp, path: &str) -> Value {
    app.get(Role::Doctor, path).await.expect(200).body
}

#[tokio::test]
async fn demographics_are_those_that_were_known_then() {
    let app = spawn_app().await;
    let before = moment(&app);
    let id = register(&app).await;
    let path = format!("/api/v1/patients/{id}");
    let was = seen(&app, &path).await;
    let between = moment(&app);
    let married = json!({ "names": [{ "family": "Moura", "given": ["Ana"] }] });
    app.patch(Role::Receptionist, &path, 1, married).await.expect(200);

    then(&app, &path, &before).await.expect(404);
    let told = then(&app, &path, &between).await.expect(200);
    assert_eq!((told.header("etag"), &told.body), (Some("\"1\""), &was));
    let now = seen(&app, &path).await;
    assert_eq!(now["names"][0]["family"], "Moura");
    assert_eq!(then(&app, &path, &moment(&app)).await.expect(200).body, now);
    // Who reads the directory alone is told of today, and not what somebody was called before.
    let asked = format!("{path}?as_of={between}");
    for role in [Role::LabTechnician, Role::Receptionist] {
        assert_eq!(app.get(role, &path).await.expect(200).body["names"][0]["family"], "Moura");
        let refused = app.get(role, &asked).await.expect_problem(403, "/problems/access/denied", &[]);
        assert!(!refused.body.to_string().contains("Ferreira"), "{refused:?}");
    }
}

#[tokio::test]
async fn an_entry_is_told_before_and_after_it_was_amended_and_struck_out() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let before = moment(&app);
    let problems = format!("/api/v1/patients/{patient}/problems");
    let gout = app.post(Role::Doctor, &problems, json!({ "code": { "text": "gout" } })).await.expect(201).id();
    let path = format!("/api/v1/problems/{gout}");
    let first = (moment(&app), seen(&app, &path).await);
    app.patch(Role::Doctor, &path, 1, json!({ "code": { "text": "pseudogout" } })).await.expect(200);
    let second = (moment(&app), seen(&app, &path).await);
    app.post(Role::Doctor, &format!("{path}/entered-in-error"), json!({ "reason": "another patient" }))
        .await
        .expect(200);

    assert_eq!(then(&app, &path, &before).await.status, 404);
    for (at, was) in [&first, &second] {
        let told = then(&app, &path, at).await.expect(200);
        assert_eq!((&told.body, told.header("etag")), (was, Some(format!("\"{}\"", was["version"]).as_str())));
    }
    assert_ne!(first.1["code"], second.1["code"]);
    assert_eq!(then(&app, &path, &moment(&app)).await.expect(200).body["status"], "entered-in-error");
    // What is not there is not there on any day, and what is closed to somebody stays closed.
    then(&app, "/api/v1/problems/01890000-0000-7000-8000-000000000000", &before).await.expect(404);
    app.get(Role::LabTechnician, &format!("{path}?as_of={}", first.0)).await.expect(403);
    app.get(Role::Doctor, &format!("{path}?as_of=yesterday")).await.expect(400);
}

/// Whatever list it stands in: a vital sign that came from elsewhere is an observation as a result is.
#[tokio::test]
async fn an_order_a_result_a_consent_and_an_imported_vital_sign_are_told_of_then() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    admit(&app, &patient).await;
    no_known_allergies(&app, &patient).await;
    let consent = json!({ "scope": { "text": "research" }, "categories": [{ "text": "any" }], "decision": "deny" });
    let mut entries = vec![];
    for (role, list, body) in [
        (Role::Doctor, "medication-orders", order("Amoxicillin 500 MG Oral Capsule")),
        (Role::LabTechnician, "laboratory-results", crate::observation::potassium("4.10")),
        (Role::Doctor, "consents", consent),
    ] {
        let id = app.post(role, &format!("/api/v1/patients/{patient}/{list}"), body).await.expect(201).id();
        let list = list.replace("laboratory-results", "observations");
        entries.push(format!("/api/v1/{list}/{id}"));
    }
    let category = "http://terminology.hl7.org/CodeSystem/observation-category";
    let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": [
        { "resource": { "resourceType": "Patient", "id": "p1", "name": [{ "family": "Lind" }], "gender": "female" } },
        { "resource": { "resourceType": "Observation", "id": "o1", "status": "final",
            "subject": { "reference": "Patient/p1" }, "effectiveDateTime": "2026-11-20T08:00:00Z",
            "category": [{ "coding": [{ "system": category, "code": "vital-signs" }] }],
            "code": { "coding": [{ "system": "http://loinc.org", "code": "8867-4" }] },
            "valueQuantity": { "value": 72, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min" } } },
    ] });
    let import = app.request(Role::Admin, Method::POST, "/api/v1/imports?source=here").await.json(&bundle);
    assert_eq!(import.answer().await.expect(200).body["refusals"], json!([]));
    let select = "select id::text from read.entry where kind = 'vital' and item = 0";
    let sign: String = app.owner().await.query_one(select, &[]).await.expect("a vital sign").get(0);
    entries.push(format!("/api/v1/observations/{sign}"));
    let elsewhere = Somebody::hired(&app, "zoe", Role::Doctor, &["Z"]).await;
    for path in entries {
        let was = app.get(Role::Doctor, &path).await.expect(200);
        let told = then(&app, &path, &moment(&app)).await.expect(200);
        assert_eq!((&told.body, told.header("etag")), (&was.body, was.header("etag")), "{path}");
        elsewhere.get(&format!("{path}?as_of={}", moment(&app))).await.expect(403);
    }
}

#[tokio::test]
async fn a_visit_its_vital_signs_and_their_score_are_those_that_were_known_then() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let stay = admit(&app, &patient).await;
    let visit = format!("/api/v1/encounters/{stay}");
    let admitted = (moment(&app), seen(&app, &visit).await);
    let set = app.post(Role::Nurse, &format!("{visit}/vitals"), vitals::well()).await.expect(201).id();
    let (one, all) = (format!("/api/v1/vitals/{set}"), format!("/api/v1/patients/{patient}/charted-vitals"));
    let charted = (moment(&app), seen(&app, &one).await, seen(&app, &all).await);
    app.post(Role::Nurse, &format!("{one}/entered-in-error"), json!({ "reason": "another bed" })).await.expect(200);
    let diagnosis = json!({ "code": { "text": "Pneumonia" }, "use": "discharge" });
    app.post(Role::Doctor, &format!("{visit}/diagnoses"), diagnosis).await.expect(201);

    assert_eq!(then(&app, &visit, &admitted.0).await.expect(200).body, admitted.1);
    then(&app, &one, &admitted.0).await.expect(404);
    assert_eq!(then(&app, &all, &admitted.0).await.expect(200).body["items"], json!([]));
    assert_eq!(then(&app, &one, &charted.0).await.expect(200).body, charted.1);
    assert!(!charted.1["news2"].is_null(), "{:#}", charted.1);
    assert_eq!(then(&app, &all, &charted.0).await.expect(200).body, charted.2);
    assert_eq!(seen(&app, &all).await["items"], json!([]), "struck out since");
    assert_ne!(seen(&app, &visit).await, admitted.1);
}

#[tokio::test]
async fn a_note_and_its_versions_are_those_of_the_day_and_a_draft_is_its_authors() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    admit(&app, &patient).await;
    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A"]).await;
    let path = ann.writes(&patient, note("Round", "Stable.")).await;
    let drafted = moment(&app);
    ann.post(&format!("{path}/sign"), json!({})).await.expect(200);
    let signed = (moment(&app), seen(&app, &path).await);
    let version = signed.1["version"].as_i64().expect("a version");
    let better = json!({ "title": "Round", "sections": [{ "text": "Better." }], "reason": "seen again" });
    ann.put(&path, version, better).await.expect(200);

    let as_of = |at: &str| format!("{path}?as_of={at}");
    assert_eq!(ann.get(&as_of(&drafted)).await.expect(200).body["status"], "draft");
    app.get(Role::Doctor, &as_of(&drafted)).await.expect(404);
    assert_eq!(app.get(Role::Doctor, &as_of(&signed.0)).await.expect(200).body, signed.1);
    let numbers = async |query: String| -> Vec<i64> {
        let page = app.get(Role::Doctor, &format!("{path}/versions?{query}")).await.expect(200).body;
        page["items"].as_array().expect("items").iter().filter_map(|one| one["number"].as_i64()).collect()
    };
    assert_eq!(numbers(format!("as_of={}", signed.0)).await, [1]);
    assert_eq!(numbers(String::new()).await, [1, 2]);
    assert_eq!(numbers("sort=-number&limit=1".to_owned()).await, [2]);
    assert_eq!(numbers("sort=-number&limit=1&cursor=2".to_owned()).await, [1]);

    // Who was taken off a draft reads no earlier state of it either.
    let ben = Somebody::hired(&app, "ben", Role::SeniorClinician, &["A"]).await;
    let draft = ann.writes(&patient, note("Plan", "To be discussed.")).await;
    let asked = json!({ "of": { "account": ben.id } });
    ann.post(&format!("{draft}/cosign-requests"), asked.clone()).await.expect(200);
    let of_then = format!("{draft}?as_of={}", moment(&app));
    assert_eq!(ben.get(&of_then).await.expect(200).body["status"], "draft");
    ann.post(&format!("{draft}/cosign-requests/withdraw"), asked).await.expect(200);
    ben.get(&of_then).await.expect(404);
    ben.get(&of_then.replace('?', "/versions?")).await.expect(404);
    ann.get(&of_then).await.expect(200);

    // Of what was thrown away nothing is shown any more, of no day and to nobody.
    let other = ann.writes(&patient, note("Idea", "Perhaps.")).await;
    let written = moment(&app);
    ann.post(&format!("{other}/discard"), json!({})).await.expect(200);
    ann.get(&format!("{other}?as_of={written}")).await.expect(404);
}

#[tokio::test]
async fn a_plan_is_measured_by_what_was_known_then() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    admit(&app, &patient).await;
    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A"]).await;
    let path = ann.plans(&patient, followed()).await;
    let results = format!("/api/v1/patients/{patient}/laboratory-results");
    let made = (moment(&app), seen(&app, &path).await);
    app.post(Role::LabTechnician, &results, crate::observation::potassium("4.10")).await.expect(201);
    let measured = (moment(&app), seen(&app, &path).await);
    ann.course(&path, "hold").await;
    assert_eq!(made.1["progress"], json!([]));
    assert_eq!(measured.1["progress"][0]["value"]["value"], "4.10", "{:#}", measured.1);
    for (at, was) in [made, measured] {
        assert_eq!(then(&app, &path, &at).await.expect(200).body, was);
    }
}

#[tokio::test]
async fn appointments_and_the_care_team_are_those_that_were_known_then() {
    let app = spawn_app().await;
    let (clinic, patient) = (Clinic::open(&app).await, register(&app).await);
    let list = format!("/api/v1/patients/{patient}/appointments");
    let nothing = moment(&app);
    let (first, later) = (in_hours(30), in_hours(54));
    let id = clinic.book(&patient, first).await.expect(201).id();
    clinic.book(&patient, later).await.expect(201);
    let path = format!("/api/v1/appointments/{id}");
    let booked = (moment(&app), seen(&app, &path).await, seen(&app, &list).await);
    clinic.conduct(&id, "cancel", json!({ "reason": "pat" })).await.expect(200);

    then(&app, &path, &nothing).await.expect(404);
    assert_eq!(then(&app, &path, &booked.0).await.expect(200).body, booked.1);
    assert_eq!(then(&app, &list, &nothing).await.expect(200).body["items"], json!([]));
    assert_eq!(then(&app, &list, &booked.0).await.expect(200).body, booked.2, "the earliest first, as today");
    let count = async |query: &str| {
        let page = then(&app, &format!("{list}?{query}"), &booked.0).await.expect(200).body;
        page["items"].as_array().expect("items").len()
    };
    assert_eq!(count("status=booked").await, 2, "both stood then");
    assert_eq!(count("status=cancelled").await, 0);
    assert_eq!(count(&format!("resource={}", clinic.doctor)).await, 2);
    assert_eq!(count(&format!("resource={patient}")).await, 0);
    assert_eq!(count(&format!("appointment_type={}", clinic.consultation)).await, 2);
    assert_eq!(count(&format!("until={}", later.to_rfc3339_opts(SecondsFormat::Secs, true))).await, 1);
    assert_eq!(count(&format!("from={}", later.to_rfc3339_opts(SecondsFormat::Secs, true))).await, 1);
    let room = format!("/api/v1/schedules/{}", clinic.room);
    then(&app, &room, "2020-01-01T00:00:00Z").await.expect(404);
    assert_eq!(then(&app, &room, &nothing).await.expect(200).body, seen(&app, &room).await);

    let (wendy, _) = app.hire("wendy", Role::Nurse, &["Z"]).await;
    let team = format!("/api/v1/patients/{patient}/care-team");
    let alone = moment(&app);
    let member = json!({ "member": { "account": wendy }, "as": "team" });
    app.post(Role::Doctor, &team, member).await.expect(200);
    let joined = (moment(&app), seen(&app, &team).await);
    app.post(Role::Doctor, &format!("{team}/remove"), json!({ "member": { "account": wendy } })).await.expect(200);
    assert_eq!(then(&app, &team, &alone).await.expect(200).body, json!({ "version": 0, "members": [] }));
    assert_eq!(then(&app, &team, &joined.0).await.expect(200).body, joined.1);
    assert_eq!(joined.1["members"].as_array().map(Vec::len), Some(1));
    assert_eq!(seen(&app, &team).await["members"], json!([]));
}

/// Who is one person today was so then, under whichever registration it was known; and two again after the unmerge.
#[tokio::test]
async fn what_was_known_of_a_merged_registration_is_told_by_the_survivor() {
    let app = spawn_app().await;
    let ana = registered(&app, person("Ana", "Ferreira", "1954-03-02", "MRN-1")).await;
    let anna = registered(&app, person("Anna", "Ferreira", "1954-03-02", "MRN-2")).await;
    let problems = format!("/api/v1/patients/{anna}/problems");
    let gout = app.post(Role::Doctor, &problems, json!({ "code": { "text": "gout" } })).await.expect(201).id();
    let path = format!("/api/v1/problems/{gout}");
    let known = (moment(&app), seen(&app, &path).await);
    app.patch(Role::Doctor, &path, 1, json!({ "code": { "text": "pseudogout" } })).await.expect(200);
    merge(&app, &ana, &anna).await.expect(200);

    let told = then(&app, &path, &known.0).await.expect(200).body;
    assert_eq!((&told["patient"], &told["code"]), (&json!(ana), &known.1["code"]), "whose record holds it now");
    let gone = then(&app, &format!("/api/v1/patients/{anna}"), &known.0).await;
    gone.expect_problem(409, "/problems/patient/merged", &[]);
    unmerge(&app, &ana, &anna, &[]).await.expect(200);
    assert_eq!(then(&app, &path, &known.0).await.expect(200).body, known.1);
    then(&app, &format!("/api/v1/patients/{anna}"), &known.0).await.expect(200);
}
