//! Computes a score for a patient, from what is given and what the record holds, and puts it on record.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use healthcare_domain::{
    entry::{CalculatedScore, Entry, EntryError, ScoreInput, ScorePart, TakenFrom},
    id::{CalculatedScoreId, EncounterId, PatientId},
    observation::Observation,
    text::Remark,
};
use healthcare_dss::{
    EventRef, Facts, ObservationFact,
    knowledge::Knowledge,
    score::{
        ADULT, Taken, answer_the_same,
        calculator::{Ages, Calculator, Computed, Refused, named},
        taken,
    },
};
use serde_json::{Map, Value};

use crate::{
    App, CommandError, QueryError, StoreError,
    access::{Call, Permission},
    decision::{facts, numbers},
    entry::{Touches, content_of, get_entry, transact_entry},
    store::Committed,
    transact::{Beside, Loaded, Target, replay, store_with},
    view::{Kind, Row},
};

/// Compute a score and put it on record.
#[derive(Debug, Clone)]
pub struct RecordScore {
    /// Whose.
    pub patient: PatientId,
    /// Which calculator.
    pub name: String,
    /// The inputs that are given. What is given counts, also where the record says otherwise.
    pub given: Map<String, Value>,
    /// Whether what is not given is taken from the record.
    pub from_record: bool,
    /// During which visit.
    pub encounter: Option<EncounterId>,
}

/// Why no score is put on record.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ScoreRefused {
    /// There is no calculator of this name.
    #[error("there is no such calculator")]
    NoSuchCalculator,
    /// NEWS2 is kept by itself.
    #[error("NEWS2 is computed from what is charted, and put on record by itself")]
    KeptByItself,
    /// A value is not what its input takes.
    #[error(transparent)]
    Input(#[from] Refused),
    /// Neither is anything given, nor does the record hold any of the inputs.
    #[error("nothing is given, and the record holds none of the inputs")]
    NothingKnown,
    /// It was derived from adults, and is not taken from the record of a child.
    #[error("it is a score of adults, and is not taken from the record of somebody below 18 years")]
    AdultsOnly,
    /// It was derived from adults, and the record does not tell whether this is one.
    #[error("it is a score of adults, and the age is not known")]
    AgeUnknown,
    /// By the entry.
    #[error(transparent)]
    Entry(#[from] EntryError),
}

/// Computes a score exactly as it is computed without a patient, and puts it on record with each of its inputs: what was
/// given, and what was taken from the record with the event it comes from.
///
/// # Errors
/// When the caller may not, there is no such patient or calculator, a value is not what its input takes, nothing is known,
/// the visit is another patient's, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient, score = %cmd.name))]
pub async fn record_score(app: &App, call: &Call, cmd: RecordScore) -> Result<Committed, CommandError<ScoreRefused>> {
    let RecordScore { patient, name, given, from_record, encounter } = cmd;
    let permit = app.authorise(call, Permission::RecordScore, Some(patient)).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    let read = app.read.safety(&permit, patient).await?;
    if read.rows.is_empty() {
        return Err(CommandError::NoSuchPatient);
    }
    app.ensure_encounter(patient, encounter, "/encounter").await?;
    let now = app.clock.now();
    let calculator = named(&name).ok_or_else(|| {
        CommandError::Refused(if name == "news2" { ScoreRefused::KeptByItself } else { ScoreRefused::NoSuchCalculator })
    })?;
    let facts = facts(app.reading(), &read.rows, now)?;
    let years = facts.patient.age_years;
    let known = if from_record {
        suits(calculator, &given, years).map_err(CommandError::Refused)?;
        known(calculator, app.rules.knowledge(), &facts, &read.rows)?
    } else {
        vec![]
    };
    let content = compute(calculator, given, known).map_err(CommandError::Refused)?;
    let content = of_age(content, calculator, years);
    let content = CalculatedScore { computed_at: now, encounter, by: call.actor.account, ..content };
    let nothing = Loaded::<Entry<CalculatedScore>>::nothing();
    let events = nothing
        .state
        .record_live(content.clone(), now)
        .map_err(|why| CommandError::Refused(ScoreRefused::Entry(why)))?;
    let target = Target::of(CalculatedScoreId(app.clock.new_id()), patient, now);
    let extra = serde_json::to_value(&content).map_err(|e| StoreError::Damaged(Box::new(e)))?;
    let beside = Beside { extra: Some(extra), ..Beside::default() };
    Ok(store_with(app, &permit, call, target, &nothing, events, beside).await?)
}

/// Whether a score may be taken from the record of somebody of this age. An age that is given counts, as all that is given.
fn suits(calculator: &Calculator, given: &Map<String, Value>, years: Option<u16>) -> Result<(), ScoreRefused> {
    let told = given
        .get("age")
        .and_then(|age| age.as_f64().or_else(|| age.as_str()?.trim().parse().ok()))
        .map(|age| age >= f64::from(ADULT));
    match (calculator.card.ages, told.or(years.map(|years| years >= ADULT))) {
        (Ages::All | Ages::BandOfAdults, _) | (Ages::Adults, Some(true)) => Ok(()),
        (Ages::Adults, Some(false)) => Err(ScoreRefused::AdultsOnly),
        (Ages::Adults, None) => Err(ScoreRefused::AgeUnknown),
    }
}

/// Without what the value means, where that is told of adults and this is none.
fn of_age(score: CalculatedScore, calculator: &Calculator, years: Option<u16>) -> CalculatedScore {
    let adult = years.is_some_and(|years| years >= ADULT);
    match calculator.card.ages {
        Ages::BandOfAdults if !adult => CalculatedScore { band: None, ..score },
        Ages::All | Ages::BandOfAdults | Ages::Adults => score,
    }
}

/// The inputs that the record holds.
fn known(
    calculator: &Calculator,
    knowledge: &Knowledge,
    facts: &Facts,
    rows: &[Row],
) -> Result<Vec<Taken>, StoreError> {
    let person = rows.iter().find(|row| row.kind == Kind::Patient);
    let person = person.map(|row| (EventRef { stream: row.id, version: row.version }, row.at));
    let mut observations: Vec<ObservationFact> = facts.observations.clone();
    // Weight, height and what else was charted as an observation says nothing to a rule by itself.
    for row in rows.iter().filter(|row| row.kind == Kind::Vital && row.item == 0) {
        let observation: Observation = content_of(row)?;
        observations.extend(numbers(&observation, EventRef { stream: row.id, version: row.version }));
    }
    Ok(taken(&calculator.card, knowledge, (facts, person), &observations))
}

/// What comes of what is given and what is known; who and when are the caller's to add.
fn compute(
    calculator: &Calculator,
    mut given: Map<String, Value>,
    known: Vec<Taken>,
) -> Result<CalculatedScore, ScoreRefused> {
    given.retain(|_, value| !value.is_null());
    let mut sources: BTreeMap<&str, TakenFrom> = BTreeMap::new();
    // What is given wins also over another way to say the same.
    let told: Vec<String> = given.keys().cloned().collect();
    for Taken { name, value, source, at } in known {
        if !told.iter().any(|told| told == name || answer_the_same(told, name)) {
            given.insert(name.to_owned(), value);
            sources.insert(name, TakenFrom { stream: source.stream, version: source.version, at });
        }
    }
    if given.is_empty() {
        return Err(ScoreRefused::NothingKnown);
    }
    let computed = calculator.compute(&given)?;
    let number =
        |value: Option<Value>| value.and_then(|value| if let Value::Number(n) = value { Some(n) } else { None });
    let Computed { score, version, citation, complete, value, total: _, partial, unit, band, parts, missing, inputs } =
        computed;
    let input =
        |(name, value): (String, Value)| ScoreInput { taken_from: sources.get(name.as_str()).copied(), name, value };
    let part = |part: healthcare_dss::score::calculator::Part| ScorePart {
        name: part.name.to_owned(),
        points: number(part.points),
    };
    Ok(CalculatedScore {
        score: score.to_owned(),
        title: calculator.card.title.to_owned(),
        version: version.to_owned(),
        citation: citation.to_owned(),
        complete,
        value: number(value),
        partial: number(partial),
        unit: unit.map(str::to_owned),
        band: band.map(str::to_owned),
        parts: parts.into_iter().map(part).collect(),
        missing: missing.into_iter().map(str::to_owned).collect(),
        inputs: inputs.into_iter().map(input).collect(),
        computed_at: DateTime::UNIX_EPOCH,
        encounter: None,
        by: healthcare_domain::id::AccountId(uuid::Uuid::nil()),
    })
}

/// A score that was put on record.
///
/// # Errors
/// When the caller may not, there is none, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(calculated_score.id = %id))]
pub async fn get_recorded_score(
    app: &App,
    call: &Call,
    id: CalculatedScoreId,
    as_of: Option<DateTime<Utc>>,
) -> Result<Row, QueryError> {
    get_entry(app, call, Permission::ReadChart, (Kind::CalculatedScore, id.0), as_of).await
}

/// Strikes out a score that was computed of something wrong. It is computed anew, and not amended.
///
/// # Errors
/// When the caller may not, there is none, it is struck already, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(calculated_score.id = %id))]
pub async fn enter_score_in_error(
    app: &App,
    call: &Call,
    id: CalculatedScoreId,
    reason: Remark,
) -> Result<Committed, CommandError<EntryError>> {
    let when = (app.clock.now(), Touches::Nothing);
    let decide = |entry: &Entry<CalculatedScore>| entry.enter_in_error(reason.clone());
    transact_entry(app, call, Permission::RecordScore, id, when, decide).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn egfr() -> &'static Calculator {
        named("egfr").unwrap()
    }

    fn creatinine() -> Taken {
        Taken {
            name: "creatinine",
            value: 1.1.into(),
            source: EventRef { stream: uuid::Uuid::from_u128(7), version: 3 },
            at: DateTime::UNIX_EPOCH,
        }
    }

    fn given(fields: Value) -> Map<String, Value> {
        fields.as_object().cloned().unwrap()
    }

    #[test]
    fn given_what_the_record_holds_when_computed_then_it_comes_to_what_the_calculator_says_and_names_its_source() {
        let fields = serde_json::json!({ "age": 60, "sex": "female", "creatinine": 1.1 });
        let alone = egfr().compute(&given(fields)).unwrap();
        let fields = serde_json::json!({ "age": 60, "sex": "female" });
        let score = compute(egfr(), given(fields), vec![creatinine()]).unwrap();
        assert_eq!(score.value.map(Value::Number), alone.value);
        assert_eq!((score.version.as_str(), score.complete), (alone.version, true));
        let source = |name: &str| score.inputs.iter().find(|one| one.name == name).unwrap().taken_from;
        assert_eq!(
            source("creatinine").map(|taken| (taken.stream, taken.version)),
            Some((uuid::Uuid::from_u128(7), 3))
        );
        assert_eq!(source("age"), None);
    }

    #[test]
    fn given_a_value_that_is_also_on_record_when_computed_then_the_given_one_counts_and_has_no_source() {
        let fields = serde_json::json!({ "age": 60, "sex": "female", "creatinine": 2.2 });
        let score = compute(egfr(), given(fields), vec![creatinine()]).unwrap();
        assert!(score.inputs.iter().all(|input| input.taken_from.is_none()));
        assert_eq!(score.inputs.iter().find(|one| one.name == "creatinine").unwrap().value, Value::from(2.2));
    }

    /// Alert now, and a coma scale of three hours ago on record.
    #[test]
    fn given_another_way_to_say_the_same_when_computed_then_what_is_given_counts_alone() {
        let gcs = Taken { name: "gcs", value: 13.into(), ..creatinine() };
        let qsofa = named("qsofa").unwrap();
        let signs = serde_json::json!({ "altered_mentation": false, "respiratory_rate": 24, "systolic_bp": 120 });
        let score = compute(qsofa, given(signs), vec![gcs.clone()]).unwrap();
        assert_eq!(score.value, Some(1.into()));
        let signs = serde_json::json!({ "respiratory_rate": 24, "systolic_bp": 120 });
        assert_eq!(compute(qsofa, given(signs), vec![gcs]).unwrap().value, Some(2.into()));
        let bun = Taken { name: "bun", value: 30.into(), ..creatinine() };
        let score = compute(named("curb-65").unwrap(), given(serde_json::json!({ "urea": 3 })), vec![bun]).unwrap();
        assert!(score.inputs.iter().all(|input| input.name == "urea"), "{:?}", score.inputs);
    }

    #[test]
    fn given_a_child_or_an_unknown_age_when_a_score_of_adults_is_asked_of_the_record_then_it_is_refused() {
        let suits = |name: &str, fields: Value, years| suits(named(name).unwrap(), &given(fields), years);
        let nothing = || serde_json::json!({});
        assert_eq!(suits("sofa", nothing(), Some(17)), Err(ScoreRefused::AdultsOnly));
        assert_eq!(suits("qsofa", nothing(), None), Err(ScoreRefused::AgeUnknown));
        assert_eq!(suits("wells-pe", nothing(), Some(18)), Ok(()));
        assert_eq!(suits("egfr", serde_json::json!({ "age": 60 }), None), Ok(()));
        assert_eq!(suits("egfr", serde_json::json!({ "age": 6 }), Some(60)), Err(ScoreRefused::AdultsOnly));
        assert_eq!(suits("bmi", nothing(), Some(8)), Ok(()));
    }

    #[test]
    fn given_the_mass_index_of_a_child_when_computed_then_it_has_no_meaning_of_adults() {
        let bmi = named("bmi").unwrap();
        let body = || given(serde_json::json!({ "weight_kg": 30, "height_cm": 120 }));
        let band = |years| of_age(compute(bmi, body(), vec![]).unwrap(), bmi, years).band;
        assert_eq!((band(Some(7)), band(None)), (None, None));
        assert_eq!(band(Some(40)).as_deref(), Some("normal"));
    }

    #[test]
    fn given_less_than_it_takes_when_computed_then_it_says_what_is_missing_and_nothing_of_nothing() {
        let score = compute(egfr(), Map::new(), vec![creatinine()]).unwrap();
        assert_eq!((score.complete, score.value.is_none()), (false, true));
        assert_eq!(score.missing, ["age", "sex"]);
        assert_eq!(compute(egfr(), Map::new(), vec![]).unwrap_err(), ScoreRefused::NothingKnown);
        let fields = given(serde_json::json!({ "shoe_size": 43 }));
        assert!(matches!(compute(egfr(), fields, vec![]), Err(ScoreRefused::Input(_))));
    }
}
