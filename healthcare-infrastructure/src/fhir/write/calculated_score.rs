//! A computed score as a FHIR Observation: what it came to, its parts, and from which resources of ours it was computed.

use healthcare_domain::{
    code::{LOINC, SNOMED},
    entry::{CalculatedScore, Entry, ScoreInput, ScorePart},
};
use uuid::Uuid;

use super::{
    Of,
    element::{Element, coded, moment, refers},
    observation::CATEGORY,
};

/// Codes of scores and formulas, where there is one for exactly what is computed here.
const CODES: &[(&str, &str, &str)] = &[
    ("bmi", LOINC, "39156-5"),
    ("egfr", LOINC, "98979-8"),
    ("gcs", LOINC, "9269-2"),
    ("map", LOINC, "8478-0"),
    ("news2", SNOMED, "1104051000000101"),
];

/// What is computed from results is one of the laboratory, a quantity of the body is a vital sign; the rest are surveys.
fn category(score: &str) -> &'static str {
    match score {
        "egfr" | "cockcroft-gault" => "laboratory",
        "bmi" | "map" => "vital-signs",
        _ => "survey",
    }
}

/// A score of points, or a quantity.
pub fn write(state: &Entry<CalculatedScore>, of: &Of) -> Option<Element> {
    let (score, status) = match state {
        Entry::Unwritten => return None,
        Entry::Recorded(score) if score.complete => (score, "final"),
        Entry::Recorded(score) => (score, "preliminary"),
        Entry::EnteredInError(score) => (score, "entered-in-error"),
    };
    let code = CODES.iter().find(|(name, ..)| *name == score.score).map(|(_, system, code)| coded(system, code));
    let code = code.unwrap_or_else(Element::new).with("text", &score.title);
    // An incomplete score has no value: the sum of what is known is no score.
    let absent = score.value.is_none().then(|| {
        coded("http://terminology.hl7.org/CodeSystem/data-absent-reason", "unknown").with("text", missing(score))
    });
    let mut sources: Vec<Uuid> = measured(score).collect();
    sources.sort_unstable();
    sources.dedup();
    let value = score.value.as_ref().map(|value| quantity(value, score.unit.as_deref()));
    Some(
        of.resource("Observation")
            .with("status", status)
            .with("category", [coded(CATEGORY, category(&score.score))])
            .with("code", code)
            .with("subject", of.subject())
            .with("encounter", score.encounter.map(refers))
            .with("effectiveDateTime", moment(score.computed_at))
            .with("issued", of.known_at.map(moment))
            .with("valueQuantity", value)
            .with("dataAbsentReason", absent)
            .with("interpretation", score.band.as_ref().map(|band| [Element::new().with("text", band)]))
            .with("method", Element::new().with("text", format!("{} ({})", score.version, score.citation)))
            .with("derivedFrom", sources.into_iter().map(refers).collect::<Vec<_>>())
            .with("component", score.parts.iter().filter_map(component).collect::<Vec<_>>()),
    )
}

/// The results and sets of signs it was computed from: FHIR knows no derivation from a person, a condition or a device.
fn measured(score: &CalculatedScore) -> impl Iterator<Item = Uuid> {
    let of_measurement = |input: &&ScoreInput| input.name != "age" && input.value.is_number();
    let taken = score.inputs.iter().filter(of_measurement).filter_map(|input| input.taken_from.as_ref());
    taken.filter(|one| one.version > 0).map(|one| one.stream)
}

fn missing(score: &CalculatedScore) -> String {
    format!("not known: {}", score.missing.join(", "))
}

fn quantity(value: &serde_json::Number, unit: Option<&str>) -> Element {
    let unit = unit.unwrap_or("{score}");
    Element::new()
        .with("value", value)
        .with("unit", unit)
        .with("system", "http://unitsofmeasure.org")
        .with("code", unit)
}

fn component(part: &ScorePart) -> Option<Element> {
    let points = part.points.as_ref()?;
    let name = Element::new().with("text", part.name.replace('_', " "));
    Some(Element::new().with("code", name).with("valueQuantity", quantity(points, None)))
}

#[cfg(test)]
mod tests {
    use super::category;

    #[test]
    fn given_a_formula_when_written_then_its_category_is_that_of_its_quantity() {
        assert_eq!((category("egfr"), category("bmi"), category("map")), ("laboratory", "vital-signs", "vital-signs"));
        assert_eq!((category("sofa"), category("news2")), ("survey", "survey"));
    }
}
