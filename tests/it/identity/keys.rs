//! Keys of an older release.

use std::time::Duration;

use healthcare_application::Role;
use healthcare_infrastructure::identity::{refresh_keys, renew_keys};
use healthcare_tests::{
    app::{TestApp, spawn_app},
    server::until,
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{person, queue::settled, registered};

/// Who was registered under the keys of an older release is found again once they are made anew, without a rebuild; what is of
/// this release, or of a newer one beside it, is left as it is.
#[tokio::test]
async fn keys_of_an_older_release_are_made_anew() {
    let app = spawn_app().await;
    let body = person("Ana", "Ferreira", "1954-03-02", "MRN-7");
    let ana = registered(&app, body.clone()).await;
    refresh_keys(&app.platform.db).await.expect("made");
    let found = async || {
        let answer = app.post(Role::Nurse, "/api/v1/patients/match", body.clone()).await.expect(200);
        answer.body["candidates"]
            .as_array()
            .expect("candidates")
            .iter()
            .map(|one| one["id"].clone())
            .collect::<Vec<Value>>()
    };
    let owner = app.owner().await;
    let before = "delete from read.patient_match_key; update wf.match_key_edition set edition = 0, reached = null";
    owner.batch_execute(before).await.expect("as before");
    assert_eq!(found().await, Vec::<Value>::new(), "else nothing is shown");
    assert_eq!(refresh_keys(&app.platform.db).await.expect("made"), 1);
    assert_eq!(found().await, [json!(ana)]);
    assert_eq!(refresh_keys(&app.platform.db).await.expect("made"), 0, "once is enough");
    owner.batch_execute("update wf.match_key_edition set edition = 1000").await.expect("a newer one");
    assert_eq!(refresh_keys(&app.platform.db).await.expect("left"), 0);
    assert_eq!(app.count("wf.match_key_edition where edition = 1000").await, 1);
}

/// A registration whose view is damaged keeps nobody after it from being found, and who asks for the keys while another process
/// makes them is not told that nothing was to do.
#[tokio::test]
async fn one_that_cannot_be_read_stops_nobody_and_who_asks_waits() {
    let app = spawn_app().await;
    let damaged = registered(&app, person("Eva", "Dahl", "1980-05-05", "MRN-6")).await;
    let ana = registered(&app, person("Ana", "Ferreira", "1954-03-02", "MRN-7")).await;
    assert!(damaged < ana, "else nothing is shown");
    refresh_keys(&app.platform.db).await.expect("made");
    settled(&app).await;
    let mut owner = app.owner().await;
    let before = format!(
        "update read.entry set body = '{{\"names\": 7}}' where id = '{damaged}' and kind = 'patient';
         delete from read.patient_match_key; update wf.match_key_edition set edition = 0, reached = null"
    );
    owner.batch_execute(&before).await.expect("as before");
    let elsewhere = owner.transaction().await.expect("a transaction");
    elsewhere.execute("select from wf.match_key_edition for update", &[]).await.expect("held");
    let db = app.platform.db.clone();
    let asked = tokio::spawn(async move { refresh_keys(&db).await });
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!asked.is_finished(), "another process is at it");
    elsewhere.commit().await.expect("let go");
    asked.await.expect("ended").expect("made");
    assert_eq!(app.count(&format!("read.patient_match_key where patient_id = '{damaged}'")).await, 0);
    assert!(app.count(&format!("read.patient_match_key where patient_id = '{ana}'")).await > 0);
    assert_eq!(app.count("wf.match_key_edition where edition > 0 and reached is null").await, 1);
}

/// A server that starts makes them anew by itself.
#[tokio::test]
async fn a_server_makes_keys_of_its_release_when_it_starts() {
    of_this_release(&spawn_app().await).await;
}

async fn of_this_release(app: &TestApp) {
    until("its edition is written", Duration::from_secs(60), async || {
        (app.count("wf.match_key_edition where edition > 0 and reached is null").await == 1).then_some(())
    })
    .await;
}

/// A new house begins with an edition that nobody was registered under: what is told to be old is what somebody lacks.
#[tokio::test]
async fn what_nobody_lacks_is_not_told_to_be_old() {
    let app = spawn_app().await;
    of_this_release(&app).await;
    registered(&app, person("Ana", "Ferreira", "1954-03-02", "MRN-7")).await;
    let owner = app.owner().await;
    let renewed = async |before: &str| {
        let anew = format!("{before}; update wf.match_key_edition set edition = 0, reached = null");
        owner.batch_execute(&anew).await.expect("as before");
        renew_keys(app.platform.db.clone(), CancellationToken::new()).await
    };
    assert_eq!(renewed("select 1").await, 0, "everybody has the keys of this release");
    assert!(renewed("delete from read.patient_match_key").await > 0, "else nothing is shown");
}
