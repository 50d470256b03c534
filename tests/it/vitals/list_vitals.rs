use chrono::{Duration, SecondsFormat};
use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::json;

use super::{sign, well};
use crate::{encounter::admit, patient::register};

#[tokio::test]
async fn charted_sets_are_listed_in_pages_each_with_its_score_and_its_parts() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let now = app.platform.app.clock.now();
    let time = |ago: i64| (now - Duration::minutes(ago)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let admission = json!({ "class": "inpatient", "started_at": time(600) });
    let visit =
        app.post(Role::Nurse, &format!("/api/v1/patients/{patient}/encounters"), admission).await.expect(201).id();
    let path = format!("/api/v1/encounters/{visit}/vitals");
    for ago in [90, 60, 30] {
        let mut set = well();
        set["measured_at"] = json!(time(ago));
        if ago == 30 {
            set["measurements"][0] = sign("respiratory_rate", "25", "/min");
        }
        app.post(Role::Nurse, &path, set).await.expect(201);
    }
    let list = format!("/api/v1/patients/{patient}/charted-vitals");
    let first = app.get(Role::Doctor, &format!("{list}?limit=2")).await.expect(200);
    assert!(first.header("link").is_some_and(|link| link.contains("rel=\"next\"")), "{:?}", first.headers);
    let items = first.body["items"].as_array().expect("a list");
    let totals: Vec<_> = items.iter().map(|one| one["news2"]["total"].as_i64()).collect();
    assert_eq!(totals, [Some(3), Some(0)]);
    let parts = &items[0]["news2"]["parts"];
    assert_eq!((&parts["respiratory_rate"], &parts["oxygen"]), (&json!(3), &json!(0)), "{parts:#}");
    let cursor = first.body["next_cursor"].as_str().expect("a cursor");
    let rest = app.get(Role::Doctor, &format!("{list}?limit=2&cursor={cursor}")).await.expect(200).body;
    assert_eq!((rest["items"].as_array().map(Vec::len), &rest["next_cursor"]), (Some(1), &json!(null)));
    let newer = app.get(Role::Doctor, &format!("{list}?from={}&encounter={visit}", time(45))).await.expect(200).body;
    let newest = newer["items"].as_array().expect("a list");
    assert_eq!(newest.len(), 1);
    let id = newest[0]["vitals"]["id"].as_str().expect("an id");
    let strike = format!("/api/v1/vitals/{id}/entered-in-error");
    app.post(Role::Nurse, &strike, json!({ "reason": "wrong patient" })).await.expect(200);
    let left = app.get(Role::Doctor, &list).await.expect(200).body;
    assert_eq!(left["items"].as_array().map(Vec::len), Some(2));
    let other = admit(&app, &register(&app).await).await;
    let none = app.get(Role::Doctor, &format!("{list}?encounter={other}")).await.expect(200).body;
    assert_eq!(none["items"], json!([]));
    app.get(Role::Receptionist, &list).await.expect_problem(403, "/problems/access/denied", &[]);
}
