//! Of each type a resource, or a few, in which every element stands that is read: none of it is lost on the way out.

use serde_json::{Value, json};

use super::{super::Taken, take};

fn coded(system: &str, code: &str, words: &str) -> Value {
    json!({ "coding": [{ "system": system, "code": code, "display": words }], "text": format!("{words}, in words") })
}

fn numbers(value: &str) -> Value {
    json!([{ "system": "urn:st-elsewhere:numbers", "value": value }])
}

fn period(start: &str, end: &str) -> Value {
    json!({ "start": start, "end": end })
}

fn quantity(value: &str, unit: &str) -> Value {
    json!({ "value": serde_json::from_str::<Value>(value).unwrap(), "code": unit })
}

/// `base` with these elements in place of its own; null takes one out.
fn but(base: &Value, changes: Value) -> Value {
    let mut changed = base.clone();
    let elements = changed.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() { drop(elements.remove(name)) } else { drop(elements.insert(name.clone(), value.clone())) }
    }
    changed
}

fn people() -> Vec<Value> {
    let telecom = json!([{ "system": "phone", "value": "+41 44 555 01 23", "use": "mobile", "rank": 2,
        "period": period("2001-01-01", "2009-12-31") }]);
    let address = json!({ "use": "old", "line": ["12 Old Church Lane", "Flat 3"], "city": "Bendigo", "state": "VIC",
        "postalCode": "3550", "country": "AU", "period": period("1990-01-01", "1999-12-31") });
    let name = json!({ "use": "official", "family": "Lindqvist", "given": ["Ana", "Luísa"], "prefix": ["Dr"],
        "suffix": ["MD"], "period": period("1980-05-01", "2090-05-01") });
    let patient = json!({
        "resourceType": "Patient", "id": "whole", "identifier": numbers("P-1"), "active": false,
        "name": [name, { "use": "maiden", "family": "Moura" }], "telecom": telecom, "gender": "female",
        "birthDate": "1954-03-02", "deceasedDateTime": "2020-03-02T10:00:00Z", "address": [address],
        "maritalStatus": coded("urn:marital", "M", "Married"),
        "communication": [{ "language": { "coding": [{ "code": "pt" }] } },
            { "language": { "coding": [{ "code": "de-CH" }] }, "preferred": true }],
        "contact": [{ "relationship": [coded("urn:contact", "N", "Next of kin")], "name": { "family": "Lind", "given": ["Eva"] },
            "telecom": telecom, "address": address, "gender": "male", "organization": { "display": "Lind & Lind" },
            "period": period("2010-01-01", "2019-12-31") }]
    });
    let spoken = json!({ "deceasedDateTime": null, "deceasedBoolean": true, "active": true,
        "name": [{ "text": "Ana Lindqvist" }], "address": [{ "text": "12 Old Church Lane, Bendigo" }] });
    let consent = json!({
        "resourceType": "Consent", "id": "whole", "status": "inactive", "identifier": numbers("C-1"),
        "scope": coded("urn:scope", "research", "Research"), "category": [coded("urn:category", "studies", "Studies")],
        "patient": { "reference": "Patient/1" }, "dateTime": "2020-01-05T09:30:00Z",
        "contained": [{ "resourceType": "RelatedPerson", "id": "g", "relationship": [coded("urn:contact", "DAU", "Daughter")],
            "name": [{ "text": "Eva Lind" }] }],
        "performer": [{ "reference": "#g" }],
        "provision": { "type": "deny", "period": period("2020-01-05", "2025-01-05") },
        "extension": [{ "url": "urn:healthcare-platform:fhir:consent-withdrawn", "extension": [
            { "url": "at", "valueDateTime": "2021-02-03T08:00:00Z" }, { "url": "reason", "valueString": "changed her mind" }] }]
    });
    let dated = json!({ "dateTime": "2020-01-05", "status": "active", "extension": null, "contained": null,
        "performer": [{ "display": "Eva Lind" }] });
    let practitioner = json!({ "resourceType": "Practitioner", "id": "whole", "identifier": numbers("D-1"), "active": false,
        "name": [{ "prefix": ["Dr"], "given": ["Ivo"], "family": "Moss" }], "telecom": [{ "value": "+41 44 555 01 24" }] });
    let organization = json!({ "resourceType": "Organization", "id": "whole", "identifier": numbers("O-1"), "active": false,
        "type": [coded("urn:organization", "prov", "Provider")], "name": "St Elsewhere" });
    vec![but(&patient, spoken), patient, but(&consent, dated), consent, practitioner, organization]
}

fn stays() -> Vec<Value> {
    let place = |kind: &str, name: &str| json!({ "location": { "display": name }, "physicalType": { "coding": [{ "code": kind }] } });
    let (came, seen) = ("2024-03-01T08:00:00Z", "2024-03-01T08:20:00Z");
    let (moved, left) = ("2024-03-02T12:00:00Z", "2024-03-04T10:00:00Z");
    let then = |kind: &str, name: &str| but(&place(kind, name), json!({ "period": { "start": moved } }));
    let encounter = json!({
        "resourceType": "Encounter", "id": "whole", "identifier": numbers("E-1"), "status": "finished",
        "statusHistory": [{ "status": "triaged", "period": { "start": seen } },
            { "status": "in-progress", "period": { "start": moved } }],
        "class": { "code": "IMP" },
        "classHistory": [{ "class": { "code": "EMER" }, "period": { "end": moved } }],
        "type": [coded("http://snomed.info/sct", "50849002", "Emergency admission")],
        "reasonCode": [coded("http://snomed.info/sct", "267036007", "Dyspnea")],
        "subject": { "reference": "Patient/1" }, "period": period(came, left),
        "diagnosis": [{ "condition": { "reference": "Condition/7", "display": "Pneumonia" }, "rank": 2,
            "use": { "coding": [{ "code": "AD" }] } }],
        "hospitalization": { "admitSource": { "text": "ambulance" },
            "dischargeDisposition": { "coding": [{ "code": "snf" }] } },
        "location": [place("wa", "Emergency"), then("wa", "Ward 3"), then("ro", "12"), then("bd", "Window")],
        "serviceProvider": { "reference": "Organization/whole", "display": "St Elsewhere" }
    });
    let struck = json!({ "status": "entered-in-error", "period": { "start": came },
        "hospitalization": { "admitSource": { "text": "ambulance" } } });
    let appointment = json!({ "resourceType": "Appointment", "id": "whole", "status": "booked",
        "start": "2026-12-04T09:00:00Z", "minutesDuration": 25, "created": "2026-11-02T10:00:00Z",
        "serviceType": [coded("http://snomed.info/sct", "390906007", "Follow-up")] });
    vec![but(&encounter, struck), encounter, appointment]
}

fn findings() -> Vec<Value> {
    let condition = json!({
        "resourceType": "Condition", "id": "whole", "identifier": numbers("K-1"),
        "clinicalStatus": { "coding": [{ "code": "remission" }] }, "verificationStatus": { "coding": [{ "code": "confirmed" }] },
        "category": [coded("urn:category", "encounter-diagnosis", "Diagnosis")],
        "severity": coded("http://snomed.info/sct", "24484000", "Severe"),
        "code": coded("http://snomed.info/sct", "233604007", "Pneumonia"),
        "subject": { "reference": "Patient/1" }, "encounter": { "reference": "Encounter/e1" },
        "onsetPeriod": { "start": "2023-02-01T00:00:00Z" }, "abatementPeriod": { "end": "2023-05-01T00:00:00Z" },
        "bodySite": [{ "text": "left lower lobe" }], "note": [{ "text": "seen on the X-ray" }],
        "recordedDate": "2023-02-02T00:00:00Z"
    });
    let in_words = json!({ "onsetPeriod": null, "onsetString": "2023-02-01", "abatementPeriod": null,
        "abatementString": "2023-05-01" });
    let over = json!({ "clinicalStatus": null, "onsetPeriod": null, "onsetDateTime": "2023-02-01T00:00:00Z",
        "abatementPeriod": null, "abatementBoolean": true });
    let relapse = json!({ "clinicalStatus": { "coding": [{ "code": "relapse" }] }, "abatementPeriod": null });
    let refuted = json!({ "verificationStatus": { "coding": [{ "code": "refuted" }] }, "clinicalStatus": null,
        "abatementPeriod": null });
    let allergy = json!({
        "resourceType": "AllergyIntolerance", "id": "whole", "identifier": numbers("A-1"),
        "clinicalStatus": { "coding": [{ "code": "inactive" }] }, "verificationStatus": { "coding": [{ "code": "confirmed" }] },
        "type": "intolerance", "category": ["food", "biologic"], "criticality": "unable-to-assess",
        "code": coded("http://snomed.info/sct", "91935009", "Allergy to peanut"), "patient": { "reference": "Patient/1" },
        "encounter": { "reference": "Encounter/e1" }, "onsetPeriod": { "start": "2010-01-01T00:00:00Z" },
        "recordedDate": "2011-01-01T00:00:00Z", "lastOccurrence": "2019-01-01T00:00:00Z",
        "note": [{ "text": "carries adrenaline" }],
        "reaction": [{ "substance": coded("urn:food", "nut", "Peanut butter"), "manifestation": [{ "text": "Hives" }],
            "description": "within minutes", "onset": "2019-01-01T00:00:00Z", "severity": "severe",
            "exposureRoute": { "text": "oral" } }]
    });
    let active = json!({ "clinicalStatus": null, "onsetPeriod": null, "onsetString": "2010-01-01" });
    let procedure = json!({
        "resourceType": "Procedure", "id": "whole", "identifier": numbers("Z-1"), "status": "not-done",
        "code": coded("http://snomed.info/sct", "73761001", "Colonoscopy"), "subject": { "reference": "Patient/1" },
        "encounter": { "reference": "Encounter/e1" },
        "performedPeriod": period("2024-05-01T08:00:00Z", "2024-05-01T09:00:00Z"),
        "performer": [{ "actor": { "reference": "Practitioner/p1", "display": "Dr Moss" } }],
        "reasonCode": [{ "text": "screening" }], "statusReason": { "text": "pain" }, "bodySite": [{ "text": "colon" }],
        "outcome": { "text": "incomplete" }, "complication": [{ "text": "bleeding" }], "note": [{ "text": "to be repeated" }]
    });
    let once = json!({ "performedPeriod": null, "performedString": "2024-05-01" });
    vec![
        but(&condition, in_words),
        but(&condition, over),
        but(&condition, relapse),
        but(&condition, refuted),
        condition,
        but(&allergy, active),
        but(&allergy, json!({ "clinicalStatus": { "coding": [{ "code": "resolved" }] } })),
        allergy,
        but(&procedure, once),
        procedure,
    ]
}

fn orders() -> Vec<Value> {
    let order = json!({
        "resourceType": "MedicationRequest", "id": "whole", "identifier": numbers("M-1"), "status": "stopped",
        "statusReason": { "text": "a rash" }, "intent": "order",
        "medicationCodeableConcept": coded("http://www.nlm.nih.gov/research/umls/rxnorm", "308182", "Amoxicillin 250 MG"),
        "subject": { "reference": "Patient/1" }, "encounter": { "reference": "Encounter/e1" },
        "authoredOn": "2024-03-01T08:00:00Z", "requester": { "reference": "Practitioner/p1", "display": "Dr Moss" },
        "reasonCode": [{ "text": "otitis" }],
        "dosageInstruction": [{ "text": "three times a day", "asNeededCodeableConcept": { "text": "pain" },
            "timing": { "repeat": { "boundsPeriod": { "end": "2024-03-08T08:00:00Z" } } },
            "route": { "text": "oral" }, "doseAndRate": [{ "doseRange": { "high": quantity("2.50", "mL") } }] }]
    });
    let timed = json!({ "status": "completed", "statusReason": null,
        "dispenseRequest": { "validityPeriod": { "end": "2024-03-08T08:00:00Z" } },
        "dosageInstruction": [{ "asNeededBoolean": true, "doseAndRate": [{ "doseQuantity": quantity("2.50", "mL") }],
            "timing": { "repeat": { "frequency": 3, "period": 1, "periodUnit": "d" } } }] });
    let contained = json!({ "status": "active", "statusReason": null, "medicationCodeableConcept": null,
        "contained": [{ "resourceType": "Medication", "id": "m", "code": { "text": "Amoxicillin syrup" } }],
        "medicationReference": { "reference": "#m" },
        "dosageInstruction": [{ "timing": { "code": { "text": "BID" } } }] });
    let immunization = json!({
        "resourceType": "Immunization", "id": "whole", "identifier": numbers("I-1"), "status": "completed",
        "vaccineCode": coded("http://hl7.org/fhir/sid/cvx", "140", "Influenza"), "patient": { "reference": "Patient/1" },
        "encounter": { "reference": "Encounter/e1" }, "occurrenceString": "2024-05-01", "recorded": "2024-05-02T00:00:00Z",
        "primarySource": false, "lotNumber": "L-77", "expirationDate": "2025-01-01", "manufacturer": { "display": "Somebody" },
        "statusReason": { "text": "asked for" }, "site": { "text": "left arm" }, "route": { "text": "intramuscular" },
        "doseQuantity": quantity("0.50", "mL"), "performer": [{ "actor": { "display": "Nurse Ratched" } }],
        "protocolApplied": [{ "doseNumberPositiveInt": 2 }], "note": [{ "text": "no fever" }]
    });
    let running = |status: &str| {
        but(
            &order,
            json!({ "status": status, "statusReason": null,
            "dosageInstruction": [{ "text": "three times a day" }] }),
        )
    };
    let (held, unknown) = (running("on-hold"), running("unknown"));
    vec![but(&order, timed), but(&order, contained), held, unknown, order, immunization]
}

fn results() -> Vec<Value> {
    let observation = json!({
        "resourceType": "Observation", "id": "whole", "identifier": numbers("R-1"), "status": "amended",
        "category": [{ "coding": [{ "code": "laboratory" }] }], "code": coded("http://loinc.org", "2823-3", "Potassium"),
        "subject": { "reference": "Patient/1" }, "encounter": { "reference": "Encounter/e1" },
        "effectivePeriod": { "start": "2024-03-01T08:00:00Z" }, "issued": "2024-03-01T09:00:00Z",
        "valueQuantity": quantity("4.10", "mmol/L"), "interpretation": [{ "text": "normal" }],
        "referenceRange": [{ "low": { "value": 3.5 }, "high": quantity("5.10", "mmol/L") }],
        "component": [{ "code": { "text": "first" }, "valueString": "4.0" },
            { "code": { "text": "second" }, "dataAbsentReason": { "text": "clotted" } }]
    });
    let mut all: Vec<Value> = [
        json!({ "valueCodeableConcept": { "text": "positive" } }),
        json!({ "valueString": "haemolysed" }),
        json!({ "valueBoolean": true }),
        json!({ "valueInteger": 3 }),
        json!({ "valueRange": { "low": quantity("1", "mL"), "high": quantity("2", "mL") } }),
        json!({ "valueRatio": { "numerator": quantity("1", "1"), "denominator": quantity("128", "1") } }),
        json!({ "valueSampledData": { "origin": quantity("0", "mV"), "period": 10, "dimensions": 1, "data": "1 2 3" } }),
        json!({ "valueTime": "08:30:00" }),
        json!({ "valueDateTime": "2024-02-01T00:00:00Z" }),
        json!({ "valuePeriod": period("2024-02-01", "2024-02-08") }),
        json!({ "hasMember": [{ "reference": "Observation/1" }, { "reference": "Observation/2" }] }),
        json!({ "dataAbsentReason": { "text": "clotted" }, "component": null }),
        json!({ "effectivePeriod": null, "effectiveTiming": { "event": ["2024-03-01T08:00:00Z"] }, "valueBoolean": false }),
        json!({ "effectivePeriod": null, "effectiveInstant": "2024-03-01T08:00:00Z", "valueBoolean": false,
            "referenceRange": [{ "text": "up to 5" }] }),
    ]
    .into_iter()
    .map(|other| but(&but(&observation, json!({ "valueQuantity": null })), other))
    .collect();
    let report = json!({
        "resourceType": "DiagnosticReport", "id": "whole", "identifier": numbers("B-1"), "status": "corrected",
        "category": [{ "coding": [{ "code": "RAD" }], "text": "Radiology" }], "code": { "text": "Chest X-ray" },
        "subject": { "reference": "Patient/1" }, "encounter": { "reference": "Encounter/e1" },
        "effectivePeriod": { "start": "2024-03-01T08:00:00Z" }, "issued": "2024-03-01T12:00:00Z",
        "result": [{ "reference": "Observation/whole" }], "conclusion": "an infiltrate on the right",
        "presentedForm": [{ "contentType": "text/plain", "data": "aW5maWx0cmF0ZQ==" }]
    });
    all.extend([observation, report]);
    all
}

fn plans_and_documents() -> Vec<Value> {
    let mother = json!({
        "resourceType": "FamilyMemberHistory", "id": "whole", "identifier": numbers("F-1"), "status": "partial",
        "patient": { "reference": "Patient/1" }, "date": "2024-05-01T00:00:00Z",
        "relationship": coded("urn:role", "MTH", "mother"), "sex": { "coding": [{ "code": "female" }] }, "bornDate": "1930-04",
        "deceasedBoolean": false, "note": [{ "text": "told by the sister" }],
        "condition": [{ "code": { "text": "Stroke" }, "outcome": { "text": "recovered" }, "contributedToDeath": false,
            "onsetAge": quantity("68", "a"), "note": [{ "text": "on the left" }] }]
    });
    let died = json!({ "deceasedBoolean": null, "deceasedDate": "2001" });
    let plan = json!({
        "resourceType": "CarePlan", "id": "whole", "identifier": numbers("L-1"), "status": "on-hold", "intent": "plan",
        "category": [{ "text": "diabetes" }], "title": "Diabetes", "subject": { "reference": "Patient/1" },
        "encounter": { "reference": "Encounter/e1" }, "period": period("2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
        "addresses": [{ "reference": "Condition/whole" }], "goal": [{ "reference": "Goal/whole" }],
        "activity": [{ "detail": { "code": { "text": "Diet" }, "status": "in-progress" } },
            { "detail": { "description": "Walks", "status": "scheduled" } }, { "reference": { "display": "Referral" } }]
    });
    let over = json!({ "status": "completed", "title": null, "description": "Diabetes, in words" });
    let goal = json!({
        "resourceType": "Goal", "id": "whole", "identifier": numbers("G-1"), "lifecycleStatus": "on-hold",
        "achievementStatus": { "text": "improving" }, "category": [{ "text": "dietary" }],
        "description": { "text": "HbA1c below 7 %" }, "subject": { "reference": "Patient/1" }, "startDate": "2024-01-01",
        "statusDate": "2024-02-01",
        "target": [
            { "measure": { "text": "HbA1c" }, "detailRange": { "low": quantity("6.0", "%"), "high": quantity("7.0", "%") },
              "dueDate": "2024-06-01" },
            { "detailQuantity": quantity("80", "kg") },
            { "detailQuantity": { "value": 5, "code": "km", "comparator": ">=" } },
            { "detailString": "feels better" }],
        "addresses": [{ "reference": "Condition/whole" }]
    });
    let note = json!({
        "resourceType": "DocumentReference", "id": "whole", "language": "pt",
        "masterIdentifier": { "system": "urn:st-elsewhere:numbers", "value": "N-1" }, "identifier": numbers("N-2"),
        "status": "current", "type": coded("http://loinc.org", "11506-3", "Progress note"),
        "subject": { "reference": "Patient/1" }, "date": "2024-03-02T10:00:00Z",
        "author": [{ "reference": "Practitioner/p1", "display": "Dr Moss" }], "description": "Visita",
        "content": [{ "attachment": { "contentType": "text/plain; charset=utf-8", "title": "Evolução", "data": "TWVsaG9yLg==" } },
            { "attachment": { "contentType": "text/plain", "data": "QWx0YS4=" } }],
        "context": { "encounter": [{ "reference": "Encounter/e1" }], "period": { "start": "2024-03-01T08:00:00Z" } }
    });
    let signed = json!({ "author": null, "authenticator": { "display": "Dr Lind" }, "language": null,
        "docStatus": "entered-in-error",
        "content": [{ "attachment": { "contentType": "text/plain", "language": "de", "data": "R3V0Lg==" } }] });
    vec![but(&mother, died), mother, but(&plan, over), plan, goal, but(&note, signed), note]
}

/// All of them, for the round trip.
pub fn all() -> Vec<Value> {
    [people(), stays(), findings(), orders(), results(), plans_and_documents()].concat()
}

/// The places of the leaves of a resource.
fn leaves(of: &Value, at: &str, into: &mut Vec<String>) {
    match of {
        Value::Object(elements) => {
            elements.iter().for_each(|(name, value)| leaves(value, &format!("{at}/{name}"), into))
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, value)| leaves(value, &format!("{at}/{n}"), into))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => into.push(at.to_owned()),
    }
}

/// A resource without one of its leaves.
fn without(resource: &Value, leaf: &str) -> Value {
    let mut less = resource.clone();
    let (parent, name) = leaf.rsplit_once('/').unwrap();
    match less.pointer_mut(parent).unwrap() {
        Value::Object(elements) => drop(elements.remove(name)),
        Value::Array(items) => drop(items.remove(name.parse().unwrap())),
        _ => {}
    }
    less
}

/// Else a resource would say nothing of what is kept of it: each leaf that is taken out makes it say something else.
#[test]
fn each_element_of_these_is_read() {
    let mut unread = vec![];
    for resource in all() {
        let kind = resource["resourceType"].as_str().unwrap();
        let read = |resource: &Value| match take(kind, &resource.to_string()) {
            Ok(Taken::Understood(said)) => Some(said),
            Ok(Taken::Whole(_)) | Err(_) => None,
        };
        let whole = read(&resource);
        assert!(whole.is_some(), "{resource:#} is not understood");
        let mut all = vec![];
        leaves(&resource, "", &mut all);
        let named = |leaf: &&String| {
            // What a resource goes by, and what is told by being there, whatever it says.
            let bare = ["/resourceType", "/id", "/intent", "/subject/reference", "/patient/reference"];
            let there =
                ["/contained/0/resourceType", "/asNeededCodeableConcept/text", "/extension/0/url", "/extension/1/url"];
            !bare.contains(&leaf.as_str())
                && (leaf.as_str() == "/extension/0/url" || !there.iter().any(|end| leaf.ends_with(end)))
        };
        for leaf in all.iter().filter(named) {
            if read(&without(&resource, leaf)) == whole {
                unread.push(format!("{kind}{leaf}"));
            }
        }
    }
    assert!(unread.is_empty(), "{unread:#?}");
}
