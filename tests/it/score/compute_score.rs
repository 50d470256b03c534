use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::{Value, json};

/// Every calculator is listed with what it takes, and takes what it lists.
#[tokio::test]
async fn calculators_say_what_they_take() {
    let app = spawn_app().await;
    let list = app.get(Role::Doctor, "/api/v1/scores").await.expect(200).body;
    let cards = list["items"].as_array().expect("items");
    assert_eq!(cards.len(), 19);
    for card in cards {
        let name = card["name"].as_str().expect("a name");
        let inputs = card["inputs"].as_array().expect("inputs").iter();
        let given: Value =
            inputs.map(|input| (input["name"].as_str().expect("a name").to_owned(), least(input))).collect();
        let computed = app.post(Role::Doctor, &format!("/api/v1/scores/{name}"), given).await;
        let computed = computed.expect(200).body;
        if name != "news2" {
            assert_eq!(computed["complete"], true, "{name}: {computed}");
            assert_eq!(computed["citation"], card["citation"]);
        }
    }
}

/// The least that an input takes.
fn least(input: &Value) -> Value {
    match input["type"].as_str() {
        Some("number") => input["min"].clone(),
        Some("boolean") => json!(false),
        Some("choice") => match input["name"].as_str() {
            Some("spo2_scale") => json!(1),
            _ => input["options"][0].clone(),
        },
        Some("list") => {
            let of = input["of"].as_array().expect("fields").iter();
            json!([of.map(|one| (one["name"].as_str().expect("a name").to_owned(), least(one))).collect::<Value>()])
        }
        other => panic!("an input of type {other:?}"),
    }
}

#[tokio::test]
async fn a_score_is_computed_and_what_is_wrong_is_named() {
    let app = spawn_app().await;
    let post = async |name: &str, body: Value| app.post(Role::Nurse, &format!("/api/v1/scores/{name}"), body).await;
    let known = post("gcs", json!({ "eye": 3, "verbal": 4, "motor": 6 })).await.expect(200).body;
    assert_eq!((&known["total"], &known["band"]), (&json!(13), &json!("mild")));
    let partial = post("gcs", json!({ "eye": 3, "motor": 6 })).await.expect(200).body;
    assert_eq!(
        (&partial["total"], &partial["partial"], &partial["missing"]),
        (&Value::Null, &json!(9), &json!(["verbal"]))
    );
    let wrong = post("gcs", json!({ "eye": 0 })).await;
    wrong.expect_problem(422, "/problems/score/out-of-range", &["/eye"]);
    post("gcs", json!({ "eyes": 3 })).await.expect_problem(422, "/problems/score/out-of-range", &["/eyes"]);
    assert_eq!(post("apgar", json!({})).await.status, 404);
    let denied = app.post(Role::Receptionist, "/api/v1/scores/gcs", json!({})).await;
    denied.expect_problem(403, "/problems/access/denied", &[]);
    assert_eq!(app.clinical_events().await, 0, "nothing is stored");
}
