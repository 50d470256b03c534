use healthcare_application::{Call, Role, alert::raise_alert};
use healthcare_domain::{alert::Priority, id::PatientId};
use healthcare_tests::app::{Ask, spawn_app};
use serde_json::{Value, json};

use super::{charted, items, texts};
use crate::{alert::content, encounter::admit, patient::register, scheduling::Clinic};

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
    for path in ["encounters", "appointments", "alerts", "waitlist", "inbox"] {
        let asked = app.get(Role::Doctor, &format!("/api/v1/{path}?{day}")).await;
        assert_eq!((asked.status, &asked.body["type"]), (400, &json!("/problems/request/parameter")), "{path}");
    }
    let document = app.get(Role::Doctor, "/api/v1/openapi.json").await.expect(200).body;
    let mut told = 0;
    // Each is asked for something that there is not; what is wrong is then its identity, and not the day.
    for (path, operations) in document["paths"].as_object().expect("paths") {
        if parameters_of(operations).any(|one| one["name"] == "as_of") {
            let path = path.replace("{id}", &patient).replace("{list}", "problems");
            // Single readings of 2020 are not kept: that is said of the time, not of the day it is asked of.
            let readings = path.ends_with(&format!("/patients/{patient}/vitals"));
            // What goes across patients tells of one on another day.
            let whose = parameters_of(operations).any(|one| one["name"] == "patient");
            let day = if readings { "as_of=2999-01-01T00:00:00Z" } else { day };
            let day = if whose { format!("patient={patient}&{day}") } else { day.to_owned() };
            let status = app.get(Role::Doctor, &format!("{path}?{day}")).await.status;
            assert_ne!(status, 400, "{path}");
            told += 1;
        }
    }
    assert!(told >= 37, "{told}");
}

fn parameters_of(operations: &Value) -> impl Iterator<Item = &Value> {
    operations["get"]["parameters"].as_array().into_iter().flatten()
}

/// The lists across patients tell of one patient what was known then, with their own filters and in their own order; and what the
/// two ways of reading show of the present is the same.
#[tokio::test]
async fn lists_across_patients_tell_of_one_on_another_day() {
    let app = spawn_app().await;
    let (patient, other) = (register(&app).await, register(&app).await);
    let clinic = Clinic::open(&app).await;
    let ports = &app.platform.app;
    let mut visits = vec![];
    for whose in [&patient, &other] {
        visits.push(admit(&app, whose).await);
        clinic.wait(whose, "routine").await;
    }
    let urgent = clinic.wait(&patient, "urgent").await;
    let mut alerts = vec![];
    for (rule, priority) in [("spo2-low", Priority::High), ("pulse-high", Priority::Medium)] {
        let content = content(PatientId(patient.parse().expect("an id")), rule, priority);
        alerts.push(raise_alert(ports, &Call::system(ports.clock.new_id()), content).await.expect("an alert").id);
    }
    let moment = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let then = moment(ports.clock.now());
    let discharge = format!("/api/v1/encounters/{}/discharge", visits[0]);
    app.post(Role::Doctor, &discharge, json!({ "disposition": "home" })).await.expect(200);
    app.post(Role::Nurse, &format!("/api/v1/alerts/{}/acknowledge", alerts[0]), json!({})).await.expect(200);
    app.post(Role::Receptionist, &format!("/api/v1/waitlist/{urgent}/leave"), json!({})).await.expect(200);
    let later = moment(ports.clock.now() + chrono::Duration::seconds(1));

    let get = async |list: &str, query: &str| {
        app.get(Role::Doctor, &format!("/api/v1/{list}?patient={patient}{query}")).await.expect(200).body
    };
    let statuses = async |list: &str, query: &str| texts(&items(&get(list, query).await), "status");
    for (list, before, after) in [
        ("encounters", vec!["in-progress"], vec!["finished"]),
        ("alerts", vec!["active", "active"], vec!["active", "acknowledged"]),
        ("waitlist", vec!["waiting", "waiting"], vec!["withdrawn", "waiting"]),
    ] {
        assert_eq!(statuses(list, &format!("&as_of={then}")).await, before, "{list} of then");
        assert_eq!(statuses(list, "").await, after, "{list} of now");
        let nothing = get(list, "&as_of=1990-01-01T00:00:00Z").await;
        assert_eq!(items(&nothing).len(), 0, "{list}");
        let (own, turned) = match list {
            "encounters" => ("-start", "start"),
            "alerts" => ("-at", "at"),
            _ => ("rank", "-rank"),
        };
        for sort in [own, turned] {
            let mut cursor = String::new();
            loop {
                let query = format!("&sort={sort}&limit=1{cursor}");
                let (one, folded) = (get(list, &query).await, get(list, &format!("{query}&as_of={later}")).await);
                // An alert goes up its ladder meanwhile. A cursor's time says nothing in the order of the waitlist.
                let told = |page: &Value| {
                    let next =
                        page["next_cursor"].as_str().and_then(|cursor| Some(cursor.split_once('.')?.1.to_owned()));
                    (texts(&items(page), "id"), texts(&items(page), "status"), next)
                };
                assert_eq!(told(&one), told(&folded), "{list} by {sort}");
                let Some(next) = one["next_cursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
        }
    }
    assert_eq!(statuses("encounters", &format!("&active=true&as_of={then}")).await, ["in-progress"]);
    assert_eq!(statuses("encounters", &format!("&status=finished&as_of={then}")).await, [""; 0]);
    assert_eq!(statuses("alerts", &format!("&priority=medium&as_of={then}")).await.len(), 1);
    assert_eq!(statuses("alerts", &format!("&status=acknowledged&as_of={then}")).await, [""; 0]);
    assert_eq!(statuses("waitlist", &format!("&status=waiting&as_of={then}")).await.len(), 2);
    // Who may not see the patient today is told of no day.
    let (_, stranger) = app.hire("stranger", Role::Doctor, &["Z"]).await;
    for list in ["encounters", "alerts", "waitlist"] {
        let path = format!("/api/v1/{list}?patient={patient}&as_of={then}");
        let asked = app.anonymous(reqwest::Method::GET, &path).bearer_auth(&stranger).answer().await;
        asked.expect_problem(403, "/problems/access/no-care-relationship", &[]);
    }
}
