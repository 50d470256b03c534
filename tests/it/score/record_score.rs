use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::{Value, json};

use crate::{observation::potassium, patient::register};

/// A result of serum creatinine, in umol/L.
fn creatinine(value: &str) -> Value {
    let mut result = potassium(value);
    result["code"] = json!({ "coding": [{ "system": "http://loinc.org", "code": "2160-0", "display": "Creatinine" }] });
    result["value"] = json!({ "quantity": { "value": value, "unit": "umol/L" } });
    result["reference_range"] = json!("45 to 84 umol/L");
    result
}

fn input<'a>(score: &'a Value, name: &str) -> &'a Value {
    let inputs = score["inputs"].as_array().unwrap_or_else(|| panic!("inputs: {score:#}"));
    inputs.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{name}: {score:#}"))
}

/// What the record holds is taken from there, each with its event; what comes out is what the calculator says without a
/// patient, and it stands in the list, the timeline and the export.
#[tokio::test]
async fn a_score_is_computed_from_the_record_and_stands_there() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let results = format!("/api/v1/patients/{patient}/laboratory-results");
    let result = app.post(Role::LabTechnician, &results, creatinine("97.2")).await.expect(201).id();
    let path = format!("/api/v1/patients/{patient}/scores/egfr");
    let stored = app.post(Role::Pharmacist, &path, json!({})).await.expect(201);
    let taken = &input(&stored.body, "creatinine")["taken_from"];
    assert_eq!((&taken["stream"], &taken["version"]), (&json!(result), &json!(1)));
    assert_eq!(input(&stored.body, "age")["taken_from"]["stream"], json!(patient));

    let values = stored.body["inputs"].as_array().expect("inputs").iter();
    let given: Value =
        values.map(|one| (one["name"].as_str().expect("a name").to_owned(), one["value"].clone())).collect();
    let alone = app.post(Role::Pharmacist, "/api/v1/scores/egfr", given).await.expect(200).body;
    assert_eq!(stored.body["value"], alone["value"]);
    assert_eq!((&stored.body["score_version"], &stored.body["citation"]), (&alone["version"], &alone["citation"]));

    let one = format!("/api/v1/calculated-scores/{}", stored.id());
    let read = app.get(Role::Nurse, &one).await.expect(200).body;
    assert_eq!((&read["status"], &read["value"]), (&json!("recorded"), &alone["value"]));
    let list = format!("/api/v1/patients/{patient}/calculated-scores");
    for _ in 0..2 {
        app.post(Role::Doctor, &path, json!({})).await.expect(201);
    }
    let first = app.get(Role::Nurse, &format!("{list}?limit=2")).await.expect(200).body;
    assert_eq!(first["items"].as_array().map(Vec::len), Some(2));
    let cursor = first["next_cursor"].as_str().expect("a cursor");
    let rest = app.get(Role::Nurse, &format!("{list}?limit=2&cursor={cursor}")).await.expect(200).body;
    assert_eq!(rest["items"][0]["id"], json!(stored.id()));
    let timeline = app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/timeline")).await.expect(200);
    assert!(timeline.body.to_string().contains(&stored.id()), "{:#}", timeline.body);
    let export = app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/export")).await.expect(200);
    let resources = export.body["entry"].as_array().expect("entries").iter().map(|entry| &entry["resource"]);
    let written = resources.into_iter().find(|one| one["id"] == json!(stored.id())).expect("the score");
    assert_eq!((&written["resourceType"], &written["status"]), (&json!("Observation"), &json!("final")));
    assert_eq!(written["valueQuantity"]["value"], alone["value"]);
    assert_eq!(written["derivedFrom"], json!([{ "reference": format!("urn:uuid:{result}") }]));

    let why = json!({ "reason": "haemolysed" });
    app.post(Role::Pharmacist, &format!("{one}/entered-in-error"), why.clone()).await.expect(200);
    let twice = app.post(Role::Pharmacist, &format!("{one}/entered-in-error"), why).await;
    twice.expect_problem(409, "/problems/entry/entered-in-error", &[]);
    let left = app.get(Role::Nurse, &list).await.expect(200).body;
    assert_eq!(left["items"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn what_is_given_counts_and_what_is_missing_is_said() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = |name: &str| format!("/api/v1/patients/{patient}/scores/{name}");
    let incomplete = app.post(Role::Doctor, &path("egfr"), json!({})).await.expect(201).body;
    assert_eq!((&incomplete["complete"], &incomplete["missing"]), (&json!(false), &json!(["creatinine"])));
    let given = json!({ "inputs": { "creatinine": 1.1, "age": 60, "sex": "female" }, "from_record": false });
    let given = app.post(Role::Doctor, &path("egfr"), given).await.expect(201).body;
    assert!(input(&given, "age").get("taken_from").is_none());

    let nothing = app.post(Role::Doctor, &path("map"), json!({})).await;
    nothing.expect_problem(422, "/problems/score/nothing-known", &["/inputs"]);
    let wrong = json!({ "inputs": { "systolic_bp": 9000 } });
    app.post(Role::Doctor, &path("map"), wrong).await.expect_problem(422, "/problems/score/out-of-range", &["/inputs"]);
    let unknown = app.post(Role::Doctor, &path("horoscope"), json!({})).await;
    unknown.expect_problem(404, "/problems/score/no-such-calculator", &[]);
    let news2 = app.post(Role::Doctor, &path("news2"), json!({})).await;
    news2.expect_problem(422, "/problems/score/kept-by-itself", &[]);
    let strange = json!({ "inputs": {}, "secret": 1 });
    app.post(Role::Doctor, &path("map"), strange).await.expect_problem(422, "/problems/request/shape", &["/secret"]);
    app.post(Role::Receptionist, &path("map"), json!({})).await.expect_problem(403, "/problems/access/denied", &[]);
    let other = crate::encounter::admit(&app, &register(&app).await).await;
    let foreign = json!({ "inputs": { "systolic_bp": 120, "diastolic_bp": 80 }, "encounter": other });
    let foreign = app.post(Role::Doctor, &path("map"), foreign).await;
    foreign.expect_problem(422, "/problems/request/foreign-reference", &["/encounter"]);
}
