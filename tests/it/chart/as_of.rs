use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::{Value, json};

use super::{charted, items, texts};

/// The days before and after something became known, over the chart, its lists and the timeline.
#[tokio::test]
async fn the_lists_and_the_timeline_are_those_of_the_day_that_is_asked_for() {
    let app = spawn_app().await;
    let patient = charted(&app).await;
    let now = app.platform.app.clock.now();
    let then = now.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let of = |list: &str| format!("/api/v1/patients/{patient}/{list}");
    app.post(Role::Doctor, &of("problems"), json!({ "code": { "text": "gout" } })).await.expect(201);
    let first = items(&app.get(Role::Doctor, &of("problems")).await.expect(200).body);
    let asthma = first.iter().find(|one| one["code"]["text"] == "asthma").expect("asthma")["id"].clone();
    let resolve = format!("/api/v1/problems/{}/resolve", asthma.as_str().expect("an id"));
    app.post(Role::Doctor, &resolve, json!({})).await.expect(200);

    let get = async |path: String| -> Value { app.get(Role::Doctor, &path).await.expect(200).body };
    let before = items(&get(format!("{}?as_of={then}", of("problems"))).await);
    assert_eq!(before.len(), 2, "gout came later");
    assert_eq!(texts(&before, "status"), ["active", "active"], "asthma was resolved later");
    assert_eq!(items(&get(of("problems")).await).len(), 3);
    let active = items(&get(format!("{}?active=false&as_of={then}", of("problems"))).await);
    assert_eq!(active.len(), 0);

    // What the two ways of reading show of the present is the same, page by page.
    let later = (app.platform.app.clock.now() + chrono::Duration::seconds(1))
        .to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    for list in ["problems", "timeline", "medication-orders", "allergies", "laboratory-results", "vital-signs"] {
        let (mut read, mut folded) = (of(list), format!("{}?as_of={later}&limit=2", of(list)));
        read += "?limit=2";
        loop {
            let (one, other) = (get(read.clone()).await, get(folded.clone()).await);
            assert_eq!(one, other, "{list}");
            let Some(next) = one["next_cursor"].as_str() else { break };
            read = format!("{}?limit=2&cursor={next}", of(list));
            folded = format!("{}?as_of={later}&limit=2&cursor={next}", of(list));
        }
    }
    let nobody = get(format!("{}?as_of=1990-01-01T00:00:00Z", of("timeline"))).await;
    assert_eq!(items(&nobody).len(), 0);
}

/// Who asks for another day where only the present is told is refused, and not answered with today; and every operation whose
/// description has the parameter takes it.
#[tokio::test]
async fn another_day_is_never_answered_with_today() {
    let app = spawn_app().await;
    let patient = charted(&app).await;
    let day = "as_of=2020-01-01T00:00:00Z";
    for path in ["encounters", "appointments"] {
        let asked = app.get(Role::Doctor, &format!("/api/v1/{path}?{day}")).await;
        assert_eq!((asked.status, &asked.body["type"]), (400, &json!("/problems/request/parameter")), "{path}");
    }
    let document = app.get(Role::Doctor, "/api/v1/openapi.json").await.expect(200).body;
    let mut told = 0;
    // Each is asked for something that there is not; what is wrong is then its identity, and not the day.
    for (path, operations) in document["paths"].as_object().expect("paths") {
        let parameters = operations["get"]["parameters"].as_array().into_iter().flatten();
        if parameters.into_iter().any(|one| one["name"] == "as_of") {
            let path = path.replace("{id}", &patient).replace("{list}", "problems");
            // Single readings of 2020 are not kept: that is said of the time, not of the day it is asked of.
            let readings = path.ends_with(&format!("/patients/{patient}/vitals"));
            let day = if readings { "as_of=2999-01-01T00:00:00Z" } else { day };
            let status = app.get(Role::Doctor, &format!("{path}?{day}")).await.status;
            assert_ne!(status, 400, "{path}");
            told += 1;
        }
    }
    assert!(told >= 33, "{told}");
}
