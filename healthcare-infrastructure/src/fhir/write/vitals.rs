//! A charted set of vital signs as FHIR R4's Vital Signs profiles want it: an Observation a sign, blood pressure as one,
//! and the panel that holds them together.

use healthcare_domain::{
    code::{LOINC, SNOMED},
    vitals::{Consciousness, Measurement, VitalSign, Vitals, VitalsSet},
};
use uuid::Uuid;

use super::{
    Of,
    element::{Element, coded, moment, quantity, refers},
    observation::CATEGORY,
};

/// LOINC: vital signs, weight, height, head circumference, oxygen saturation and BMI panel.
const PANEL: &str = "85353-1";
/// LOINC: blood pressure panel with all children optional.
const BLOOD_PRESSURE: &str = "85354-9";
/// LOINC: level of consciousness.
const CONSCIOUSNESS: &str = "80288-4";
/// SNOMED CT: oxygen therapy.
const OXYGEN_THERAPY: &str = "57485005";

/// A set: its panel first, then its members.
pub fn write(state: &VitalsSet, of: &Of) -> Vec<Element> {
    let (vitals, status) = match state {
        VitalsSet::Unrecorded => return vec![],
        VitalsSet::Recorded(vitals) => (vitals, "final"),
        VitalsSet::EnteredInError(vitals) => (vitals, "entered-in-error"),
    };
    let members: Vec<(Uuid, Element)> = members(vitals, of, status);
    let held: Vec<Element> = members.iter().map(|(id, _)| refers(*id)).collect();
    let panel = said(of, of.id, vitals, status, coded(LOINC, PANEL)).with("hasMember", held);
    std::iter::once(panel).chain(members.into_iter().map(|(_, member)| member)).collect()
}

/// The identities that the members of a set may have, as resources of their own.
pub fn member_ids(set: Uuid) -> impl Iterator<Item = Uuid> {
    let signs = VitalSign::ALL.iter().map(|sign| sign.loinc());
    let codes = signs.chain([BLOOD_PRESSURE, CONSCIOUSNESS, OXYGEN_THERAPY]);
    codes.map(move |code| Uuid::new_v5(&set, code.as_bytes()))
}

fn members(vitals: &Vitals, of: &Of, status: &str) -> Vec<(Uuid, Element)> {
    let member = |system: &str, code: &str| {
        let id = Uuid::new_v5(&of.id, code.as_bytes());
        (id, said(of, id, vitals, status, coded(system, code)))
    };
    let is_pressure = |m: &&Measurement| matches!(m.sign(), VitalSign::SystolicBp | VitalSign::DiastolicBp);
    let pressures: Vec<Element> = vitals.measurements.iter().filter(is_pressure).map(component).collect();
    let mut members: Vec<(Uuid, Element)> = vitals
        .measurements
        .iter()
        .filter(|m| !is_pressure(m))
        .map(|m| {
            let (id, said) = member(LOINC, m.sign().loinc());
            (id, said.with("valueQuantity", amount(m)))
        })
        .collect();
    if !pressures.is_empty() {
        let (id, said) = member(LOINC, BLOOD_PRESSURE);
        members.push((id, said.with("component", pressures)));
    }
    if let Some(level) = vitals.consciousness {
        let (id, said) = member(LOINC, CONSCIOUSNESS);
        members.push((id, said.with("valueCodeableConcept", Element::new().with("text", words(level)))));
    }
    if let Some(on) = vitals.on_oxygen {
        let (id, said) = member(SNOMED, OXYGEN_THERAPY);
        members.push((id, said.with("valueBoolean", on)));
    }
    members
}

/// What the panel and each of its members say alike.
fn said(of: &Of, id: Uuid, vitals: &Vitals, status: &str, code: Element) -> Element {
    Of { id, ..*of }
        .resource("Observation")
        .with("status", status)
        .with("category", [coded(CATEGORY, "vital-signs")])
        .with("code", code)
        .with("subject", of.subject())
        .with("encounter", vitals.encounter.map(refers))
        .with("effectiveDateTime", moment(vitals.measured_at))
        .with("issued", of.known_at.map(moment))
}

fn component(of: &Measurement) -> Element {
    Element::new().with("code", coded(LOINC, of.sign().loinc())).with("valueQuantity", amount(of))
}

fn amount(of: &Measurement) -> Element {
    quantity(&healthcare_domain::quantity::Quantity { value: of.value(), unit: of.sign().unit().to_owned() })
}

/// The ACVPU scale in the words of NEWS2.
fn words(level: Consciousness) -> &'static str {
    match level {
        Consciousness::Alert => "Alert",
        Consciousness::Confusion => "New confusion",
        Consciousness::Voice => "Responds to voice",
        Consciousness::Pain => "Responds to pain",
        Consciousness::Unresponsive => "Unresponsive",
    }
}
