//! What becomes of every table with a patient in it.

use std::collections::BTreeSet;

use healthcare_tests::app::spawn_app;

/// Every table with a patient in it stands in the catalogue of merges, and no other; what moves has its trigger. A new
/// table of patients fails here until somebody has thought about merges: `access.follow_merges`.
#[tokio::test]
async fn every_table_of_patients_is_covered_by_merges() {
    let app = spawn_app().await;
    let owner = app.owner().await;
    let names = async |sql: &str| -> BTreeSet<String> {
        owner.query(sql, &[]).await.expect("rows").iter().map(|row| row.get(0)).collect()
    };
    let there = names(
        "select distinct c.table_schema || '.' || c.table_name from information_schema.columns c
         join information_schema.tables t using (table_schema, table_name)
         where t.table_type = 'BASE TABLE' and c.table_schema not in ('pg_catalog', 'information_schema')
             and c.table_schema not like '\\_timescaledb%'
             and not exists (select from pg_inherits i
                 where i.inhrelid = to_regclass(format('%I.%I', c.table_schema, c.table_name)))
             and c.data_type in ('uuid', 'bigint')
             and (c.column_name ~ '(^|_)patient(_id|_key)?$' or c.column_name in ('one', 'other'))
         union select 'read.patient'",
    )
    .await;
    let covered = names("select name from access.merge_catalogue").await;
    let uncovered: Vec<_> = there.difference(&covered).collect();
    assert!(
        uncovered.is_empty(),
        "no merge moves or explains {uncovered:?}: see access.follow_merges in migration 0111"
    );
    let unknown: Vec<_> = covered.difference(&there).collect();
    assert!(unknown.is_empty(), "the catalogue names what is not there: {unknown:?}");
    let moving = names("select name from access.merge_catalogue where how = 'moves'").await;
    let triggered = names(
        "select n.nspname || '.' || c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid
         join pg_namespace n on n.oid = c.relnamespace where t.tgname = 'to_survivor'",
    )
    .await;
    assert_eq!(moving, triggered);

    owner
        .batch_execute("create table read.novelty (id uuid primary key, patient_id uuid not null)")
        .await
        .expect("made");
    let there = names("select 'read.' || relname from pg_class where relname = 'novelty'").await;
    assert!(there.difference(&covered).next().is_some(), "a new table would be seen");
}
