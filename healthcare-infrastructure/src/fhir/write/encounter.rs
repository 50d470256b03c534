//! FHIR Encounter.

use healthcare_domain::encounter::{Disposition, Encounter, EncounterClass};

use super::{
    Of,
    element::{Element, coded, concepts, identifiers, period, reference},
};

const CLASS: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
const NULL: &str = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor";
const DISPOSITION: &str = "http://terminology.hl7.org/CodeSystem/discharge-disposition";
const PHYSICAL_TYPE: &str = "http://terminology.hl7.org/CodeSystem/location-physical-type";

/// A visit or stay.
pub fn write(state: &Encounter, of: &Of) -> Option<Element> {
    let (admission, status, ended, disposition) = match state {
        Encounter::NotAdmitted => return None,
        Encounter::Admitted { admission } => (admission, "in-progress", None, None),
        Encounter::Discharged { admission, at, disposition } => (admission, "finished", *at, Some(*disposition)),
        Encounter::EnteredInError { admission } => (admission, "entered-in-error", None, None),
    };
    let places = [("wa", &admission.ward), ("bd", &admission.bed)];
    let places = places.into_iter().filter_map(|(kind, name)| name.as_ref().map(|name| place(kind, name)));
    let out = disposition.and_then(disposition_code).map(|code| coded(DISPOSITION, code));
    Some(
        of.resource("Encounter")
            .with("identifier", identifiers(&admission.identifiers))
            .with("status", status)
            .with("class", class(admission.class))
            .with("type", concepts(&admission.types))
            .with("subject", of.subject())
            .with("period", period(Some(admission.started_at), ended))
            .with("reasonCode", concepts(&admission.reasons))
            .with("hospitalization", Element::new().with("dischargeDisposition", out))
            .with("location", places.collect::<Vec<_>>())
            .with("serviceProvider", admission.provider.as_ref().map(reference)),
    )
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

/// HL7 discharge-disposition; none where the source does not say.
fn disposition_code(of: Disposition) -> Option<&'static str> {
    Some(match of {
        Disposition::Home => "home",
        Disposition::OtherHcf => "other-hcf",
        Disposition::Hosp => "hosp",
        Disposition::Long => "long",
        Disposition::Aadvice => "aadvice",
        Disposition::Exp => "exp",
        Disposition::Psy => "psy",
        Disposition::Rehab => "rehab",
        Disposition::Snf => "snf",
        Disposition::Oth => "oth",
        Disposition::Unknown => return None,
    })
}

fn place(kind: &str, name: &str) -> Element {
    Element::new()
        .with("location", Element::new().with("display", name))
        .with("physicalType", coded(PHYSICAL_TYPE, kind))
}
