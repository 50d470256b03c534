use std::time::Duration;

use chrono::{DateTime, Utc};
use healthcare_application::Role;
use healthcare_tests::{
    app::{TestApp, spawn_app},
    server::until,
};
use serde_json::{Value, json};

use super::{charted, items, texts};

#[tokio::test]
async fn entries_of_all_kinds_stand_in_one_list_newest_first() {
    let app = spawn_app().await;
    let patient = charted(&app).await;
    let path = format!("/api/v1/patients/{patient}/timeline");
    let (whole, paged) = until("nothing comes in while it is paged", Duration::from_secs(60), async || {
        let whole = items(&app.get(Role::Doctor, &path).await.expect(200).body);
        let paged = paged(&app, &path).await;
        // A score or a suggestion that decision support files meanwhile is no fault of the pages.
        let unchanged = whole == items(&app.get(Role::Doctor, &path).await.expect(200).body);
        unchanged.then_some((whole, paged))
    })
    .await;
    let kinds = texts(&whole, "kind");
    for kind in ["encounter", "medication", "problem", "vitals_set", "laboratory", "allergy"] {
        assert!(kinds.iter().any(|k| k == kind), "no {kind} among {kinds:?}");
    }
    assert!(!kinds.iter().any(|kind| kind == "vital"), "a charted set stands there as one: {kinds:?}");
    let times: Vec<DateTime<Utc>> = texts(&whole, "at").iter().map(|at| at.parse().expect("a time")).collect();
    assert!(times.is_sorted_by(|one, next| one >= next), "{times:?}");
    assert_eq!(whole.last().expect("an entry")["entry"]["code"]["text"], "asthma");
    assert_eq!(paged, whole, "page by page it is the same list");
}

/// The list, two entries a page.
async fn paged(app: &TestApp, path: &str) -> Vec<Value> {
    let (mut all, mut cursor) = (vec![], String::new());
    loop {
        let page = app.get(Role::Doctor, &format!("{path}?limit=2{cursor}")).await.expect(200).body;
        all.extend(items(&page));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

#[tokio::test]
async fn it_shows_the_kinds_and_the_time_that_are_asked_for() {
    let app = spawn_app().await;
    let patient = charted(&app).await;
    let ask = async |query: &str| app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/timeline?{query}")).await;
    let problems = items(&ask("kinds=problem").await.expect(200).body);
    assert_eq!(problems.len(), 2);
    let both = items(&ask("kinds=problem,laboratory").await.expect(200).body);
    assert_eq!(both.len(), 3);
    let early = items(&ask("from=2010-03-01T00:00:00Z&to=2015-07-01T00:00:00Z").await.expect(200).body);
    assert_eq!(texts(&early, "kind"), ["problem"], "from a time on, and up to another");
    ask("kinds=spaceship").await.expect_problem(400, "/problems/request/parameter", &["kinds"]);
    ask("cursor=x").await.expect_problem(400, "/problems/request/parameter", &["cursor"]);
    ask("limit=201").await.expect_problem(400, "/problems/request/parameter", &["limit"]);
}

#[tokio::test]
async fn what_was_entered_in_error_is_not_in_it() {
    let app = spawn_app().await;
    let patient = charted(&app).await;
    let problems = format!("/api/v1/patients/{patient}/timeline?kinds=problem");
    let listed = items(&app.get(Role::Doctor, &problems).await.expect(200).body);
    let wrist = listed[0]["entry"]["id"].as_str().expect("an id").to_owned();
    let why = json!({ "reason": "another patient's" });
    app.post(Role::Doctor, &format!("/api/v1/problems/{wrist}/entered-in-error"), why).await.expect(200);
    let listed = items(&app.get(Role::Doctor, &problems).await.expect(200).body);
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["entry"]["code"]["text"], "asthma");
}
