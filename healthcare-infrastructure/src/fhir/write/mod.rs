//! FHIR R4 out: each stream of a patient's record as the resources it maps to.
//!
//! What is read from a resource ([`super::read`]) is written back: a test holds it by resource type. Pure, as the reading.

mod allergy_intolerance;
mod appointment;
mod calculated_score;
mod care_plan;
mod composition;
mod condition;
mod consent;
mod document_reference;
mod element;
mod encounter;
mod entries;
mod goal;
mod medication_request;
mod observation;
mod patient;
mod safety;
mod told_again;
mod vitals;
mod waitlist;

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use healthcare_domain::{
    AnyState,
    entry::{Beside, Entry, ExternalRecord},
    id::PatientId,
};
use serde_json::value::RawValue;
use uuid::Uuid;

pub use care_plan::goal_id;
pub use element::{Element, moment, urn};
pub use told_again::told_again;
pub use vitals::member_ids;

/// Of which stream a resource is written.
#[derive(Debug, Clone, Copy)]
pub struct Of {
    /// The stream.
    pub id: Uuid,
    /// Whose it is.
    pub patient: Option<PatientId>,
    /// When the hospital first knew, where that was told and not assumed.
    pub known_at: Option<DateTime<Utc>>,
    /// When it was last changed here.
    pub changed_at: DateTime<Utc>,
}

impl Of {
    /// A resource with its type, id and the time of its last change.
    fn resource(&self, resource_type: &str) -> Element {
        Element::new()
            .with("resourceType", resource_type)
            .with("id", self.id)
            .with("meta", Element::new().with("lastUpdated", moment(self.changed_at)))
    }

    /// A reference to the patient.
    fn subject(&self) -> Option<Element> {
        self.patient.map(|patient| element::refers(patient.0))
    }
}

/// The resources a stream maps to, in its present state; most have one, a set of vital signs has several. What is no part
/// of the clinical record (accounts, care teams, alarm limits, devices) has none.
pub fn resources(state: &AnyState, of: &Of) -> Vec<Element> {
    let one = match state {
        AnyState::Vitals(state) => return vitals::write(state, of),
        AnyState::Plan(state) => return care_plan::write(state, of),
        AnyState::Patient(state) => patient::write(state, of),
        AnyState::Consent(state) => consent::write(state, of),
        AnyState::Allergy(state) => allergy_intolerance::write(state, of),
        AnyState::Encounter(state) => encounter::write(state, of),
        AnyState::Immunization(state) => entries::immunization(state, of),
        AnyState::FamilyHistory(state) => entries::family_history(state, of),
        AnyState::Goal(state) => goal::write(state, of),
        AnyState::Note(state) => document_reference::write(state, of),
        AnyState::Problem(state) => condition::write(state, of),
        AnyState::Observation(state) => observation::write(state, of),
        AnyState::MedicationOrder(state) => medication_request::write(state, of),
        AnyState::Procedure(state) => entries::procedure(state, of),
        AnyState::Report(state) => entries::report(state, of),
        AnyState::Practitioner(state) => entries::practitioner(state, of),
        AnyState::Organization(state) => entries::organization(state, of),
        AnyState::ExternalRecord(state) => entries::external(state, of),
        AnyState::Alert(state) => safety::flag(state, of),
        AnyState::Suggestion(state) => safety::detected_issue(state, of),
        AnyState::Score(state) => safety::score(state, of),
        AnyState::CalculatedScore(state) => calculated_score::write(state, of),
        AnyState::Appointment(state) => appointment::write(state, of),
        AnyState::WaitlistEntry(state) => waitlist::write(state, of),
        AnyState::Device(_)
        | AnyState::Ward(_)
        | AnyState::Bed(_)
        | AnyState::Account(_)
        | AnyState::ServiceAccount(_)
        | AnyState::CdsClient(_)
        | AnyState::CareTeam(_)
        | AnyState::Identity(_)
        | AnyState::Template(_)
        | AnyState::Rule(_)
        | AnyState::BreakGlass(_)
        | AnyState::AlarmLimits(_)
        | AnyState::Resource(_)
        | AnyState::AppointmentType(_) => None,
    };
    one.into_iter().collect()
}

/// The resources of a whole record: what each stream maps to, with what is kept beside it for want of a place of its own.
pub fn record<'a>(streams: impl Iterator<Item = (&'a AnyState, Of)> + Clone) -> Vec<Element> {
    let mut besides: HashMap<Uuid, &Beside> = HashMap::new();
    for (state, _) in streams.clone() {
        if let AnyState::ExternalRecord(Entry::Recorded(ExternalRecord { beside: Some(beside), .. })) = state {
            besides.insert(beside.entry, beside);
        }
    }
    let mut all = vec![];
    for (state, of) in streams {
        let mut written = resources(state, &of).into_iter();
        if let Some(beside) = besides.get(&of.id) {
            all.extend(written.next().map(|first| told_again(first, beside)));
        }
        all.extend(written);
    }
    all
}

/// A FHIR Bundle of type `collection` that holds the resources, each under its `urn:uuid`.
pub fn bundle(id: Uuid, at: DateTime<Utc>, resources: &[Element]) -> Box<RawValue> {
    let entry = |resource: &Element| Element::new().with("fullUrl", resource.id().map(urn)).with("resource", resource);
    Element::new()
        .with("resourceType", "Bundle")
        .with("id", id)
        .with("type", "collection")
        .with("timestamp", moment(at))
        .with("entry", resources.iter().map(entry).collect::<Vec<_>>())
        .to_raw()
}

/// The streams that resources refer to and that are not among them.
pub fn missing(resources: &[Element]) -> BTreeSet<Uuid> {
    let here: BTreeSet<Uuid> = resources.iter().filter_map(Element::id).collect();
    let mentioned = resources.iter().flat_map(Element::mentions);
    mentioned.filter(|id| !here.contains(id)).collect()
}
