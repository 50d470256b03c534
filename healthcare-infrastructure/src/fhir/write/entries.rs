//! FHIR Procedure, Immunization, FamilyMemberHistory, DiagnosticReport, Practitioner, Organization, and what was kept whole.

use healthcare_domain::entry::{
    DiagnosticReport, Entry, ExternalRecord, FamilyCondition, FamilyHistory, Immunization, Organization, Practitioner,
    Procedure,
};
use healthcare_domain::{id::PatientId, quantity::Quantity, text::Remark};
use serde_json::{Value, json};

use super::{
    super::{
        reference::{names_a_patient, unname_others},
        subject::SUBJECTS,
    },
    Of,
    element::{
        Element, coded, concept, concepts, identifiers, moment, period, quantity, references, refers, remarks, urn,
    },
};

/// What an entry holds, and the status it is sent with.
fn standing<'a, C>(state: &'a Entry<C>, status: impl Fn(&'a C) -> &'a str) -> Option<(&'a C, &'a str)> {
    match state {
        Entry::Unwritten => None,
        Entry::Recorded(content) => Some((content, status(content))),
        Entry::EnteredInError(content) => Some((content, "entered-in-error")),
    }
}

/// A procedure.
pub fn procedure(state: &Entry<Procedure>, of: &Of) -> Option<Element> {
    let (content, status) = standing(state, |c| &c.status)?;
    let performers = references(&content.performers).into_iter().map(|actor| Element::new().with("actor", actor));
    let resource = of
        .resource("Procedure")
        .with("identifier", identifiers(&content.identifiers))
        .with("status", status)
        .with("code", concept(&content.code))
        .with("subject", of.subject())
        .with("encounter", content.encounter.map(refers));
    let resource = match (content.started_at, content.ended_at) {
        (Some(at), None) => resource.with("performedDateTime", moment(at)),
        (start, end) => resource.with("performedPeriod", period(start, end)),
    };
    Some(
        resource
            .with("statusReason", content.status_reason.as_ref().map(concept))
            .with("performer", performers.collect::<Vec<_>>())
            .with("reasonCode", concepts(&content.reasons))
            .with("bodySite", concepts(&content.body_sites))
            .with("outcome", content.outcome.as_ref().map(concept))
            .with("complication", concepts(&content.complications))
            .with("note", remarks(content.note.as_deref())),
    )
}

/// A vaccine given, or deliberately not given. FHIR demands to know when; where nobody does, it says so in words.
pub fn immunization(state: &Entry<Immunization>, of: &Of) -> Option<Element> {
    let (content, status) = standing(state, |c| &c.status)?;
    let resource = of
        .resource("Immunization")
        .with("identifier", identifiers(&content.identifiers))
        .with("status", status)
        .with("vaccineCode", concept(&content.vaccine))
        .with("patient", of.subject())
        .with("encounter", content.encounter.map(refers));
    let performers = references(&content.performers).into_iter().map(|actor| Element::new().with("actor", actor));
    let resource = match content.given_at {
        Some(at) => resource.with("occurrenceDateTime", moment(at)),
        None => resource.with("occurrenceString", "unknown"),
    };
    Some(
        resource
            .with("recorded", of.known_at.map(moment))
            .with("primarySource", content.primary_source)
            .with("lotNumber", &content.lot_number)
            .with("expirationDate", content.expires_on)
            .with("manufacturer", Element::new().with("display", &content.manufacturer))
            .with("statusReason", content.status_reason.as_ref().map(concept))
            .with("site", content.site.as_ref().map(concept))
            .with("route", content.route.as_ref().map(concept))
            .with("doseQuantity", content.dose.as_ref().map(quantity))
            .with("performer", performers.collect::<Vec<_>>())
            .with("note", remarks(content.note.as_deref()))
            .with("protocolApplied", content.dose_number.map(|n| [Element::new().with("doseNumberPositiveInt", n)])),
    )
}

/// HL7's codes of administrative gender.
const GENDER: &str = "http://hl7.org/fhir/administrative-gender";

/// What is known of the health of a relative.
pub fn family_history(state: &Entry<FamilyHistory>, of: &Of) -> Option<Element> {
    let (content, status) = standing(state, |c| c.status.as_str())?;
    let resource = of
        .resource("FamilyMemberHistory")
        .with("identifier", identifiers(&content.identifiers))
        .with("status", status)
        .with("patient", of.subject())
        .with("date", content.recorded_at.map(moment))
        .with("relationship", concept(&content.relationship))
        .with("sex", content.sex.as_deref().map(|code| coded(GENDER, code)))
        .with("bornDate", content.born);
    let resource = match content.deceased_age {
        Some(age) => resource.with("deceasedAge", years(age)),
        None => resource.with("deceasedBoolean", content.deceased),
    };
    let condition = |of: &FamilyCondition| {
        Element::new()
            .with("code", concept(&of.code))
            .with("outcome", of.outcome.as_ref().map(concept))
            .with("contributedToDeath", of.contributed_to_death)
            .with("onsetAge", of.onset_age.map(years))
            .with("note", remarks(of.note.as_ref().map(Remark::as_str)))
    };
    Some(
        resource
            .with("note", remarks(content.note.as_ref().map(Remark::as_str)))
            .with("condition", content.conditions.iter().map(condition).collect::<Vec<_>>()),
    )
}

/// FHIR `Age`, in years.
fn years(age: u16) -> Element {
    quantity(&Quantity { value: age.into(), unit: "a".into() })
}

/// A diagnostic report.
pub fn report(state: &Entry<DiagnosticReport>, of: &Of) -> Option<Element> {
    let (content, status) = standing(state, |c| &c.status)?;
    Some(
        of.resource("DiagnosticReport")
            .with("identifier", identifiers(&content.identifiers))
            .with("status", status)
            .with("category", concepts(&content.categories))
            .with("code", concept(&content.code))
            .with("subject", of.subject())
            .with("encounter", content.encounter.map(refers))
            .with("effectiveDateTime", content.effective_at.map(moment))
            .with("issued", content.issued_at.map(moment))
            .with("result", references(&content.results))
            .with("conclusion", &content.conclusion)
            .with("presentedForm", &content.presented_form),
    )
}

/// A practitioner.
pub fn practitioner(state: &Entry<Practitioner>, of: &Of) -> Option<Element> {
    let (content, _) = standing(state, |_| "")?;
    let telecom = content.telecom.iter().map(|value| Element::new().with("value", value));
    Some(
        of.resource("Practitioner")
            .with("identifier", identifiers(&content.identifiers))
            .with("active", content.active)
            .with("name", [Element::new().with("text", &content.name)])
            .with("telecom", telecom.collect::<Vec<_>>()),
    )
}

/// An organisation.
pub fn organization(state: &Entry<Organization>, of: &Of) -> Option<Element> {
    let (content, _) = standing(state, |_| "")?;
    Some(
        of.resource("Organization")
            .with("identifier", identifiers(&content.identifiers))
            .with("active", content.active)
            .with("type", concepts(&content.types))
            .with("name", &content.name),
    )
}

/// Types that are about no patient (FHIR R4, outside of the patient compartment): who works where, and what there is. A group or
/// a schedule of others is nobody's part of a record.
const OF_NOBODY: [&str; 14] = [
    "ActivityDefinition",
    "Endpoint",
    "HealthcareService",
    "InsurancePlan",
    "Location",
    "Medication",
    "Organization",
    "OrganizationAffiliation",
    "PlanDefinition",
    "Practitioner",
    "PractitionerRole",
    "Questionnaire",
    "ResearchStudy",
    "Substance",
];

/// A resource that was kept word by word goes out word by word, under our name for it and without the names of other patients.
/// What was struck out has become an entry, or was none.
pub fn external(state: &Entry<ExternalRecord>, of: &Of) -> Option<Element> {
    let Entry::Recorded(content) = state else { return None };
    // What is kept beside an entry goes out with that.
    if content.beside.is_some() {
        return None;
    }
    if of.patient.is_none() && !OF_NOBODY.contains(&content.resource_type.as_str()) {
        return None;
    }
    let own = |name: &str| matches!(name, "resourceType" | "id" | "subject" | "patient");
    let mut kept = content.resource.clone();
    if of.patient.is_none() {
        unname_others(&mut kept, &names_a_patient);
    }
    let whose = SUBJECTS.into_iter().map(|name| &content.resource[name]).find(|value| value.is_object());
    if let (Some(whose), Some(_)) = (whose, of.patient) {
        let own = whose["reference"].as_str();
        unname_others(&mut kept, &|to| names_a_patient(to) && to.reference.as_deref() != own);
    }
    let kept = kept.as_object()?;
    let resource = Element::new().with("resourceType", &content.resource_type).with("id", of.id);
    // Whose it is, by the name the Bundle gives the patient.
    let subject = ["subject", "patient"].into_iter().find(|name| kept.get(*name).is_some_and(Value::is_object));
    let resource = match (subject, of.patient) {
        (Some(name), Some(_)) => resource.with(name, of.subject()),
        _ => resource,
    };
    let named = |name: &str, value: &Value| match of.patient.filter(|_| name == "participant") {
        Some(patient) => among_others(value, patient),
        None => value.clone(),
    };
    let all = kept.iter().filter(|(name, _)| !own(name));
    Some(all.fold(resource, |resource, (name, value)| resource.with(name, named(name, value))))
}

/// Participants of whom one is the patient, by the name the Bundle gives them. Where two are patients nobody knows which.
fn among_others(participants: &Value, patient: PatientId) -> Value {
    let mut named = participants.clone();
    let actors = named.as_array_mut().into_iter().flatten().filter_map(|one| one.get_mut("actor"));
    let names = |actor: &Value| ["reference", "identifier", "display"].iter().any(|name| actor.get(name).is_some());
    let mut patients: Vec<&mut Value> = actors.filter(|one| one["type"] == "Patient" && names(one)).collect();
    if let [one] = &mut patients[..] {
        one["reference"] = json!(urn(patient.0));
    }
    named
}
