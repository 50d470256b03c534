use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use super::{ACCOUNTS, ask, create, issue, text, with};
use crate::support::walk::both_ways;

const WARDS: &str = "/api/v1/wards";
const IMPORTS: &str = "/api/v1/imports";

/// SECURITY 39, and the hole "advertised scope unenforced": a token does what its scopes say and nothing else, though
/// its role may more. SECURITY 42: who asks for more than that stands in the trail.
#[tokio::test]
async fn a_token_does_what_its_scopes_say() {
    let app = spawn_app().await;
    let id = create(&app, "admin", json!(["import_records", "read_wards"])).await;
    let secret = text(&issue(&app, &id).await.expect(201), "client_secret");
    let all = ask(&app, &id, &secret, None).await.expect(200);
    assert_eq!(text(&all, "scope"), "import_records read_wards");
    let all = text(&all, "access_token");
    with(&app, &all, Method::GET, WARDS).await.expect(200);
    // The role may keep accounts and devices; the program may not.
    with(&app, &all, Method::GET, ACCOUNTS).await.expect_problem(403, "/problems/access/denied", &[]);
    let device = json!({ "serial": "M-1", "kind": "monitor" });
    let asks = app.anonymous(Method::POST, "/api/v1/devices").bearer_auth(&all).json(&device);
    asks.answer().await.expect_problem(403, "/problems/access/denied", &[]);

    let narrow = text(&ask(&app, &id, &secret, Some("import_records")).await.expect(200), "access_token");
    with(&app, &narrow, Method::GET, WARDS).await.expect_problem(403, "/problems/access/denied", &[]);
    let asks = app.anonymous(Method::POST, IMPORTS).bearer_auth(&narrow).body(
        json!({ "resourceType": "Patient", "id": "1", "name": [{ "family": "Imported" }], "gender": "female", "birthDate": "1980-01-01" })
            .to_string(),
    );
    asks.answer().await.expect(200);
    for wide in ["manage_devices", "import_records manage_accounts", "everything"] {
        let refused = ask(&app, &id, &secret, Some(wide)).await;
        let refused = refused.expect_problem(400, "/problems/access/invalid-scope", &["/scope"]);
        assert_eq!(refused.body["error"], "invalid_scope");
    }
    // SECURITY 42: whose credentials they are, although they were right.
    let denied = "audit.entry where action = 'sign_in_elsewhere' and outcome = 'denied' and reason = 'invalid-scope'";
    assert_eq!(app.count(&format!("{denied} and subject = '{id}'")).await, 3);
}

/// SECURITY 38 and 39: nobody but an identity manager makes one, and none is made that decides as a person does.
#[tokio::test]
async fn only_an_identity_manager_makes_one_and_within_bounds() {
    let app = spawn_app().await;
    let new = |role: &str, scope: &str| json!({ "name": "x", "purpose": "y", "role": role, "scopes": [scope] });
    for role in [Role::Doctor, Role::Nurse, Role::Device, Role::Auditor] {
        app.post(role, ACCOUNTS, new("device", "submit_telemetry")).await.expect(403);
        app.get(role, ACCOUNTS).await.expect(403);
    }
    let wide = "/problems/service-account/scope-too-wide";
    for (role, scope) in [
        ("doctor", "prescribe_medication"),
        ("admin", "manage_accounts"),
        ("nurse", "acknowledge_alert"),
        ("device", "read_chart"),
    ] {
        app.post(Role::Admin, ACCOUNTS, new(role, scope)).await.expect_problem(422, wide, &["/scopes"]);
    }
    let mut unknown = new("device", "submit_telemetry");
    unknown["secret"] = json!("chosen");
    app.post(Role::Admin, ACCOUNTS, unknown).await.expect_problem(422, "/problems/request/shape", &["/secret"]);
    let id = create(&app, "device", json!(["submit_telemetry"])).await;
    let changes = app.count("es.event where stream_type = 'service_account'").await;
    assert_eq!(changes, 1, "what was refused left nothing");
    app.get(Role::Nurse, &format!("{ACCOUNTS}/{id}")).await.expect(403);
    app.post(Role::Nurse, &format!("{ACCOUNTS}/{id}/secrets"), json!({})).await.expect(403);
    assert_eq!(app.count("auth.service_secret").await, 0);
}

#[tokio::test]
async fn programs_are_told_from_either_end_and_the_last_page_says_so() {
    let app = spawn_app().await;
    for _ in 0..4 {
        create(&app, "nurse", json!(["read_chart"])).await;
    }
    let all = both_ways(&app, Role::Admin, ACCOUNTS, "at").await;
    assert_eq!(all.len(), 4);
    // What is asked for, though others stand before it; and a page is full only if there is one more of them.
    let device = create(&app, "device", json!(["submit_telemetry"])).await;
    let third = all[2]["id"].as_str().expect("an id");
    app.post(Role::Admin, &format!("{ACCOUNTS}/{third}/disable"), json!({ "reason": "retired" })).await.expect(200);
    let shown = async |filter: &str| {
        let page = app.get(Role::Admin, &format!("{ACCOUNTS}?{filter}")).await.expect(200).body;
        let ids: Vec<Value> =
            page["items"].as_array().expect("items").iter().map(|account| account["id"].clone()).collect();
        (ids, page["next_cursor"].clone())
    };
    let of = |n: usize| all[n]["id"].clone();
    assert_eq!(shown("role=device&limit=1").await, (vec![json!(device)], Value::Null));
    assert_eq!(shown("status=disabled").await, (vec![of(2)], Value::Null));
    assert_eq!(shown("status=disabled&role=device").await, (vec![], Value::Null));
    assert_eq!(shown("status=enabled&role=nurse&limit=2").await, (vec![of(0), of(1)], of(1)));
    let next = format!("status=enabled&role=nurse&limit=2&cursor={}", of(1).as_str().expect("an id"));
    assert_eq!(shown(&next).await, (vec![of(3)], Value::Null));
    assert_eq!(app.get(Role::Admin, &format!("{ACCOUNTS}?status=gone")).await.status, 400);
    let last = app.get(Role::Admin, &format!("{ACCOUNTS}?limit=5")).await.expect(200).body;
    assert!(last["next_cursor"].is_null(), "{last:#}");
}
