//! Keeping what a step led to: scores, and changes of alerts that are still to be brought into the record.

use deadpool_postgres::Transaction;
use healthcare_dss::score::news2::Outcome;
use tokio_postgres::{Error, types::Json};

use crate::monitor::{Change, Effect, Happenings, ScoreChange, Scored};

/// Writes scores and changes of alerts in the transaction of what led to them.
///
/// # Errors
/// When the database refuses.
pub async fn keep(tx: &Transaction<'_>, happenings: &Happenings) -> Result<(), Error> {
    futures::try_join!(
        scores(tx, &happenings.scores),
        effects(tx, &happenings.effects),
        changed(tx, &happenings.changed)
    )?;
    Ok(())
}

async fn effects(tx: &Transaction<'_>, effects: &[Effect]) -> Result<(), Error> {
    if !effects.is_empty() {
        let insert = tx
            .prepare_cached(
                "insert into telemetry.alert_change (patient_id, rule, change, decided_at, received_at, trace)
                 select p, r, c, d, v, t from unnest($1::uuid[], $2::text[], $3::jsonb[], $4::timestamptz[],
                     $5::timestamptz[], $6::text[]) with ordinality e (p, r, c, d, v, t, n) order by n",
            )
            .await?;
        let patient: Vec<_> = effects.iter().map(|e| e.patient.0).collect();
        let rule: Vec<_> = effects.iter().map(|e| e.rule.to_string()).collect();
        let change: Vec<_> = effects.iter().map(|e| Json(&e.change)).collect();
        let decided: Vec<_> = effects.iter().map(|e| e.at).collect();
        let received: Vec<_> = effects.iter().map(|e| e.received_at).collect();
        let trace: Vec<_> = effects.iter().map(|e| e.trace.as_deref()).collect();
        tx.execute(&insert, &[&patient, &rule, &change, &decided, &received, &trace]).await?;
    }
    Ok(())
}

/// Changes of scores wait with the changes of alerts, so that one order holds for a patient. Their rule is none of
/// the alarms'.
async fn changed(tx: &Transaction<'_>, changed: &[ScoreChange]) -> Result<(), Error> {
    if changed.is_empty() {
        return Ok(());
    }
    let insert = tx
        .prepare_cached(
            "insert into telemetry.alert_change (patient_id, rule, change, decided_at, received_at, trace)
             select p, 'score:news2', c, d, v, t from unnest($1::uuid[], $2::jsonb[], $3::timestamptz[],
                 $4::timestamptz[], $5::text[]) with ordinality e (p, c, d, v, t, n) order by n",
        )
        .await?;
    let patient: Vec<_> = changed.iter().map(|c| c.content.patient.0).collect();
    let change: Vec<_> = changed.iter().map(|c| Json(Change::Score { content: c.content.clone() })).collect();
    let decided: Vec<_> = changed.iter().map(|c| c.content.measured_at).collect();
    let received: Vec<_> = changed.iter().map(|c| c.received_at).collect();
    let trace: Vec<_> = changed.iter().map(|c| c.trace.as_deref()).collect();
    tx.execute(&insert, &[&patient, &change, &decided, &received, &trace]).await.map(drop)
}

async fn scores(tx: &Transaction<'_>, scores: &[Scored]) -> Result<(), Error> {
    if scores.is_empty() {
        return Ok(());
    }
    // The columns after the first five are the parts in the order of the chart.
    let insert = tx
        .prepare_cached(
            "insert into telemetry.score (patient_id, at, total, partial, band, respiratory_rate, spo2, oxygen,
                 systolic_bp, pulse, consciousness, temperature, spo2_scale, version, inputs)
             select * from unnest($1::uuid[], $2::timestamptz[], $3::int2[], $4::int2[], $5::text[], $6::int2[],
                 $7::int2[], $8::int2[], $9::int2[], $10::int2[], $11::int2[], $12::int2[], $13::int2[], $14::text[],
                 $15::jsonb[])
             on conflict (patient_id, at) do update set total = excluded.total, partial = excluded.partial,
                 band = excluded.band, respiratory_rate = excluded.respiratory_rate, spo2 = excluded.spo2,
                 oxygen = excluded.oxygen, systolic_bp = excluded.systolic_bp, pulse = excluded.pulse,
                 consciousness = excluded.consciousness, temperature = excluded.temperature,
                 spo2_scale = excluded.spo2_scale, version = excluded.version, inputs = excluded.inputs",
        )
        .await?;
    // One moment may be scored twice, e.g. before and after a late value: the last word stands.
    let mut last = std::collections::BTreeMap::new();
    for scored in scores {
        last.insert((scored.patient, scored.at), scored);
    }
    let rows: Vec<&Scored> = last.into_values().collect();
    let part = |n: usize| -> Vec<Option<i16>> {
        rows.iter().map(|r| r.score.parts.each().get(n).and_then(|(_, part)| part.map(i16::from))).collect()
    };
    let total: Vec<Option<i16>> = rows
        .iter()
        .map(|r| match r.score.outcome {
            Outcome::Complete { total, .. } => Some(i16::from(total)),
            Outcome::Incomplete { .. } | Outcome::NotApplicable { .. } => None,
        })
        .collect();
    let band: Vec<&str> = rows
        .iter()
        .map(|r| match &r.score.outcome {
            Outcome::Complete { band, .. } => band.as_str(),
            Outcome::Incomplete { at_least, .. } => at_least.as_str(),
            Outcome::NotApplicable { .. } => "not-applicable",
        })
        .collect();
    let patient: Vec<_> = rows.iter().map(|r| r.patient.0).collect();
    let at: Vec<_> = rows.iter().map(|r| r.at).collect();
    let partial: Vec<_> = rows.iter().map(|r| i16::from(r.score.parts.sum())).collect();
    let scale: Vec<_> = rows.iter().map(|r| i16::from(u8::from(r.score.spo2_scale))).collect();
    let version: Vec<_> = rows.iter().map(|r| r.score.version).collect();
    let inputs: Vec<_> = rows.iter().map(|r| Json(&r.score.inputs)).collect();
    let parts: [_; 7] = std::array::from_fn(part);
    let [rate, spo2, oxygen, systolic, pulse, level, temperature] = &parts;
    tx.execute(
        &insert,
        &[
            &patient,
            &at,
            &total,
            &partial,
            &band,
            rate,
            spo2,
            oxygen,
            systolic,
            pulse,
            level,
            temperature,
            &scale,
            &version,
            &inputs,
        ],
    )
    .await?;
    Ok(())
}
