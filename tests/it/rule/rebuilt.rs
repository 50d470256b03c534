use healthcare_infrastructure::{database::Database, event_log::tick, rebuild::rebuild_read};
use healthcare_tests::app::spawn_app;
use serde_json::json;

use super::{Desk, document};

#[tokio::test]
async fn a_rebuild_gives_the_same_rules() {
    let app = spawn_app().await;
    let desk = Desk::of(&app).await;
    desk.active(document("kept-one", 1)).await;
    desk.shadowed(document("kept-one", 2)).await;
    desk.post(&desk.first, "/qsofa/versions/4/retire", json!({ "reason": "replaced by NEWS2" })).await.expect(200);
    let owner = app.owner().await;
    let rows = async || {
        let rows = owner.query("select r::text from read.rule r order by name", &[]).await.expect("rows");
        rows.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>()
    };
    let before = rows().await;
    assert_eq!(before.len(), 2);
    tick(&app.platform.db.get().await.expect("a session")).await.expect("a tick");
    let pool = Database::connect(&app.database.urls.owner.clone().into(), 2).expect("a URL");
    rebuild_read(&pool, app.platform.store.codec()).await.expect("rebuilt");
    assert_eq!(rows().await, before);
    assert_eq!(desk.get("/kept-one").await.expect(200).body["state"], "active");
}
