//! Compositions: what can be read of them is a note, and they go out as they came.

use healthcare_domain::{
    AnyState, StreamType,
    id::{AccountId, PatientId},
    note::{Amendment, Note},
    text::Remark,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Said, Taken, after, at, fresh, plans_and_notes, take};
use crate::fhir::write;

/// A discharge letter, with parts within parts, tables, what points elsewhere, and what the record has no word for.
fn letter() -> Value {
    let narrative = |words: &str| json!({ "status": "generated", "div": format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{words}</div>") });
    json!({
        "resourceType": "Composition", "id": "l1", "status": "final", "language": "de",
        "meta": { "lastUpdated": "2024-03-09T10:00:00Z", "profile": ["http://st-elsewhere.example/letter"] },
        "identifier": { "system": "http://st-elsewhere.example/letters", "value": "L-4711" },
        "type": { "coding": [{ "system": "http://loinc.org", "code": "18842-5", "display": "Discharge summary" }] },
        "subject": { "reference": "Patient/12" }, "encounter": { "reference": "Encounter/e1" },
        "date": "2024-03-08T16:30:00+01:00", "author": [{ "reference": "Practitioner/p1", "display": "Dr Moss" }],
        "title": "Entlassbericht", "confidentiality": "N",
        "attester": [{ "mode": "legal", "time": "2024-03-08T17:00:00+01:00", "party": { "display": "Dr Lind" } }],
        "custodian": { "display": "St Elsewhere" },
        "event": [{ "period": { "start": "2024-03-01T08:00:00Z", "end": "2024-03-08T12:00:00Z" } }],
        "section": [
            { "title": "Diagnosen", "code": { "coding": [{ "system": "http://loinc.org", "code": "29548-5" }] },
              "text": narrative("<ul><li>Pneumonie</li><li>Diabetes &amp; Gicht</li></ul>"),
              "entry": [{ "display": "J18.9" }] },
            { "title": "Verlauf", "section": [
                { "title": "Labor", "text": narrative("<table><tr><td>CRP</td><td>120</td></tr></table>") },
                { "text": narrative("<p>Gebessert.</p>") }] },
            { "title": "Anlagen", "text": { "status": "empty", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\"/>" },
              "emptyReason": { "text": "keine" } }]
    })
}

/// Documents, notes and goals, for the round trip.
pub(super) fn all() -> Vec<Value> {
    let mut struck = letter();
    struck["status"] = json!("entered-in-error");
    let mut summary = letter();
    summary["text"] = summary["section"][0]["text"].clone();
    summary["section"] = json!([{ "title": "Werte", "entry": [{ "display": "CRP" }] }]);
    vec![letter(), struck, summary, plans_and_notes::history(), plans_and_notes::diabetes_goal()]
}

fn said(resource: &Value) -> Said {
    match take("Composition", &resource.to_string()).unwrap() {
        Taken::Understood(said) => said,
        Taken::Whole(_) => panic!("it was kept whole"),
    }
}

fn written(state: &AnyState) -> Value {
    let patient = Some(PatientId(Uuid::from_u128(6)));
    let of = write::Of { id: Uuid::from_u128(5), patient, known_at: None, changed_at: at("2026-01-01T00:00:00Z") };
    let [one] = write::resources(state, &of).try_into().unwrap();
    serde_json::from_str(one.to_raw().get()).unwrap()
}

#[test]
fn a_composition_that_can_be_read_is_a_signed_note() {
    let said = said(&letter());
    assert_eq!(said.stream_type(), StreamType::Note);
    let (events, state) = fresh(&said);
    assert_eq!(events.iter().map(|one| one.event.kind()).collect::<Vec<_>>(), ["note.signed"]);
    assert_eq!(
        (events[0].times.occurred_at, events[0].times.known_at),
        (at("2024-03-01T08:00:00Z"), at("2024-03-08T15:30:00Z"))
    );
    assert!(!events[0].times.assumed);
    assert_eq!(after(&said, &state).0, [], "the same again says nothing new");
    let AnyState::Note(Note::Signed(signed)) = state else { panic!("not signed") };
    let content = &signed.current().content;
    assert_eq!((&*content.title, &*content.language), ("Entlassbericht", "de"));
    assert_eq!(
        content.text(),
        "Diagnosen\n- Pneumonie\n- Diabetes & Gicht\n\nVerlauf / Labor\nCRP | 120\n\nVerlauf\nGebessert."
    );
    assert_eq!(content.sections[0].code.as_ref().unwrap().coding[0].code, "29548-5");
    assert_eq!(content.elsewhere.as_ref().unwrap().identifiers[0].value, "L-4711");
    assert!(signed.current().is_intact());
}

#[test]
fn it_goes_out_as_it_came() {
    let came = letter();
    let went = written(&fresh(&said(&came)).1);
    let ours = ["id", "meta", "subject", "encounter", "author"];
    for (name, value) in came.as_object().unwrap().iter().filter(|(name, _)| !ours.contains(&name.as_str())) {
        assert_eq!(&went[name], value, "{name}");
    }
    assert_eq!(went["meta"]["profile"], came["meta"]["profile"]);
    assert_eq!(went["subject"], json!({ "reference": format!("urn:uuid:{}", Uuid::from_u128(6)) }));
    assert_eq!(went["author"][0]["display"], "Dr Moss");
    assert_eq!(went.as_object().unwrap().len(), came.as_object().unwrap().len());
}

#[test]
fn what_is_amended_here_goes_out_in_the_words_of_here() {
    let AnyState::Note(note) = fresh(&said(&letter())).1 else { panic!("no note") };
    let Note::Signed(signed) = &note else { panic!("not signed") };
    let current = &signed.current().content;
    let reason = Remark::try_from("a slip".to_owned()).unwrap();
    let mut sections = current.sections.clone();
    let same = Amendment { title: current.title.clone(), sections: sections.clone(), reason: reason.clone() };
    assert!(note.amend(same, AccountId(Uuid::from_u128(1)), at("2026-01-01T00:00:00Z")).is_err(), "nothing is amended");
    sections[0].text = "Pneumonie links".into();
    let amendment = Amendment { title: current.title.clone(), sections, reason };
    let events = note.amend(amendment, AccountId(Uuid::from_u128(1)), at("2026-01-01T00:00:00Z")).unwrap();
    let mut state: AnyState = note.into();
    for event in events {
        assert!(state.apply(&event.into()));
    }
    let went = written(&state);
    assert_eq!((&went["resourceType"], &went["docStatus"]), (&json!("DocumentReference"), &json!("amended")));
    assert_eq!(went["identifier"][0]["value"], "L-4711", "its number stays");
}

#[test]
fn what_cannot_be_read_is_kept_whole() {
    let change = |pointer: &str, value: Value| {
        let mut resource = letter();
        *resource.pointer_mut(pointer).unwrap() = value;
        resource
    };
    for resource in [
        change("/status", json!("preliminary")),
        change("/subject", json!({ "reference": "Group/1" })),
        change("/type", json!({})),
        change("/section/0/text/div", json!("<div>not closed")),
        change("/section", json!([{ "title": "Labor", "entry": [{ "display": "CRP" }] }])),
        change("/section", json!([])),
    ] {
        assert!(matches!(take("Composition", &resource.to_string()), Ok(Taken::Whole(_))), "{resource:#}");
    }
    let wrong = change("/status", json!("gone"));
    assert_eq!(take("Composition", &wrong.to_string()).unwrap_err().place, "status");
}
