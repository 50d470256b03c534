//! Arbitrary rules and facts over the shipped knowledge, for property tests.

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{
    AtAge, Case, ConditionDocument, Direction, Expected, Given, GivenObservation, GivenScore, Range, RuleDocument,
    Scope, TableKind, Take, Then, WhenMissing,
};
use crate::dose::DrugForm;
use crate::evidence::{Evidence, EvidenceGrade, SourceRead};
use crate::fact::{Age, Sex};
use crate::finding::Severity;
use crate::knowledge::Knowledge;

/// The shipped knowledge, loaded once.
pub(crate) static KNOWLEDGE: LazyLock<Arc<Knowledge>> = LazyLock::new(|| Arc::new(Knowledge::embedded().unwrap()));

const DRUGS: [&str; 12] = [
    "warfarin 5 MG Oral Tablet",
    "Ibuprofen 200 MG Oral Tablet",
    "lisinopril 10 MG Oral Tablet",
    "metformin 500 MG",
    "amoxicillin 250 MG / clavulanate 125 MG Oral Tablet",
    "rxnorm|11289",
    "rxnorm|0",
    "Zzyxolimab",
    "warfarin and Zzyxolimab",
    "24 HR metformin 500 MG Extended Release Oral Tablet",
    "oxycodone @ 10 mg twice daily",
    "morphine 15 MG",
];
const SELECTORS: [&str; 6] = [
    "class:nsaid",
    "ingredient:warfarin",
    "ingredient:lisinopril",
    "ingredient:metformin",
    "ingredient:amoxicillin",
    "product:11289",
];
const CONDITIONS: [&str; 5] = ["icd10cm|I50.9", "icd10cm|J45.40", "icd10cm|N18.4", "snomed|77386006", "icd10cm|Z00.0"];
const CONDITION_SETS: [&str; 4] = ["heart-failure", "asthma", "ckd", "pregnancy-condition"];
/// Value set, a LOINC code of it, units that compare and one that does not.
const MEASURED: [(&str, &str, [&str; 3]); 3] = [
    ("potassium", "2823-3", ["mmol/L", "meq/L", "mg"]),
    ("creatinine", "2160-0", ["umol/L", "mg/dL", "%"]),
    ("glucose", "2345-7", ["mmol/L", "mg/dL", "s"]),
];

fn some<T: Clone + std::fmt::Debug + 'static>(of: &'static [T]) -> impl Strategy<Value = T> {
    proptest::sample::select(of)
}

fn words(of: &'static [&'static str]) -> impl Strategy<Value = String> {
    some(of).prop_map(str::to_owned)
}

fn scope() -> impl Strategy<Value = Scope> {
    some(&[Scope::Draft, Scope::Active, Scope::Any])
}

fn range(most: i64) -> impl Strategy<Value = Range> {
    let limit = move || (0..most).prop_map(Decimal::from);
    prop_oneof![
        limit().prop_map(|limit| Range { at_least: Some(limit), ..Range::default() }),
        limit().prop_map(|limit| Range { above: Some(limit), ..Range::default() }),
        limit().prop_map(|limit| Range { at_most: Some(limit), ..Range::default() }),
        limit().prop_map(|limit| Range { below: Some(limit), ..Range::default() }),
        (limit(), limit()).prop_map(|(a, b)| Range {
            at_least: Some(a.min(b)),
            at_most: Some(a.max(b)),
            ..Range::default()
        }),
    ]
}

/// How old a patient was, sometimes.
fn at_age() -> impl Strategy<Value = Option<AtAge>> {
    let limits = (proptest::option::of(range(3)), proptest::option::of(range(60)));
    proptest::option::weighted(0.2, limits).prop_map(|limits| match limits {
        None | Some((None, None)) => None,
        Some((years, days)) => Some(AtAge { years, months: None, days }),
    })
}

fn leaf() -> impl Strategy<Value = ConditionDocument> {
    let for_days = || proptest::option::weighted(0.2, range(5));
    let form = proptest::option::weighted(0.2, some(&[DrugForm::ExtendedRelease, DrugForm::Patch]));
    let what = (form, proptest::bool::weighted(0.2));
    let drug = (scope(), proptest::collection::vec(words(&SELECTORS), 0..3), for_days(), what);
    let direction = some(&[Direction::Rise, Direction::Fall]);
    let trend = (some(&MEASURED), direction, 1i64..30, any::<bool>(), 1u32..72, at_age());
    let taken = (some(&[Take::Latest, Take::Any, Take::All]), at_age());
    let measured = (some(&MEASURED), range(8), 1u32..48, taken, 0usize..2);
    prop_oneof![
        3 => drug.prop_map(|(of, members, for_days, (form, alone))| ConditionDocument::Drug {
            of,
            for_days: for_days.filter(|_| of == Scope::Active),
            form: form.filter(|_| !members.is_empty()),
            alone: alone && !members.is_empty(),
            members,
            name: None,
        }),
        1 => range(60).prop_map(ConditionDocument::OpioidMme),
        3 => (proptest::collection::vec(words(&CONDITION_SETS), 1..3), for_days())
            .prop_map(|(value_sets, for_days)| ConditionDocument::Condition { value_sets, for_days, name: None }),
        2 => trend.prop_map(|((set, _, units), direction, by, percent, within_hours, at_age)| ConditionDocument::Trend {
            value_set: set.into(),
            unit: units[0].into(),
            direction,
            by: (!percent).then(|| Decimal::new(by, 1)),
            by_percent: percent.then(|| Decimal::from(by)),
            within_hours,
            at_age,
            name: None,
        }),
        4 => measured.prop_map(|((set, _, units), is, within_hours, (take, at_age), unit)| ConditionDocument::Observation {
            value_set: set.into(),
            unit: units[unit].into(),
            is,
            within_hours,
            take,
            at_age,
            name: None,
        }),
        1 => range(100).prop_map(ConditionDocument::AgeYears),
        1 => range(40).prop_map(ConditionDocument::AgeMonths),
        1 => range(60).prop_map(ConditionDocument::AgeDays),
        1 => some(&[Sex::Female, Sex::Male, Sex::Other]).prop_map(ConditionDocument::Sex),
        1 => any::<bool>().prop_map(ConditionDocument::Pregnant),
        1 => any::<bool>().prop_map(ConditionDocument::AllergiesAsked),
        1 => (range(12), 1u32..24, at_age()).prop_map(|(total, within_hours, at_age)| ConditionDocument::Score {
            score: "news2".into(),
            total: Some(total),
            highest_part: None,
            within_hours,
            at_age,
            name: None,
        }),
    ]
}

/// A condition without a table, some levels deep.
pub(crate) fn condition() -> impl Strategy<Value = ConditionDocument> {
    leaf().prop_recursive(3, 16, 4, |inner| {
        let several = || proptest::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            3 => several().prop_map(ConditionDocument::All),
            2 => several().prop_map(ConditionDocument::Any),
            1 => inner.clone().prop_map(|of| ConditionDocument::Not(Box::new(of))),
            1 => inner.clone().prop_map(|of| ConditionDocument::Missing(Box::new(of))),
            1 => several().prop_flat_map(|of| (1..=of.len(), Just(of)))
                .prop_map(|(at_least, of)| ConditionDocument::Count { at_least, of }),
        ]
    })
}

fn table() -> impl Strategy<Value = TableKind> {
    some(&[
        TableKind::AllergyConflict,
        TableKind::Interaction,
        TableKind::Contraindication,
        TableKind::Pregnancy,
        TableKind::Lactation,
        TableKind::DoseLimit,
        TableKind::RenalLimit,
        TableKind::Monitoring,
        TableKind::OpioidTotal,
        TableKind::AgeCaution,
        TableKind::Duplicate,
        TableKind::UnmappedDrug,
        TableKind::UnmappedAllergy,
    ])
}

/// A rule of this condition that listens to `order-sign`.
pub(crate) fn rule_of(when: ConditionDocument, when_missing: WhenMissing) -> RuleDocument {
    RuleDocument {
        id: "r".into(),
        version: 1,
        title: "t".into(),
        purpose: "p".into(),
        evidence: vec![Evidence {
            citation: "c".into(),
            link: None,
            grade: EvidenceGrade::LocalPractice,
            source: SourceRead::Unchecked,
        }],
        owner: "o".into(),
        severity: Severity::Warning,
        triggers: vec!["order-sign".into()],
        when,
        when_missing,
        then: Then {
            summary: "s".into(),
            detail: "d".into(),
            suggestions: vec![],
            override_reasons: vec![],
            suppress_for_hours: None,
            worse: None,
            links: vec![],
        },
        tests: vec![Case { name: "n".into(), given: Given::default(), expect: Expected::NotFired }],
    }
}

/// A rule, with or without a table.
pub(crate) fn rule() -> impl Strategy<Value = RuleDocument> {
    let when = prop_oneof![
        6 => condition(),
        1 => table().prop_map(ConditionDocument::Table),
        1 => (table(), condition()).prop_map(|(table, also)| {
            ConditionDocument::All(vec![also, ConditionDocument::Table(table)])
        }),
    ];
    let severity = some(&[Severity::Critical, Severity::Warning, Severity::Info]);
    let trigger = some(&["order-sign", "lab.result.available", "patient.problem.added"]);
    (when, some(&[WhenMissing::Report, WhenMissing::Ignore, WhenMissing::Fire]), severity, trigger).prop_map(
        |(when, when_missing, severity, trigger)| RuleDocument {
            severity,
            triggers: vec![trigger.into()],
            ..rule_of(when, when_missing)
        },
    )
}

/// Rules with ids of their own.
pub(crate) fn rules(most: usize) -> impl Strategy<Value = Vec<RuleDocument>> {
    proptest::collection::vec(rule(), 1..most).prop_map(|rules| {
        let named = |(nth, rule): (usize, RuleDocument)| RuleDocument { id: format!("r-{nth}").into(), ..rule };
        rules.into_iter().enumerate().map(named).collect()
    })
}

fn observation() -> impl Strategy<Value = GivenObservation> {
    let at_age = proptest::option::weighted(0.2, (proptest::option::of(0u16..3), proptest::option::of(0u32..60)))
        .prop_map(|age| age.map(|(years, days)| Age { years, months: None, days }));
    (some(&MEASURED), 0i64..80, 0usize..3, 0u32..72, at_age).prop_map(
        |((_, loinc, units), tenths, unit, hours_ago, at_age)| {
            let (value, unit) = (Decimal::new(tenths, 1), units[unit].into());
            GivenObservation { loinc: loinc.into(), value, unit, hours_ago, at_age }
        },
    )
}

/// A patient about whom much or little is known.
pub(crate) fn given() -> impl Strategy<Value = Given> {
    let drugs = || proptest::collection::vec(words(&DRUGS), 0..4);
    let score = (0u16..12, any::<bool>(), 0u32..36).prop_map(|(total, incomplete, hours_ago)| GivenScore {
        score: "news2".into(),
        total,
        highest_part: total.min(3),
        incomplete,
        hours_ago,
    });
    let person = (
        (
            proptest::option::of(prop_oneof![0u16..3, 0u16..100]),
            proptest::option::weighted(0.3, 0u16..30),
            proptest::option::weighted(0.3, 0u32..60),
        ),
        proptest::option::of(some(&[Sex::Female, Sex::Male, Sex::Other])),
        proptest::option::of(any::<bool>()),
        proptest::option::of(proptest::collection::vec(words(&["snomed|91936005", "penicillin", "cat hair"]), 0..2)),
    );
    let record = (
        drugs(),
        proptest::option::of(words(&DRUGS)),
        (proptest::collection::vec(words(&CONDITIONS), 0..3), proptest::option::of(0u32..6)),
        proptest::collection::vec(observation(), 0..6),
        proptest::collection::vec(score, 0..2),
    );
    (person, record).prop_map(
        |(
            ((age, age_months, age_days), sex, pregnant, allergies),
            (active, draft, (conditions, days_ago), observations, scores),
        )| Given {
            age,
            age_months,
            age_days,
            sex,
            pregnant,
            allergies,
            active,
            draft,
            conditions,
            days_ago,
            observations,
            scores,
            ..Given::default()
        },
    )
}
