//! From the rows of the safety view to what a rule sees.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use healthcare_domain::{
    allergy::{self, Allergy, Statement, Verification},
    code::{CodeableConcept, Coding, LOINC, SNOMED},
    encounter::EncounterClass,
    entry::Immunization,
    medication::Prescription,
    observation::{Observation, ObservationValue},
    patient::{AdministrativeGender, Demographics},
    problem::Problem,
    scheduling::zone::Zone,
};
use healthcare_dss::{
    AllergyFact, AllergyKind, AllergyKnowledge, ConditionFact, Criticality, DoseFact, EventRef, Facts, MedicationFact,
    ObservationFact, PatientFacts, Route, ScoreFact, Sex,
    knowledge::Knowledge,
    score::news2::{News2, Outcome},
};

use super::{age::Lifetime, body::weight_kg};
use crate::{
    App,
    entry::{content_of, demographics_of},
    score::{Applies, Charted, Sign, charted, current_news2},
    store::StoreError,
    view::{Kind, Row},
};

/// How many of each measured code are looked at.
pub const NEWEST: usize = 5;

/// For how long back every vital sign is read, in hours, and not the newest of each alone: the lowest NEWS2 of a day is
/// looked for, with an hour for what it stood on and for clocks that differ.
pub const VITALS_HOURS: i64 = 25;

/// How many of each vital sign are read at most.
pub const VITALS: usize = 100;

/// By what rows are read: what is known of medicine, and where a day begins.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// What codes mean.
    pub knowledge: &'a Knowledge,
    /// The time zone of the site: ages change at its midnight.
    pub zone: Zone,
}

impl App {
    /// As rows are read in this house.
    pub fn reading(&self) -> Reading<'_> {
        Reading { knowledge: self.rules.knowledge(), zone: self.patients.zone }
    }
}

/// The facts of a patient at a moment, without a draft. Every fact names the event it comes from.
///
/// # Errors
/// When a row is damaged.
pub fn facts(reading: Reading<'_>, rows: &[Row], at: DateTime<Utc>) -> Result<Facts, StoreError> {
    let Reading { knowledge, zone } = reading;
    let demographics = rows.iter().find(|row| row.kind == Kind::Patient).map(demographics_of).transpose()?;
    let mut signs = Vec::new();
    let mut observations = Vec::new();
    let (mut medications, mut conditions) = (Vec::new(), Vec::new());
    for row in rows {
        match row.kind {
            Kind::Medication if row.active => medications.push(medication(&content_of(row)?, source(row), row.at)),
            Kind::Problem if row.active => conditions.extend(condition(knowledge, content_of(row)?, row)),
            Kind::Laboratory => observations.extend(numbers(&content_of(row)?, source(row))),
            Kind::Vital => signs.extend(charted(row)?),
            Kind::Encounter if row.active => conditions.extend(stay(row)?),
            Kind::Immunization => conditions.extend(vaccinated(row)?),
            // Allergies are taken together below; the rest says nothing to a rule.
            _ => {}
        }
    }
    signs.sort_by_key(|sign| sign.at);
    observations.extend(newest_of_each(&signs));
    let applies = Applies::of(rows, knowledge)?;
    let news2 = current_news2(&signs, applies, at);
    let rise = news2.as_ref().and_then(|news2| rise(news2, &signs, applies, at));
    let scores: Vec<ScoreFact> = news2.and_then(|news2| score(&news2, &signs)).into_iter().chain(rise).collect();
    let born = demographics.as_ref().and_then(|person| person.birth_date);
    let measured = observations.iter().map(|one| one.at).chain(scores.iter().map(|one| one.at));
    Ok(Facts {
        at,
        patient: PatientFacts {
            weight_kg: weight_kg(rows, at)?,
            ..demographics.map(|person| patient_facts(&person, at, zone)).unwrap_or_default()
        },
        earlier_ages: born.map(|born| Lifetime { born, zone }.earlier(at, measured)).unwrap_or_default(),
        allergies: allergies(rows)?,
        medications,
        conditions,
        observations,
        scores,
        draft: None,
        proposed: None,
    })
}

/// An order as a rule sees it.
pub fn medication(prescription: &Prescription, source: EventRef, at: DateTime<Utc>) -> MedicationFact {
    let concept = &prescription.medication;
    let amount = prescription.dose.as_ref().map(|dose| (dose.value, dose.unit.as_str()));
    let dose = DoseFact::of_order(amount, prescription.frequency.as_deref(), prescription.as_needed);
    let dose = (!dose.is_empty()).then_some(dose);
    let route = prescription.route.as_ref().and_then(|way| Route::of_order(&way.coding, way.text.as_deref()));
    MedicationFact { codings: concept.coding.clone(), text: concept.text.clone(), route, dose, source, at }
}

fn source(row: &Row) -> EventRef {
    EventRef { stream: row.id, version: row.version }
}

/// What rules see of who somebody is: age and sex. Weight and pregnancy are known from elsewhere.
pub fn patient_facts(person: &Demographics, at: DateTime<Utc>, zone: Zone) -> PatientFacts {
    let ageless = PatientFacts {
        sex: match person.gender {
            AdministrativeGender::Female => Some(Sex::Female),
            AdministrativeGender::Male => Some(Sex::Male),
            AdministrativeGender::Other => Some(Sex::Other),
            AdministrativeGender::Unknown => None,
        },
        // By conditions alone: an active one that says so is found among them by the engine.
        ..PatientFacts::default()
    };
    person.birth_date.map_or(ageless, |born| Lifetime { born, zone }.of(ageless, at))
}

/// "Nobody asked", "there are none" and "there are some" are three answers. What was refuted is no allergy, and that
/// none to food is known says nothing of drugs.
fn allergies(rows: &[Row]) -> Result<AllergyKnowledge, StoreError> {
    let (mut known, mut none) = (Vec::new(), None);
    for row in rows.iter().filter(|row| row.kind == Kind::Allergy && row.active) {
        let allergy: Allergy = content_of(row)?;
        match (allergy.statement, allergy.verification) {
            (_, Verification::Refuted) => {}
            (Statement::NoneKnown, _) => none = allergy.denies_drug_allergies().then(|| source(row)).or(none),
            (Statement::Allergic, _) => known.push(AllergyFact {
                codings: allergy.substance.coding,
                text: allergy.substance.text,
                kind: allergy.mechanism.map(|mechanism| match mechanism {
                    allergy::Mechanism::Allergy => AllergyKind::Allergy,
                    allergy::Mechanism::Intolerance => AllergyKind::Intolerance,
                }),
                criticality: allergy.criticality.map(|criticality| match criticality {
                    allergy::Criticality::Low => Criticality::Low,
                    allergy::Criticality::High => Criticality::High,
                    allergy::Criticality::UnableToAssess => Criticality::UnableToAssess,
                }),
                source: source(row),
                at: row.at,
            }),
        }
    }
    Ok(match (known.is_empty(), none) {
        (false, _) => AllergyKnowledge::Known(known),
        (true, Some(source)) => AllergyKnowledge::NoneKnown { source },
        (true, None) => AllergyKnowledge::NotAsked,
    })
}

/// That a patient stays in hospital is a fact as a condition is (SNOMED CT 32485007), since they are seen.
fn stay(row: &Row) -> Result<Option<ConditionFact>, StoreError> {
    #[derive(serde::Deserialize)]
    struct Visit {
        class: EncounterClass,
        status: String,
    }
    let visit: Visit = content_of(row)?;
    let begun = !matches!(visit.status.as_str(), "planned" | "arrived" | "triaged");
    let codings = || vec![Coding::new(SNOMED, "32485007", "Hospital admission")];
    let stays = visit.class.is_stay() && begun;
    Ok(stays.then(|| ConditionFact { codings: codings(), source: source(row), at: row.at }))
}

/// A vaccine that was given, since it was; by its codes alone.
fn vaccinated(row: &Row) -> Result<Option<ConditionFact>, StoreError> {
    #[derive(serde::Deserialize)]
    struct Given {
        content: Immunization,
    }
    let Given { content } = content_of(row)?;
    let given = content.given_at.filter(|_| content.status == "completed" && !content.vaccine.coding.is_empty());
    Ok(given.map(|at| ConditionFact { codings: content.vaccine.coding, source: source(row), at }))
}

/// What was refuted or struck out is no condition.
fn condition(knowledge: &Knowledge, problem: Problem, row: &Row) -> Option<ConditionFact> {
    let codings = condition_codings(knowledge, &problem.code);
    problem.holds().then(|| ConditionFact { codings, source: source(row), at: row.at })
}

/// The codes of a condition. Where none of them means anything to a rule, what its words mean stands beside them: a
/// problem that was written down and not coded is held against drugs all the same.
pub(crate) fn condition_codings(knowledge: &Knowledge, concept: &CodeableConcept) -> Vec<Coding> {
    let mut codings = concept.coding.clone();
    if !knowledge.knows_condition(&codings) {
        let displays = concept.coding.iter().filter_map(|coding| coding.display.as_deref());
        let named: Vec<Coding> = concept
            .text
            .as_deref()
            .into_iter()
            .chain(displays)
            .flat_map(|words| knowledge.conditions_named(words))
            .collect();
        for coding in named {
            if !codings.contains(&coding) {
                codings.push(coding);
            }
        }
    }
    codings
}

/// The numbers of a result, under its LOINC codes; those of a cancelled one are none.
pub fn numbers(result: &Observation, source: EventRef) -> Vec<ObservationFact> {
    if matches!(result.status.as_str(), "cancelled" | "entered-in-error" | "unknown" | "registered") {
        return vec![];
    }
    let whole = (&result.code, &result.value);
    let parts = result.components.iter().map(|part| (&part.code, &part.value));
    let numbers = std::iter::once(whole).chain(parts).filter_map(|(code, value)| match value {
        Some(ObservationValue::Quantity(quantity)) => Some((code, quantity)),
        _ => None,
    });
    numbers
        .filter_map(|(code, quantity)| {
            let code = code.coding.iter().find(|coding| coding.system == LOINC)?.clone();
            Some(ObservationFact {
                code,
                value: quantity.value,
                unit: quantity.unit.clone(),
                source,
                at: result.effective_at,
            })
        })
        .collect()
}

/// The newest of each sign that is a number, as many as are read of a result: a day of observations is for the score,
/// and not to be kept with every judgement.
fn newest_of_each(in_order: &[Charted]) -> Vec<ObservationFact> {
    let mut taken: HashMap<String, usize> = HashMap::new();
    let newest_first = in_order.iter().rev().filter_map(measured);
    let mut newest: Vec<ObservationFact> = newest_first
        .filter(|fact| {
            let so_far = taken.entry(fact.code.code.clone()).or_default();
            *so_far += 1;
            *so_far <= NEWEST
        })
        .collect();
    newest.reverse();
    newest
}

fn measured(sign: &Charted) -> Option<ObservationFact> {
    let Sign::Number(what, value) = sign.what else { return None };
    Some(ObservationFact {
        code: healthcare_domain::code::Coding::new(LOINC, what.loinc(), what.name()),
        value,
        unit: what.unit().to_owned(),
        source: sign.source,
        at: sign.at,
    })
}

/// By how much NEWS2 rose from its lowest within a day, as a fact of its own; none where there was no complete one before.
/// The signs in order of time.
fn rise(now: &News2, signs: &[Charted], applies: Applies, at: DateTime<Utc>) -> Option<ScoreFact> {
    let current = score(now, signs)?;
    let day = at - chrono::Duration::hours(24);
    let mut before: Vec<DateTime<Utc>> =
        signs.iter().map(|sign| sign.at).filter(|then| *then >= day && *then < current.at).collect();
    before.dedup();
    let lowest = before
        .into_iter()
        .filter_map(|then| {
            let known = &signs[..signs.partition_point(|sign| sign.at <= then)];
            match current_news2(known, applies, then)?.outcome {
                Outcome::Complete { total, .. } => Some(u16::from(total)),
                Outcome::Incomplete { .. } | Outcome::NotApplicable { .. } => None,
            }
        })
        .min()?;
    let total = current.total.saturating_sub(lowest);
    Some(ScoreFact { name: "news2-rise".to_owned(), total, highest_part: 0, ..current })
}

/// NEWS2 as a fact. Its source is the newest of the events it stands on.
fn score(news2: &News2, signs: &[Charted]) -> Option<ScoreFact> {
    let newest = signs.iter().max_by_key(|sign| (sign.at, sign.source))?;
    let (total, complete) = match news2.outcome {
        Outcome::Complete { total, .. } => (total, true),
        Outcome::Incomplete { partial, .. } => (partial, false),
        Outcome::NotApplicable { .. } => return None,
    };
    let highest_part = news2.parts.each().into_iter().filter_map(|(_, part)| part).max().unwrap_or(0);
    Some(ScoreFact {
        name: "news2".to_owned(),
        total: u16::from(total),
        complete,
        highest_part: u16::from(highest_part),
        source: newest.source,
        at: newest.at,
    })
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use healthcare_dss::RuleBook;
    use rust_decimal::Decimal;
    use uuid::Uuid;

    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-22T16:00:00Z".parse().unwrap()
    }

    fn row(set: u128, item: i16, at: DateTime<Utc>, measurement: serde_json::Value) -> Row {
        Row {
            kind: Kind::Vital,
            id: Uuid::from_u128(set),
            item,
            patient: None,
            version: 1,
            active: false,
            struck: false,
            at,
            code: measurement["sign"].as_str().map(str::to_owned),
            body: serde_json::json!({ "measurement": measurement }).to_string(),
        }
    }

    /// A whole set of signs, so many hours ago.
    fn set(hours: i64, pulse: u32, temperature: &str, systolic: u32) -> Vec<Row> {
        let sign =
            |sign: &str, value: String, unit: &str| serde_json::json!({ "sign": sign, "value": value, "unit": unit });
        let signs = [
            sign("respiratory_rate", "16".into(), "/min"),
            sign("spo2", "98".into(), "%"),
            sign("systolic_bp", systolic.to_string(), "mm[Hg]"),
            sign("heart_rate", pulse.to_string(), "/min"),
            sign("temperature", temperature.into(), "Cel"),
            serde_json::json!({ "sign": "consciousness", "value": "A" }),
            serde_json::json!({ "sign": "on_oxygen", "value": false }),
        ];
        let set = u128::try_from(hours + 1).unwrap();
        (1..).zip(signs).map(|(item, sign)| row(set, item, now() - Duration::hours(hours), sign)).collect()
    }

    /// Observed every hour from eight to four, from 0 to 4: no five readings show it.
    fn drifting() -> Vec<Row> {
        let hourly = [(70, "37", 120), (70, "37", 120), (95, "37", 120), (95, "37", 120), (95, "38.5", 120)];
        let later = [(95, "38.5", 120), (112, "38.5", 120), (112, "38.5", 120), (112, "38.5", 105)];
        let sets = hourly.into_iter().chain(later);
        (0..=8).rev().zip(sets).flat_map(|(hours, (pulse, warm, systolic))| set(hours, pulse, warm, systolic)).collect()
    }

    #[test]
    fn the_rise_of_a_day_is_told_from_all_its_sets_and_not_from_the_last_five() {
        let book = RuleBook::embedded().unwrap();
        let reading = Reading { knowledge: book.knowledge(), zone: Zone::UTC };
        let facts = facts(reading, &drifting(), now()).unwrap();
        let total = |name: &str| facts.scores.iter().find(|score| score.name == name).map(|score| score.total);
        assert_eq!((total("news2"), total("news2-rise")), (Some(4), Some(4)));
    }

    #[test]
    fn of_each_sign_the_newest_five_are_facts() {
        let book = RuleBook::embedded().unwrap();
        let reading = Reading { knowledge: book.knowledge(), zone: Zone::UTC };
        let facts = facts(reading, &drifting(), now()).unwrap();
        let pulse: Vec<Decimal> =
            facts.observations.iter().filter(|one| one.code.code == "8867-4").map(|one| one.value).collect();
        assert_eq!(pulse, [95, 95, 112, 112, 112].map(Decimal::from), "in order of time");
    }
}
