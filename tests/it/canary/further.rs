//! What the marked patient goes through beside the plain way: what was entered is amended and struck out, a visit runs its
//! course, notes and plans are worked on, a glass is reviewed, and others ask about somebody of whom nothing is kept.

use std::time::Duration;

use healthcare_application::{Role, clock::Clock};
use healthcare_infrastructure::clock::SystemClock;
use healthcare_tests::server::until;
use reqwest::Method;
use serde_json::{Value, json};

use super::{BORN, MARK, Site, marked};
use crate::live::follower::Follower;

const POST: Method = Method::POST;
const GET: Method = Method::GET;

fn text(what: &str) -> Value {
    json!({ "text": marked(what) })
}

fn why() -> Option<Value> {
    Some(json!({ "reason": marked("Reason") }))
}

/// The minutes of a day.
const DAY: i64 = 24 * 60;

/// Whole seconds, so many minutes from now.
fn in_minutes(minutes: i64) -> String {
    (SystemClock.now() + chrono::Duration::minutes(minutes)).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Everything that can be entered in a record is amended, doubted, put back and struck out.
pub async fn amended(site: &Site, id: &str) {
    let allergies = "/api/v1/patients/{id}/allergies";
    let allergy = Some(json!({ "substance": text("Grass") }));
    let allergy = site.through(Role::Nurse, POST, allergies, &[id], allergy).await.id();
    let one = "/api/v1/allergies/{id}";
    site.change(Role::Nurse, Method::PATCH, one, &allergy, json!({ "substance": text("Birch") })).await;
    let verify = "/api/v1/allergies/{id}/verify";
    let confirmed = Some(json!({ "verification": "confirmed" }));
    site.through(Role::Nurse, POST, verify, &[&allergy], confirmed).await;
    site.through(Role::Nurse, POST, "/api/v1/allergies/{id}/remove", &[&allergy], why()).await;
    site.through(Role::Nurse, POST, "/api/v1/allergies/{id}/reactivate", &[&allergy], why()).await;

    let problem = Some(json!({ "code": text("Problem") }));
    let problem = site.through(Role::Doctor, POST, "/api/v1/patients/{id}/problems", &[id], problem).await.id();
    let one = "/api/v1/problems/{id}";
    site.change(Role::Doctor, Method::PATCH, one, &problem, json!({ "code": text("Renamed") })).await;
    let refuted = Some(json!({ "verification": "refuted", "reason": marked("Refuted") }));
    site.through(Role::Doctor, POST, "/api/v1/problems/{id}/verify", &[&problem], refuted).await;
    let confirmed = Some(json!({ "verification": "confirmed", "reason": marked("Confirmed") }));
    site.through(Role::Doctor, POST, "/api/v1/problems/{id}/verify", &[&problem], confirmed).await;
    site.through(Role::Doctor, POST, "/api/v1/problems/{id}/resolve", &[&problem], Some(json!({}))).await;
    site.through(Role::Doctor, POST, "/api/v1/problems/{id}/reactivate", &[&problem], Some(json!({}))).await;
    site.through(Role::Doctor, POST, "/api/v1/problems/{id}/entered-in-error", &[&problem], why()).await;

    for (list, kind, entered, change) in [
        ("procedures", "procedures", json!({ "code": text("Procedure") }), json!({ "note": marked("Note") })),
        (
            "immunizations",
            "immunizations",
            json!({ "vaccine": text("Vaccine") }),
            json!({ "lot_number": marked("Lot") }),
        ),
        (
            "family-history",
            "family-history",
            json!({ "relationship": text("Father"), "conditions": [{ "code": text("Gout") }] }),
            json!({ "note": marked("Kin") }),
        ),
        (
            "social-history",
            "social-history",
            json!({ "topic": "occupation", "value": text("Miner") }),
            json!({ "value": text("Baker") }),
        ),
    ] {
        let list = format!("/api/v1/patients/{{id}}/{list}");
        let entry = site.through(Role::Doctor, POST, &list, &[id], Some(entered)).await.id();
        let one = format!("/api/v1/{kind}/{{id}}");
        site.change(Role::Doctor, Method::PATCH, &one, &entry, change).await;
        site.through(Role::Doctor, POST, &format!("{one}/entered-in-error"), &[&entry], why()).await;
    }
    let order = json!({ "medication": text("Drug"), "frequency": marked("Frequency") });
    let orders = "/api/v1/patients/{id}/medication-orders";
    let order = site.through(Role::Doctor, POST, orders, &[id], Some(order)).await.id();
    site.through(Role::Doctor, GET, "/api/v1/medication-orders/{id}", &[&order], None).await;
}

/// An emergency from its plan to its summary, struck out at its end; and one that never came.
pub async fn visit(site: &Site, id: &str) {
    let visits = "/api/v1/patients/{id}/encounters";
    let planned = |class: &str| {
        Some(json!({ "class": class, "ward": "A", "status": "planned", "started_at": in_minutes(60),
            "reasons": [text("Complaint")] }))
    };
    let visit = site.through(Role::Nurse, POST, visits, &[id], planned("emergency")).await.id();
    let visit = [visit.as_str()];
    site.through(Role::Nurse, POST, "/api/v1/encounters/{id}/arrive", &visit, Some(json!({}))).await;
    let urgent = json!({ "scale": "manchester", "level": 3, "complaint": text("Complaint"), "note": marked("Triage") });
    site.through(Role::Nurse, POST, "/api/v1/encounters/{id}/triage", &visit, Some(urgent)).await;
    site.through(Role::Doctor, POST, "/api/v1/encounters/{id}/start", &visit, Some(json!({}))).await;
    let nurses = site.through(Role::Admin, GET, "/api/v1/accounts?role=nurse", &[], None).await.json();
    let attends = Some(json!({ "account": nurses["items"][0]["id"], "role": "attender" }));
    site.through(Role::Doctor, POST, "/api/v1/encounters/{id}/participants", &visit, attends.clone()).await;
    site.through(Role::Doctor, POST, "/api/v1/encounters/{id}/participants/remove", &visit, attends).await;
    let diagnosis = Some(json!({ "code": text("Diagnosed"), "use": "admission" }));
    let listed = site.through(Role::Doctor, POST, "/api/v1/encounters/{id}/diagnoses", &visit, diagnosis).await.json();
    let of = |with: Value| {
        let mut body = json!({ "problem": listed["problem"], "use": "admission" });
        body.as_object_mut().expect("an object").extend(with.as_object().cloned().unwrap_or_default());
        Some(body)
    };
    let (first, gone) = (of(json!({ "rank": 1 })), of(json!({ "reason": marked("RuledOut") })));
    site.through(Role::Doctor, POST, "/api/v1/encounters/{id}/diagnoses/rank", &visit, first).await;
    site.through(Role::Doctor, POST, "/api/v1/encounters/{id}/diagnoses/remove", &visit, gone).await;
    // Who stays is admitted: what the laboratory has found speaks against it.
    let class = json!({ "class": "observation" });
    site.in_spite(Role::Doctor, "/api/v1/encounters/{id}/class", &visit, class).await;
    let summary = json!({ "course": marked("Course"), "instructions": marked("Instructions") });
    site.change(Role::Doctor, Method::PUT, "/api/v1/encounters/{id}/summary", visit[0], summary).await;
    site.through(Role::Nurse, POST, "/api/v1/encounters/{id}/entered-in-error", &visit, why()).await;
    let off = site.through(Role::Nurse, POST, visits, &[id], planned("ambulatory")).await.id();
    site.through(Role::Nurse, POST, "/api/v1/encounters/{id}/cancel", &[&off], why()).await;
    for list in ["/api/v1/beds", "/api/v1/wards"] {
        site.through(Role::Nurse, GET, list, &[], None).await;
    }
}

/// A note that is drafted, asked for, signed by two and amended; and one that is thrown away.
pub async fn notes(site: &Site, id: &str, stay: &str) {
    let path = "/api/v1/patients/{id}/notes";
    let note = || {
        Some(json!({ "note_type": text("Type"), "title": marked("Asked"), "encounter": stay,
            "sections": [{ "title": marked("Heading"), "text": marked("Words") }] }))
    };
    let asked = site.through(Role::Doctor, POST, path, &[id], note()).await.id();
    let more = json!({ "sections": [{ "text": marked("More") }], "encounter": stay });
    site.change(Role::Doctor, Method::PUT, "/api/v1/notes/{id}/draft", &asked, more).await;
    let of = || Some(json!({ "of": { "role": "senior_clinician" } }));
    let asks = "/api/v1/notes/{id}/cosign-requests";
    site.through(Role::Doctor, POST, asks, &[&asked], of()).await;
    site.through(Role::Doctor, POST, "/api/v1/notes/{id}/cosign-requests/withdraw", &[&asked], of()).await;
    site.through(Role::Doctor, POST, asks, &[&asked], of()).await;
    site.through(Role::Doctor, POST, "/api/v1/notes/{id}/sign", &[&asked], Some(json!({}))).await;
    site.through(Role::SeniorClinician, POST, "/api/v1/notes/{id}/cosign", &[&asked], Some(json!({}))).await;
    let amended =
        json!({ "title": marked("Amended"), "sections": [{ "text": marked("Amended") }], "reason": marked("Why") });
    site.change(Role::Doctor, Method::PUT, "/api/v1/notes/{id}", &asked, amended).await;
    let gone = site.through(Role::Doctor, POST, path, &[id], note()).await.id();
    site.through(Role::Doctor, POST, "/api/v1/notes/{id}/discard", &[&gone], Some(json!({}))).await;
}

/// A plan that grows, is revised and was a mistake.
pub async fn plan(site: &Site, id: &str) {
    let plan = Some(json!({ "title": marked("Plan"), "activate": true }));
    let plan = site.through(Role::Doctor, POST, "/api/v1/patients/{id}/plans", &[id], plan).await.id();
    let revised = json!({ "title": marked("Revised"), "description": marked("Description") });
    site.change(Role::Doctor, Method::PATCH, "/api/v1/plans/{id}", &plan, revised).await;
    let goal = Some(json!({ "description": text("Goal") }));
    site.through(Role::Doctor, POST, "/api/v1/plans/{id}/goals", &[&plan], goal).await;
    let task = json!({ "what": text("Task"), "instructions": marked("How"), "assigned_to": { "role": "nurse" } });
    site.through(Role::Doctor, POST, "/api/v1/plans/{id}/activities", &[&plan], Some(task)).await;
    let nurse = Some(json!({ "to": { "role": "nurse" }, "scheduled_at": in_minutes(60) }));
    site.through(Role::Doctor, POST, "/api/v1/plans/{id}/activities/{number}/assign", &[&plan, "1"], nurse).await;
    let skipped = Some(json!({ "reason": marked("Skipped") }));
    site.through(Role::Nurse, POST, "/api/v1/plans/{id}/activities/{number}/skip", &[&plan, "1"], skipped).await;
    let due = Some(json!({ "due": "2030-03-31" }));
    site.through(Role::Doctor, POST, "/api/v1/plans/{id}/reviews", &[&plan], due).await;
    site.through(Role::Doctor, POST, "/api/v1/plans/{id}/entered-in-error", &[&plan], why()).await;
}

/// A glass that is broken, told live, closed and reviewed.
pub async fn glass(site: &Site, id: &str) {
    let (mut live, _) = Follower::new(&site.server.url, site.token(Role::PrivacyOfficer), "").await;
    site.gone.lock().expect("not poisoned").insert(("GET".into(), "/api/v1/live".into()));
    let reason = Some(json!({ "reason": marked("Emergency"), "purpose": "ETREAT" }));
    let glass = site.through(Role::Doctor, POST, "/api/v1/patients/{id}/break-glass", &[id], reason).await.id();
    live.next_of("notification").await.expect("the privacy officers are told");
    site.through(Role::PrivacyOfficer, GET, "/api/v1/break-glass", &[], None).await;
    site.through(Role::Doctor, GET, "/api/v1/break-glass/{id}", &[&glass], None).await;
    site.through(Role::Doctor, POST, "/api/v1/break-glass/{id}/close", &[&glass], Some(json!({}))).await;
    let review = Some(json!({ "outcome": "justified", "note": marked("Review") }));
    site.through(Role::PrivacyOfficer, POST, "/api/v1/break-glass/{id}/review", &[&glass], review).await;
}

/// Checks, scores and rules on what somebody types, and a rule tried on everybody: nothing of it is kept.
pub async fn asked(site: &Site) {
    let taken = json!({ "medications": [{ "name": marked("Drug"), "dose": marked("Dose") }], "allergies": [marked("Allergy")],
        "conditions": [marked("Condition")], "age": 72 });
    site.through(Role::Doctor, POST, "/api/v1/checks/medications", &[], Some(taken)).await;
    site.through(Role::Nurse, GET, "/api/v1/scores", &[], None).await;
    let eyes = Some(json!({ "eye": 3, "verbal": 4, "motor": 6 }));
    site.through(Role::Nurse, POST, "/api/v1/scores/{name}", &["gcs"], eyes).await;
    // A mark is no number, and is refused without being repeated.
    let marks = Some(json!({ "eye": marked("Eye"), "verbal": 4, "motor": 6 }));
    let refused = site.go(Role::Nurse, POST, "/api/v1/scores/{name}", &["gcs"], marks).await;
    super::assert_unmarked("the refusal of a score", &refused.text);
    let news = json!({ "consciousness": "A", "on_oxygen": false, "pulse": "72", "respiratory_rate": "18", "spo2": "96",
        "systolic_bp": "120", "temperature": "37.0" });
    site.through(Role::Nurse, POST, "/api/v1/scores/news2", &[], Some(news)).await;

    let rule = site.through(Role::RuleAuthor, GET, "/api/v1/rules/{id}", &["qsofa"], None).await.json();
    let number = rule["version"].to_string();
    let version = "/api/v1/rules/{id}/versions/{number}";
    let version = site.through(Role::RuleAuthor, GET, version, &["qsofa", &number], None).await.json();
    let inputs = json!({ "draft": marked("Drug"), "active": [marked("Drug")], "conditions": [marked("Condition")] });
    let tried = Some(json!({ "document": version["document"], "inputs": inputs }));
    site.through(Role::RuleAuthor, POST, "/api/v1/rules/try", &[], tried).await;
    // No version of it is in the shadow.
    site.go(Role::RuleAuthor, GET, "/api/v1/rules/{id}/shadow", &["qsofa"], None).await;
    let trial = json!({ "rule_id": "qsofa", "version": rule["version"], "from": in_minutes(-60), "to": in_minutes(0),
        "samples": 5 });
    let trial = Some(trial);
    let trial = site.through(Role::Doctor, POST, "/api/v1/rules/backtests", &[], trial).await.id();
    until("the backtest ends", Duration::from_secs(60), async || {
        let seen = site.through(Role::Doctor, GET, "/api/v1/rules/backtests/{id}", &[&trial], None).await.json();
        (seen["state"] == "done").then_some(())
    })
    .await;
    site.through(Role::Doctor, GET, "/api/v1/rules/backtests/{id}/patients", &[&trial], None).await;
}

/// Another system asks about a patient of its own, and says what became of the card.
pub async fn hooks(site: &Site) {
    let patient = format!("{MARK}-patient");
    let about = json!({ "reference": format!("Patient/{patient}") });
    let drug = |id: &str, status: &str, code: &str, name: &str| {
        json!({ "resource": { "resourceType": "MedicationRequest", "id": format!("{MARK}-{id}"), "status": status,
            "intent": "order", "subject": about, "medicationCodeableConcept": { "coding": [{
                "system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": code, "display": name }],
                "text": marked("Drug") } } })
    };
    let bundle = |entry: Value| json!({ "resourceType": "Bundle", "type": "searchset", "entry": [entry] });
    let condition =
        json!({ "resource": { "resourceType": "Condition", "id": "c", "code": text("Condition"), "subject": about } });
    let asks = json!({
        "hook": "order-sign", "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": { "userId": format!("Practitioner/{MARK}"), "patientId": patient,
            "draftOrders": { "resourceType": "Bundle",
                "entry": [drug("draft", "draft", "834022", "Ketorolac Tromethamine 10 MG Oral Tablet")] } },
        "prefetch": {
            "patient": { "resourceType": "Patient", "id": patient, "birthDate": BORN, "gender": "female",
                "name": [{ "family": marked("Foreign") }] },
            "medications": bundle(drug("order", "active", "855332", "Warfarin Sodium 5 MG Oral Tablet")),
            "conditions": bundle(condition), "allergies": null, "laboratory": null, "vitals": null },
    });
    let cards = told(site, "/cds-services/{id}", asks).await;
    let card = cards["cards"][0]["uuid"].as_str().unwrap_or_else(|| panic!("{cards}"));
    let feedback = json!({ "feedback": [{ "card": card, "outcome": "overridden", "outcomeTimestamp": in_minutes(0),
        "overrideReason": { "reason": { "code": marked("Code"), "system": format!("urn:{MARK}") },
            "userComment": marked("Comment") } }] });
    told(site, "/cds-services/{id}/feedback", feedback).await;
}

/// Says something to the service of orders as a client that shows no token; the demonstration lets it.
async fn told(site: &Site, template: &str, body: Value) -> Value {
    site.gone.lock().expect("not poisoned").insert(("POST".into(), template.to_owned()));
    let url = format!("{}{}", site.server.url, template.replace("{id}", "order-sign"));
    let answer = site.client.post(url).json(&body).send().await.expect("an answer");
    let (status, text) = (answer.status(), answer.text().await.expect("a body"));
    assert_eq!(status, 200, "{template}: {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

/// Held, booked, moved, kept and missed; waited for, offered, declined and taken.
pub async fn clinic(site: &Site, id: &str) {
    let doctor = json!({ "kind": "practitioner", "name": "Dr Marsh", "time_zone": "UTC" });
    let doctor = site.through(Role::Receptionist, POST, "/api/v1/schedules", &[], Some(doctor)).await.id();
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let hours: Vec<Value> = days.iter().map(|day| json!({ "day": day, "from": "00:00", "until": "00:00" })).collect();
    let (one, hours) = ("/api/v1/schedules/{id}/hours", json!({ "hours": hours }));
    site.change(Role::Receptionist, Method::PUT, one, &doctor, hours).await;
    let kind = json!({ "name": "Round", "kind": "ROUTINE", "duration_minutes": 20, "requires": ["practitioner"] });
    let kind = site.through(Role::Receptionist, POST, "/api/v1/appointment-types", &[], Some(kind)).await.id();
    let booked = async |start: String, held: Option<u16>| {
        let mut body =
            json!({ "appointment_type": kind, "start": start, "resources": [doctor], "comment": marked("Comment") });
        if let Some(minutes) = held {
            body["hold_minutes"] = json!(minutes);
        }
        site.through(Role::Receptionist, POST, "/api/v1/patients/{id}/appointments", &[id], Some(body)).await.id()
    };
    let act = async |role: Role, appointment: &str, verb: &str, body: Value| {
        let path = format!("/api/v1/appointments/{{id}}/{verb}");
        site.through(role, POST, &path, &[appointment], Some(body)).await;
    };
    let held = booked(in_minutes(20 * DAY), Some(60)).await;
    act(Role::Receptionist, &held, "confirm", json!({})).await;
    act(Role::Receptionist, &held, "reschedule", json!({ "start": in_minutes(21 * DAY) })).await;
    site.through(Role::Nurse, GET, "/api/v1/appointments/{id}", &[&held], None).await;
    site.through(Role::Nurse, GET, "/api/v1/appointments", &[], None).await;
    let held = booked(in_minutes(22 * DAY), Some(60)).await;
    act(Role::Receptionist, &held, "release", json!({})).await;
    let comes = booked(in_minutes(40), None).await;
    act(Role::Receptionist, &comes, "check-in", json!({})).await;
    act(Role::Nurse, &comes, "complete", json!({})).await;
    // Nobody is missed before it begins.
    let begins = SystemClock.now() + chrono::Duration::seconds(2);
    let missed = booked(begins.to_rfc3339(), None).await;
    until("it begins without them", Duration::from_secs(30), async || (SystemClock.now() > begins).then_some(())).await;
    act(Role::Receptionist, &missed, "no-show", json!({})).await;

    let waits = async || {
        let wish = json!({ "appointment_type": kind, "priority": "soon", "from": in_minutes(29 * DAY),
            "until": in_minutes(31 * DAY), "comment": marked("Wish") });
        site.through(Role::Receptionist, POST, "/api/v1/patients/{id}/waitlist", &[id], Some(wish)).await.id()
    };
    let offered = async |wish: &str| {
        let freed = booked(in_minutes(30 * DAY), None).await;
        act(Role::Receptionist, &freed, "cancel", json!({ "reason": "pat" })).await;
        until("it is offered", Duration::from_secs(60), async || {
            let seen = site.through(Role::Nurse, GET, "/api/v1/waitlist/{id}", &[wish], None).await.json();
            (seen["status"] == "offered").then_some(())
        })
        .await;
    };
    let answers = async |wish: &str, answer: &str| {
        let path = format!("/api/v1/waitlist/{{id}}/{answer}");
        site.through(Role::Receptionist, POST, &path, &[wish], Some(json!({}))).await;
    };
    let first = waits().await;
    site.through(Role::Nurse, GET, "/api/v1/waitlist", &[], None).await;
    offered(&first).await;
    answers(&first, "decline").await;
    answers(&first, "leave").await;
    let second = waits().await;
    offered(&second).await;
    answers(&second, "accept").await;
}
