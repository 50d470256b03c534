//! Read models rebuilt from the events equal those that were kept live.

pub mod life;

use healthcare_infrastructure::{
    database::Database,
    event_log::tick,
    rebuild::{RebuildError, rebuild_read},
    views::entity::differences,
};
use healthcare_tests::record::{Record, record};
use tokio_util::sync::CancellationToken;

use crate::event_store::given::app;
use life::{decide, life, person};

/// Every row of every table of a schema as text, in order.
async fn contents(record: &Record, schema: &str) -> Vec<String> {
    let owner = record.owner().await;
    let sql = "select relname::text from pg_class where relnamespace = $1::text::regnamespace and relkind = 'r'";
    let mut all = Vec::new();
    for table in owner.query(sql, &[&schema]).await.expect("it answers") {
        let table: String = table.get(0);
        let rows = owner.query(&format!("select t::text from {schema}.{table} t"), &[]).await.expect("it answers");
        all.extend(rows.iter().map(|row| format!("{table} {}", row.get::<_, String>(0))));
    }
    all.sort_unstable();
    all
}

/// The structure of the schema `read`: columns, indexes, constraints, rights.
async fn structure(record: &Record) -> Vec<String> {
    let sql =
        "select format('%s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                  pg_get_expr(d.adbin, d.adrelid))
           from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
           left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
           where c.relnamespace = 'read'::regnamespace and c.relkind = 'r'
         union all select indexdef from pg_indexes where schemaname = 'read'
         union all select format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) from pg_constraint
           where connamespace = 'read'::regnamespace
         union all select format('%s %s', relname, relacl) from pg_class
           where relnamespace = 'read'::regnamespace and relkind = 'r'
         union all select nspacl::text from pg_namespace where nspname = 'read'
         order by 1";
    let rows = record.owner().await.query(sql, &[]).await.expect("it answers");
    rows.iter().map(|row| row.get::<_, Option<String>>(0).unwrap_or_default()).collect()
}

fn owner_pool(record: &Record) -> Database {
    Database::connect(&record.database.urls.owner.clone().into(), 2).expect("a URL")
}

#[tokio::test]
async fn a_rebuild_equals_what_was_kept_live_byte_for_byte() {
    let record = record().await;
    let app = app(&record.store);
    for n in 0..20 {
        life(&app, &format!("Zzyzx{n}")).await;
    }
    tick(&record.store.database().get().await.expect("a connection")).await.expect("ticks");
    // Behind the last tick as well.
    life(&app, "Last").await;
    let (live, before) = (contents(&record, "read").await, structure(&record).await);
    assert!(live.len() > 200, "{} rows", live.len());

    let another = record.another_store();
    let rebuilt = rebuild_read(&owner_pool(&record), another.codec()).await.expect("rebuilt");
    assert!(rebuilt.streams >= 21 * 6, "{rebuilt:?}");
    let now = contents(&record, "read").await;
    for (was, is) in live.iter().zip(&now) {
        assert_eq!(was, is);
    }
    assert_eq!(live.len(), now.len());
    assert_eq!(structure(&record).await, before, "names of indexes, rights and all");
    // Commands go on, on the connections they had.
    life(&app, "After").await;
    rebuild_read(&owner_pool(&record), another.codec()).await.expect("and once more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_rebuild_under_writers_loses_nothing() {
    let record = record().await;
    let stop = CancellationToken::new();
    let ticking = tokio::spawn(healthcare_infrastructure::event_log::Ticker::new(&record.store).run(stop.clone()));
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (app, stop) = (app(&record.another_store()), stop.clone());
            tokio::spawn(async move {
                let mut lives = 0;
                while !stop.is_cancelled() {
                    life(&app, &format!("Writer{writer}x{lives}")).await;
                    lives += 1;
                    tokio::time::sleep(std::time::Duration::from_millis(150)).await;
                }
                lives
            })
        })
        .collect();
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let another = record.another_store();
    for _ in 0..2 {
        let since = std::time::Instant::now();
        let rebuilt = rebuild_read(&owner_pool(&record), another.codec()).await.expect("rebuilt");
        println!("{rebuilt:?} in {:?}", since.elapsed());
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    stop.cancel();
    for writer in writers {
        assert!(writer.await.expect("no command was refused") > 0);
    }
    ticking.await.expect("it stops");
    let kept = contents(&record, "read").await;
    rebuild_read(&owner_pool(&record), another.codec()).await.expect("rebuilt");
    let rebuilt = contents(&record, "read").await;
    assert_eq!(kept.len(), rebuilt.len());
    for (was, is) in kept.iter().zip(&rebuilt) {
        assert_eq!(was, is);
    }
    println!("{} rows", kept.len());
}

#[tokio::test]
async fn a_table_that_no_projection_knows_stops_the_rebuild_and_not_the_table() {
    let record = record().await;
    record.owner().await.batch_execute("create table read.stranger (n int)").await.expect("a table");
    let refused = rebuild_read(&owner_pool(&record), record.store.codec()).await;
    assert!(matches!(&refused, Err(RebuildError::Unknown(what)) if what.contains("read.stranger")), "{refused:?}");
    record.owner().await.batch_execute("insert into read.stranger values (1)").await.expect("it is still there");
}

#[tokio::test]
async fn an_erased_patient_does_not_come_back() {
    let record = record().await;
    let app = app(&record.store);
    let (erased, kept) = (life(&app, "Erased").await, life(&app, "Kept").await);
    let keys_owner = record.database.urls.keys_owner.clone().into();
    let keys = healthcare_infrastructure::embedded::roles::connect(&keys_owner).await.expect("signs in");
    let destroy = "update vault.data_key set wrapped = null, destroyed_at = now() where patient_id = $1";
    keys.execute(destroy, &[&erased.0]).await.expect("the key is destroyed");
    tick(&record.store.database().get().await.expect("a connection")).await.expect("ticks");
    let rebuilt = rebuild_read(&owner_pool(&record), record.another_store().codec()).await.expect("rebuilt");
    assert!(rebuilt.erased > 0);
    let rows = contents(&record, "read").await;
    assert!(!rows.iter().any(|row| row.contains("Erased") || row.contains("erased")), "nothing of them is left");
    assert!(rows.iter().any(|row| row.contains(&kept.to_string())));
    // Nor can anything be written about them any more.
    let now = app.clock.now();
    decide::<healthcare_domain::patient::Patient>(&app, kept, Some(kept), now, |p| {
        p.update(person("Still", 1980), now)
    })
    .await;
}

#[tokio::test]
async fn the_entities_are_as_the_catalogue_says() {
    let record = record().await;
    let client = record.store.database().get().await.expect("a connection");
    assert_eq!(differences(&client).await.expect("it answers"), [""; 0]);
    let change = "alter table read.entry alter column code set not null, add column more int";
    record.owner().await.batch_execute(change).await.expect("changed");
    assert_eq!(differences(&client).await.expect("it answers").len(), 3, "the comparison sees a difference");
}
