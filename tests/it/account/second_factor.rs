use futures::future::join_all;
use healthcare_application::Role;
use healthcare_infrastructure::access::NewAccount;
use healthcare_tests::{
    app::{Ask, TestApp, spawn_app},
    login::Login,
};
use reqwest::Method;
use serde_json::json;

use super::{ask, id_of, invited, post};

const LOGIN: &str = "/api/v1/auth/login";

async fn nurse(app: &TestApp) -> Login {
    app.make(NewAccount { username: "ada".into(), role: Role::Nurse, patient: None, device: None }).await
}

/// SECURITY 10: who sees patients' data shows a second factor. It is told only after the password was right.
#[tokio::test]
async fn the_staff_shows_a_second_factor() {
    let app = spawn_app().await;
    let login = nurse(&app).await;
    let alone = json!({ "username": "ada", "password": login.password });
    post(&app, LOGIN, alone).await.expect_problem(401, "/problems/access/second-factor-required", &[]);
    let wrong = json!({ "username": "ada", "password": "not the password" });
    post(&app, LOGIN, wrong).await.expect_problem(401, "/problems/access/sign-in", &[]);
    let wrong = json!({ "username": "ada", "password": login.password, "totp": "000000" });
    post(&app, LOGIN, wrong).await.expect_problem(401, "/problems/access/sign-in", &[]);
    post(&app, LOGIN, login.body(0)).await.expect(200);
    let account = app.get(Role::Admin, &format!("/api/v1/accounts/{}", id_of(&app, "ada").await)).await.expect(200);
    assert_eq!(account.body["second_factor"], true);
}

/// SECURITY 11: a code works once, also when it is shown twice at the same moment.
#[tokio::test]
async fn a_code_works_once() {
    let app = spawn_app().await;
    let login = nurse(&app).await;
    let body = login.body(0);
    let answers = join_all((0..3).map(|_| post(&app, LOGIN, body.clone()))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401, 401]);
    post(&app, LOGIN, body).await.expect(401);
    post(&app, LOGIN, login.body(1)).await.expect(200);
    post(&app, LOGIN, login.body(0)).await.expect(401);
}

#[tokio::test]
async fn a_recovery_code_works_once_in_place_of_a_code() {
    let app = spawn_app().await;
    let (id, link) = invited(&app, "ada", Role::Nurse).await;
    let told =
        post(&app, "/api/v1/auth/activate", json!({ "token": link, "password": "seven tall kites" })).await.expect(200);
    let login = Login {
        username: "ada".into(),
        password: "seven tall kites".into(),
        totp_secret: told.body["totp_secret"].as_str().map(str::to_owned),
    };
    let with =
        |code: &serde_json::Value| json!({ "username": "ada", "password": "seven tall kites", "recovery_code": code });
    let codes = &told.body["recovery_codes"];
    post(&app, LOGIN, with(&codes[0])).await.expect(401);
    let token = login.sign_in(&app.url).await;
    post(&app, LOGIN, with(&codes[0])).await.expect(200);
    post(&app, LOGIN, with(&codes[0])).await.expect(401);
    let renewed = ask(&app, &token, Method::POST, "/api/v1/auth/recovery-codes", None).await.expect(200);
    post(&app, LOGIN, with(&codes[1])).await.expect(401);
    post(&app, LOGIN, with(&renewed.body["recovery_codes"][1])).await.expect(200);
    assert_eq!(
        app.count(&format!("es.event where stream_id = '{id}' and event_type = 'access.account.recovery_code_used'"))
            .await,
        2
    );
}

/// SECURITY 12: a reset does not go around the second factor.
#[tokio::test]
async fn a_reset_leaves_the_second_factor_alone() {
    let app = spawn_app().await;
    let login = nurse(&app).await;
    login.sign_in(&app.url).await;
    let id = id_of(&app, "ada").await;
    let link = async || {
        app.post(Role::Admin, &format!("/api/v1/accounts/{id}/activation"), json!({})).await.expect(201).body["token"]
            .clone()
    };
    let (void, valid) = (link().await, link().await);
    let choose = |link| json!({ "token": link, "password": "another tall kite" });
    post(&app, "/api/v1/auth/activate", choose(void)).await.expect(401);
    post(&app, "/api/v1/auth/activate", choose(valid)).await.expect(204);
    let alone = json!({ "username": "ada", "password": "another tall kite" });
    post(&app, LOGIN, alone.clone()).await.expect_problem(401, "/problems/access/second-factor-required", &[]);

    // Only a manager who has stepped up takes it away; the next link tells another one.
    app.post(
        Role::Admin,
        &format!("/api/v1/accounts/{id}/second-factor/remove"),
        json!({ "reason": "lost, seen in person" }),
    )
    .await
    .expect(200);
    post(&app, LOGIN, alone).await.expect_problem(401, "/problems/access/second-factor-missing", &[]);
    let told = post(&app, "/api/v1/auth/activate", choose(link().await)).await.expect(200);
    let renewed = Login {
        password: "another tall kite".into(),
        totp_secret: told.body["totp_secret"].as_str().map(str::to_owned),
        ..login.clone()
    };
    assert_ne!(renewed.totp_secret, login.totp_secret);
    renewed.sign_in(&app.url).await;
}

/// SECURITY 26: a role is changed by who has shown their second factor within five minutes.
#[tokio::test]
async fn a_role_change_asks_for_the_second_factor_again() {
    let app = spawn_app().await;
    nurse(&app).await;
    let id = id_of(&app, "ada").await;
    let token = app.token(Role::Admin).await;
    let (role, path) = (json!({ "role": "doctor", "reason": "licensed" }), format!("/api/v1/accounts/{id}/role"));

    // The same sign-in, six minutes on: what its refresh token gives says when the second factor was shown.
    let login = app.login("admin").await;
    let pair = post(&app, LOGIN, login.body(1)).await.expect(200).body;
    app.owner()
        .await
        .batch_execute("update auth.session set second_factor_at = second_factor_at - interval '6 minutes'")
        .await
        .expect("later");
    let later = post(&app, "/api/v1/auth/refresh", json!({ "refresh_token": pair["refresh_token"] })).await.expect(200);
    let later = later.body["access_token"].as_str().expect("a token").to_owned();
    let refused = ask(&app, &later, Method::POST, &path, Some(role.clone())).await;
    refused.expect_problem(403, "/problems/access/step-up-required", &[]);
    let admin = json!({ "username": "second-admin", "role": "admin" });
    ask(&app, &later, Method::POST, "/api/v1/accounts", Some(admin)).await.expect_problem(
        403,
        "/problems/access/step-up-required",
        &[],
    );

    let step_up = |code: String| ask(&app, &later, Method::POST, "/api/v1/auth/step-up", Some(json!({ "totp": code })));
    step_up("000000".into()).await.expect_problem(403, "/problems/access/not-confirmed", &[]);
    app.owner().await.batch_execute("update auth.credential set totp_last_step = 0").await.expect("time passes");
    let stepped = step_up(login.code(0).expect("a code")).await.expect(200);
    let stepped = stepped.body["access_token"].as_str().expect("a token").to_owned();
    ask(&app, &stepped, Method::POST, &path, Some(role)).await.expect(200);
    let account = ask(&app, &token, Method::GET, &format!("/api/v1/accounts/{id}"), None).await.expect(200);
    assert_eq!(account.body["role"], "doctor");
}

/// SECURITY 26: so is an account of whatever role made, a link to any account, and somebody put on other wards or into other
/// teams: each of these opens records.
#[tokio::test]
async fn what_opens_records_asks_for_the_second_factor_again() {
    let app = spawn_app().await;
    nurse(&app).await;
    let nurse = format!("/api/v1/accounts/{}", id_of(&app, "ada").await);
    let patient = crate::patient::register(&app).await;
    app.token(Role::Admin).await;
    let pair = post(&app, LOGIN, app.login("admin").await.body(1)).await.expect(200).body;
    let aged = "update auth.session set second_factor_at = second_factor_at - interval '6 minutes'";
    app.owner().await.batch_execute(aged).await.expect("later");
    let later = post(&app, "/api/v1/auth/refresh", json!({ "refresh_token": pair["refresh_token"] })).await.expect(200);
    let later = later.body["access_token"].as_str().expect("a token").to_owned();
    let described = async |profile: serde_json::Value| {
        let account = ask(&app, &later, Method::GET, &nurse, None).await.expect(200);
        let change = app.anonymous(Method::PATCH, &nurse).bearer_auth(&later);
        let change = change.header("if-match", account.header("etag").expect("a version"));
        change.json(&json!({ "profile": profile })).answer().await
    };
    let accounts = app.count("auth.account").await;
    let of_the_house = json!({ "name": "Dr. Ada Placeholt", "wards": ["*"] });
    for (path, body) in [
        ("/api/v1/accounts", json!({ "username": "ben", "role": "senior_clinician", "profile": of_the_house })),
        ("/api/v1/accounts", json!({ "username": "ana", "role": "patient", "patient": patient })),
        ("/api/v1/accounts", json!({ "username": "monitor-7", "role": "device" })),
        (&format!("{nurse}/activation"), json!({})),
    ] {
        let refused = ask(&app, &later, Method::POST, path, Some(body.clone())).await;
        refused.expect_problem(403, "/problems/access/step-up-required", &[]);
    }
    for elsewhere in [json!({ "name": "Ada", "wards": ["*"] }), json!({ "name": "Ada", "teams": ["stroke"] })] {
        described(elsewhere).await.expect_problem(403, "/problems/access/step-up-required", &[]);
    }
    assert_eq!(app.count("auth.account").await, accounts);
    assert_eq!(app.count("auth.activation where used_at is null").await, 0);
    described(json!({ "name": "Ada Placeholt" })).await.expect(200);
}

#[tokio::test]
async fn a_patient_may_enrol_one() {
    let app = spawn_app().await;
    let demographics = json!({ "names": [{ "family": "Lind", "given": ["Ana"] }], "birth_date": "1950-01-01" });
    let patient =
        app.post(Role::Nurse, "/api/v1/patients", demographics).await.expect(201).id().parse().expect("an id");
    let token = app.sign_up("ana", Role::Patient, Some(patient)).await;
    let login = app.login("ana").await;
    assert_eq!(login.totp_secret, None);
    let enrol = |password: &str| {
        ask(&app, &token, Method::POST, "/api/v1/auth/second-factor", Some(json!({ "password": password })))
    };
    enrol("not the password").await.expect(403);
    let told = enrol(&login.password).await.expect(200);
    post(&app, LOGIN, login.body(0)).await.expect(200);
    let enrolled = Login { totp_secret: told.body["totp_secret"].as_str().map(str::to_owned), ..login.clone() };
    enrolled.sign_in(&app.url).await;
    post(&app, LOGIN, login.body(0)).await.expect_problem(401, "/problems/access/second-factor-required", &[]);
    enrol(&login.password).await.expect(409);
}
