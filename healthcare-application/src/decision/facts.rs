//! From the rows of the safety view to what a rule sees.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use healthcare_domain::{
    code::LOINC,
    patient::{AdministrativeGender, Demographics},
    scheduling::zone::Zone,
    vitals::Consciousness,
};
use healthcare_dss::{
    AllergyKnowledge, Facts, ObservationFact, PatientFacts, ScoreFact, Sex,
    knowledge::Knowledge,
    score::{
        egfr_of_creatinine,
        news2::{News2, Outcome},
    },
};
use rust_decimal::Decimal;

use super::{age::Lifetime, said::Said};
use crate::{
    App,
    score::{Applies, Charted, Sign, current_news2},
    store::StoreError,
    view::Row,
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
    let said = rows.iter().map(|row| Said::of(reading.knowledge, row)).collect::<Result<Vec<_>, _>>()?;
    Ok(gather(reading, &said.iter().collect::<Vec<_>>(), at))
}

/// When somebody was weighed, and their weight in kilograms.
type Weighed = (DateTime<Utc>, Decimal);

/// The facts that rows come to, in the order in which they are read.
pub(crate) fn gather(reading: Reading<'_>, said: &[&Said], at: DateTime<Utc>) -> Facts {
    let Reading { knowledge, zone } = reading;
    let mut person: Option<&Demographics> = None;
    let (mut signs, mut observations): (Vec<Charted>, Vec<ObservationFact>) = (vec![], vec![]);
    let mut unsigned: Vec<ObservationFact> = vec![];
    let (mut medications, mut conditions) = (vec![], vec![]);
    let (mut known, mut none_known, mut expects) = (vec![], None, None);
    let mut weight: Option<Weighed> = None;
    for one in said {
        match one {
            Said::Person(demographics) => person = person.or(Some(demographics)),
            Said::Takes(fact) => medications.push(fact.clone()),
            Said::Has { fact, pregnant } => {
                conditions.push(fact.clone());
                expects = expects.or(pregnant.then_some(true));
            }
            Said::Measured { facts, weighed } => {
                observations.extend(facts.iter().cloned());
                weight = later(weight, *weighed, at);
            }
            Said::Charted { signs: charted, others, weighed } => {
                signs.extend(charted.iter().cloned());
                unsigned.extend(others.iter().cloned());
                weight = later(weight, *weighed, at);
            }
            Said::Allergic(fact) => known.push(fact.clone()),
            Said::Denies(source) => none_known = Some(*source),
            Said::Nothing => {}
        }
    }
    signs.sort_by_key(|sign| sign.at);
    observations.extend(newest_of_each(signs.iter().filter_map(measured).chain(unsigned).collect()));
    // No score of how somebody fares stands on how large they are.
    signs.retain(|sign| !sign.is_of_the_body());
    let lifetime = person.and_then(|person| person.birth_date).map(|born| Lifetime { born, zone });
    let applies = Applies { lifetime, pregnant: expects };
    let scores: Vec<ScoreFact> = news2_of(&signs, applies, at).into_iter().chain(mentation_of(&signs, at)).collect();
    let measured = observations.iter().map(|one| one.at).chain(scores.iter().map(|one| one.at));
    let mut facts = Facts {
        at,
        patient: PatientFacts {
            weight_kg: weight.map(|(_, weight)| weight),
            ..person.map(|person| patient_facts(person, at, zone)).unwrap_or_default()
        },
        earlier_ages: lifetime.map(|lifetime| lifetime.earlier(at, measured)).unwrap_or_default(),
        allergies: match (known.is_empty(), none_known) {
            (false, _) => AllergyKnowledge::Known(known),
            (true, Some(source)) => AllergyKnowledge::NoneKnown { source },
            (true, None) => AllergyKnowledge::NotAsked,
        },
        medications,
        conditions,
        observations,
        scores,
        draft: None,
        proposed: None,
    };
    // A creatinine that came without one: as for what other systems ask.
    facts.observations.extend(egfr_of_creatinine(knowledge, &facts));
    facts
}

/// The later of two weighings, of those that were made by then.
fn later(known: Option<Weighed>, new: Option<Weighed>, by: DateTime<Utc>) -> Option<Weighed> {
    let newer = new.filter(|(then, _)| *then <= by && known.is_none_or(|(last, _)| last <= *then));
    newer.or(known)
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

/// The newest of each code, as many as are read of a result: a day of observations is for the score, and not to be kept
/// with every judgement.
fn newest_of_each(mut charted: Vec<ObservationFact>) -> Vec<ObservationFact> {
    charted.sort_by_key(|one| one.at);
    let mut taken: HashMap<String, usize> = HashMap::new();
    let mut newest: Vec<ObservationFact> = charted
        .into_iter()
        .rev()
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
        bound: None,
        unit: what.unit().to_owned(),
        source: sign.source,
        at: sign.at,
    })
}

/// NEWS2 as it is at a moment, and by how much it rose within a day. The signs in order of time.
pub(crate) fn news2_of(signs: &[Charted], applies: Applies, at: DateTime<Utc>) -> Vec<ScoreFact> {
    let news2 = current_news2(signs, applies, at);
    let rise = news2.as_ref().and_then(|news2| rise(news2, signs, applies, at));
    news2.and_then(|news2| score(&news2, signs)).into_iter().chain(rise).collect()
}

/// Whether the mind was altered when consciousness was charted last, as a score of 1 or 0: whoever is not alert (ACVPU) is
/// not as they are when well. qSOFA asks for it (Singer M et al. JAMA 2016;315:801-10: any altered mentation).
pub(crate) fn mentation_of(signs: &[Charted], at: DateTime<Utc>) -> Option<ScoreFact> {
    let levels = signs.iter().filter_map(|sign| match sign.what {
        Sign::Consciousness(level) => Some((sign, level)),
        Sign::Number(..) | Sign::Oxygen(_) | Sign::Scale(_) => None,
    });
    let (newest, level) = levels.max_by_key(|(sign, _)| (sign.at, sign.source))?;
    let altered = u16::from(level != Consciousness::Alert);
    Some(ScoreFact {
        name: "altered-mentation".to_owned(),
        total: altered,
        complete: true,
        highest_part: altered,
        source: newest.source,
        // The clocks of two machines may differ by a little.
        at: newest.at.min(at),
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
    use uuid::Uuid;

    use super::*;
    use crate::view::Kind;

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
    fn whoever_is_not_alert_has_an_altered_mind_as_it_was_charted_last() {
        let book = RuleBook::embedded().unwrap();
        let reading = Reading { knowledge: book.knowledge(), zone: Zone::UTC };
        let level = |hours: i64, level: &str| {
            let set = u128::try_from(hours + 50).unwrap();
            row(set, 1, now() - Duration::hours(hours), serde_json::json!({ "sign": "consciousness", "value": level }))
        };
        let altered = |rows: &[Row]| {
            let facts = facts(reading, rows, now()).unwrap();
            facts.scores.iter().find(|score| score.name == "altered-mentation").map(|score| (score.total, score.at))
        };
        assert_eq!(altered(&[level(3, "A"), level(1, "V")]), Some((1, now() - Duration::hours(1))));
        assert_eq!(altered(&[level(1, "A"), level(3, "U")]), Some((0, now() - Duration::hours(1))));
        assert_eq!(altered(&[]), None);
        assert_eq!(altered(&[level(-1, "C")]), Some((1, now())), "by another clock");
    }

    /// A coma scale that came from elsewhere, under the heading of vital signs, of a survey, or without a unit.
    #[test]
    fn a_coma_scale_is_a_fact_under_whichever_heading_it_came() {
        let book = RuleBook::embedded().unwrap();
        let reading = Reading { knowledge: book.knowledge(), zone: Zone::UTC };
        let came = |kind: Kind, code: &str, value: serde_json::Value| Row {
            kind,
            item: 0,
            code: Some(code.to_owned()),
            body: serde_json::json!({
                "category": "other", "result_status": "final", "value": value,
                "code": { "coding": [{ "system": LOINC, "code": code }] }, "effective_at": now(),
            })
            .to_string(),
            ..row(9, 0, now(), serde_json::json!({}))
        };
        let score = |value: &str| serde_json::json!({ "quantity": { "value": value, "unit": "{score}" } });
        let values = |one: Row| -> Vec<String> {
            let facts = facts(reading, &[one], now()).unwrap();
            facts.observations.iter().map(|fact| fact.value.to_string()).collect()
        };
        assert_eq!(values(came(Kind::Vital, "9269-2", score("13"))), ["13"]);
        assert_eq!(values(came(Kind::Observation, "9269-2", score("12"))), ["12"]);
        let whole = serde_json::json!({ "other": { "valueInteger": 14 } });
        assert_eq!(values(came(Kind::Observation, "9269-2", whole)), ["14"]);
        assert!(values(came(Kind::Vital, "72514-3", score("4"))).is_empty(), "of pain no rule speaks");
        assert!(values(came(Kind::Observation, "72514-3", score("4"))).is_empty());
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
