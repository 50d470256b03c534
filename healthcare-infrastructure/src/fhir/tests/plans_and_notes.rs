//! What is written as FHIR says the same when it is read again.

use healthcare_domain::{
    AnyState, EventSourced, StreamType,
    code::CodeableConcept,
    entry::Entry,
    id::{AccountId, PatientId, SuggestionId},
    note::Note,
    plan::{Begun, GoalChange, GoalContent, Plan, PlanContent, Target},
    quantity::Quantity,
    text::Remark,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Said, Taken, after, at, fresh, said, take};
use crate::fhir::write;

const ID: Uuid = Uuid::from_u128(5);

/// The resources a state is written as.
fn written(state: &AnyState) -> Vec<Value> {
    let patient = Some(PatientId(Uuid::from_u128(6)));
    let of = write::Of { id: ID, patient, known_at: None, changed_at: at("2026-01-01T00:00:00Z") };
    write::resources(state, &of).iter().map(|one| serde_json::from_str(one.to_raw().get()).unwrap()).collect()
}

fn taken(resource: &Value) -> Said {
    let resource_type = resource["resourceType"].as_str().unwrap();
    match take(resource_type, &resource.to_string()).unwrap() {
        Taken::Understood(said) => said,
        Taken::Whole(_) => panic!("{resource_type} was kept whole"),
    }
}

/// FHIR leaves out what is absent.
fn assert_nothing_null(value: &Value) {
    match value {
        Value::Null => panic!("a null"),
        Value::Array(all) => {
            assert!(!all.is_empty());
            all.iter().for_each(assert_nothing_null);
        }
        Value::Object(fields) => fields.values().for_each(assert_nothing_null),
        Value::String(_) | Value::Number(_) | Value::Bool(_) => {}
    }
}

pub(super) fn diabetes_goal() -> Value {
    json!({
        "resourceType": "Goal", "id": "g1", "lifecycleStatus": "active",
        "achievementStatus": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/goal-achievement", "code": "improving" }] },
        "category": [{ "text": "dietary" }], "description": { "text": "HbA1c below 7 %" },
        "subject": { "reference": "Patient/12" }, "startDate": "2024-03-01",
        "target": [
            { "measure": { "coding": [{ "system": "http://loinc.org", "code": "4548-4" }] }, "dueDate": "2024-09-01",
              "detailRange": { "low": { "value": 4.50, "unit": "%", "code": "%" }, "high": { "value": 7, "code": "%" } } },
            { "measure": { "text": "weight" }, "detailQuantity": { "value": 80, "code": "kg", "comparator": "<=" } },
            { "measure": { "text": "walk" }, "detailString": "without a stop" },
            { "measure": { "text": "pain" }, "detailQuantity": { "value": 3, "code": "1", "comparator": "<" } },
        ],
        "addresses": [{ "reference": "Condition/c-active" }],
    })
}

#[test]
fn a_goal_written_and_read_again_is_the_same() {
    let AnyState::Goal(Entry::Recorded(goal)) = fresh(&taken(&diabetes_goal())).1 else { panic!("not recorded") };
    let percent = |value: &str| Some(Quantity { value: value.parse().unwrap(), unit: "%".into() });
    assert_eq!(goal.targets[0].target, Some(Target::Range { low: percent("4.50"), high: percent("7") }));
    assert!(matches!(&goal.targets[1].target, Some(Target::Range { low: None, high: Some(_) })));
    assert_eq!(goal.targets[2].other, Some(json!({ "detailString": "without a stop" })));
    assert!(goal.targets[3].other.is_some(), "strictly below is no bound of ours, and is kept as it came");
    let [again] = written(&Entry::Recorded(goal.clone()).into()).try_into().unwrap();
    assert_nothing_null(&again);
    let AnyState::Goal(Entry::Recorded(again)) = fresh(&taken(&again)).1 else { panic!("not recorded") };
    assert_eq!(again, goal);
}

#[test]
fn a_plan_of_another_system_written_and_read_again_is_the_same() {
    let state = fresh(&said("cp1")).1;
    let [again] = written(&state).try_into().unwrap();
    assert_nothing_null(&again);
    assert_eq!(fresh(&taken(&again)).1, state);
}

#[test]
fn a_plan_of_this_house_is_written_with_its_goals() {
    let by = AccountId(Uuid::from_u128(1));
    let content = PlanContent {
        title: "Diabetes".into(),
        description: None,
        categories: vec![],
        addresses: vec![],
        encounter: None,
        starts_at: at("2026-01-01T08:00:00Z"),
        ends_at: None,
    };
    let high = Some(Quantity { value: "7".parse().unwrap(), unit: "%".into() });
    let goal = GoalContent {
        description: CodeableConcept::words("HbA1c below 7 %"),
        measure: Some(CodeableConcept::words("HbA1c")),
        target: Some(Target::Range { low: None, high }),
        due: "2026-06-30".parse().ok(),
        addresses: vec![],
    };
    let suggestion = SuggestionId(Uuid::from_u128(7));
    let begun = Begun {
        content,
        goals: vec![goal.clone()],
        activities: vec![],
        reviews: vec![],
        template: None,
        suggestion: Some(suggestion),
    };
    let now = at("2026-01-01T08:00:00Z");
    let mut plan = Plan::fold(&Plan::Unwritten.draft(begun, by, now).unwrap());
    for event in plan.activate(by, now).unwrap() {
        plan.apply(&event);
    }
    for event in plan.change_goal(1, GoalChange::Meet(None), by, now).unwrap() {
        plan.apply(&event);
    }
    let [plan, aim] = written(&plan.into()).try_into().unwrap();
    [&plan, &aim].into_iter().for_each(assert_nothing_null);
    assert_eq!(
        (&plan["status"], &plan["goal"][0]["reference"]),
        (&json!("active"), &json!(format!("urn:uuid:{}", aim["id"].as_str().unwrap())))
    );
    assert_eq!(plan["supportingInfo"], json!([{ "reference": format!("urn:uuid:{suggestion}") }]), "why it was made");
    let AnyState::Plan(Plan::Elsewhere(again)) = fresh(&taken(&plan)).1 else { panic!("no plan") };
    assert_eq!((again.title.as_deref(), again.started_at), (Some("Diabetes"), Some(now)));
    let AnyState::Goal(Entry::Recorded(again)) = fresh(&taken(&aim)).1 else { panic!("no goal") };
    assert_eq!((again.status.as_str(), again.description), ("completed", goal.description));
    assert_eq!((again.targets[0].target.clone(), again.targets[0].due), (goal.target, goal.due));
}

pub(super) fn history() -> Value {
    json!({
        "resourceType": "DocumentReference", "id": "d1", "status": "current", "docStatus": "final", "language": "en",
        "type": { "coding": [{ "system": "http://loinc.org", "code": "34117-2", "display": "History and physical note" }] },
        "masterIdentifier": { "system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2.3.4" },
        "identifier": [{ "system": "http://st-elsewhere.example/documents", "value": "D-17" }],
        "subject": { "reference": "Patient/12" }, "date": "2024-03-01T09:00:00Z", "description": "Admission",
        "author": [{ "reference": "Practitioner/p1", "display": "Dr Moss" }],
        "content": [
            { "attachment": { "contentType": "text/plain; charset=utf-8", "title": "History", "data": "TGVmdCBrbmVlLg==" } },
            { "attachment": { "contentType": "text/plain", "data": "R3LDtsOfZSAxLDgwIG0u" } },
        ],
        "context": { "encounter": [{ "reference": "Encounter/e1" }], "period": { "start": "2024-03-01T08:00:00Z" } },
    })
}

#[test]
fn a_note_written_and_read_again_is_the_same() {
    let said = taken(&history());
    assert_eq!(said.stream_type(), StreamType::Note);
    let (events, state) = fresh(&said);
    assert_eq!((events[0].event.kind(), events[0].times.occurred_at), ("note.signed", at("2024-03-01T08:00:00Z")));
    assert_eq!(events[0].times.known_at, at("2024-03-01T09:00:00Z"));
    assert_eq!(after(&said, &state).0, [], "the same again says nothing new");
    let AnyState::Note(Note::Signed(signed)) = state else { panic!("not signed") };
    assert_eq!(signed.current().content.text(), "History\nLeft knee.\n\nGröße 1,80 m.");
    let [mut again] = written(&Note::Signed(signed.clone()).into()).try_into().unwrap();
    assert_nothing_null(&again);
    // The test's resolver knows the visit by its first name alone.
    again["context"]["encounter"][0] = json!({ "reference": "Encounter/e1" });
    let numbers = &signed.current().content.elsewhere.as_ref().unwrap().identifiers;
    assert_eq!(numbers.iter().map(|one| &*one.value).collect::<Vec<_>>(), ["urn:oid:1.2.3.4", "D-17"]);
    let AnyState::Note(Note::Signed(again)) = fresh(&taken(&again)).1 else { panic!("not signed") };
    assert_eq!(again.current().content, signed.current().content);
    assert_eq!((&again.current().hash, again.current().at), (&signed.current().hash, signed.current().at));
}

#[test]
fn what_its_source_says_anew_or_strikes_out_follows() {
    let (_, state) = fresh(&taken(&history()));
    let mut other = history();
    other["content"][0]["attachment"]["data"] = json!("UmlnaHQga25lZS4=");
    let (events, amended) = after(&taken(&other), &state);
    assert_eq!(events.iter().map(|one| one.event.kind()).collect::<Vec<_>>(), ["note.amended"]);
    let mut struck = other;
    struck["status"] = json!("entered-in-error");
    let (events, state) = after(&taken(&struck), &amended);
    assert_eq!(events.iter().map(|one| one.event.kind()).collect::<Vec<_>>(), ["note.entered-in-error"]);
    assert_eq!(after(&taken(&struck), &state).0, []);
    // Told of again with a further number, it takes that down and stays struck; said to stand again, it is refused.
    let mut numbered = struck.clone();
    numbered["identifier"] = json!([{ "system": "http://st-elsewhere.example/documents", "value": "D-18" }]);
    let (events, told) = after(&taken(&numbered), &state);
    assert_eq!(events.iter().map(|one| one.event.kind()).collect::<Vec<_>>(), ["note.amended"]);
    let AnyState::Note(Note::EnteredInError { was, .. }) = &told else { panic!("not struck: {told:?}") };
    let numbers = &was.current().content.elsewhere.as_ref().unwrap().identifiers;
    assert!(numbers.iter().any(|one| one.value == "D-18"), "{numbers:?}");
    let [went] = written(&told).try_into().unwrap();
    assert_eq!(went["status"], "entered-in-error");
    assert_eq!(after(&taken(&numbered), &told).0, []);
    let mut standing = numbered;
    standing["status"] = json!("current");
    let import = crate::fhir::Import { now: at("2024-06-01T00:00:00Z"), changed: None };
    let refused = taken(&standing).decide(&told, &import).unwrap_err();
    assert!(refused.reason.contains("no longer in force"), "{refused:?}");
    let reason = Remark::try_from("x".to_owned()).unwrap();
    let AnyState::Note(note) = state else { panic!("no note") };
    assert!(note.enter_in_error(reason).is_err());
}

#[test]
fn what_is_no_signed_note_in_plain_text_is_kept_whole() {
    let change = |pointer: &str, value: Value| {
        let mut resource = history();
        *resource.pointer_mut(pointer).unwrap() = value;
        resource
    };
    for resource in [
        change("/docStatus", json!("preliminary")),
        change("/status", json!("superseded")),
        change("/type", Value::Null),
        change("/subject", json!({ "reference": "Group/1" })),
        change("/content/0/attachment/contentType", json!("application/pdf")),
        change("/content/0/attachment/data", Value::Null),
        change("/content/0/attachment/data", json!("not base64!")),
        change("/content/0/attachment/contentType", json!("text/plain; charset=iso-8859-1")),
        change("/content", json!([])),
    ] {
        let mut resource = resource;
        resource.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let kept = take("DocumentReference", &resource.to_string());
        assert!(matches!(kept, Ok(Taken::Whole(_))), "{resource:#}");
    }
    let wrong = change("/status", json!("gone"));
    assert_eq!(take("DocumentReference", &wrong.to_string()).unwrap_err().place, "status");
}
