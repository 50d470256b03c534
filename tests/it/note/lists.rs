use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::{Value, json};

use super::{Somebody, note, of, signed};
use crate::{encounter::admit, patient::register};

async fn newest(who: &Somebody<'_>, list: &str) -> String {
    let page = who.get(&format!("{list}?status=signed&limit=1")).await.expect(200);
    page.body["items"][0]["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn notes_are_listed_by_filters_in_pages_either_way() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let stay = admit(&app, &patient).await;
    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A"]).await;
    let ben = Somebody::hired(&app, "ben", Role::Nurse, &["A"]).await;
    for day in 1..=5 {
        let mut body = signed(&format!("Day {day}"), "Stable.");
        body["told_of_at"] = json!(format!("2026-03-0{day}T08:00:00Z"));
        if day == 3 {
            body["encounter"] = json!(stay);
            body["note_type"] = json!({ "coding": [{ "system": "http://loinc.org", "code": "18842-5", "display": "Discharge summary" }] });
        }
        if day == 5 {
            ben.writes(&patient, body).await
        } else {
            ann.writes(&patient, body).await
        };
    }
    ann.writes(&patient, note("Draft", "Not yet.")).await;
    let list = format!("/api/v1/patients/{patient}/notes");
    let titles = async |query: &str| of(&ann.get(&format!("{list}?{query}")).await.expect(200), "title");
    assert_eq!(titles("status=signed&sort=oldest").await, ["Day 1", "Day 2", "Day 3", "Day 4", "Day 5"]);
    assert_eq!(titles("note_type=18842-5").await, ["Day 3"]);
    assert_eq!(titles(&format!("encounter={stay}")).await, ["Day 3"]);
    assert_eq!(titles(&format!("author={}", ben.id)).await, ["Day 5"]);
    assert_eq!(titles("from=2026-03-02T00:00:00Z&until=2026-03-04T00:00:00Z").await, ["Day 3", "Day 2"]);
    assert_eq!(titles("status=draft").await, ["Draft"]);
    assert_eq!(of(&ben.get(&format!("{list}?status=draft")).await.expect(200), "title"), [""; 0]);
    let mut seen = vec![];
    let mut cursor = String::new();
    loop {
        let page = ben.get(&format!("{list}?limit=2{cursor}")).await.expect(200);
        seen.extend(of(&page, "title"));
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["Day 5", "Day 4", "Day 3", "Day 2", "Day 1"]);
    let then = app.platform.app.clock.now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let struck = format!("/api/v1/notes/{}/entered-in-error", newest(&ann, &list).await);
    ann.post(&struck, json!({ "reason": "another patient" })).await.expect(200);
    assert_eq!(titles("status=signed").await.len(), 4);
    assert_eq!(titles(&format!("as_of={then}")).await.len(), 5, "as it was known then, and nobody's drafts");
    let timeline = ben.get(&format!("/api/v1/patients/{patient}/timeline")).await.expect(200).body;
    assert!(!timeline.to_string().contains("Not yet"), "a draft is in nobody's timeline");
    for wrong in
        ["as_of=2026-01-01T00:00:00Z&status=signed", "sort=title", "cursor=1", "limit=0", "colour=red", "status=gone"]
    {
        assert_eq!(ann.get(&format!("{list}?{wrong}")).await.status, 400, "{wrong}");
    }
}

/// The chart has the newest twenty, and says where the rest is; its list goes on from there.
#[tokio::test]
async fn the_chart_shows_the_newest_notes_and_where_the_rest_is() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/notes");
    for n in 0..23 {
        let mut body = signed(&format!("{n:02}"), &"Stable. ".repeat(100));
        body["told_of_at"] = json!(format!("2026-03-01T{n:02}:00:00Z"));
        app.post(Role::Nurse, &path, body).await.expect(201);
    }
    let chart = app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/chart")).await.expect(200).body;
    let notes = chart["notes"]["items"].as_array().expect("notes");
    assert_eq!((notes.len(), &notes[0]["title"]), (20, &json!("22")));
    assert!(notes[0]["excerpt"].as_str().is_some_and(|text| text.chars().count() == 281), "in brief");
    assert_eq!(notes[0]["sections"], Value::Null);
    let rest = app.get(Role::Doctor, chart["notes"]["next"].as_str().expect("more")).await.expect(200);
    assert_eq!(of(&rest, "title"), ["02", "01", "00"]);
    let before = app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/chart?as_of=2026-01-01T00:00:00Z")).await;
    assert_eq!(before.status, 404, "not yet registered then");
}
