//! Merges of merges, and what is refused.

use healthcare_application::Role;
use healthcare_tests::app::{Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::json;

use super::{listed, merge, person, registered, unmerge};

async fn problem(app: &TestApp, patient: &str, what: &str) -> String {
    let path = format!("/api/v1/patients/{patient}/problems");
    app.post(Role::Doctor, &path, json!({ "code": { "text": what } })).await.expect(201).id()
}

#[tokio::test]
async fn a_chain_is_held_by_its_end_and_comes_apart_in_order() {
    let app = spawn_app().await;
    let mut people = vec![];
    for n in 0..3 {
        let born = format!("19{n}0-01-01");
        people.push(registered(&app, person("Ana", "Lind", &born, &format!("C-{n}"))).await);
    }
    let [a, b, c] = [&people[0], &people[1], &people[2]];
    let of = [problem(&app, a, "asthma").await, problem(&app, b, "gout").await, problem(&app, c, "angina").await];
    merge(&app, b, a).await.expect(200);
    merge(&app, c, b).await.expect(200);
    let mut all = of.to_vec();
    all.sort();
    assert_eq!(listed(&app, c, "problems").await, all);
    let first = app.get(Role::Doctor, &format!("/api/v1/patients/{a}/chart")).await;
    assert_eq!(first.body["survivor"], json!(c), "whoever was merged first is found at the end");

    unmerge(&app, b, a, &[]).await.expect_problem(409, "/problems/identity/survivor-merged", &[]);
    unmerge(&app, c, a, &[]).await.expect_problem(409, "/problems/identity/not-merged", &["/duplicate"]);
    unmerge(&app, c, b, &[]).await.expect(200);
    let mut two = vec![of[0].clone(), of[1].clone()];
    two.sort();
    assert_eq!(listed(&app, b, "problems").await, two, "what b held goes with b");
    assert_eq!(listed(&app, c, "problems").await, [of[2].clone()]);
    unmerge(&app, b, a, &[]).await.expect(200);
    assert_eq!(listed(&app, a, "problems").await, [of[0].clone()]);
    assert_eq!(listed(&app, b, "problems").await, [of[1].clone()]);
    unmerge(&app, b, a, &[]).await.expect_problem(409, "/problems/identity/not-merged", &["/duplicate"]);
}

#[tokio::test]
async fn what_cannot_be_merged_is_refused() {
    let app = spawn_app().await;
    let ana = registered(&app, person("Ana", "Lind", "1950-01-01", "R-1")).await;
    let eva = registered(&app, person("Eva", "Lind", "1960-01-01", "R-2")).await;
    merge(&app, &ana, &ana).await.expect_problem(422, "/problems/identity/same", &["/duplicate"]);
    merge(&app, &ana, "01890000-0000-7000-8000-000000000000").await.expect_problem(
        404,
        "/problems/patient/unregistered",
        &[],
    );
    let path = format!("/api/v1/patients/{ana}/merge");
    let body =
        |version: i32| json!({ "duplicate": eva, "survivor_version": 1, "duplicate_version": version, "reason": "x" });
    app.post(Role::Receptionist, &path, body(7)).await.expect_problem(412, "/problems/identity/changed", &[]);
    app.post(Role::Nurse, &path, body(1)).await.expect_problem(403, "/problems/access/denied", &[]);
    let (account, _) = app.hire("rita", Role::Receptionist, &["East"]).await;
    let weak = app.sign_in_weakly(account).await;
    let asked = app.anonymous(Method::POST, &path).bearer_auth(weak).json(&body(1)).answer().await;
    asked.expect_problem(403, "/problems/access/step-up-required", &[]);
    let keyed = async || {
        let request = app.request(Role::Receptionist, Method::POST, &path).await.header("idempotency-key", "m");
        request.json(&body(1)).answer().await.expect(200)
    };
    keyed().await;
    assert_eq!(keyed().await.header("idempotent-replayed"), Some("true"));
    merge(&app, &ana, &eva).await.expect_problem(409, "/problems/identity/already-merged", &["/duplicate"]);
    merge(&app, &eva, &ana).await.expect_problem(409, "/problems/identity/survivor-merged", &[]);
}

/// Commands on the duplicate while the merge runs: each is in the survivor's record, or was answered with a problem.
#[tokio::test]
async fn nothing_is_lost_between_a_merge_and_those_who_are_charting() {
    let app = spawn_app().await;
    let ana = registered(&app, person("Ana", "Lind", "1950-01-01", "N-1")).await;
    let eva = registered(&app, person("Eva", "Lind", "1960-01-01", "N-2")).await;
    app.token(Role::Doctor).await;
    let path = format!("/api/v1/patients/{eva}/problems");
    let charting = (0..40).map(|n| app.post(Role::Doctor, &path, json!({ "code": { "text": format!("p{n}") } })));
    let (answers, merged) = futures::future::join(futures::future::join_all(charting), merge(&app, &ana, &eva)).await;
    merged.expect(200);
    let mut taken: Vec<String> =
        answers.iter().filter(|answer| answer.status == 201).map(|one| one.clone().id()).collect();
    taken.sort();
    for answer in &answers {
        assert!(
            answer.status == 201 || answer.body["type"] == "/problems/patient/merged",
            "{} {}",
            answer.status,
            answer.body
        );
    }
    assert_eq!(listed(&app, &ana, "problems").await, taken);
    assert_eq!(app.count(&format!("read.entry where patient_id = '{eva}' and kind <> 'patient'")).await, 0);
}

/// Orders, allergies and diagnoses on the duplicate while the merge runs: whoever is late is told that it was merged.
#[tokio::test]
async fn who_signs_while_a_record_is_merged_is_told_so() {
    let app = spawn_app().await;
    let ana = registered(&app, person("Ana", "Lind", "1950-01-01", "N-1")).await;
    let eva = registered(&app, person("Eva", "Lind", "1960-01-01", "N-2")).await;
    let stay = crate::encounter::admit(&app, &eva).await;
    app.token(Role::Doctor).await;
    let of = |path: String, body: serde_json::Value| {
        let app = &app;
        async move { app.post(Role::Doctor, &path, body).await }
    };
    let signing = (0..24).map(|n| match n % 3 {
        0 => of(format!("/api/v1/patients/{eva}/allergies"), json!({ "substance": { "text": format!("a{n}") } })),
        1 => of(
            format!("/api/v1/patients/{eva}/medication-orders"),
            crate::medication::order(&format!("Zzyxolimab {n}")),
        ),
        _ => of(
            format!("/api/v1/encounters/{stay}/diagnoses"),
            json!({ "code": { "text": format!("d{n}") }, "use": "admission" }),
        ),
    });
    let (answers, merged) = futures::future::join(futures::future::join_all(signing), merge(&app, &ana, &eva)).await;
    for answer in &answers {
        let told = answer.status == 201 || answer.body["type"] == "/problems/patient/merged";
        assert!(told, "{} {:#}", answer.status, answer.body);
    }
    let merged = if merged.status == 200 { merged } else { merge(&app, &ana, &eva).await };
    merged.expect(200);
    assert_eq!(app.count(&format!("read.entry where patient_id = '{eva}' and kind <> 'patient'")).await, 0);
}

/// Consultations on a visit of the duplicate while the merge runs: each is saved whole, in the record it then belongs to, or
/// its author is told of the merge and nothing of it is stored.
#[tokio::test]
async fn who_saves_a_consultation_while_a_record_is_merged_is_told_so() {
    let app = spawn_app().await;
    let ana = registered(&app, person("Ana", "Lind", "1950-01-01", "N-1")).await;
    let eva = registered(&app, person("Eva", "Lind", "1960-01-01", "N-2")).await;
    let stay = crate::encounter::admit(&app, &eva).await;
    app.token(Role::Doctor).await;
    let path = format!("/api/v1/encounters/{stay}/consultation");
    let visit = |n: usize| {
        json!({
            "note": crate::note::note(&format!("Visit {n}"), "Came by."),
            "diagnosis": { "code": { "text": format!("d{n}") } },
            "prescription": crate::medication::order(&format!("Zzyxolimab {n}")),
        })
    };
    let saving = (0..16).map(|n| app.post(Role::Doctor, &path, visit(n)));
    let (answers, merged) = futures::future::join(futures::future::join_all(saving), merge(&app, &ana, &eva)).await;
    let saved = answers.iter().filter(|answer| answer.status == 201).count() as i64;
    for answer in &answers {
        let told = answer.status == 201 || answer.body["type"] == "/problems/patient/merged";
        assert!(told, "{} {:#}", answer.status, answer.body);
    }
    let merged = if merged.status == 200 { merged } else { merge(&app, &ana, &eva).await };
    merged.expect(200);
    for kind in ["note", "problem", "medication"] {
        let of = async |patient: &str| {
            app.count(&format!("read.entry where patient_id = '{patient}' and kind = '{kind}'")).await
        };
        assert_eq!((of(&ana).await, of(&eva).await), (saved, 0), "{kind}: whole, and with the survivor");
    }
}

#[tokio::test]
async fn a_record_that_holds_others_is_not_called_a_mistake() {
    let app = spawn_app().await;
    let survivor = registered(&app, person("Ana", "Lind", "1954-03-02", "H-1")).await;
    let duplicate = registered(&app, person("Anna", "Lind", "1954-03-02", "H-2")).await;
    merge(&app, &survivor, &duplicate).await.expect(200);
    let path = format!("/api/v1/patients/{survivor}/entered-in-error");
    let mistake = json!({ "reason": "a test registration" });
    let refused = app.post(Role::Receptionist, &path, mistake.clone()).await;
    refused.expect_problem(409, "/problems/patient/holds-others", &[]);
    unmerge(&app, &survivor, &duplicate, &[]).await.expect(200);
    app.post(Role::Receptionist, &path, mistake).await.expect(200);
}
