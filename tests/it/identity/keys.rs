//! Keys of an older release.

use healthcare_application::Role;
use healthcare_infrastructure::identity::refresh_keys;
use healthcare_tests::app::spawn_app;
use serde_json::{Value, json};

use super::{person, registered};

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

/// A server that starts makes them anew by itself.
#[tokio::test]
async fn a_server_makes_keys_of_its_release_when_it_starts() {
    let app = spawn_app().await;
    healthcare_tests::server::until("its edition is written", std::time::Duration::from_secs(60), async || {
        (app.count("wf.match_key_edition where edition > 0 and reached is null").await == 1).then_some(())
    })
    .await;
}
