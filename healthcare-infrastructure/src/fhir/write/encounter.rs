//! FHIR Encounter.

use chrono::{DateTime, Utc};
use healthcare_domain::encounter::{Diagnosis, Disposition, Encounter, EncounterClass, Passed, Stage, Visit, Was};

use super::{
    Of,
    element::{Element, coded, concept, concepts, identifiers, period, reference, refers},
};

const CLASS: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
const NULL: &str = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor";
const DISPOSITION: &str = "http://terminology.hl7.org/CodeSystem/discharge-disposition";
const PHYSICAL_TYPE: &str = "http://terminology.hl7.org/CodeSystem/location-physical-type";

/// A visit or stay. A visit that is planned or was called off goes out as such.
pub fn write(state: &Encounter, of: &Of) -> Option<Element> {
    let visit = state.visit()?;
    let admission = &visit.admission;
    let (ended, disposition) = match state {
        Encounter::Discharged { at, disposition, .. } => (*at, Some(*disposition)),
        // Called off before it was to begin, it has no end behind its beginning.
        Encounter::Cancelled { at, visit } => (Some(*at).filter(|at| *at >= visit.admission.started_at), None),
        Encounter::NotAdmitted
        | Encounter::Planned { .. }
        | Encounter::Admitted { .. }
        | Encounter::EnteredInError { .. } => (None, None),
    };
    let out = disposition.and_then(Disposition::code).map(|(code, _)| coded(DISPOSITION, code));
    let from = admission.admit_source.as_ref().map(concept);
    Some(
        of.resource("Encounter")
            .with("identifier", identifiers(&admission.identifiers))
            .with("status", state.status())
            .with("statusHistory", statuses(state, visit, ended))
            .with("class", class(admission.class))
            .with("classHistory", classes(visit, ended))
            .with("type", concepts(&admission.types))
            .with("subject", of.subject())
            .with("period", period(Some(admission.started_at), ended))
            .with("reasonCode", concepts(&admission.reasons))
            .with("diagnosis", visit.diagnoses.iter().map(diagnosis).collect::<Vec<_>>())
            .with("hospitalization", Element::new().with("admitSource", from).with("dischargeDisposition", out))
            .with("location", places(visit, ended))
            .with("serviceProvider", admission.provider.as_ref().map(reference)),
    )
}

/// The stages that it came to, each until the next; and when it was called off.
fn statuses(state: &Encounter, visit: &Visit, ended: Option<DateTime<Utc>>) -> Vec<Element> {
    let called_off = match state {
        Encounter::Cancelled { at, .. } => {
            Some(Element::new().with("status", "cancelled").with("period", period(Some(*at), None)))
        }
        _ => None,
    };
    // One alone says no more than the period of the visit does.
    if visit.stages.len() < 2 && visit.stages.iter().all(|one| one.stage == Stage::InProgress) {
        return called_off.into_iter().collect();
    }
    let until = |n: usize| visit.stages.get(n + 1).map(|next| next.at).or(ended);
    let one = |(n, passed): (usize, &Passed)| {
        Element::new().with("status", passed.stage.as_str()).with("period", period(Some(passed.at), until(n)))
    };
    visit.stages.iter().enumerate().map(one).chain(called_off).collect()
}

/// The classes that it was of, each until the next.
fn classes(visit: &Visit, ended: Option<DateTime<Utc>>) -> Vec<Element> {
    let until = |n: usize| visit.classes.get(n + 1).map(|next| next.since).or(ended);
    let one = |(n, was): (usize, &Was)| {
        Element::new().with("class", class(was.class)).with("period", period(Some(was.since), until(n)))
    };
    visit.classes.iter().enumerate().map(one).collect()
}

fn diagnosis(of: &Diagnosis) -> Element {
    let words = Some(of.code.label()).filter(|label| !label.is_empty());
    let used = of.used.coding();
    Element::new()
        .with("condition", refers(of.problem).with("display", words))
        .with("use", coded(&used.system, &used.code))
        .with("rank", of.rank)
}

/// The places that the patient was in, each until the next. A ward, its room and its bed are three locations of one time.
fn places(visit: &Visit, ended: Option<DateTime<Utc>>) -> Vec<Element> {
    let several = visit.places.len() > 1;
    let mut all = Vec::new();
    // Where somebody is expected who has not come yet.
    let expected = visit.admission.place().filter(|_| visit.places.is_empty());
    let expected = expected.map(|place| (place, None));
    let been = visit.places.iter().enumerate().map(|(n, one)| {
        let until = visit.places.get(n + 1).map(|next| next.since).or(ended);
        (one.place.clone(), several.then(|| period(Some(one.since), until)))
    });
    for (place, during) in expected.into_iter().chain(been) {
        let parts = [("wa", Some(&place.ward)), ("ro", place.room.as_ref()), ("bd", place.bed.as_ref())];
        let named = parts.into_iter().filter_map(|(kind, name)| Some((kind, name?)));
        all.extend(named.map(|(kind, name)| {
            Element::new()
                .with("location", Element::new().with("display", name))
                .with("physicalType", coded(PHYSICAL_TYPE, kind))
                .with("period", during.clone())
        }));
    }
    all
}

/// HL7 v3 ActEncounterCode, or that it is none the record knows.
fn class(of: EncounterClass) -> Element {
    let (system, code) = match of {
        EncounterClass::Ambulatory => (CLASS, "AMB"),
        EncounterClass::Emergency => (CLASS, "EMER"),
        EncounterClass::Inpatient => (CLASS, "IMP"),
        EncounterClass::Observation => (CLASS, "OBSENC"),
        EncounterClass::Home => (CLASS, "HH"),
        EncounterClass::Virtual => (CLASS, "VR"),
        EncounterClass::Other => (NULL, "UNK"),
    };
    Element::new().with("system", system).with("code", code)
}
