//! Every row of every shipped table at its limits: what it says of itself is what is judged by it.

use chrono::TimeDelta;
use healthcare_domain::code::{Coding, LOINC};
use rust_decimal::Decimal;

use super::*;
use crate::dose::{Amount, DoseFact, Route};
use crate::fact::{Facts, Sex};
use crate::knowledge::{DrugSet, Knowledge, ValueSetId};
use crate::rule::arbitrary::KNOWLEDGE;
use crate::rule::{Given, GivenObservation};

type Judge = fn(&Scene<'_>, &mut Vec<TableMatch>) -> Rows;

/// The rows that hold, with how grave each is, and what was lacking.
fn told(judge: Judge, facts: &Facts) -> (Vec<(String, Severity)>, Option<String>) {
    let mut matches = vec![];
    let rows = judge(&Scene::new(facts, &KNOWLEDGE), &mut matches);
    let found = matches.iter().map(|found| (found.row.to_string(), found.severity)).collect();
    (found, rows.lacking.map(|words| words.to_string()))
}

fn holds(judge: Judge, facts: &Facts, row: &str) -> bool {
    told(judge, facts).0.iter().any(|(found, _)| found == row)
}

/// A drug of the set, by the name of its ingredient.
fn one_of(set: &DrugSet) -> String {
    let mut names = set.ingredients().map(|id| KNOWLEDGE.name(id).to_string());
    // One that its name alone tells apart.
    names.find(|name| KNOWLEDGE.map_drug(&[], Some(name)).ingredients.len() == 1).expect("a drug")
}

fn drafted(set: &DrugSet) -> Given {
    Given { draft: Some(one_of(set)), ..Given::default() }
}

fn name_of(set: ValueSetId) -> String {
    KNOWLEDGE
        .value_sets
        .by_id
        .iter()
        .find(|(_, id)| **id == set)
        .map(|(name, _)| name.to_string())
        .expect("a value set")
}

fn hundredth() -> Decimal {
    Decimal::new(1, 2)
}

/// A draft in a dose, for somebody of an age and of 50 kg.
fn dosed(set: &DrugSet, age: Option<u16>, dose: DoseFact) -> Facts {
    let mut facts = Given { age, weight_kg: Some(Decimal::from(50)), ..drafted(set) }.facts();
    if let Some(draft) = &mut facts.draft {
        draft.dose = Some(dose);
    }
    facts
}

fn milligrams(value: Decimal) -> Option<Amount> {
    Some(Amount::new(value, "mg"))
}

#[test]
fn given_each_dose_limit_when_it_is_reached_then_nothing_is_said_and_a_hundredth_more_is_told() {
    let judge: Judge = dose::evaluate;
    for limit in KNOWLEDGE.dose_limits.iter() {
        let row = &*limit.row.id;
        let age = limit.from_years.or(limit.below_years.map(|below| below - 1)).or(Some(40));
        let least = |fixed: Option<Decimal>, per_kg: Option<Decimal>| {
            let weighed = per_kg.map(|per_kg| per_kg * Decimal::from(50) * (Decimal::ONE + limit.tolerance));
            fixed.into_iter().chain(weighed).min()
        };
        let by = |dose: DoseFact, age, route| {
            let mut facts = dosed(&limit.drugs, age, dose);
            facts.draft.as_mut().expect("a draft").route = route;
            holds(judge, &facts, row)
        };
        let of = |dose: DoseFact, age| by(dose, age, limit.route);
        let measured = |value| Some(Amount::new(value, limit.measure.words()));
        let single = |value| DoseFact { amount: measured(value), ..DoseFact::default() };
        let daily = |value| DoseFact { max_per_day: measured(value), ..DoseFact::default() };
        let times = |value| DoseFact { times_per_day: Some(value), ..DoseFact::default() };
        if let Some(most) = least(limit.single, limit.single_per_kg) {
            assert!(!of(single(most), age) && of(single(most + hundredth()), age), "{row}: {most} at a time");
        }
        if let Some(most) = least(limit.daily, limit.daily_per_kg) {
            assert!(!of(daily(most), age) && of(daily(most + hundredth()), age), "{row}: {most} a day");
        }
        if let Some(most) = limit.times_per_day {
            assert!(!of(times(most), age) && of(times(most + hundredth()), age), "{row}: {most} times a day");
        }
        // Far too much by each measure: only the ages of the row keep it silent.
        let much = || DoseFact {
            amount: measured(Decimal::from(100_000_000)),
            times_per_day: Some(Decimal::from(1_000)),
            ..DoseFact::default()
        };
        if limit.route.is_some() {
            assert!(!by(much(), age, Some(Route::Other)), "{row}: given another way");
            assert_eq!(by(much(), age, None), limit.or_untold, "{row}: the way is not told");
        }
        for (limit, inside, outside) in [
            (limit.from_years, 0, limit.from_years.and_then(|from| from.checked_sub(1))),
            (limit.below_years.map(|below| below - 1), 0, limit.below_years),
        ] {
            let Some(limit) = limit else { continue };
            assert!(of(much(), Some(limit + inside)), "{row} at {limit} years");
            assert!(outside.is_none_or(|outside| !of(much(), Some(outside))), "{row} beyond {limit} years");
            assert!(!of(much(), None), "{row}: a limit of an age holds where the age is known");
        }
    }
}

/// What cannot be weighed is not judged by weight, and that is said.
#[test]
fn given_a_limit_by_weight_and_no_weight_when_dosed_then_the_weight_is_lacking() {
    let limit = KNOWLEDGE.dose_limits.iter().find(|limit| limit.single_per_kg.is_some()).expect("one by weight");
    let age = limit.from_years.or(limit.below_years.map(|below| below - 1));
    let mut facts = dosed(&limit.drugs, age, DoseFact { amount: milligrams(Decimal::ONE), ..DoseFact::default() });
    assert_eq!(told(dose::evaluate, &facts).1, None);
    facts.patient.weight_kg = None;
    assert_eq!(told(dose::evaluate, &facts).1.as_deref(), Some("no weight to judge the dose by"));
}

#[test]
fn given_what_acts_where_it_is_put_when_dosed_then_no_limit_of_the_body_speaks_of_it() {
    let of = |name: &str| {
        let mut facts = Given { draft: Some(name.into()), age: Some(40), ..Given::default() }.facts();
        let much = DoseFact { amount: milligrams(Decimal::from(100_000_000)), ..DoseFact::default() };
        facts.draft.as_mut().expect("a draft").dose = Some(much);
        told(dose::evaluate, &facts).0.len()
    };
    assert_eq!((of("Ibuprofen 50 MG/ML Topical Gel"), of("Ibuprofen 200 MG Oral Tablet")), (0, 1));
}

#[test]
fn given_each_caution_of_an_age_when_the_patient_reaches_it_then_it_is_told_and_not_the_day_before() {
    let judge: Judge = caution::age;
    for caution in KNOWLEDGE.age_cautions.iter() {
        let row = &*caution.row.id;
        let of = |years, months| {
            holds(judge, &Given { age: Some(years), age_months: months, ..drafted(&caution.drugs) }.facts(), row)
        };
        if let Some(from) = caution.from_years {
            assert!(of(from, None) && !of(from - 1, None), "{row} from {from}");
        }
        if let Some(below) = caution.below_years {
            assert!(of(below - 1, None) && !of(below, None), "{row} below {below}");
        }
        if let Some(below) = caution.below_months {
            let years = |months: u16| months / 12;
            assert!(
                of(years(below - 1), Some(below - 1)) && !of(years(below), Some(below)),
                "{row} below {below} months"
            );
            assert!(
                of(years(below - 1), None),
                "{row}: where only the years are known, an infant is the youngest of it"
            );
        }
        let unknown = told(judge, &drafted(&caution.drugs).facts());
        assert!(unknown.0.is_empty() && unknown.1.is_some_and(|words| words.contains("age is not known")), "{row}");
    }
    let everybody = Given { draft: Some("acetaminophen 500 MG Oral Tablet".into()), ..Given::default() };
    assert_eq!(told(judge, &everybody.facts()), (vec![], None), "most drugs suit every age");
}

#[test]
fn given_each_contraindication_when_the_patient_has_what_it_names_then_it_is_told_and_otherwise_not() {
    let judge: Judge = caution::contraindications;
    for row in KNOWLEDGE.contraindications.iter() {
        for set in &row.conditions {
            let mut facts = Given { conditions: vec!["icd10cm|Z00.0".into()], ..drafted(&row.drugs) }.facts();
            assert!(!holds(judge, &facts, &row.row.id), "{}", row.row.id);
            let system = crate::knowledge::VALUE_SET.to_owned();
            facts.conditions[0].codings = vec![Coding { system, code: name_of(*set), display: None }];
            let (found, _) = told(judge, &facts);
            assert!(found.contains(&(row.row.id.to_string(), row.row.severity)), "{} in {}", row.row.id, name_of(*set));
        }
    }
}

#[test]
fn given_each_drug_of_pregnancy_and_breastfeeding_when_it_is_so_not_so_or_not_known_then_each_is_told_apart() {
    for (judge, cautions) in
        [(caution::pregnancy as Judge, &KNOWLEDGE.pregnancy), (caution::lactation as Judge, &KNOWLEDGE.lactation)]
    {
        for caution in cautions.iter() {
            let of = |is: Option<bool>, sex| {
                told(judge, &Given { pregnant: is, lactating: is, sex, ..drafted(&caution.drugs) }.facts())
            };
            let row = (caution.row.id.to_string(), caution.row.severity);
            assert!(of(Some(true), Some(Sex::Female)).0.contains(&row), "{row:?}");
            assert_eq!(of(Some(false), Some(Sex::Female)), (vec![], None), "{row:?}");
            assert_eq!(of(None, Some(Sex::Male)), (vec![], None), "{row:?}");
        }
    }
    let asked = |sex| {
        let facts = Given { sex, ..drafted(&KNOWLEDGE.pregnancy[0].drugs) }.facts();
        told(caution::pregnancy, &facts).1.unwrap_or_default()
    };
    assert!(
        asked(Some(Sex::Female)).contains("pregnancy is not known") && asked(None).contains("pregnancy is not known")
    );
    let (found, lacking) = told(caution::lactation, &drafted(&KNOWLEDGE.lactation[0].drugs).facts());
    assert_eq!((found, lacking), (vec![], None), "most patients are never asked");
}

/// By the eGFR of so many hours ago, in so many milligrams a day.
fn with_egfr(set: &DrugSet, value: Decimal, hours_ago: u32, daily: Option<Decimal>) -> Facts {
    let egfr =
        GivenObservation { loinc: "98979-8".into(), value, unit: "mL/min/{1.73_m2}".into(), hours_ago, at_age: None };
    let mut facts = Given { observations: vec![egfr], ..drafted(set) }.facts();
    if let Some(draft) = &mut facts.draft {
        draft.dose = daily.map(|daily| DoseFact { max_per_day: milligrams(daily), ..DoseFact::default() });
    }
    facts
}

#[test]
fn given_each_renal_limit_when_the_egfr_is_at_it_then_nothing_is_said_and_below_it_it_is_told() {
    let judge: Judge = renal::evaluate;
    for limit in KNOWLEDGE.renal_limits.iter() {
        let row = &*limit.row.id;
        let over = limit.daily_mg.map(|most| most + hundredth());
        let of = |value, daily| holds(judge, &with_egfr(&limit.drugs, value, 1, daily), row);
        let below = limit.egfr_below - hundredth();
        assert!(!of(limit.egfr_below, over) && of(below, over), "{row} below {}", limit.egfr_below);
        if let Some(from) = limit.egfr_from {
            assert!(of(from, over) && !of(from - hundredth(), over), "{row} from {from}");
        }
        if let Some(most) = limit.daily_mg {
            assert!(!of(below, Some(most)), "{row}: {most} a day are borne");
            let (found, lacking) = told(judge, &with_egfr(&limit.drugs, below, 1, None));
            assert!(!found.iter().any(|(one, _)| one == row), "{row}: what is given a day is not known");
            assert!(lacking.is_some_and(|words| words.contains("is not known")), "{row}");
        }
        let year = 365 * 24;
        assert!(holds(judge, &with_egfr(&limit.drugs, below, year, over), row), "{row}: an eGFR of a year");
        let (found, lacking) = told(judge, &with_egfr(&limit.drugs, below, year + 1, over));
        assert!(
            found.is_empty() && lacking.is_some_and(|words| words.contains("kidney function is not known")),
            "{row}"
        );
    }
}

/// A code by which something of the value set is measured.
fn code_of(knowledge: &Knowledge, set: ValueSetId) -> String {
    let codes = &knowledge.value_sets.by_code[LOINC];
    codes.iter().find(|(_, sets)| sets.contains(&set)).map(|(code, _)| code.to_string()).expect("a code")
}

#[test]
fn given_each_drug_that_is_monitored_when_the_last_result_is_at_its_age_then_nothing_is_due_and_an_hour_later_it_is() {
    let judge: Judge = monitoring::evaluate;
    for due in KNOWLEDGE.monitoring.iter() {
        let row = &*due.row.id;
        let of = |hours: u32, measured: Option<(ValueSetId, u32)>| {
            let observations = measured.map(|(set, hours_ago)| GivenObservation {
                loinc: code_of(&KNOWLEDGE, set),
                value: Decimal::ONE,
                unit: "1".into(),
                hours_ago,
                at_age: None,
            });
            let given = Given {
                active: vec![one_of(&due.drugs)],
                observations: observations.into_iter().collect(),
                ..Given::default()
            };
            let mut facts = given.facts();
            facts.medications[0].at = facts.at - TimeDelta::hours(hours.into());
            holds(judge, &facts, row)
        };
        let (limit, long) = (due.within_days * 24, 20 * 366 * 24);
        assert!(!of(limit, None) && of(limit + 1, None), "{row}: since it was ordered");
        for test in &due.tests {
            assert!(
                !of(long, Some((*test, limit))) && of(long, Some((*test, limit + 1))),
                "{row}: since the last result"
            );
        }
        assert!(!of(1, Some((due.tests[0], long))), "{row}: what was just begun is not late by an old result");
    }
}

#[test]
fn given_each_class_of_which_one_is_enough_when_two_of_it_meet_then_it_is_told_once() {
    let judge: Judge = duplicate::evaluate;
    for duplicate in KNOWLEDGE.duplicates.iter() {
        let class = &KNOWLEDGE.classes[duplicate.class];
        let set = DrugSet { words: class.title.clone(), members: class.members.clone() };
        let names: Vec<String> = set.ingredients().map(|id| KNOWLEDGE.name(id).to_string()).collect();
        let sole = |name: &&String| KNOWLEDGE.map_drug(&[], Some(name)).ingredients.len() == 1;
        let [one, other] = names.iter().filter(sole).take(2).collect::<Vec<_>>()[..] else { panic!("{}", class.title) };
        let row = &*duplicate.row.id;
        let count = |given: Given| told(judge, &given.facts()).0.iter().filter(|(found, _)| found == row).count();
        let drafted = Given { draft: Some(one.clone()), active: vec![other.clone()], ..Given::default() };
        let active = Given { active: vec![one.clone(), "acetaminophen".into(), other.clone()], ..Given::default() };
        assert_eq!((count(drafted), count(active)), (1, 1), "{row}");
        assert_eq!(count(Given { draft: Some(one.clone()), ..Given::default() }), 0, "{row}");
        let twice = Given { draft: Some(one.clone()), active: vec![one.clone()], ..Given::default() };
        let (found, _) = told(judge, &twice.facts());
        assert_eq!(found, [("same-ingredient".to_owned(), Severity::Warning)], "{one}");
    }
}

#[test]
fn given_each_pair_that_meets_badly_when_either_is_drafted_then_it_is_told_once_and_as_gravely() {
    let judge: Judge = interaction::evaluate;
    let mut dead = vec![];
    for pair in &KNOWLEDGE.interactions.rows {
        let names = |set: &DrugSet| -> Vec<String> {
            let names = set.ingredients().map(|id| KNOWLEDGE.name(id).to_string());
            names.filter(|name| KNOWLEDGE.map_drug(&[], Some(name)).ingredients.len() == 1).collect()
        };
        let (a, b) = (names(&pair.a), names(&pair.b));
        let of = |draft: &String, active: &String| {
            let given = Given { draft: Some(draft.clone()), active: vec![active.clone()], ..Given::default() };
            told(judge, &given.facts()).0
        };
        // Of several rows for two drugs the severest stands for all: a row that never does is a dead one.
        let own = [(pair.row.id.to_string(), pair.row.severity)];
        let mut pairs = a.iter().flat_map(|a| b.iter().map(move |b| (a, b))).filter(|(a, b)| a != b);
        let Some((one, other)) = pairs.find(|(a, b)| of(a, b) == own || of(b, a) == own) else {
            dead.push(pair.row.id.to_string());
            continue;
        };
        // The other way round another row of the same gravity may come first.
        let turned = of(other, one);
        assert!(matches!(turned[..], [(_, severity)] if severity == own[0].1), "{other} with {one}: {turned:?}");
        let taken = Given { active: vec![one.clone(), other.clone()], ..Given::default() };
        assert_eq!(told(judge, &taken.facts()).0.len(), 1, "{}: both are taken already", pair.row.id);
        let alone = Given { draft: Some(one.clone()), ..Given::default() };
        assert!(told(judge, &alone.facts()).0.is_empty(), "{}", pair.row.id);
    }
    assert!(dead.is_empty(), "never told: {dead:?}");
}

#[test]
fn given_each_total_of_opioids_when_it_is_reached_then_its_row_holds_and_a_hundredth_less_is_a_milder_one() {
    let judge: Judge = opioid::evaluate;
    for threshold in &KNOWLEDGE.opioid_thresholds {
        let of = |daily| {
            let mut facts = Given { draft: Some("morphine".into()), ..Given::default() }.facts();
            if let Some(draft) = &mut facts.draft {
                draft.route = Some(Route::Oral);
                draft.dose = Some(DoseFact { max_per_day: milligrams(daily), ..DoseFact::default() });
            }
            holds(judge, &facts, &threshold.row.id)
        };
        assert!(of(threshold.from_mme) && !of(threshold.from_mme - hundredth()), "{}", threshold.row.id);
    }
}

/// What is not known is said, where it could matter: silence would read as "checked, nothing found".
#[test]
fn given_a_drug_that_is_not_recognised_when_judged_then_each_table_that_could_speak_of_it_says_so() {
    let unknown = |given: Given, judge: Judge| told(judge, &given.facts()).1.unwrap_or_default();
    let draft = || Given { draft: Some("Zzyxolimab".into()), ..Given::default() };
    let beside = || Given { active: vec!["acetaminophen".into()], ..draft() };
    for (given, judge) in [
        (beside(), interaction::evaluate as Judge),
        (beside(), duplicate::evaluate),
        (draft(), renal::evaluate),
        (Given { pregnant: Some(true), ..draft() }, caution::pregnancy),
        (Given { lactating: Some(true), ..draft() }, caution::lactation),
        (Given { age: Some(80), ..draft() }, caution::age),
        (draft(), caution::age),
        (Given { allergies: Some(vec!["penicillin".into()]), ..draft() }, allergy::evaluate),
        (Given { conditions: vec!["icd10cm|J45.40".into()], ..draft() }, caution::contraindications),
    ] {
        assert!(unknown(given.clone(), judge).contains("Zzyxolimab was not recognised"), "{given:?}");
    }
    assert_eq!(unknown(draft(), interaction::evaluate), "", "with nothing beside it nothing can meet it");
    assert_eq!(unknown(draft(), duplicate::evaluate), "");
    assert_eq!(unknown(draft(), allergy::evaluate), "allergies are unknown");
    assert_eq!(unknown(Given { allergies: Some(vec![]), ..draft() }, allergy::evaluate), "", "there are none");
    let two = Given { active: vec!["Zzyxolimab".into(), "acetaminophen".into()], ..Given::default() };
    assert!(unknown(two, interaction::evaluate).contains("Zzyxolimab"));
    let one = Given { active: vec!["Zzyxolimab".into()], ..Given::default() };
    assert_eq!(unknown(one, interaction::evaluate), "");
}
