//! Forward-only migrations, each in a transaction of its own, each applied once and never changed afterwards.

use sha2::{Digest, Sha256};
use tokio_postgres::Client;

/// Number, title and text of each migration of the record's database, in order.
const RECORD: &[(i32, &str, &str)] = &[
    (1, "event_store", include_str!("../../../migrations/0001_event_store.sql")),
    (2, "read_models", include_str!("../../../migrations/0002_read_models.sql")),
    (3, "access", include_str!("../../../migrations/0003_access.sql")),
    (10, "import", include_str!("../../../migrations/0010_import.sql")),
    (11, "telemetry", include_str!("../../../migrations/0011_telemetry.sql")),
    (12, "escalation", include_str!("../../../migrations/0012_escalation.sql")),
    (20, "reporting", include_str!("../../../migrations/0020_reporting.sql")),
    (21, "event_log", include_str!("../../../migrations/0021_event_log.sql")),
    (30, "installation", include_str!("../../../migrations/0030_installation.sql")),
    (41, "log_reading", include_str!("../../../migrations/0041_log_reading.sql")),
    (42, "monitor_state", include_str!("../../../migrations/0042_monitor_state.sql")),
    (45, "patient_monitoring", include_str!("../../../migrations/0045_patient_monitoring.sql")),
    (50, "accounts", include_str!("../../../migrations/0050_accounts.sql")),
    (55, "service_accounts", include_str!("../../../migrations/0055_service_accounts.sql")),
    (56, "single_sign_on", include_str!("../../../migrations/0056_single_sign_on.sql")),
    (60, "care", include_str!("../../../migrations/0060_care.sql")),
    (61, "row_security", include_str!("../../../migrations/0061_row_security.sql")),
    (62, "rung_that_hears", include_str!("../../../migrations/0062_rung_that_hears.sql")),
    (65, "audit", include_str!("../../../migrations/0065_audit.sql")),
    (66, "seals", include_str!("../../../migrations/0066_seals.sql")),
    (67, "audit_index", include_str!("../../../migrations/0067_audit_index.sql")),
    (70, "telemetry_upkeep", include_str!("../../../migrations/0070_telemetry_upkeep.sql")),
    (90, "scheduling", include_str!("../../../migrations/0090_scheduling.sql")),
    (91, "timeline", include_str!("../../../migrations/0091_timeline.sql")),
    (92, "telemetry_rollups", include_str!("../../../migrations/0092_telemetry_rollups.sql")),
    (100, "patient_details", include_str!("../../../migrations/0100_patient_details.sql")),
    (110, "matching", include_str!("../../../migrations/0110_matching.sql")),
    (111, "merge", include_str!("../../../migrations/0111_merge.sql")),
    (120, "wards", include_str!("../../../migrations/0120_wards.sql")),
    (130, "notes_plans_inbox", include_str!("../../../migrations/0130_notes_plans_inbox.sql")),
    (132, "notifications_by_time", include_str!("../../../migrations/0132_notifications_by_time.sql")),
    (133, "linked_pairs", include_str!("../../../migrations/0133_linked_pairs.sql")),
    (134, "daily_review", include_str!("../../../migrations/0134_daily_review.sql")),
    (140, "rules", include_str!("../../../migrations/0140_rules.sql")),
    (141, "directory_cards", include_str!("../../../migrations/0141_directory_cards.sql")),
    (142, "races", include_str!("../../../migrations/0142_races.sql")),
    (143, "directory_in_order", include_str!("../../../migrations/0143_directory_in_order.sql")),
    (144, "tied_identities", include_str!("../../../migrations/0144_tied_identities.sql")),
    (145, "doubts_and_keys", include_str!("../../../migrations/0145_doubts_and_keys.sql")),
    (146, "cut_cards", include_str!("../../../migrations/0146_cut_cards.sql")),
    (147, "closed_meanwhile", include_str!("../../../migrations/0147_closed_meanwhile.sql")),
    (148, "calendar_feeds", include_str!("../../../migrations/0148_calendar_feeds.sql")),
    (150, "decision_editions", include_str!("../../../migrations/0150_decision_editions.sql")),
    (151, "snoozed_suggestions", include_str!("../../../migrations/0151_snoozed_suggestions.sql")),
    (152, "backtests", include_str!("../../../migrations/0152_backtests.sql")),
    (153, "rule_metrics", include_str!("../../../migrations/0153_rule_metrics.sql")),
    (154, "backtest_samples", include_str!("../../../migrations/0154_backtest_samples.sql")),
    (155, "audit_by_subject", include_str!("../../../migrations/0155_audit_by_subject.sql")),
    (156, "audit_by_whom", include_str!("../../../migrations/0156_audit_by_whom.sql")),
    (157, "backtest_patients", include_str!("../../../migrations/0157_backtest_patients.sql")),
    (160, "cds_hooks", include_str!("../../../migrations/0160_cds_hooks.sql")),
    (161, "rule_tellings", include_str!("../../../migrations/0161_rule_tellings.sql")),
    // Applied in the order of this list: it stands behind what it changes, whatever its number.
    (137, "rules_reported", include_str!("../../../migrations/0137_rules_reported.sql")),
    (162, "own_acts", include_str!("../../../migrations/0162_own_acts.sql")),
    (163, "sessions_of_the_merged", include_str!("../../../migrations/0163_sessions_of_the_merged.sql")),
    (164, "answers_to_commands", include_str!("../../../migrations/0164_answers_to_commands.sql")),
    (165, "views_of_who_asks", include_str!("../../../migrations/0165_views_of_who_asks.sql")),
    (166, "what_is_sealed", include_str!("../../../migrations/0166_what_is_sealed.sql")),
    (167, "what_was_never_sealed", include_str!("../../../migrations/0167_what_was_never_sealed.sql")),
    (168, "turn_to_seal", include_str!("../../../migrations/0168_turn_to_seal.sql")),
    (170, "seal_hand_over", include_str!("../../../migrations/0170_seal_hand_over.sql")),
    (171, "backchannel_logout", include_str!("../../../migrations/0171_backchannel_logout.sql")),
    (172, "audit_line", include_str!("../../../migrations/0172_audit_line.sql")),
    (173, "planned_by_keys", include_str!("../../../migrations/0173_planned_by_keys.sql")),
    (178, "whose_turn", include_str!("../../../migrations/0178_whose_turn.sql")),
];

/// Sums under which a migration counts as applied although it reads differently now. For one case alone: a branch that
/// failed wherever it was taken, so that no database can have been made by what was changed. Here: 0011 on the edition
/// of TimescaleDB under the Apache licence.
const MENDED: &[(i32, &str)] = &[(11, "7592cee9be11bb317f721ba48985c3ad3303e5babec1c3b212467e567382e6f6")];

/// The migrations of the key vault.
const VAULT: &[(i32, &str, &str)] = &[(1, "data_keys", include_str!("../../../migrations/vault/0001_data_keys.sql"))];

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// An applied migration reads differently now.
    #[error("migration {0} was changed after it had been applied; add a new one instead")]
    Changed(i32),
    /// The database is ahead of this program.
    #[error("the database is at migration {0}, which this version does not know; run the newer version")]
    Ahead(i32),
    /// A statement failed.
    #[error("migration {0} failed")]
    Failed(i32, #[source] tokio_postgres::Error),
    /// The database did not answer.
    #[error("the database cannot be reached")]
    Unreachable(#[from] tokio_postgres::Error),
}

/// Brings the record's schema up to date, as its owner. Answers how many migrations were applied.
///
/// # Errors
/// When a migration fails, was changed, or is unknown. What was applied before it stays.
pub async fn migrate(owner: &mut Client) -> Result<usize, MigrateError> {
    apply(owner, "public.schema_migration", RECORD).await
}

/// Brings the vault's schema up to date, as its owner.
///
/// # Errors
/// As [`migrate`].
pub async fn migrate_vault(owner: &mut Client) -> Result<usize, MigrateError> {
    apply(owner, "public.vault_migration", VAULT).await
}

async fn apply(owner: &mut Client, table: &str, migrations: &[(i32, &str, &str)]) -> Result<usize, MigrateError> {
    // One at a time, also when several nodes start together.
    owner.batch_execute("select pg_advisory_lock(7253100001)").await?;
    let result = apply_locked(owner, table, migrations).await;
    owner.batch_execute("select pg_advisory_unlock(7253100001)").await?;
    result
}

async fn apply_locked(
    owner: &mut Client,
    table: &str,
    migrations: &[(i32, &str, &str)],
) -> Result<usize, MigrateError> {
    owner
        .batch_execute(&format!(
            "create table if not exists {table} (version int primary key, title text not null, sha256 text not null,
             applied_at timestamptz not null default clock_timestamp())"
        ))
        .await?;
    let rows = owner.query(&format!("select version, sha256 from {table} order by version"), &[]).await?;
    let mut done = std::collections::BTreeMap::new();
    for row in rows {
        done.insert(row.get::<_, i32>(0), row.get::<_, String>(1));
    }
    if let Some((last, _)) = done.last_key_value()
        && !migrations.iter().any(|(version, ..)| version == last)
    {
        return Err(MigrateError::Ahead(*last));
    }
    let mut applied = 0;
    for (version, title, sql) in migrations {
        let sum = hex::encode(Sha256::digest(sql.as_bytes()));
        match done.get(version) {
            Some(known) if *known == sum => {}
            Some(known) if MENDED.contains(&(*version, known.as_str())) => {}
            Some(_) => return Err(MigrateError::Changed(*version)),
            None => {
                let tx = owner.transaction().await?;
                tx.batch_execute(sql).await.map_err(|e| MigrateError::Failed(*version, e))?;
                tx.execute(
                    &format!("insert into {table} (version, title, sha256) values ($1, $2, $3)"),
                    &[version, title, &sum],
                )
                .await?;
                tx.commit().await?;
                applied += 1;
            }
        }
    }
    Ok(applied)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    /// A file that no list names would never be applied, and nobody would hear of it.
    #[test]
    fn each_file_is_listed_once_under_its_number_and_title() {
        for (folder, list) in [("../migrations", RECORD), ("../migrations/vault", VAULT)] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
            let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
            let files: BTreeSet<String> = names.filter(|name| name.ends_with(".sql")).collect();
            let listed: BTreeSet<String> =
                list.iter().map(|(number, title, _)| format!("{number:04}_{title}.sql")).collect();
            assert_eq!(files, listed);
            assert_eq!(listed.len(), list.len(), "one of them stands there twice");
        }
    }
}
