//! A draft among the facts, judged.

use chrono::{DateTime, Utc};
use healthcare_domain::id::{PatientId, WardId};
use healthcare_dss::{Evaluation, EventRef, Facts, Finding, Judgement, Trigger};

use super::{
    Against,
    found::{Looked, brought_up},
};
use crate::{
    App,
    access::Permit,
    decision::{Alike, Reading, corrected::corrected, facts, judge, judge_in_shadow, record, rules_for, told, unread},
    read::SafetyFacts,
    rule::InForce,
    store::{Change, EvaluationRecord, StoreError},
    view::{Kind, Of, Row, rows},
};

/// That a result is on record.
const AVAILABLE: &str = "lab.result.available";

/// Judges a draft on the facts that were read, with the draft among them.
pub(super) async fn look(
    app: &App,
    permit: &Permit,
    patient: PatientId,
    read: &SafetyFacts,
    (change, hook, against): (&Change, Trigger<'static>, Against),
) -> Result<Looked, StoreError> {
    let now = app.clock.now();
    let (rules, ward) = rules_for(app, permit, patient, now).await?;
    let known: Vec<Row> = match against {
        Against::Record | Against::Unanswered => read.rows.clone(),
        Against::Itself => read.rows.iter().filter(|row| row.kind == Kind::Patient).cloned().collect(),
    };
    let drafted = rows_of(change);
    let at = moment(against, &drafted, now);
    // What stands on record of what is changed is not so any more.
    let others = known.iter().filter(|row| row.id != change.id).cloned();
    let with: Vec<Row> = others.chain(drafted).collect();
    let reading = Reading { knowledge: rules.knowledge(), zone: app.patients.zone };
    let mut facts_with = facts(reading, &with, at)?;
    facts_with.proposed = Some(EventRef { stream: change.id, version: version(change) });
    let evaluation = judge(&rules, ward, hook.0, &facts_with);
    let shadow = judge_in_shadow(&rules, ward, hook.0, &facts_with);
    let (findings, lacking) = match against {
        Against::Record => {
            let without = judge(&rules, ward, hook.0, &facts(reading, &known, at)?);
            brought_up(&evaluation, &without)
        }
        Against::Itself => (all(&evaluation), unread_of(&rules, ward, &facts_with)),
        Against::Unanswered => {
            let alike = Alike::of_found(app, &rules, &evaluation).await?;
            let corrected = corrected(app, permit, (read, &evaluation)).await?;
            (told::unanswered(read, (&evaluation, &alike), &corrected)?, vec![])
        }
    };
    let record = record(app.clock.new_id(), patient, hook.0, read.position, &facts_with, &evaluation);
    let told = Some(findings.iter().map(|finding| finding.id).collect());
    let record = EvaluationRecord { shadow, edition: Some(rules.edition(ward)), told, ..record };
    let version = (against == Against::Record).then_some(read.version);
    Ok(Looked { record, findings, lacking, version })
}

/// The critical rules that will look at a result once it is on record, and cannot read it.
fn unread_of(rules: &InForce, ward: Option<WardId>, with: &Facts) -> Vec<Judgement> {
    let evaluation = judge(rules, ward, AVAILABLE, with);
    unread(rules, &evaluation).map(|(judgement, _)| judgement.clone()).collect()
}

fn all(evaluation: &Evaluation) -> Vec<Finding> {
    evaluation.findings().into_iter().cloned().collect()
}

/// At which moment a draft is judged. What is held against itself alone is judged as of its own time: whether it can be
/// does not hang on how long ago it was, nor on a clock that is ahead of this one.
fn moment(against: Against, drafted: &[Row], now: DateTime<Utc>) -> DateTime<Utc> {
    match against {
        Against::Itself => drafted.iter().map(|row| row.at).max().unwrap_or(now),
        Against::Record | Against::Unanswered => now,
    }
}

/// The rows of a change that is not stored yet.
pub(crate) fn rows_of(change: &Change) -> Vec<Row> {
    let Some(last) = change.events.last() else { return vec![] };
    rows(&change.state, Of { id: change.id, version: version(change), patient: change.patient, at: last.occurred_at })
}

/// The version at which a change leaves its stream.
pub(super) fn version(change: &Change) -> i32 {
    change.expected + i32::try_from(change.events.len()).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(year: i32) -> DateTime<Utc> {
        format!("{year}-11-22T08:00:00Z").parse().unwrap()
    }

    #[test]
    fn a_value_is_held_against_itself_as_of_its_own_time_and_all_else_as_of_now() {
        let result = |year| Row {
            kind: Kind::Laboratory,
            id: Uuid::from_u128(1),
            item: 0,
            patient: None,
            version: 1,
            active: false,
            struck: false,
            at: at(year),
            code: None,
            body: String::new(),
        };
        for year in [2009, 2026, 2027] {
            assert_eq!(moment(Against::Itself, &[result(year)], at(2026)), at(year));
            assert_eq!(moment(Against::Record, &[result(year)], at(2026)), at(2026));
            assert_eq!(moment(Against::Unanswered, &[result(year)], at(2026)), at(2026));
        }
    }
}
