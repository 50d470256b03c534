//! What follows from a result that came without it.

use healthcare_domain::code::{Coding, LOINC};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::calculator::named;
use super::taken::{ADULT, sex};
use crate::fact::{Facts, ObservationFact};
use crate::knowledge::Knowledge;

/// The unit that CKD-EPI takes creatinine in.
const CREATININE_UNIT: &str = "mg/dL";
const EGFR_UNIT: &str = "mL/min/{1.73_m2}";

/// The eGFR of an adult by CKD-EPI 2021 from the newest creatinine, as of its time and from its event; none where an eGFR
/// is on record that is as new.
#[must_use]
pub fn egfr_of_creatinine(knowledge: &Knowledge, facts: &Facts) -> Option<ObservationFact> {
    let sets = &knowledge.value_sets;
    let newest = |set: &str| {
        let set = sets.by_id.get(set).copied()?;
        let of_set = facts.observations.iter().filter(|one| sets.of_code(&one.code).contains(&set));
        of_set.filter(|one| one.at <= facts.at).max_by_key(|one| (one.at, one.source)).map(|one| (set, one))
    };
    let (set, creatinine) = newest("creatinine")?;
    if creatinine.bound.is_some() || newest("egfr").is_some_and(|(_, egfr)| egfr.at >= creatinine.at) {
        return None;
    }
    let value = sets.sets.get(usize::from(set))?.convert(creatinine.value, &creatinine.unit, CREATININE_UNIT)?;
    let years = facts.age_at(creatinine.at).years.filter(|years| *years >= ADULT)?;
    let given: Map<String, Value> = [
        ("age".to_owned(), years.into()),
        ("sex".to_owned(), facts.patient.sex.and_then(sex)?),
        ("creatinine".to_owned(), value.round_dp(4).normalize().to_string().into()),
    ]
    .into_iter()
    .collect();
    let egfr = named("egfr")?.compute(&given).ok()?.value?;
    Some(ObservationFact {
        code: Coding::new(LOINC, "98979-8", "eGFR, CKD-EPI 2021"),
        value: egfr.to_string().parse::<Decimal>().ok()?,
        bound: None,
        unit: EGFR_UNIT.to_owned(),
        source: creatinine.source,
        at: creatinine.at,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::rule::Given;

    fn derived(given: Value) -> Option<String> {
        let given: Given = serde_json::from_value(given).unwrap();
        let knowledge = Knowledge::embedded().unwrap();
        egfr_of_creatinine(&knowledge, &given.facts()).map(|egfr| egfr.value.to_string())
    }

    fn creatinine(value: &str, unit: &str, hours_ago: u32) -> Value {
        json!({ "loinc": "2160-0", "value": value, "unit": unit, "hours_ago": hours_ago })
    }

    #[test]
    fn given_a_creatinine_alone_when_asked_then_the_egfr_of_an_adult_follows() {
        // A woman of 76 with 4 mg/dL.
        let known = |value: Value| json!({ "age": 76, "sex": "female", "observations": [value] });
        assert_eq!(derived(known(creatinine("4", "mg/dL", 5))).as_deref(), Some("11.1"));
        assert_eq!(derived(known(creatinine("353.6", "umol/l", 5))).as_deref(), Some("11.1"));
        let moles = json!({ "loinc": "14682-9", "value": "353.6", "unit": "umol/L", "hours_ago": 5 });
        assert_eq!(derived(known(moles)).as_deref(), Some("11.1"), "by the code of its own");
        assert_eq!(derived(known(creatinine("4", "furlong", 5))), None);
        assert_eq!(derived(json!({ "age": 17, "sex": "female", "observations": [creatinine("4", "mg/dL", 5)] })), None);
        assert_eq!(derived(json!({ "age": 76, "observations": [creatinine("4", "mg/dL", 5)] })), None);
        assert_eq!(derived(json!({ "sex": "female", "observations": [creatinine("4", "mg/dL", 5)] })), None);
    }

    #[test]
    fn given_an_egfr_that_is_as_new_when_asked_then_it_counts_and_none_is_derived() {
        let egfr =
            |hours: u32| json!({ "loinc": "98979-8", "value": 60, "unit": "mL/min/{1.73_m2}", "hours_ago": hours });
        let known = |hours: u32| {
            derived(json!({ "age": 76, "sex": "female", "observations": [creatinine("4", "mg/dL", 5), egfr(hours)] }))
        };
        assert_eq!(known(5), None);
        assert_eq!(known(1), None);
        assert!(known(30).is_some(), "of another day");
    }
}
