use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use super::{ACCOUNTS, TOKEN, ask, create, issue, text};

/// SECURITY 39: each program has credentials of its own; two secrets are valid while one is rolled out, and each can be
/// taken back by itself.
#[tokio::test]
async fn a_secret_is_rolled_over_without_an_outage() {
    let app = spawn_app().await;
    let id = create(&app, "lab_technician", json!(["record_result"])).await;
    let (first, second) = (issue(&app, &id).await.expect(201), issue(&app, &id).await.expect(201));
    let (old, new) = (text(&first, "client_secret"), text(&second, "client_secret"));
    assert!(old.starts_with("hcs_") && old.len() > 40 && old != new);
    issue(&app, &id).await.expect_problem(409, "/problems/service-account/two-secrets", &[]);
    for secret in [&old, &new] {
        let token = ask(&app, &id, secret, None).await.expect(200);
        assert_eq!((text(&token, "token_type"), text(&token, "scope")), ("Bearer".into(), "record_result".into()));
    }
    let revoke = format!("{ACCOUNTS}/{id}/secrets/{}/revoke", text(&first, "id"));
    app.post(Role::Admin, &revoke, json!({})).await.expect(200);
    ask(&app, &id, &old, None).await.expect_problem(401, "/problems/access/invalid-client", &[]);
    ask(&app, &id, &new, None).await.expect(200);
    issue(&app, &id).await.expect(201);

    let seen = app.get(Role::Admin, &format!("{ACCOUNTS}/{id}")).await.expect(200);
    let secrets = seen.body["secrets"].as_array().expect("secrets");
    let used = secrets.iter().filter(|secret| secret["last_used_at"].is_string()).count();
    assert_eq!((secrets.len(), used), (2, 1), "{seen:?}");
    let listed = app.get(Role::Admin, ACCOUNTS).await.expect(200);
    assert_eq!(listed.body["items"], json!([seen.body]));
}

/// SECURITY 50: what a secret is stands nowhere: in no table, no event, no list.
#[tokio::test]
async fn a_secret_is_shown_once_and_kept_nowhere() {
    let app = spawn_app().await;
    let id = create(&app, "lab_technician", json!(["record_result"])).await;
    let asks = app.request(Role::Admin, Method::POST, &format!("{ACCOUNTS}/{id}/secrets")).await;
    let made = asks.header("idempotency-key", "one").json(&json!({})).answer().await.expect(201);
    let secret = text(&made, "client_secret");
    let repeat = app.request(Role::Admin, Method::POST, &format!("{ACCOUNTS}/{id}/secrets")).await;
    let repeat = repeat.header("idempotency-key", "one").json(&json!({})).answer().await;
    repeat.expect_problem(409, "/problems/service-account/shown-once", &[]);
    for path in [ACCOUNTS.to_owned(), format!("{ACCOUNTS}/{id}")] {
        assert!(!app.get(Role::Admin, &path).await.body.to_string().contains(&secret));
    }
    let written = "(select s::text t from auth.service_secret s union all select c::text from es.command_log c
                    union all select convert_from(substr(payload, 2), 'UTF8') from es.event
                              where stream_type = 'service_account') x where t like '%' || '";
    assert_eq!(app.count(&format!("{written}{secret}' || '%'")).await, 0);
    assert!(app.count(&format!("{written}ServiceSecretIssued' || '%'")).await > 0, "the search finds what is there");
}

/// SECURITY 8 and 39: unknown, wrong, foreign, revoked, disabled: one and the same answer.
#[tokio::test]
async fn what_is_wrong_with_a_client_is_not_told() {
    let app = spawn_app().await;
    let id = create(&app, "lab_technician", json!(["record_result"])).await;
    let other = create(&app, "lab_technician", json!(["record_result"])).await;
    let secret = text(&issue(&app, &id).await.expect(201), "client_secret");
    let foreign = text(&issue(&app, &other).await.expect(201), "client_secret");
    let mut told: Vec<Value> = vec![];
    for (client, secret) in [(id.as_str(), "hcs_x"), (&id, foreign.as_str()), ("nobody", &secret), (&id, "")] {
        let refused = ask(&app, client, secret, None).await.expect_problem(401, "/problems/access/invalid-client", &[]);
        told.push(refused.body);
    }
    ask(&app, &id, &secret, None).await.expect(200);
    app.post(Role::Admin, &format!("{ACCOUNTS}/{id}/disable"), json!({ "reason": "retired" })).await.expect(200);
    told.push(ask(&app, &id, &secret, None).await.expect(401).body);
    for body in &mut told {
        body.as_object_mut().map(|body| body.remove("request_id"));
    }
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{told:#?}");
    app.post(Role::Admin, &format!("{ACCOUNTS}/{id}/enable"), json!({ "reason": "needed" })).await.expect(200);
    ask(&app, &id, &secret, None).await.expect(200);
}

/// The token endpoint speaks as RFC 6749 says, and SECURITY 29: refuses what it does not know.
#[tokio::test]
async fn the_token_endpoint_speaks_oauth() {
    let app = spawn_app().await;
    let id = create(&app, "lab_technician", json!(["record_result"])).await;
    let secret = text(&issue(&app, &id).await.expect(201), "client_secret");
    let basic = app.anonymous(Method::POST, TOKEN).basic_auth(&id, Some(&secret));
    basic.form(&[("grant_type", "client_credentials")]).answer().await.expect(200);
    let json = json!({ "grant_type": "client_credentials", "client_id": id, "client_secret": secret });
    let answer = app.anonymous(Method::POST, TOKEN).json(&json).answer().await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(answer.body["refresh_token"].is_null(), "a program asks again");
    let refused = async |form: &[(&str, &str)], status: u16, kind: &str, places: &[&str]| {
        app.anonymous(Method::POST, TOKEN).form(form).answer().await.expect_problem(status, kind, places);
    };
    let (client, known) = (("client_id", id.as_str()), ("client_secret", secret.as_str()));
    let grant = ("grant_type", "client_credentials");
    refused(
        &[("grant_type", "password"), client, known],
        400,
        "/problems/access/unsupported-grant-type",
        &["/grant_type"],
    )
    .await;
    refused(&[grant, client, known, ("audience", "x")], 422, "/problems/request/shape", &[]).await;
    refused(&[client, known], 422, "/problems/request/shape", &[]).await;
    let twice = app.anonymous(Method::POST, TOKEN).basic_auth(&id, Some(&secret)).form(&[grant, client]);
    twice.answer().await.expect_problem(400, "/problems/access/invalid-request", &[]);
}

/// Whose name is tried in vain stands in the trail where there is such a program; what somebody made up is no subject.
#[tokio::test]
async fn the_trail_names_a_program_that_there_is_and_no_other() {
    let app = spawn_app().await;
    let id = create(&app, "lab_technician", json!(["record_result"])).await;
    let account = app.hire("ada", Role::Nurse, &["A"]).await.0;
    for tried in [id.clone(), account.to_string(), "01890000-0000-7000-8000-000000000000".to_owned()] {
        ask(&app, &tried, "not a secret of ours", None).await.expect(401);
    }
    let select = "select subject::text from audit.entry
        where outcome = 'denied' and reason = 'invalid-client' order by seq";
    let told = app.owner().await.query(select, &[]).await.expect("the trail");
    let told: Vec<Option<String>> = told.iter().map(|row| row.get(0)).collect();
    assert_eq!(told, [Some(id), None, None]);
}
