//! Conditions over single facts.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::{age, table, trend};
use crate::explanation::{Explanation, INCOMPARABLE, Observed, ObservedValue, Truth};
use crate::fact::{AllergyKnowledge, Bound, ObservationFact, ScoreFact, Sex};
use crate::knowledge::ValueSetId;
use crate::rule::condition::{AgeLimits, Condition, Test, WantedDrugs};
use crate::rule::document::{Range, Scope, Take};
use crate::scene::{Drug, Problem, Scene};
use crate::text::Text;

/// The outcome of a leaf, before it is put into words.
pub(super) struct Outcome {
    truth: Truth,
    observed: Vec<Observed>,
    lacking: Option<Text>,
}

impl Outcome {
    pub(super) fn of(truth: impl Into<Truth>, observed: Vec<Observed>) -> Self {
        Self { truth: truth.into(), observed, lacking: None }
    }

    #[cfg(test)]
    pub(super) fn truth(&self) -> Truth {
        self.truth
    }

    pub(super) fn missing(lacking: impl Into<Text>, observed: Vec<Observed>) -> Self {
        Self { truth: Truth::Missing, observed, lacking: Some(lacking.into()) }
    }

    /// The same, of what was measured at a moment: it holds only where the age of then does, too, which is shown beside it.
    pub(super) fn of_age(mut self, limits: &AgeLimits, at: DateTime<Utc>, scene: &Scene<'_>) -> Self {
        if limits.is_empty() {
            return self;
        }
        let Some(told) = age::then(limits, scene.facts.age_at(at)) else { return self };
        self.observed.extend(told.observed);
        match (told.truth, self.truth) {
            (Truth::NotMet, _) => Self { truth: Truth::NotMet, lacking: None, ..self },
            (Truth::Missing, Truth::Met) => Self { truth: Truth::Missing, lacking: told.lacking, ..self },
            (Truth::Met, _) | (Truth::Missing, Truth::NotMet | Truth::Missing) => self,
        }
    }
}

pub(super) fn evaluate(condition: &Condition, scene: &Scene<'_>) -> Explanation {
    let patient = &scene.facts.patient;
    let outcome = match &condition.test {
        Test::Age(unit, range) => age::evaluate(*unit, range, patient),
        Test::Sex(sex) => match patient.sex {
            Some(known) => {
                Outcome::of(known == *sex, vec![plain("sex", ObservedValue::Words(sex_words(known).into()))])
            }
            None => Outcome::missing("sex is not known", vec![]),
        },
        Test::Pregnant(yes) => match (scene.pregnant(), patient.sex) {
            (Some(pregnant), _) => {
                Outcome::of(pregnant == *yes, vec![plain("pregnant", ObservedValue::Flag(pregnant))])
            }
            (None, Some(Sex::Male)) => Outcome::of(!yes, vec![plain("sex", ObservedValue::Words("male".into()))]),
            (None, _) => Outcome::missing("pregnancy is not known", vec![]),
        },
        Test::AllergiesAsked(yes) => allergies_asked(*yes, scene),
        Test::Drug { of, among, for_days } => drug(*of, among.as_ref(), for_days.as_ref(), scene),
        Test::OpioidMme(range) => opioid_mme(range, scene),
        Test::Condition { sets, for_days } => problem(sets, for_days.as_ref(), scene),
        Test::Trend(of) => trend::evaluate(of, scene),
        Test::Observation { set, unit, range, within_seconds, take, at_age } => {
            observation(&Wanted { set: *set, unit, range, within_seconds: *within_seconds, take: *take, at_age }, scene)
        }
        Test::Score { name, total, highest_part, within_seconds, at_age } => {
            score(name, (total.as_ref(), highest_part.as_ref()), (*within_seconds, at_age), scene)
        }
        // Composed conditions and tables are evaluated where their parts are.
        Test::All(_) | Test::Any(_) | Test::Not(_) | Test::Missing(_) | Test::Count(..) | Test::Table(_) => {
            Outcome::of(Truth::Missing, vec![])
        }
    };
    let Outcome { truth, observed, lacking } = outcome;
    Explanation { condition: condition.words.clone(), outcome: truth, observed, lacking, children: vec![] }
}

fn plain(what: &str, value: ObservedValue) -> Observed {
    Observed { what: what.into(), value: Some(value), unit: None, source: None, at: None, age_seconds: None }
}

fn sex_words(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "female",
        Sex::Male => "male",
        Sex::Other => "other",
    }
}

fn allergies_asked(yes: bool, scene: &Scene<'_>) -> Outcome {
    match &scene.facts.allergies {
        AllergyKnowledge::NotAsked => {
            Outcome::of(!yes, vec![plain("allergies", ObservedValue::Words("unknown".into()))])
        }
        AllergyKnowledge::NoneKnown { source } => {
            let observed =
                Observed { source: Some(*source), ..plain("allergies", ObservedValue::Words("none known".into())) };
            Outcome::of(yes, vec![observed])
        }
        AllergyKnowledge::Known(_) => {
            Outcome::of(yes, scene.allergies.iter().map(|a| scene.observed_allergy(a)).collect())
        }
    }
}

/// A drug that could not be recognised might be the one asked for: then the outcome is missing.
fn drug(of: Scope, among: Option<&WantedDrugs>, for_days: Option<&Range>, scene: &Scene<'_>) -> Outcome {
    let is_wanted = |drug: &&Drug<'_>| among.is_none_or(|wanted| wanted.found(drug, scene.knowledge).is_some());
    let found: Vec<&Drug<'_>> = scene.drugs(of).filter(is_wanted).collect();
    let counts = |drug: &&Drug<'_>| scene.is_for(drug.fact.at, for_days);
    let matching: Vec<Observed> = found.iter().copied().filter(counts).map(|drug| scene.observed_drug(drug)).collect();
    if !matching.is_empty() {
        return Outcome::of(true, matching);
    }
    let doubtful = |drug: &Drug<'_>| among.and_then(|wanted| wanted.doubt(drug));
    match scene.drugs(of).filter(counts).find_map(|drug| doubtful(drug).map(|why| (drug, why))) {
        Some((drug, why)) => Outcome::missing(format!("{} {why}", drug.label), vec![scene.observed_drug(drug)]),
        None => Outcome::of(false, found.into_iter().map(|drug| scene.observed_drug(drug)).collect()),
    }
}

/// What is not known of the total can only add to it: a limit from below that is reached is reached.
fn opioid_mme(range: &Range, scene: &Scene<'_>) -> Outcome {
    let total = table::opioid_total(scene);
    let mut observed: Vec<Observed> = total.counted.iter().map(|(drug, _)| scene.observed_drug(drug)).collect();
    let value = ObservedValue::Number(total.mme.normalize());
    observed.insert(0, Observed { unit: Some("MME/d".into()), ..plain("opioids of a day", value) });
    match (range.holds(total.mme), total.lacking) {
        (true, Some(lacking)) if !range.only_from_below() => Outcome::missing(lacking, observed),
        (true, _) => Outcome::of(true, observed),
        (false, Some(lacking)) => Outcome::missing(lacking, observed),
        (false, None) => Outcome::of(false, observed),
    }
}

fn problem(sets: &[ValueSetId], for_days: Option<&Range>, scene: &Scene<'_>) -> Outcome {
    let (matching, others): (Vec<&Problem<'_>>, Vec<&Problem<'_>>) = scene
        .conditions
        .iter()
        .filter(|problem| problem.is_in(sets))
        .partition(|problem| scene.is_for(problem.fact.at, for_days));
    let met = !matching.is_empty();
    let shown = if met { matching } else { others };
    Outcome::of(met, shown.into_iter().map(|problem| scene.observed_problem(problem)).collect())
}

/// Which measurement a rule wants.
struct Wanted<'a> {
    set: ValueSetId,
    unit: &'a str,
    range: &'a Range,
    within_seconds: i64,
    take: Take,
    at_age: &'a AgeLimits,
}

fn observation(wanted: &Wanted<'_>, scene: &Scene<'_>) -> Outcome {
    let value_set = &scene.knowledge.value_sets.sets[usize::from(wanted.set)];
    let age = |fact: &ObservationFact| scene.facts.at.signed_duration_since(fact.at).num_seconds();
    let observed = |fact: &ObservationFact| scene.observed_value(&value_set.title, fact);
    let of_set = scene.of_set(wanted.set);
    let Some(&(_, newest)) = of_set.first() else {
        return Outcome::missing(format!("no {}", value_set.title), vec![]);
    };
    if age(newest) > wanted.within_seconds {
        let lacking = format!("no {} within {} h", value_set.title, wanted.within_seconds / 3600);
        return Outcome::missing(lacking, vec![observed(newest)]);
    }
    let told = |fact: &ObservationFact| {
        let value = value_set.convert(fact.value, &fact.unit, wanted.unit);
        let outcome = match value.map(|value: Decimal| wanted.range.settled(value, fact.bound)) {
            Some(Some(holds)) => Outcome::of(holds, vec![observed(fact)]),
            Some(None) => Outcome::missing(
                format!("{} {INCOMPARABLE} with {}", bounded(&value_set.title, fact), wanted.range.words()),
                vec![observed(fact)],
            ),
            None => Outcome::missing(
                format!("{} in {} {INCOMPARABLE} in {}", value_set.title, fact.unit, wanted.unit),
                vec![observed(fact)],
            ),
        };
        outcome.of_age(wanted.at_age, fact.at, scene)
    };
    if wanted.take == Take::Latest {
        return told(newest);
    }
    // The first that settles it: one that holds for "any", one that does not for "every".
    let settling = if wanted.take == Take::Any { Truth::Met } else { Truth::NotMet };
    let within = of_set.iter().map(|(_, fact)| *fact).take_while(|fact| age(fact) <= wanted.within_seconds);
    let (mut open, mut shown) = (None, vec![]);
    for fact in within {
        let outcome = told(fact);
        if outcome.truth == settling {
            return outcome;
        } else if outcome.truth == Truth::Missing {
            open = open.or(Some(outcome));
        } else {
            shown.extend(outcome.observed);
        }
    }
    open.unwrap_or_else(|| Outcome::of(!settling, shown))
}

/// A measurement of which only a bound is known, in words.
pub(super) fn bounded(title: &Text, fact: &ObservationFact) -> String {
    let sign = fact.bound.map_or("", Bound::sign);
    format!("{title} {sign}{} {}", fact.value.normalize(), fact.unit)
}

/// An incomplete score settles only what a higher total could not change.
fn score(
    name: &str,
    (total, highest_part): (Option<&Range>, Option<&Range>),
    (within_seconds, at_age): (i64, &AgeLimits),
    scene: &Scene<'_>,
) -> Outcome {
    let age = |fact: &ScoreFact| scene.facts.at.signed_duration_since(fact.at).num_seconds();
    let newest = scene
        .facts
        .scores
        .iter()
        .filter(|fact| fact.name == name && fact.at <= scene.facts.at)
        .max_by_key(|fact| (fact.at, fact.source));
    let Some(newest) = newest else {
        return Outcome::missing(format!("no {}", name.to_uppercase()), vec![]);
    };
    let words = if newest.complete { name.to_uppercase() } else { format!("{} (incomplete)", name.to_uppercase()) };
    let value = ObservedValue::Number(Decimal::from(newest.total));
    let observed = scene.observed(words.into(), Some(value), newest.source, newest.at);
    if age(newest) > within_seconds {
        return Outcome::missing(
            format!("no {} within {} h", name.to_uppercase(), within_seconds / 3600),
            vec![observed],
        );
    }
    let limits = [(total, newest.total), (highest_part, newest.highest_part)];
    let mut truth = Truth::Met;
    for (range, value) in limits.into_iter().filter_map(|(range, value)| range.map(|range| (range, value))) {
        let holds = range.holds(Decimal::from(value));
        match (holds, newest.complete, range.only_from_below()) {
            (true, true, _) | (true, false, true) => {}
            (false, true, _) => truth = Truth::NotMet,
            // What is missing can still bring the value up to, or beyond, the limits.
            (true, false, false) | (false, false, _) => truth = Truth::Missing,
        }
    }
    let outcome = match truth {
        Truth::Missing => Outcome::missing(format!("{} is incomplete", name.to_uppercase()), vec![observed]),
        Truth::Met | Truth::NotMet => Outcome::of(truth, vec![observed]),
    };
    outcome.of_age(at_age, newest.at, scene)
}

#[cfg(test)]
#[path = "leaf_test.rs"]
mod tests;

#[cfg(test)]
#[path = "read_test.rs"]
mod read_tests;
