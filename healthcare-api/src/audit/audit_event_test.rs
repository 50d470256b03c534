use healthcare_application::{
    Role,
    audit::{Entry, Fields},
};
use healthcare_domain::id::PatientId;
use uuid::Uuid;

use super::*;

/// What an element may hold, as FHIR R4 has it.
enum Is {
    /// Text that is not empty.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A moment with its time zone.
    Instant,
    Truth,
    /// Further elements: the name, how many at least, whether there may be several, and what each holds.
    Of(&'static [(&'static str, usize, bool, Is)]),
}

const CODING: Is =
    Is::Of(&[("system", 0, false, Is::Text), ("code", 0, false, Is::Text), ("display", 0, false, Is::Text)]);
const CONCEPT: Is = Is::Of(&[("coding", 0, true, CODING), ("text", 0, false, Is::Text)]);
const IDENTIFIER: Is = Is::Of(&[("system", 0, false, Is::Text), ("value", 0, false, Is::Text)]);
const REFERENCE: Is =
    Is::Of(&[("reference", 0, false, Is::Text), ("identifier", 0, false, IDENTIFIER), ("display", 0, false, Is::Text)]);

/// <http://hl7.org/fhir/R4/auditevent.html>: what stands there and here, and what it asks for.
const AUDIT_EVENT: Is = Is::Of(&[
    ("resourceType", 1, false, Is::Word(&["AuditEvent"])),
    ("id", 0, false, Is::Text),
    ("type", 1, false, CODING),
    ("subtype", 0, true, CODING),
    ("action", 0, false, Is::Word(&["C", "R", "U", "D", "E"])),
    ("recorded", 1, false, Is::Instant),
    ("outcome", 0, false, Is::Word(&["0", "4", "8", "12"])),
    ("outcomeDesc", 0, false, Is::Text),
    ("purposeOfEvent", 0, true, CONCEPT),
    (
        "agent",
        1,
        true,
        Is::Of(&[
            ("role", 0, true, CONCEPT),
            ("who", 0, false, REFERENCE),
            ("name", 0, false, Is::Text),
            ("requestor", 1, false, Is::Truth),
            (
                "network",
                0,
                false,
                Is::Of(&[("address", 0, false, Is::Text), ("type", 0, false, Is::Word(&["1", "2", "3", "4", "5"]))]),
            ),
        ]),
    ),
    ("source", 1, false, Is::Of(&[("observer", 1, false, REFERENCE)])),
    (
        "entity",
        0,
        true,
        Is::Of(&[
            ("what", 0, false, REFERENCE),
            ("type", 0, false, CODING),
            ("role", 0, false, CODING),
            ("description", 0, false, Is::Text),
        ]),
    ),
]);

/// Where a value is not what it may be.
fn wrong(at: &str, value: &Value, is: &Is) -> Vec<String> {
    let holds = match is {
        Is::Text => value.as_str().is_some_and(|text| !text.trim().is_empty()),
        Is::Word(words) => value.as_str().is_some_and(|word| words.contains(&word)),
        Is::Instant => value.as_str().is_some_and(|text| chrono::DateTime::parse_from_rfc3339(text).is_ok()),
        Is::Truth => value.is_boolean(),
        Is::Of(elements) => return members(at, value, elements),
    };
    if holds { vec![] } else { vec![format!("{at}: {value}")] }
}

fn members(at: &str, value: &Value, elements: &[(&str, usize, bool, Is)]) -> Vec<String> {
    let Some(members) = value.as_object().filter(|members| !members.is_empty()) else {
        return vec![format!("{at}: {value}")];
    };
    let unknown = members.keys().filter(|name| !elements.iter().any(|(known, ..)| known == name));
    let mut wrong_here: Vec<String> = unknown.map(|name| format!("{at}.{name}: R4 does not know it")).collect();
    for (name, least, several, is) in elements {
        let found: Vec<&Value> = match members.get(*name) {
            None => vec![],
            Some(Value::Array(all)) if *several => all.iter().collect(),
            Some(one) if !*several => vec![one],
            Some(other) => vec![other, &Value::Null],
        };
        if found.len() < *least || (members.contains_key(*name) && found.is_empty()) {
            wrong_here.push(format!("{at}.{name}: there are {}", found.len()));
        }
        wrong_here.extend(found.into_iter().flat_map(|one| wrong(&format!("{at}.{name}"), one, is)));
    }
    wrong_here
}

fn told(action: String, outcome: Outcome, whole: bool) -> Logged {
    let or_none = |id: u128| whole.then(|| Uuid::from_u128(id));
    let entry = Entry {
        at: chrono::DateTime::UNIX_EPOCH,
        actor: Uuid::from_u128(1),
        role: "nurse".into(),
        session: or_none(2),
        address: whole.then(|| std::net::IpAddr::from([192, 0, 2, 7])),
        purpose: "TREAT".into(),
        action: action.into(),
        resource: whole.then(|| "GET /api/v1/patients/{id}/chart".to_owned()),
        fields: Fields::Clinical,
        patient: or_none(3).map(PatientId),
        subject: or_none(4),
        outcome,
        reason: whole.then(|| "relationship".into()),
        request: Uuid::from_u128(5),
        note: whole.then(|| "nothing written".to_owned()),
    };
    Logged { seq: 7, entry, actor_name: whole.then(|| "Dr. Ada Placeholt".to_owned()) }
}

/// Whatever is recorded is told as R4 has it: with what it asks for, of the types it says, and with nothing else.
#[test]
fn every_entry_is_an_audit_event_of_r4() {
    let doors = [
        "sign_in",
        "sign_out",
        "refresh",
        "activate",
        "step_up",
        "end_session",
        "open_calendar_feed",
        "database_shell",
    ];
    let permitted = Role::ALL.into_iter().flat_map(Role::permissions).map(|permission| permission.name());
    for action in permitted.chain(doors) {
        for outcome in Outcome::ALL {
            for whole in [true, false] {
                let event = audit_event(&told(action.to_owned(), outcome, whole));
                assert_eq!(wrong("AuditEvent", &event, &AUDIT_EVENT), [""; 0], "{event:#}");
            }
        }
    }
    let mut bent = audit_event(&told("read_chart".to_owned(), Outcome::Allowed, true));
    bent["agent"][0].as_object_mut().unwrap().remove("requestor");
    bent["entity"][0]["type"] = json!([]);
    bent["colour"] = json!("red");
    let places = ["AuditEvent.colour: R4", "AuditEvent.agent.requestor: there are 0", "AuditEvent.entity.type: []"];
    let found = wrong("AuditEvent", &bent, &AUDIT_EVENT);
    assert!(places.iter().all(|place| found.iter().any(|one| one.starts_with(place))), "{found:?}");
}

#[test]
fn an_act_is_told_by_what_it_does_and_not_by_its_method_alone() {
    assert_eq!(action(Some("GET /api/v1/patients/{id}/chart"), "read_chart"), "R");
    assert_eq!(action(Some("POST /api/v1/notes/search"), "read_chart"), "R");
    assert_eq!(action(Some("POST /api/v1/patients/match"), "read_directory"), "R");
    assert_eq!(action(Some("POST /api/v1/patients/{id}/allergies"), "chart_allergy"), "C");
    assert_eq!(action(Some("PATCH /api/v1/allergies/{id}"), "chart_allergy"), "U");
    assert_eq!(action(Some("DELETE /api/v1/cds-clients/{id}"), "manage_accounts"), "D");
    assert_eq!(action(Some("POST /api/v1/auth/login"), "sign_in"), "E");
    assert_eq!(action(Some("POST /api/v1/checks/medications"), "check_medications"), "E");
    assert_eq!(action(None, "database_shell"), "E");
}
