//! The queue of duplicates: filled by imports, registrations and changes, and emptied by decisions.

use std::{collections::BTreeSet, time::Duration};

use healthcare_application::Role;
use healthcare_tests::{
    app::{Ask, TestApp, spawn_app},
    server::until,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{merge, person, registered};
use crate::support::walk::both_ways;

const FEBRL: &str = include_str!("../../fixtures/patients/febrl-1.csv");

/// A line of the set as a FHIR Patient.
fn patient(line: &str) -> Value {
    let field: Vec<&str> = line.split(',').map(str::trim).collect();
    let some = |n: usize| (!field[n].is_empty()).then(|| field[n].to_owned());
    let mut name = json!({});
    if let Some(given) = some(1) {
        name["given"] = json!([given]);
    }
    if let Some(family) = some(2) {
        name["family"] = json!(family);
    }
    let lines: Vec<String> = [format!("{} {}", field[3], field[4]), field[5].to_owned()]
        .into_iter()
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    let mut address = json!({ "line": lines });
    for (key, n) in [("city", 6), ("postalCode", 7), ("state", 8)] {
        if let Some(value) = some(n) {
            address[key] = json!(value);
        }
    }
    let mut identifiers = vec![json!({ "system": "urn:febrl:record", "value": field[0] })];
    identifiers.extend(some(10).map(|value| json!({ "system": "urn:febrl:soc_sec_id", "value": value })));
    let mut patient = json!({
        "resourceType": "Patient", "id": field[0], "identifier": identifiers, "name": [name], "address": [address],
    });
    if field[9].len() == 8 {
        let (year, rest) = field[9].split_at(4);
        let (month, day) = rest.split_at(2);
        let known = (1..=12).contains(&month.parse::<u32>().unwrap_or(0))
            && (1..=31).contains(&day.parse::<u32>().unwrap_or(0));
        if known {
            patient["birthDate"] = json!(format!("{year}-{month}-{day}"));
        }
    }
    patient
}

async fn import(app: &TestApp, patients: Vec<Value>) {
    let entries: Vec<Value> = patients
        .into_iter()
        .map(|resource| {
            let url = format!("http://febrl.example/Patient/{}", resource["id"].as_str().expect("an id"));
            json!({ "fullUrl": url, "resource": resource })
        })
        .collect();
    let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": entries });
    let request = app.request(Role::Admin, Method::POST, "/api/v1/imports").await;
    let answer = request.body(bundle.to_string()).answer().await.expect(200);
    assert_eq!(answer.body["refusals"], json!([]), "{:#}", answer.body);
}

/// Waits until the finder has seen all that was registered so far.
pub(super) async fn settled(app: &TestApp) {
    let owner = app.owner().await;
    until("the finder has caught up", Duration::from_secs(120), async || {
        let sql = "select exists (select from es.checkpoint c join es.tick t using (tick_id) where c.name = 'identity.duplicates'
            and not exists (select from es.event e where e.event_type in
                    ('patient.created', 'patient.updated', 'patient.merged', 'patient.unmerged', 'patient.entered-in-error',
                     'patient.duplicate.dismissed')
                and not pg_visible_in_snapshot(e.xid, t.snap)))";
        owner.query_one(sql, &[]).await.expect("an answer").get::<_, bool>(0).then_some(())
    })
    .await;
}

/// All pairs of the queue, page by page.
async fn pairs(app: &TestApp, filter: &str) -> Vec<Value> {
    let (mut all, mut cursor) = (vec![], String::new());
    loop {
        let path = format!("/api/v1/patients/duplicates?limit=200&{filter}{cursor}");
        let page = app.get(Role::Receptionist, &path).await.expect(200).body;
        all.extend(page["items"].as_array().cloned().expect("items"));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

/// The goal: precision 0.99 and recall 0.95, from the import to the queue, blocking included.
#[tokio::test]
async fn the_labelled_set_is_found_through_the_import() {
    let app = spawn_app().await;
    import(&app, FEBRL.lines().skip(1).map(patient).collect()).await;
    settled(&app).await;
    let number = |patient: &Value| {
        let all = patient["identifiers"].as_array().expect("identifiers");
        let own = all.iter().find(|one| one["system"] == "urn:febrl:record").expect("the record's");
        own["value"].as_str().and_then(|value| value.split('-').nth(1)).expect("a number").to_owned()
    };
    let (mut right, mut wrong) = (BTreeSet::new(), 0);
    for pair in pairs(&app, "grade=certain,probable").await {
        let (one, other) = (number(&pair["patients"][0]), number(&pair["patients"][1]));
        assert!(!pair["reasons"].as_array().expect("reasons").is_empty());
        if one == other {
            assert!(right.insert(one), "a pair stands there once");
        } else {
            wrong += 1;
        }
    }
    let (right, wrong) = (f64::from(u32::try_from(right.len()).unwrap()), f64::from(wrong));
    let (precision, recall) = (right / (right + wrong), right / 500.0);
    println!("precision {precision:.4}, recall {recall:.4}");
    assert!(precision >= 0.99, "precision {precision:.4}");
    assert!(recall >= 0.95, "recall {recall:.4}");
}

#[tokio::test]
async fn a_pair_comes_by_registration_and_change_and_leaves_by_a_decision() {
    let app = spawn_app().await;
    let phone = |mut body: Value| {
        body["telecom"] = json!([{ "system": "phone", "value": "+351 912 345 678" }]);
        body
    };
    let ana = registered(&app, phone(person("Ana", "Ferreira", "1954-03-02", "Q-1"))).await;
    let anna = registered(&app, phone(person("Anna", "Fereira", "1954-03-02", "Q-2"))).await;
    let eva = registered(&app, person("Eva", "Dahl", "1980-05-05", "Q-3")).await;
    settled(&app).await;
    let queue = pairs(&app, "").await;
    assert_eq!(queue.len(), 1, "{queue:#?}");
    let ids: BTreeSet<&str> = [0, 1].iter().filter_map(|n| queue[0]["patients"][n]["id"].as_str()).collect();
    assert_eq!(ids, [ana.as_str(), anna.as_str()].into());
    // Eva turns out to be called otherwise.
    let renamed = json!({ "names": [{ "family": "Ferreira", "given": ["Ana"] }], "birth_date": "1954-03-20",
        "telecom": [{ "system": "phone", "value": "+351 912 345 678" }] });
    app.patch(Role::Receptionist, &format!("/api/v1/patients/{eva}"), 1, renamed).await.expect(200);
    settled(&app).await;
    assert_eq!(pairs(&app, "").await.len(), 3);
    let told_apart = json!({ "patients": [eva, ana], "reason": "mother and daughter" });
    let path = "/api/v1/patients/duplicates/dismiss";
    app.post(Role::Receptionist, path, told_apart.clone()).await.expect(200);
    app.post(Role::Receptionist, path, told_apart).await.expect_problem(
        409,
        "/problems/identity/already-distinct",
        &[],
    );
    assert_eq!(pairs(&app, "").await.len(), 2);
    merge(&app, &ana, &anna).await.expect(200);
    assert!(pairs(&app, "").await.is_empty(), "who is merged is on no queue");
    app.get(Role::Receptionist, "/api/v1/patients/duplicates?grade=surely").await.expect_problem(
        400,
        "/problems/request/parameter",
        &["grade"],
    );
}

/// Somebody of this name who lives in one house with all others of it.
fn at_home(born: Option<&str>, number: &str) -> Value {
    let mut body = person("Ana", "Lindqvist", born.unwrap_or_default(), number);
    body["addresses"] = json!([{ "lines": ["12 Church Lane"], "city": "Bendigo", "postal_code": "3550" }]);
    if born.is_none() {
        body.as_object_mut().expect("a body").remove("birth_date");
    }
    body
}

/// The grades of all pairs, the weightiest first, when the finder has seen everything.
async fn grades(app: &TestApp) -> Vec<Value> {
    settled(app).await;
    pairs(app, "").await.iter().map(|pair| pair["grade"].clone()).collect()
}

/// A registration without a birth date is one person with the only one who fits, most likely; not any more when somebody of
/// that name who lives there is registered too.
#[tokio::test]
async fn who_fits_two_people_is_neither_for_sure_whoever_came_last() {
    let app = spawn_app().await;
    registered(&app, at_home(Some("1954-03-02"), "D-1")).await;
    registered(&app, at_home(None, "D-2")).await;
    assert_eq!(grades(&app).await, ["probable"]);
    let daughter = registered(&app, at_home(Some("1981-07-19"), "D-3")).await;
    assert_eq!(grades(&app).await, ["possible", "possible"]);
    for pair in pairs(&app, "").await {
        assert_eq!(pair["score"], json!(0.5), "{pair:#}");
        assert!(pair["reasons"][0].to_string().contains("another registration fits as well"), "{pair:#}");
    }
    // With a birth date of her own, she is told from her mother, and nobody doubts any more.
    let described = json!({ "names": [{ "family": "Lindqvist", "given": ["Ana"] }], "birth_date": "1981-07-19",
        "addresses": at_home(None, "")["addresses"] });
    let found = app.post(Role::Nurse, "/api/v1/patients/match", described).await.expect(200).body;
    assert_eq!(found["candidates"][0]["id"], json!(daughter), "{found:#}");
    assert_eq!(found["candidates"][0]["grade"], "certain");
}

/// Who made a pair unsure and fits no more (they were somebody else, a mistake, or one of the two) makes it unsure no longer.
#[tokio::test]
async fn a_doubt_is_lifted_when_its_reason_has_gone() {
    let app = spawn_app().await;
    let mother = registered(&app, at_home(Some("1954-03-02"), "D-1")).await;
    registered(&app, at_home(None, "D-2")).await;
    assert_eq!(grades(&app).await, ["probable"]);

    let neighbour = registered(&app, at_home(Some("1981-07-19"), "D-3")).await;
    assert_eq!(grades(&app).await, ["possible", "possible"]);
    let renamed = json!({ "names": [{ "family": "Okafor", "given": ["Ngozi"] }], "birth_date": "1981-07-19" });
    app.patch(Role::Receptionist, &format!("/api/v1/patients/{neighbour}"), 1, renamed).await.expect(200);
    assert_eq!(grades(&app).await, ["probable"], "she is called otherwise");

    let mistake = registered(&app, at_home(Some("1981-07-19"), "D-4")).await;
    assert_eq!(grades(&app).await, ["possible", "possible"]);
    let why = json!({ "reason": "a visitor, not a patient" });
    app.post(Role::Receptionist, &format!("/api/v1/patients/{mistake}/entered-in-error"), why).await.expect(200);
    let queue = pairs(&app, "").await;
    assert_eq!(grades(&app).await, ["probable"], "there never was such a patient: {queue:#?}");
    let reasons = pairs(&app, "").await[0]["reasons"].to_string();
    assert!(!reasons.contains("another registration fits as well"), "{reasons}");

    let twice = registered(&app, at_home(Some("1981-07-19"), "D-5")).await;
    let other = registered(&app, at_home(Some("1999-01-30"), "D-6")).await;
    assert!(grades(&app).await.iter().all(|grade| grade == "possible"));
    merge(&app, &mother, &twice).await.expect(200);
    assert!(grades(&app).await.iter().all(|grade| grade == "possible"), "the other one fits still");
    merge(&app, &mother, &other).await.expect(200);
    assert_eq!(grades(&app).await, ["probable"], "nobody else is left who fits");
}

/// A pair whose two have come to share their keys with a crowd, or with nobody, is still looked at: it stays on the queue while it
/// is alike.
#[tokio::test]
async fn a_doubt_that_is_lifted_takes_no_pair_along_that_is_alike() {
    let app = spawn_app().await;
    let mother = registered(&app, at_home(Some("1954-03-02"), "D-1")).await;
    registered(&app, at_home(None, "D-2")).await;
    let neighbour = registered(&app, at_home(Some("1981-07-19"), "D-3")).await;
    assert_eq!(grades(&app).await, ["possible", "possible"]);
    app.owner().await.batch_execute("delete from read.patient_match_key").await.expect("by no key any more");
    let renamed = json!({ "names": [{ "family": "Okafor", "given": ["Ngozi"] }], "birth_date": "1981-07-19" });
    app.patch(Role::Receptionist, &format!("/api/v1/patients/{neighbour}"), 1, renamed).await.expect(200);
    assert_eq!(
        grades(&app).await,
        ["probable"],
        "the neighbour is called otherwise, the two are as alike as they were"
    );
    // Nor does the next change of one of the two take it along.
    let phone = json!({ "telecom": [{ "system": "phone", "value": "+351 912 345 678" }] });
    app.patch(Role::Receptionist, &format!("/api/v1/patients/{mother}"), 1, phone).await.expect(200);
    app.owner().await.batch_execute("delete from read.patient_match_key").await.expect("by no key any more");
    assert_eq!(grades(&app).await, ["probable"]);
}

/// Who fits the one of two and is not met by the other makes the pair unsure, whichever of the two changed last.
#[tokio::test]
async fn a_doubt_that_only_the_other_side_sees_stays() {
    let app = spawn_app().await;
    let mother = registered(&app, at_home(Some("1954-03-02"), "D-1")).await;
    let undated = registered(&app, at_home(None, "D-2")).await;
    let child = registered(&app, at_home(Some("1981-07-19"), "D-3")).await;
    assert_eq!(grades(&app).await, ["possible", "possible"]);
    let unmet = format!("delete from read.patient_match_key where patient_id = '{child}'");
    app.owner().await.batch_execute(&unmet).await.expect("met by nobody but who is on the queue with her");
    let phone = json!({ "telecom": [{ "system": "phone", "value": "+351 912 345 678" }] });
    for who in [&mother, &undated] {
        app.patch(Role::Receptionist, &format!("/api/v1/patients/{who}"), 1, phone.clone()).await.expect(200);
        assert_eq!(grades(&app).await, ["possible", "possible"], "the child fits the undated one still");
    }
}

/// However many pairs a mistake made unsure, none of them stays so because of it.
#[tokio::test]
async fn all_doubts_of_a_mistake_are_lifted() {
    let app = spawn_app().await;
    for (undated, dated, born) in [
        ("48213", "30967", "1904-03-01"),
        ("90756", "81542", "1921-07-19"),
        ("17394", "56028", "1938-11-30"),
        ("62508", "24815", "1955-01-12"),
        ("35971", "79640", "1972-09-25"),
    ] {
        registered(&app, at_home(None, undated)).await;
        registered(&app, at_home(Some(born), dated)).await;
    }
    settled(&app).await;
    let mistake = registered(&app, at_home(Some("1989-05-08"), "13477")).await;
    settled(&app).await;
    let doubts = format!("wf.pair_doubt where doubter = '{mistake}'");
    assert_eq!(app.count(&doubts).await, 25, "more than are looked at at once");
    let why = json!({ "reason": "a visitor, not a patient" });
    app.post(Role::Receptionist, &format!("/api/v1/patients/{mistake}/entered-in-error"), why).await.expect(200);
    settled(&app).await;
    assert_eq!(app.count(&doubts).await, 0);
    assert!(app.count("wf.pair_doubt").await > 0, "the others fit still");
    let surer = "wf.pair_doubt d join wf.duplicate_pair p using (one, other) where p.grade <> 'possible'";
    assert_eq!(app.count(surer).await, 0);
}

#[tokio::test]
async fn the_queue_is_told_from_either_end() {
    let app = spawn_app().await;
    for (given, number) in [("Ana", "MRN-1"), ("Anna", "MRN-2"), ("Ana", "MRN-3"), ("Ane", "MRN-4")] {
        registered(&app, person(given, "Ferreira", "1954-03-02", number)).await;
    }
    settled(&app).await;
    let pairs = both_ways(&app, Role::Receptionist, "/api/v1/patients/duplicates", "-score").await;
    let scores: Vec<_> = pairs.iter().filter_map(|pair| pair["score"].as_f64()).collect();
    assert!(scores.is_sorted_by(|one, next| one >= next), "{scores:?}");
}

/// One person, three times: whole; by her card alone, with another name; at home, with another birth date. The last two share
/// nothing but a family name.
fn ana(which: usize) -> Value {
    let (given, born) = [("Ana", "1954-03-02"), ("Anna", "1954-03-02"), ("Ana", "1964-03-20")][which];
    let mut body = json!({ "names": [{ "family": "Ferreira", "given": [given] }], "birth_date": born });
    if which < 2 {
        body["identifiers"] = json!([{ "system": "urn:example:card", "value": "4711-0815" }]);
    }
    if which != 1 {
        body["addresses"] = json!([{ "lines": ["12 Church Lane"], "city": "Bendigo", "postal_code": "3550" }]);
    }
    body
}

/// Two stand on the queue because of a third who is both, whoever of them is registered last.
#[tokio::test]
async fn two_are_one_by_a_third_in_whichever_order_they_come() {
    let said = "another registration is very likely the same person as each of the two";
    for order in [[0, 1, 2], [1, 2, 0], [2, 0, 1]] {
        let app = spawn_app().await;
        let mut ids = [const { String::new() }; 3];
        for n in order {
            ids[n] = registered(&app, ana(n)).await;
            settled(&app).await;
        }
        let queue = pairs(&app, "grade=certain,probable").await;
        assert_eq!(queue.len(), 3, "{order:?} {queue:#?}");
        let linked: Vec<&Value> = queue.iter().filter(|pair| pair["reasons"][0] == said).collect();
        assert_eq!(linked.len(), 1, "{order:?} {queue:#?}");
        let of_pair: BTreeSet<&str> = [0, 1].iter().filter_map(|n| linked[0]["patients"][*n]["id"].as_str()).collect();
        assert_eq!(of_pair, [&*ids[1], &*ids[2]].into(), "{order:?}");
        assert_eq!(linked[0]["grade"], "probable");
    }
}

/// They do no longer than the third is both: somebody knows better, or it turns out to be a mistake.
#[tokio::test]
async fn who_is_not_both_links_nobody() {
    for is_mistake in [false, true] {
        let app = spawn_app().await;
        let mut ids = vec![];
        for n in 0..3 {
            ids.push(registered(&app, ana(n)).await);
        }
        settled(&app).await;
        assert_eq!(app.count("wf.pair_link").await, 1);
        if is_mistake {
            let why = json!({ "reason": "a visitor, not a patient" });
            let path = format!("/api/v1/patients/{}/entered-in-error", ids[0]);
            app.post(Role::Receptionist, &path, why).await.expect(200);
        } else {
            let told_apart = json!({ "patients": [ids[0], ids[2]], "reason": "a cousin" });
            app.post(Role::Receptionist, "/api/v1/patients/duplicates/dismiss", told_apart).await.expect(200);
        }
        settled(&app).await;
        assert_eq!(app.count("wf.pair_link").await, 0, "{is_mistake}");
        let left = pairs(&app, "grade=certain,probable").await.len();
        assert_eq!(left, if is_mistake { 0 } else { 1 }, "{is_mistake}");
    }
}
