use healthcare_application::Role;
use healthcare_tests::app::{Ask as _, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

fn observation(id: &str, code: &str, more: Value) -> Value {
    let mut whole = json!({ "resourceType": "Observation", "id": id, "status": "final",
        "subject": { "reference": "Patient/p1" }, "effectiveDateTime": "2026-11-20T08:00:00Z",
        "category": [{ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs" }] }],
        "code": { "coding": [{ "system": "http://loinc.org", "code": code }] } });
    for (name, value) in more.as_object().into_iter().flatten() {
        whole[name] = value.clone();
    }
    whole
}

fn quantity(value: f64, unit: &str) -> Value {
    json!({ "value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit })
}

fn pressure(systolic: f64, diastolic: f64) -> Value {
    let part = |code: &str, value| json!({ "code": { "coding": [{ "system": "http://loinc.org", "code": code }] }, "valueQuantity": quantity(value, "mm[Hg]") });
    json!({ "component": [part("8480-6", systolic), part("8462-4", diastolic)] })
}

/// What came from elsewhere is found under the code that is asked for, whichever of its equivalents it came under.
#[tokio::test]
async fn imported_vital_signs_are_found_under_every_equivalent_code() {
    let app = spawn_app().await;
    let resources = [
        json!({ "resourceType": "Patient", "id": "p1", "name": [{ "family": "Lind" }], "gender": "female" }),
        observation("bp1", "85354-9", pressure(121.0, 79.0)),
        observation("bp2", "55284-4", pressure(133.0, 81.0)),
        observation("sat", "2708-6", json!({ "valueQuantity": quantity(96.0, "%") })),
        observation("temp", "8331-1", json!({ "valueQuantity": quantity(98.6, "[degF]") })),
    ];
    let entries: Vec<Value> = resources.iter().map(|resource| json!({ "resource": resource })).collect();
    let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": entries });
    let report = app.request(Role::Admin, Method::POST, "/api/v1/imports?source=here").await.json(&bundle);
    let report = report.answer().await.expect(200).body;
    assert_eq!(report["refusals"], json!([]), "{report:#}");
    let found = app.get(Role::Doctor, "/api/v1/patients?name=lind").await.expect(200).body;
    let patient = found["items"][0]["id"].as_str().expect("a patient").to_owned();
    let values = async |codes: &str| {
        let path =
            format!("/api/v1/patients/{patient}/vitals?from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z{codes}");
        let series = app.get(Role::Doctor, &path).await.expect(200).body["series"].clone();
        let mut all: Vec<(String, f64)> = series
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|of| {
                let code = of["code"].as_str().unwrap_or_default().to_owned();
                let points = of["points"].as_array().cloned().unwrap_or_default();
                points.into_iter().map(move |point| (code.clone(), point["value"].as_f64().unwrap_or(f64::NAN)))
            })
            .collect();
        all.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        all
    };
    let of = |code: &str, values: &[f64]| values.iter().map(|v| (code.to_owned(), *v)).collect::<Vec<_>>();
    let (systolic, diastolic) = (of("8480-6", &[121.0, 133.0]), of("8462-4", &[79.0, 81.0]));
    let both = [diastolic, systolic.clone()].concat();
    assert_eq!(values("&code=8480-6").await, systolic);
    assert_eq!(values("&code=85354-9").await, both);
    assert_eq!(values("&code=59408-5").await, of("59408-5", &[96.0]));
    assert_eq!(values("&code=2708-6").await, of("59408-5", &[96.0]));
    assert_eq!(values("&code=8310-5").await, of("8310-5", &[37.0]));
    assert_eq!(values("").await, [of("59408-5", &[96.0]), of("8310-5", &[37.0]), both].concat());
}
