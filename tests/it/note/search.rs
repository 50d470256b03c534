use healthcare_application::Role;
use healthcare_tests::app::{Answer, spawn_app};
use serde_json::{Value, json};

use super::{Somebody, note, signed};
use crate::{encounter::admit, patient::register};

fn titles(answer: &Answer) -> Vec<String> {
    let items = answer.body["items"].as_array().unwrap_or_else(|| panic!("{:#}", answer.body));
    items.iter().map(|item| item["note"]["title"].as_str().expect("a title").to_owned()).collect()
}

fn found(item: &Value) -> Vec<String> {
    let pieces = item["excerpt"].as_array().expect("pieces").iter().filter(|piece| piece["found"] == true);
    pieces.map(|piece| piece["text"].as_str().expect("text").to_owned()).collect()
}

#[tokio::test]
async fn notes_are_found_by_what_they_say_the_best_first() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    admit(&app, &patient).await;
    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A"]).await;
    ann.writes(&patient, signed("One", "Chest pain on exertion. Chest pain at night. Infections treated.")).await;
    ann.writes(&patient, signed("Two", "No pain. José walks to the café; SpO2 <92 % & falling.")).await;
    let struck = ann.writes(&patient, signed("Three", "Chest pain of somebody else.")).await;
    ann.post(&format!("{struck}/entered-in-error"), json!({ "reason": "another patient" })).await.expect(200);
    let mut german = signed("Vier", "Die Straßen waren glatt; Frakturen beidseits.");
    german["language"] = json!("de");
    ann.writes(&patient, german).await;
    let path = format!("/api/v1/patients/{patient}/notes/search");
    let search = async |words: &str| ann.post(&path, json!({ "words": words })).await.expect(200);

    let pain = search("chest pain").await;
    assert_eq!(titles(&pain), ["One"], "what was struck out is not found");
    assert_eq!(found(&pain.body["items"][0])[..2], ["Chest", "pain"]);
    assert_eq!(titles(&search("pain").await), ["One", "Two"], "what says it more often comes first");
    assert_eq!(titles(&search("pain -exertion").await), ["Two"]);
    assert_eq!(titles(&search("\"pain at night\"").await), ["One"]);
    assert_eq!(titles(&search("exertion or jose").await).len(), 2);
    assert_eq!(titles(&search("infection").await), ["One"], "another form of the word");
    let accents = search("JOSE CAFE").await;
    assert_eq!(
        (titles(&accents), found(&accents.body["items"][0])),
        (vec!["Two".to_owned()], vec!["José".to_owned(), "café".to_owned()])
    );
    let text: String = accents.body["items"][0]["excerpt"]
        .as_array()
        .expect("pieces")
        .iter()
        .filter_map(|p| p["text"].as_str())
        .collect();
    assert!(text.contains("SpO2 <92 % & falling."), "{text}");
    let other = ann.post(&path, json!({ "words": "Fraktur", "language": "de" })).await.expect(200);
    assert_eq!(titles(&other), ["Vier"]);
    assert_eq!(titles(&search("strassen").await), ["Vier"]);
    assert_eq!(titles(&search("zebra").await), [""; 0]);
    let typed = ann.post(&path, json!({ "words": "pain", "note_type": "18842-5" })).await.expect(200);
    assert_eq!(titles(&typed), [""; 0]);
    for (body, place) in [(json!({ "words": "" }), "/words"), (json!({ "words": "a", "colour": 1 }), "/colour")] {
        assert_eq!(ann.post(&path, body).await.expect(422).body["errors"][0]["pointer"], place);
    }
    for hostile in ["'; drop table read.note; --", "a & | ! ( :*", "\"", "\\", "%", "<b>"] {
        search(hostile).await;
    }
    assert_eq!(app.count("read.note where status = 'signed'").await, 3);
}

/// Pages hold everything once, in the order of rank.
#[tokio::test]
async fn what_is_found_comes_in_pages() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/notes");
    for n in 1..=7 {
        app.post(Role::Nurse, &path, signed(&format!("{n}"), &"Fever. ".repeat(1 + n % 3))).await.expect(201);
    }
    let (mut seen, mut ranks, mut cursor) = (vec![], vec![], Value::Null);
    loop {
        let mut body = json!({ "words": "fever", "limit": 2 });
        if cursor.is_string() {
            body["cursor"] = cursor;
        }
        let page = app.post(Role::Doctor, &format!("{path}/search"), body).await.expect(200);
        seen.extend(titles(&page));
        ranks.extend(
            page.body["items"].as_array().expect("items").iter().map(|item| item["rank"].as_f64().expect("a rank")),
        );
        cursor = page.body["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    assert!(ranks.is_sorted_by(|a, b| a >= b), "{ranks:?}");
    seen.sort();
    assert_eq!(seen, ["1", "2", "3", "4", "5", "6", "7"]);
    let bad = app.post(Role::Doctor, &format!("{path}/search"), json!({ "words": "fever", "cursor": "x" })).await;
    assert_eq!(bad.status, 400);
}

/// SECURITY 30: a search over all patients finds those of the circle, tells a draft to nobody but its author, and is
/// recorded for each patient who is shown, without what was looked for.
#[tokio::test]
async fn a_search_over_patients_holds_those_of_the_circle() {
    let app = spawn_app().await;
    let (own, other) = (register(&app).await, register(&app).await);
    admit(&app, &own).await;
    let stay = json!({ "class": "inpatient", "ward": "B" });
    app.post(Role::Receptionist, &format!("/api/v1/patients/{other}/encounters"), stay).await.expect(201);
    let ann = Somebody::hired(&app, "ann", Role::Doctor, &["A"]).await;
    let bob = Somebody::hired(&app, "bob", Role::Doctor, &["B"]).await;
    let house = Somebody::hired(&app, "house", Role::Doctor, &["*"]).await;
    let nobody = Somebody::hired(&app, "nobody", Role::Doctor, &[]).await;
    ann.writes(&own, signed("Own", "Sarcoidosis.")).await;
    ann.writes(&own, note("Draft", "Sarcoidosis?")).await;
    bob.writes(&other, signed("Other", "Sarcoidosis.")).await;
    let search = async |who: &Somebody<'_>| {
        let mut found = titles(&who.post("/api/v1/notes/search", json!({ "words": "sarcoidosis" })).await.expect(200));
        found.sort();
        found
    };
    assert_eq!(search(&ann).await, ["Draft", "Own"]);
    assert_eq!(search(&bob).await, ["Other"]);
    assert_eq!(search(&house).await, ["Other", "Own"]);
    assert_eq!(search(&nobody).await, [""; 0]);
    let path = format!("/api/v1/patients/{own}/notes/search");
    bob.post(&path, json!({ "words": "x" })).await.expect_problem(403, "/problems/access/no-care-relationship", &[]);
    app.post(Role::Receptionist, "/api/v1/notes/search", json!({ "words": "x" })).await.expect(403);
    let recorded =
        format!("audit.entry where actor = '{}' and patient = '{other}' and action = 'read_chart'", house.id);
    assert_eq!(app.count(&recorded).await, 1);
    assert_eq!(app.count("audit.entry e where e::text ilike '%sarcoid%'").await, 0);
}
