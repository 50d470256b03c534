//! The marked patient's way through every route that takes something about a patient.

use std::time::Duration;

use healthcare_application::{Role, clock::Clock};
use healthcare_infrastructure::clock::SystemClock;
use healthcare_tests::server::until;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Site, assert_unmarked, further, marked, person};
use crate::vitals::well;

const POST: Method = Method::POST;
const GET: Method = Method::GET;

/// Goes it; answers the patient's id.
pub async fn go(site: &Site) -> String {
    let patient = site.through(Role::Receptionist, POST, "/api/v1/patients", &[], Some(person())).await.id();
    let id = patient.as_str();
    directory(site, id).await;
    let stay = json!({ "class": "inpatient", "ward": "A" });
    let stay = site.through(Role::Receptionist, POST, "/api/v1/patients/{id}/encounters", &[id], Some(stay)).await.id();
    site.through(Role::Doctor, GET, "/api/v1/encounters/{id}", &[&stay], None).await;
    charting(site, id, &stay).await;
    history(site, id, &stay).await;
    medication(site, id).await;
    scheduling(site, id).await;
    notes(site, id, &stay).await;
    plans(site, id).await;
    telemetry(site, id).await;
    further::amended(site, id).await;
    further::notes(site, id, &stay).await;
    further::plan(site, id).await;
    further::clinic(site, id).await;
    further::asked(site).await;
    further::hooks(site).await;
    reading(site, id).await;
    import(site).await;
    site.through(
        Role::Doctor,
        POST,
        "/api/v1/encounters/{id}/discharge",
        &[&stay],
        Some(json!({ "disposition": "home", "summary": { "course": marked("Course") } })),
    )
    .await;
    further::visit(site, id).await;
    further::glass(site, id).await;
    rights(site, id).await;
    duplicates(site, id).await;
    patient
}

/// Who may: the team, the label of the record, the broken glass, each with a marked reason.
async fn rights(site: &Site, id: &str) {
    let ward = || json!({ "ward": "A" });
    let team = "/api/v1/patients/{id}/care-team";
    let joins = json!({ "member": ward(), "as": "team", "reason": marked("Joins") });
    site.through(Role::Doctor, POST, team, &[id], Some(joins)).await;
    site.through(Role::Doctor, GET, team, &[id], None).await;
    let leaves = Some(json!({ "member": ward() }));
    site.through(Role::Doctor, POST, "/api/v1/patients/{id}/care-team/remove", &[id], leaves).await;
    let glass = Some(json!({ "reason": marked("Emergency"), "purpose": "ETREAT" }));
    site.through(Role::Doctor, POST, "/api/v1/patients/{id}/break-glass", &[id], glass).await;
    // Refused to who treats; restricted by who may, and opened again, so that what comes after is not refused for it.
    let label = |label: &str| Some(json!({ "label": label, "reason": marked("Label") }));
    let path = "/api/v1/patients/{id}/label";
    assert_eq!(site.go(Role::Doctor, POST, path, &[id], label("R")).await.status, 403);
    site.through(Role::PrivacyOfficer, POST, path, &[id], label("R")).await;
    site.through(Role::PrivacyOfficer, POST, path, &[id], label("N")).await;
}

/// Registered twice, merged and restored: with marked reasons.
async fn duplicates(site: &Site, id: &str) {
    let mut again = person();
    again["identifiers"][0]["value"] = json!(marked("MrnAgain"));
    let other = site.through(Role::Receptionist, POST, "/api/v1/patients", &[], Some(again.clone())).await.id();
    site.through(Role::Nurse, POST, "/api/v1/patients/match", &[], Some(again)).await;
    site.through(Role::Nurse, GET, "/api/v1/patients/duplicates", &[], None).await;
    let version = async |patient: &str| {
        let read = site.through(Role::Receptionist, GET, "/api/v1/patients/{id}", &[patient], None).await;
        read.version.and_then(|tag| tag.trim_matches('"').parse::<i32>().ok()).expect("a version")
    };
    let merge = json!({ "duplicate": other, "survivor_version": version(id).await, "duplicate_version": version(&other).await,
        "reason": marked("Merge") });
    site.through(Role::Receptionist, POST, "/api/v1/patients/{id}/merge", &[id], Some(merge)).await;
    let unmerge = json!({ "duplicate": other, "reason": marked("Unmerge") });
    site.through(Role::Receptionist, POST, "/api/v1/patients/{id}/unmerge", &[id], Some(unmerge)).await;
    let apart = json!({ "patients": [id, other], "reason": marked("Apart") });
    site.through(Role::Receptionist, POST, "/api/v1/patients/duplicates/dismiss", &[], Some(apart)).await;
}

async fn directory(site: &Site, id: &str) {
    let (name, number) = (marked("fam"), marked("Mrn"));
    let by_name = format!("/api/v1/patients?name={name}");
    site.through(Role::Nurse, GET, &by_name, &[], None).await;
    site.through(Role::Nurse, GET, &format!("/api/v1/patients?identifier={number}&birth_date=1907-07-17"), &[], None)
        .await;
    let read = site.through(Role::Nurse, GET, "/api/v1/patients/{id}", &[id], None).await;
    site.gone.lock().expect("not poisoned").insert(("PATCH".into(), "/api/v1/patients/{id}".into()));
    let change = json!({ "names": [{ "family": marked("Renamed"), "given": [marked("Given")] }] });
    let request = site
        .client
        .patch(format!("{}/api/v1/patients/{id}", site.server.url))
        .bearer_auth(site.token(Role::Receptionist));
    let answer =
        request.header("if-match", read.version.expect("a version")).json(&change).send().await.expect("an answer");
    assert_eq!(answer.status(), 200, "{:?}", answer.text().await);
    let pathway = "/api/v1/patients/{id}/pathway";
    let skipped = site.go(Role::Doctor, POST, pathway, &[id], Some(json!({ "stage": "device" }))).await;
    assert_eq!(skipped.status, 409, "{}", skipped.text);
    site.through(Role::Doctor, POST, pathway, &[id], Some(json!({ "stage": "enrolled" }))).await;
    consents(site, id).await;
    // A mistake first, that nobody is left of; then the patient is laid down and taken up again.
    let why = || Some(json!({ "reason": marked("Standing") }));
    let mistake = site.through(Role::Receptionist, POST, "/api/v1/patients", &[], Some(person())).await.id();
    site.through(Role::Receptionist, POST, "/api/v1/patients/{id}/entered-in-error", &[&mistake], why()).await;
    site.through(Role::Receptionist, POST, "/api/v1/patients/{id}/deactivate", &[id], why()).await;
    site.through(Role::Receptionist, POST, "/api/v1/patients/{id}/reactivate", &[id], why()).await;
}

/// Given and taken back, and given by mistake.
async fn consents(site: &Site, id: &str) {
    let consent = json!({ "scope": { "text": marked("Scope") }, "categories": [{ "text": marked("Category") }],
        "decision": "permit", "given_by": { "name": marked("Giver") } });
    let path = "/api/v1/patients/{id}/consents";
    let given = site.through(Role::Receptionist, POST, path, &[id], Some(consent.clone())).await.id();
    let why = || Some(json!({ "reason": marked("Withdrawn") }));
    site.through(Role::Receptionist, POST, "/api/v1/consents/{id}/withdraw", &[&given], why()).await;
    site.through(Role::Doctor, GET, "/api/v1/consents/{id}", &[&given], None).await;
    let mistake = site.through(Role::Receptionist, POST, path, &[id], Some(consent)).await.id();
    site.through(Role::Receptionist, POST, "/api/v1/consents/{id}/entered-in-error", &[&mistake], why()).await;
}

async fn charting(site: &Site, id: &str, stay: &str) {
    let why = || Some(json!({ "reason": marked("Reason") }));
    let allergies = "/api/v1/patients/{id}/allergies";
    let allergy = |what: &str| {
        Some(
            json!({ "substance": { "text": marked(what) }, "reactions": [{ "manifestation": { "text": marked("Rash") }, "severity": "mild" }] }),
        )
    };
    let one = site.through(Role::Nurse, POST, allergies, &[id], allergy("Pollen")).await.id();
    let other = site.through(Role::Nurse, POST, allergies, &[id], allergy("Latex")).await.id();
    site.through(Role::Nurse, POST, "/api/v1/allergies/{id}/remove", &[&one], why()).await;
    site.through(Role::Nurse, POST, "/api/v1/allergies/{id}/entered-in-error", &[&other], why()).await;
    let problem = json!({ "code": { "text": marked("Problem") } });
    let problem = site.through(Role::Doctor, POST, "/api/v1/patients/{id}/problems", &[id], Some(problem)).await.id();
    // Marked where nothing is asked for, it is refused.
    let resolve = "/api/v1/problems/{id}/resolve";
    assert_eq!(site.go(Role::Doctor, POST, resolve, &[&problem], why()).await.status, 422);
    site.through(Role::Doctor, POST, resolve, &[&problem], Some(json!({}))).await;
    let signs = site.through(Role::Nurse, POST, "/api/v1/encounters/{id}/vitals", &[stay], Some(well())).await.id();
    site.through(Role::Nurse, GET, "/api/v1/vitals/{id}", &[&signs], None).await;
    site.through(Role::Nurse, POST, "/api/v1/vitals/{id}/entered-in-error", &[&signs], why()).await;
    let result = json!({
        "code": { "coding": [{ "system": "http://loinc.org", "code": "2823-3" }], "text": marked("Potassium") },
        "value": { "quantity": { "value": "6.9", "unit": "mmol/L" } }, "reference_range": marked("Range"),
    });
    let results = "/api/v1/patients/{id}/laboratory-results";
    let result = site.through(Role::LabTechnician, POST, results, &[id], Some(result)).await.id();
    site.through(Role::Doctor, GET, "/api/v1/observations/{id}", &[&result], None).await;
    site.through(Role::Doctor, POST, "/api/v1/observations/{id}/viewed", &[&result], Some(json!({}))).await;
}

/// What was done and given, the family, how they live; diagnosed, moved and summed up: each with marked words.
async fn history(site: &Site, id: &str, stay: &str) {
    let text = |what: &str| json!({ "text": marked(what) });
    let done = json!({ "code": text("Procedure"), "outcome": text("Outcome"), "note": marked("ProcedureNote") });
    let done = site.through(Role::Doctor, POST, "/api/v1/patients/{id}/procedures", &[id], Some(done)).await.id();
    site.through(Role::Doctor, GET, "/api/v1/procedures/{id}", &[&done], None).await;
    let given = json!({ "vaccine": text("Vaccine"), "lot_number": marked("Lot"), "note": marked("VaccineNote") });
    let given = site.through(Role::Nurse, POST, "/api/v1/patients/{id}/immunizations", &[id], Some(given)).await.id();
    let why = || Some(json!({ "reason": marked("Reason") }));
    site.through(Role::Nurse, POST, "/api/v1/immunizations/{id}/entered-in-error", &[&given], why()).await;
    let mother =
        json!({ "relationship": text("Mother"), "conditions": [{ "code": text("Stroke") }], "note": marked("Kin") });
    site.through(Role::Nurse, POST, "/api/v1/patients/{id}/family-history", &[id], Some(mother)).await;
    let work = json!({ "topic": "occupation", "value": { "text": marked("Miner") } });
    site.through(Role::Nurse, POST, "/api/v1/patients/{id}/social-history", &[id], Some(work)).await;
    site.through(Role::Nurse, GET, "/api/v1/patients/{id}/charted-vitals", &[id], None).await;
    let diagnosis = json!({ "code": text("Diagnosis"), "use": "admission" });
    site.through(Role::Doctor, POST, "/api/v1/encounters/{id}/diagnoses", &[stay], Some(diagnosis)).await;
    let moves = json!({ "ward": "A", "room": marked("Room"), "bed": marked("Bed") });
    site.through(Role::Nurse, POST, "/api/v1/encounters/{id}/transfer", &[stay], Some(moves)).await;
    let leave = Some(json!({ "reason": marked("Wedding") }));
    site.through(Role::Nurse, POST, "/api/v1/encounters/{id}/leave", &[stay], leave).await;
    site.through(Role::Nurse, POST, "/api/v1/encounters/{id}/return", &[stay], Some(json!({}))).await;
    site.through(Role::Nurse, GET, "/api/v1/encounters", &[], None).await;
}

async fn medication(site: &Site, id: &str) {
    let orders = "/api/v1/patients/{id}/medication-orders";
    let order = |drug: &str| json!({ "medication": { "text": drug }, "frequency": marked("Frequency") });
    site.through(
        Role::Doctor,
        POST,
        "/api/v1/patients/{id}/medication-orders/check",
        &[id],
        Some(order("Ampicillin 250 MG Oral Capsule")),
    )
    .await;
    let ampicillin =
        site.through(Role::Doctor, POST, orders, &[id], Some(order("Ampicillin 250 MG Oral Capsule"))).await.id();
    site.through(Role::Doctor, POST, orders, &[id], Some(order(&marked("Drug")))).await;
    let penicillin = json!({
        "substance": { "coding": [{ "system": "http://snomed.info/sct", "code": "91936005" }], "text": marked("Penicillin") },
        "criticality": "high",
    });
    site.through(Role::Nurse, POST, "/api/v1/patients/{id}/allergies", &[id], Some(penicillin)).await;
    site.in_spite(Role::Doctor, orders, &[id], order("Amoxicillin 500 MG Oral Capsule")).await;
    let list = format!("/api/v1/patients/{id}/suggestions");
    let suggestion = until("a suggestion", Duration::from_secs(30), async || {
        let list = site.go(Role::Doctor, GET, &list, &[], None).await.json();
        let open = list["items"].as_array()?.iter().find(|one| one["status"] == "open")?;
        open["id"].as_str().map(str::to_owned)
    })
    .await;
    site.through(Role::Doctor, GET, "/api/v1/suggestions/{id}", &[&suggestion], None).await;
    site.through(Role::Doctor, GET, "/api/v1/suggestions/{id}/justification", &[&suggestion], None).await;
    let later = SystemClock.now() + chrono::Duration::minutes(1);
    let snoozed = Some(json!({ "reason": marked("Later"), "until": later }));
    site.through(Role::Doctor, POST, "/api/v1/suggestions/{id}/snooze", &[&suggestion], snoozed).await;
    let override_it = Some(json!({ "reason": marked("Because") }));
    site.through(Role::Doctor, POST, "/api/v1/suggestions/{id}/override", &[&suggestion], override_it).await;
    // Too late: it has its answer.
    site.go(Role::Doctor, POST, "/api/v1/suggestions/{id}/accept", &[&suggestion], Some(json!({}))).await;
    let why = Some(json!({ "reason": marked("Stopped") }));
    site.through(Role::Doctor, POST, "/api/v1/medication-orders/{id}/stop", &[&ampicillin], why).await;
}

/// Booked, overbooked, recurring, waited for: each with marked words.
async fn scheduling(site: &Site, id: &str) {
    let accounts = site.through(Role::Admin, GET, "/api/v1/accounts?role=doctor", &[], None).await.json();
    let doctor =
        json!({ "kind": "practitioner", "name": "Dr Moss", "time_zone": "UTC", "account": accounts["items"][0]["id"] });
    let doctor = site.through(Role::Receptionist, POST, "/api/v1/schedules", &[], Some(doctor)).await.id();
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let hours: Vec<Value> = days.iter().map(|day| json!({ "day": day, "from": "00:00", "until": "00:00" })).collect();
    let request = site.client.put(format!("{}/api/v1/schedules/{doctor}/hours", site.server.url));
    let request = request.bearer_auth(site.token(Role::Receptionist)).header("if-match", "\"1\"");
    let answer = request.json(&json!({ "hours": hours })).send().await.expect("an answer");
    assert_eq!(answer.status(), 200, "{:?}", answer.text().await);
    let visit = json!({ "name": "Visit", "kind": "ROUTINE", "duration_minutes": 20, "requires": ["practitioner"] });
    let visit = site.through(Role::Receptionist, POST, "/api/v1/appointment-types", &[], Some(visit)).await.id();
    let start = SystemClock.now() + chrono::Duration::days(3);
    let body = json!({ "appointment_type": visit, "start": start, "resources": [doctor], "comment": marked("Visit") });
    let path = "/api/v1/patients/{id}/appointments";
    let first = site.through(Role::Receptionist, POST, path, &[id], Some(body.clone())).await.id();
    let mut over = body.clone();
    over["overbook"] = json!(marked("Overbooked"));
    site.through(Role::Doctor, POST, path, &[id], Some(over)).await;
    site.through(Role::Nurse, GET, path, &[id], None).await;
    let off = json!({ "reason": "pat", "note": marked("Off") });
    site.through(Role::Receptionist, POST, "/api/v1/appointments/{id}/cancel", &[&first], Some(off)).await;
    let mut series = json!({ "appointment_type": visit, "start": start + chrono::Duration::hours(2), "resources": [doctor],
        "comment": marked("Series") });
    series["every_days"] = json!(7);
    series["count"] = json!(2);
    site.through(Role::Receptionist, POST, "/api/v1/patients/{id}/appointment-series", &[id], Some(series)).await;
    let wish = json!({ "appointment_type": visit, "priority": "soon", "from": start, "until": start + chrono::Duration::days(9),
        "comment": marked("Wish") });
    let wish = site.through(Role::Receptionist, POST, "/api/v1/patients/{id}/waitlist", &[id], Some(wish)).await.id();
    site.through(Role::Nurse, GET, "/api/v1/waitlist/{id}", &[&wish], None).await;
    site.go(Role::Doctor, GET, "/api/v1/schedules/{id}/calendar", &[&doctor], None).await;
    // The second answer of the same is told another address.
    let feed = Some(json!({ "schedule": doctor }));
    let feed = site.through(Role::Doctor, POST, "/api/v1/auth/calendar-feeds", &[], feed).await.json();
    let token = feed["path"].as_str().and_then(|path| path.rsplit('/').next()).expect("an address").to_owned();
    let calendar = site.through(Role::Doctor, GET, "/api/v1/calendars/{token}", &[&token], None).await;
    assert!(calendar.text.contains("Visit"), "{}", calendar.text);
    assert_unmarked("the calendar that an address opens", &calendar.text);
    let unknown = format!("{}x", token.trim_end_matches(".ics"));
    site.go(Role::Doctor, GET, "/api/v1/calendars/{token}", &[&unknown], None).await;
    site.secrets.lock().expect("not poisoned").push(token.trim_end_matches(".ics").to_owned());
}

/// Written, asked for, signed, found, amended, struck out: each with marked words.
async fn notes(site: &Site, id: &str, stay: &str) {
    let note = |title: &str| {
        json!({ "note_type": { "text": marked("Type") }, "title": marked(title), "encounter": stay,
            "sections": [{ "title": marked("Heading"), "text": marked("Words") }] })
    };
    let path = "/api/v1/patients/{id}/notes";
    let mut first = note("Draft");
    first["cosigners"] = json!([{ "role": "senior_clinician" }]);
    let first = site.through(Role::Doctor, POST, path, &[id], Some(first)).await.id();
    site.through(Role::Doctor, POST, "/api/v1/notes/{id}/sign", &[&first], Some(json!({}))).await;
    site.through(Role::Doctor, GET, "/api/v1/notes/{id}", &[&first], None).await;
    site.through(Role::Doctor, GET, "/api/v1/notes/{id}/versions", &[&first], None).await;
    site.through(Role::Doctor, GET, path, &[id], None).await;
    let words = || Some(json!({ "words": marked("Words") }));
    site.through(Role::Doctor, POST, "/api/v1/patients/{id}/notes/search", &[id], words()).await;
    site.through(Role::Doctor, POST, "/api/v1/notes/search", &[], words()).await;
    let struck = Some(json!({ "reason": marked("Struck") }));
    site.through(Role::Doctor, POST, "/api/v1/notes/{id}/entered-in-error", &[&first], struck).await;
    let visit = json!({ "note": note("Visit"), "diagnosis": { "code": { "text": marked("Diagnosis") } },
        "prescription": { "medication": { "text": marked("Drug") }, "frequency": marked("Frequency") } });
    site.go(Role::Doctor, POST, "/api/v1/encounters/{id}/consultation", &[stay], Some(visit)).await;
}

/// A goal, a task and a review with marked words, each to its end; and what waits for whom.
async fn plans(site: &Site, id: &str) {
    let plan = json!({ "title": marked("Plan"), "description": marked("Description"), "activate": true,
        "goals": [{ "description": { "text": marked("Goal") } }], "reviews": [{ "due": "2026-01-01" }],
        "activities": [{ "what": { "text": marked("Task") }, "instructions": marked("How"), "assigned_to": { "role": "nurse" } }] });
    let path = "/api/v1/patients/{id}/plans";
    let plan = site.through(Role::Doctor, POST, path, &[id], Some(plan)).await.id();
    site.through(Role::Doctor, GET, path, &[id], None).await;
    site.through(Role::Nurse, GET, "/api/v1/plans/{id}", &[&plan], None).await;
    site.through(Role::Nurse, GET, "/api/v1/inbox", &[], None).await;
    let done = |what: &str| Some(json!({ "note": marked(what) }));
    site.through(Role::Nurse, POST, "/api/v1/plans/{id}/activities/{number}/done", &[&plan, "1"], done("Done")).await;
    let missed = Some(json!({ "course": "not-met", "reason": marked("Missed") }));
    site.through(Role::Doctor, POST, "/api/v1/plans/{id}/goals/{number}/status", &[&plan, "1"], missed).await;
    let held = Some(json!({ "outcome": marked("Outcome") }));
    site.through(Role::Doctor, POST, "/api/v1/plans/{id}/reviews/{number}/held", &[&plan, "1"], held).await;
    let over = Some(json!({ "course": "revoke", "reason": marked("Revoked") }));
    site.through(Role::Doctor, POST, "/api/v1/plans/{id}/status", &[&plan], over).await;
}

async fn telemetry(site: &Site, id: &str) {
    let monitor = json!({ "serial": "MON-CANARY", "kind": "monitor" });
    let device = site.through(Role::Admin, POST, "/api/v1/devices", &[], Some(monitor)).await.id();
    site.through(Role::Nurse, POST, "/api/v1/devices/{id}/assign", &[&device], Some(json!({ "patient": id }))).await;
    site.through(Role::Nurse, GET, "/api/v1/devices/{id}", &[&device], None).await;
    site.through(Role::Nurse, GET, "/api/v1/devices", &[], None).await;
    let reading = json!({ "event_id": "canary-1", "serial": "MON-CANARY", "code": "59408-5", "value": 75.0, "unit": "%",
                          "measured_at": SystemClock.now() });
    let limits = json!({ "low": { "warn": "86", "critical": "82" }, "reason": marked("Limits"),
                         "expires_at": SystemClock.now() + chrono::Duration::hours(12) });
    let path = "/api/v1/patients/{id}/alarm-limits/{code}";
    site.through(Role::Doctor, Method::PUT, path, &[id, "59408-5"], Some(limits)).await;
    let readings = Some(json!({ "readings": [reading] }));
    site.through(Role::Device, POST, "/api/v1/telemetry/readings", &[], readings).await;
    let of_patient = format!("/api/v1/alerts?patient={id}");
    let alert = until("an alert", Duration::from_secs(30), async || {
        let list = site.go(Role::Nurse, GET, &of_patient, &[], None).await.json();
        list["items"].as_array()?.first()?["id"].as_str().map(str::to_owned)
    })
    .await;
    site.through(Role::Nurse, GET, "/api/v1/alerts/{id}", &[&alert], None).await;
    let note = Some(json!({ "note": marked("Note") }));
    site.through(Role::Nurse, POST, "/api/v1/alerts/{id}/acknowledge", &[&alert], note).await;
    site.through(Role::Nurse, GET, "/api/v1/patients/{id}/vitals", &[id], None).await;
    site.through(Role::Nurse, POST, "/api/v1/devices/{id}/unassign", &[&device], Some(json!({}))).await;
}

/// Reads what there is, also as it was, and who read it.
async fn reading(site: &Site, id: &str) {
    let inputs = Some(json!({ "inputs": { "systolic_bp": 120, "diastolic_bp": 80 } }));
    let score = site.through(Role::Nurse, POST, "/api/v1/patients/{id}/scores/{name}", &[id, "map"], inputs).await.id();
    site.through(Role::Nurse, GET, "/api/v1/calculated-scores/{id}", &[&score], None).await;
    let why = Some(json!({ "reason": marked("Struck") }));
    site.through(Role::Nurse, POST, "/api/v1/calculated-scores/{id}/entered-in-error", &[&score], why).await;
    site.through(Role::Doctor, GET, "/api/v1/patients/{id}/chart", &[id], None).await;
    site.go(Role::Doctor, GET, "/api/v1/patients/{id}/chart?as_of=2026-01-01T00:00:00Z", &[id], None).await;
    site.through(Role::Doctor, GET, "/api/v1/patients/{id}/timeline", &[id], None).await;
    site.through(Role::Doctor, GET, "/api/v1/patients/{id}/export", &[id], None).await;
    for list in
        ["allergies", "consents", "problems", "medication-orders", "laboratory-results", "alerts", "external-records"]
    {
        site.through(Role::Doctor, GET, "/api/v1/patients/{id}/{list}", &[id, list], None).await;
    }
    site.through(Role::PrivacyOfficer, GET, "/api/v1/patients/{id}/accesses", &[id], None).await;
    site.through(Role::Auditor, GET, "/api/v1/audit", &[], None).await;
    site.go(Role::Auditor, GET, "/api/v1/audit/export", &[], None).await;
    site.through(Role::Nurse, GET, "/api/v1/notifications", &[], None).await;
    site.through(Role::Nurse, POST, "/api/v1/live/tickets", &[], None).await;
}

/// The same comes in as FHIR, whole and broken.
async fn import(site: &Site) {
    let patient = json!({ "resourceType": "Patient", "id": "0f1d2c3b-4a59-4687-8796-a5b4c3d2e1f0",
        "name": [{ "family": marked("Imported") }], "birthDate": super::BORN, "gender": "female" });
    let broken = json!({ "resourceType": "Condition", "id": marked("Id"), "code": { "text": marked("Condition") },
        "subject": { "reference": marked("Nobody") } });
    let entry = |resource: Value| json!({ "fullUrl": format!("urn:uuid:{}", resource["id"].as_str().unwrap_or_default()), "resource": resource });
    let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": [entry(patient), entry(broken)] });
    site.through(Role::Admin, POST, "/api/v1/imports", &[], Some(bundle)).await;
}
