use std::sync::atomic::{AtomicU32, Ordering};

use healthcare_infrastructure::embedded::roles;
use healthcare_tests::postgres::{DatabaseUrls, cluster, database};
use secrecy::ExposeSecret;

static MIGRATIONS: AtomicU32 = AtomicU32::new(0);

pub(crate) async fn migrate(urls: &DatabaseUrls) -> anyhow::Result<()> {
    MIGRATIONS.fetch_add(1, Ordering::SeqCst);
    let record = roles::connect(&urls.owner.clone().into()).await?;
    record
        .batch_execute(
            "create table if not exists ground(n int);
             grant select, insert on ground to healthcare_app",
        )
        .await?;
    let keys = roles::connect(&urls.keys_owner.clone().into()).await?;
    keys.batch_execute("create table if not exists ground_keys(n int)").await?;
    Ok(())
}

async fn count(url: &str) -> i64 {
    let session = roles::connect(&url.to_owned().into()).await.expect("signs in");
    session.query_one("select count(*) from ground", &[]).await.expect("migrated").get(0)
}

#[tokio::test]
async fn every_test_has_a_migrated_database_of_its_own() {
    let (one, two) = tokio::join!(database(migrate), database(migrate));
    assert_ne!(one.name, two.name);
    let app = roles::connect(&one.urls.app.clone().into()).await.expect("signs in");
    app.batch_execute("insert into ground values (1), (2)").await.expect("the copy kept the grants");
    assert_eq!(count(&one.urls.app).await, 2);
    assert_eq!(count(&two.urls.app).await, 0);
    assert_eq!(MIGRATIONS.load(Ordering::SeqCst), 1, "the template is migrated once");
    roles::connect(&one.urls.keys.clone().into()).await.expect("the application reads keys");
}

#[tokio::test]
async fn a_database_ends_with_its_test() {
    let database = database(migrate).await;
    let (name, url) = (database.name.clone(), database.urls.app.clone());
    let _open_session = roles::connect(&url.into()).await.expect("signs in");
    drop(database);
    let superuser = cluster().await.superuser_url("postgres");
    let session = roles::connect(&superuser.expose_secret().to_owned().into()).await.expect("signs in");
    let left = session.query("select 1 from pg_database where datname like $1 || '%'", &[&name]).await.expect("asks");
    assert!(left.is_empty());
}
