//! What a line says, and must not leave out.

use std::collections::HashMap;

use healthcare_domain::scheduling::zone::Zone;
use serde_json::json;
use uuid::Uuid;

use super::*;

const MOSS: Uuid = Uuid::from_u128(7);

fn read_in(zone: &str, read: Read, entry: &Value) -> Line {
    let names = HashMap::from([(MOSS, "Dr Ivo Moss".to_owned())]);
    read(entry, &Paper { zone: Zone::try_from(zone.to_owned()).unwrap(), names: &names })
}

fn read(read: Read, entry: &Value) -> Line {
    read_in("UTC", read, entry)
}

#[test]
fn an_order_says_how_it_is_taken_and_that_it_was_stopped() {
    let order = json!({ "status": "stopped", "medication": { "text": "Amoxicillin" }, "route": { "text": "oral" },
        "dose": { "value": "500", "unit": "mg" }, "frequency": "every 8 hours", "as_needed": true,
        "authored_at": "2026-11-22T01:40:57Z", "ended_at": "2026-11-23T08:00:00Z", "end_reason": "rash" });
    let line = read(medication, &order);
    assert_eq!(line.what, "Amoxicillin");
    assert_eq!(line.detail, "500 mg, oral, every 8 hours, as needed, stopped since 2026-11-23 08:00 rash");
    assert_eq!(line.at, "2026-11-22");
}

#[test]
fn every_dose_of_an_order_is_printed_and_what_its_source_says_beside() {
    let order = json!({ "status": "active", "medication": { "text": "Prednisolone" }, "dose": { "value": "40", "unit": "mg" },
        "frequency": "once a day", "reasons": [{ "text": "asthma" }],
        "further": [{ "then": true, "dose": { "value": "20", "unit": "mg" }, "frequency": "once a day" },
            { "dose": { "value": "5", "unit": "mg" }, "route": { "text": "oral" }, "as_needed": true }],
        "details": ["at most 60 mg in a day"], "authored_at": "2026-11-22T00:00:00Z" });
    let line = read(medication, &order);
    assert_eq!(line.detail, "40 mg, once a day, for asthma");
    assert_eq!(line.parts, ["then 20 mg, once a day", "and 5 mg, oral, as needed", "at most 60 mg in a day"]);
}

#[test]
fn a_drug_that_is_not_taken_now_is_not_printed_as_taken() {
    let order = |taking: &str| json!({ "status": "active", "medication": { "text": "Warfarin" }, "taking": taking, "reported": true });
    assert_eq!(read(medication, &order("on-hold")).what, "Warfarin – ON HOLD");
    assert_eq!(read(medication, &order("unknown")).what, "Warfarin – NOT KNOWN WHETHER TAKEN");
    assert_eq!(read(medication, &order("as-ordered")).what, "Warfarin");
    assert_eq!(read(medication, &order("as-ordered")).detail, "reported, not ordered here");
}

#[test]
fn a_result_nobody_has_seen_says_so() {
    let entry = json!({ "status": "unread", "code": { "coding": [{ "code": "2823-3" }] },
        "value": { "quantity": { "value": "6.80", "unit": "mmol/L" } }, "reference_range": "3.5 – 5.1",
        "interpretation": [{ "text": "HH" }], "effective_at": "2026-11-22T01:40:57Z" });
    let line = read(result, &entry);
    assert_eq!(line.detail, "6.80 mmol/L HH (3.5 – 5.1) NOT YET SEEN");
    assert_eq!(line.at, "2026-11-22 01:40");
}

#[test]
fn times_are_those_of_the_site_and_of_an_hour_that_comes_twice_it_is_said_which() {
    let at = |moment: &str| read_in("Europe/Lisbon", result, &json!({ "effective_at": moment })).at;
    assert_eq!(at("2026-07-01T23:30:00Z"), "2026-07-02 00:30");
    assert_eq!(at("2026-10-25T00:30:00Z"), "2026-10-25 01:30 (first)");
    assert_eq!(at("2026-10-25T01:30:00Z"), "2026-10-25 01:30 (second)");
    // A day alone is held as its midnight, and is that day wherever it is read.
    let onset = |moment: &str| read_in("America/Sao_Paulo", problem, &json!({ "onset_at": moment })).at;
    assert_eq!(onset("2010-03-01T00:00:00Z"), "2010-03-01");
    assert_eq!(onset("2010-03-01T01:30:00Z"), "2010-02-28");
}

#[test]
fn a_denial_is_not_an_allergy() {
    let none = json!({ "status": "active", "statement": "none-known", "substance": { "text": "drugs" } });
    assert_eq!(read(allergy, &none).what, "None known: drugs");
}

#[test]
fn a_note_says_who_signed_it_when_and_how_it_begins() {
    let entry = json!({ "status": "amended", "title": "Ward round", "authors": [{ "account": MOSS }, { "elsewhere": { "display": "Dr Lind" } }],
        "told_of_at": "2026-11-22T08:00:00Z", "signed_at": "2026-11-22T09:15:00Z", "cosignatures_wanted": 2, "cosignatures": 1,
        "excerpt": "Assessment\nBetter.\n\nPlan\nHome tomorrow…" });
    let line = read(note, &entry);
    assert_eq!((line.what.as_str(), line.at.as_str()), ("Ward round", "2026-11-22 08:00"));
    assert_eq!(line.detail, "by Dr Ivo Moss, Dr Lind, signed 2026-11-22 09:15, amended, 1 of 2 co-signatures");
    assert_eq!(line.parts, ["Assessment", "Better.", "Plan", "Home tomorrow…"]);
}

#[test]
fn a_consent_says_what_was_decided_and_that_it_was_taken_back() {
    let entry = json!({ "status": "withdrawn", "scope": { "text": "Resuscitation" }, "categories": [{ "text": "DNR" }],
        "decision": "deny", "decided_on": "2026-01-05", "given_by": { "name": "Eva Lind", "relationship": { "text": "daughter" } },
        "period": { "start": "2026-01-05" }, "withdrawn": { "at": "2026-02-03T08:00:00Z", "reason": "changed her mind" } });
    let line = read(consent, &entry);
    assert_eq!(line.what, "Resuscitation – REFUSED");
    assert_eq!(line.detail, "DNR; by Eva Lind, daughter; from 2026-01-05; WITHDRAWN 2026-02-03 08:00 changed her mind");
    assert_eq!(line.at, "2026-01-05");
}

#[test]
fn a_plan_says_what_is_aimed_at_and_what_is_to_be_done() {
    let entry = json!({ "status": "active", "title": "Diabetes", "starts_at": "2026-11-01T00:00:00Z",
        "goals": [{ "number": 1, "description": { "text": "HbA1c down" }, "measure": { "text": "HbA1c" },
            "target": { "range": { "high": { "value": "7.0", "unit": "%" } } }, "due": "2027-02-01", "status": "accepted" }],
        "activities": [
            { "number": 1, "what": { "text": "Foot check" }, "instructions": "both feet", "assigned_to": { "role": "nurse" },
                "scheduled_at": "2026-12-01T09:00:00Z", "status": "scheduled" },
            { "number": 2, "what": { "text": "Eye check" }, "assigned_to": { "account": MOSS }, "status": "skipped", "reason": "was done" }],
        "reviews": [{ "number": 1, "due": "2027-01-05", "responsible": { "account": MOSS } },
            { "number": 2, "due": "2026-11-05", "responsible": { "role": "nurse" }, "held": { "at": "2026-11-05T08:00:00Z" } }] });
    let line = read(plan, &entry);
    assert_eq!((line.what.as_str(), line.detail.as_str(), line.at.as_str()), ("Diabetes", "active", "2026-11-01"));
    assert_eq!(
        line.parts,
        [
            "Goal: HbA1c down, HbA1c, to 7.0 %, by 2027-02-01, accepted",
            "To be done: Foot check, both feet, nurse, 2026-12-01 09:00, scheduled",
            "To be done: Eye check, Dr Ivo Moss, skipped, was done",
            "Review on 2027-01-05, Dr Ivo Moss",
        ]
    );
    let elsewhere = json!({ "content": { "title": "After surgery", "status": "active", "goals": [{ "display": "walks" }],
        "activities": [{ "code": { "text": "Lifting" }, "status": "not-started", "prohibited": true }] } });
    assert_eq!(read(plan, &elsewhere).parts, ["Goal: walks", "NOT to be done: Lifting, not-started"]);
}
