use std::sync::atomic::Ordering;

use healthcare_infrastructure::embedded::roles;
use healthcare_tests::bare_record::{MIGRATIONS, apply_migrations};
use healthcare_tests::postgres::{cluster, database};
use secrecy::ExposeSecret;

async fn count(url: &str) -> i64 {
    let session = roles::connect(&url.to_owned().into()).await.expect("signs in");
    session.batch_execute("set app.scope = 'system'").await.expect("set");
    session.query_one("select count(*) from es.safety", &[]).await.expect("migrated").get(0)
}

#[tokio::test]
async fn every_test_has_a_migrated_database_of_its_own() {
    let (one, two) = tokio::join!(database(apply_migrations), database(apply_migrations));
    assert_ne!(one.name, two.name);
    let app = roles::connect(&one.urls.app.clone().into()).await.expect("signs in");
    app.batch_execute("set app.scope = 'system'").await.expect("set");
    app.batch_execute("insert into es.safety (patient_id) values (gen_random_uuid()), (gen_random_uuid())")
        .await
        .expect("the copy kept the grants");
    assert_eq!(count(&one.urls.app).await, 2);
    assert_eq!(count(&two.urls.app).await, 0);
    assert_eq!(MIGRATIONS.load(Ordering::SeqCst), 1, "the template is migrated once");
    roles::connect(&one.urls.keys.clone().into()).await.expect("the application reads keys");
}

#[tokio::test]
async fn a_database_ends_with_its_test() {
    let database = database(apply_migrations).await;
    let (name, url) = (database.name.clone(), database.urls.app.clone());
    let _open_session = roles::connect(&url.into()).await.expect("signs in");
    drop(database);
    let superuser = cluster().await.superuser_url("postgres");
    let session = roles::connect(&superuser.expose_secret().to_owned().into()).await.expect("signs in");
    let left = session.query("select 1 from pg_database where datname like $1 || '%'", &[&name]).await.expect("asks");
    assert!(left.is_empty());
}
