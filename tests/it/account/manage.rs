use healthcare_application::{Role, access::Strength};
use healthcare_domain::id::AccountId;
use healthcare_infrastructure::access::Origin;
use healthcare_tests::app::spawn_app;
use reqwest::Method;
use serde_json::json;

use super::{ask, id_of, invited, post};
use crate::support::walk::both_ways;

const ACCOUNTS: &str = "/api/v1/accounts";

/// SECURITY 9: activation is one-time; SECURITY 12: nobody but its owner chooses a password.
#[tokio::test]
async fn an_account_is_made_by_a_manager_and_activated_by_its_owner() {
    let app = spawn_app().await;
    let profile = json!({ "name": "Dr. Ada Placeholt", "profession": "physician", "licence_number": "7601",
        "wards": ["4 West"], "teams": ["sepsis team"] });
    let body = json!({ "username": "Ada.Placeholt", "role": "doctor", "profile": profile });
    let made = app.post(Role::Admin, ACCOUNTS, body.clone()).await.expect(201);
    let (id, link) = (made.id(), made.body["activation"]["token"].as_str().expect("a link").to_owned());
    app.post(Role::Admin, ACCOUNTS, body).await.expect_problem(409, "/problems/account/username-taken", &["/username"]);
    let with_password = json!({ "username": "bo", "role": "nurse", "password": "chosen by somebody else" });
    app.post(Role::Admin, ACCOUNTS, with_password).await.expect(422);

    let account = app.get(Role::Admin, &format!("{ACCOUNTS}/{id}")).await.expect(200);
    assert_eq!((&account.body["username"], &account.body["status"]), (&json!("ada.placeholt"), &json!("invited")));
    assert_eq!(account.body["profile"], profile);
    let credentials = json!({ "username": "ada.placeholt", "password": "seven tall kites" });
    post(&app, "/api/v1/auth/login", credentials.clone()).await.expect(401);
    let choose = json!({ "token": link, "password": "seven tall kites" });
    let told = post(&app, "/api/v1/auth/activate", choose.clone()).await.expect(200);
    assert_eq!(told.body["recovery_codes"].as_array().map(Vec::len), Some(10));
    post(&app, "/api/v1/auth/activate", choose).await.expect_problem(401, "/problems/access/unauthenticated", &[]);
    let account = app.get(Role::Admin, &format!("{ACCOUNTS}/{id}")).await.expect(200);
    assert_eq!(account.body["status"], "active");

    let version = account.header("etag").and_then(|tag| tag.trim_matches('"').parse().ok()).expect("a version");
    let body = json!({ "profile": { "name": "Dr. Ada Stubfield" } });
    app.patch(Role::Admin, &format!("{ACCOUNTS}/{id}"), version, body.clone()).await.expect(200);
    app.patch(Role::Admin, &format!("{ACCOUNTS}/{id}"), version, body).await.expect(412);
    let history = "select string_agg(event_type, ' ' order by version) from es.event where stream_id = $1::text::uuid";
    let history: String = app.owner().await.query_one(history, &[&id]).await.expect("events").get(0);
    assert_eq!(
        history,
        "access.account.created access.account.activation_issued access.account.activated access.account.profile_changed"
    );
}

/// SECURITY 9: a link that was not used in time is refused as one that never was, and changes nothing; a new one works.
#[tokio::test]
async fn a_link_that_has_expired_activates_nobody() {
    let app = spawn_app().await;
    let (id, link) = invited(&app, "ada", Role::Nurse).await;
    let aged = "update auth.activation set expires_at = now() - interval '1 second'
         where account_id = $1::text::uuid and used_at is null and expires_at > now()";
    assert_eq!(app.owner().await.execute(aged, &[&id]).await.expect("aged"), 1, "it was good until then");
    let choose = |link: &str| json!({ "token": link, "password": "seven tall kites" });
    let expired = post(&app, "/api/v1/auth/activate", choose(&link)).await;
    let expired = expired.expect_problem(401, "/problems/access/unauthenticated", &[]);
    let unknown = post(&app, "/api/v1/auth/activate", choose("never-made-out")).await.expect(401);
    assert_eq!(expired.body["detail"], unknown.body["detail"], "it does not tell which links there were");
    let account = app.get(Role::Admin, &format!("{ACCOUNTS}/{id}")).await.expect(200);
    assert_eq!(account.body["status"], "invited");
    let credentials = json!({ "username": "ada", "password": "seven tall kites" });
    post(&app, "/api/v1/auth/login", credentials).await.expect(401);

    let again = app.post(Role::Admin, &format!("{ACCOUNTS}/{id}/activation"), json!({})).await.expect(201);
    post(&app, "/api/v1/auth/activate", choose(again.body["token"].as_str().expect("a link"))).await.expect(200);
}

/// What a text in base32 (RFC 4648) stands for.
fn from_base32(text: &str) -> Vec<u8> {
    let bits: String = text
        .bytes()
        .filter_map(|byte| b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|one| *one == byte))
        .map(|place| format!("{place:05b}"))
        .collect();
    let whole = bits.as_bytes().chunks_exact(8).filter_map(|byte| std::str::from_utf8(byte).ok());
    whole.filter_map(|byte| u8::from_str_radix(byte, 2).ok()).collect()
}

/// SECURITY 50: what is secret of an account is in no event and readable in no table.
#[tokio::test]
async fn no_secret_is_kept_in_the_open() {
    let app = spawn_app().await;
    let (id, link) = invited(&app, "ada", Role::Nurse).await;
    let password = "seven tall kites";
    let told = post(&app, "/api/v1/auth/activate", json!({ "token": link, "password": password })).await.expect(200);
    let secret = told.body["totp_secret"].as_str().expect("a secret").to_owned();
    let code = told.body["recovery_codes"][0].as_str().expect("a code").to_owned();
    let everything = "select coalesce(string_agg(encode(payload, 'escape') || meta::text, ' '), '') from es.event where stream_id = $1::text::uuid
        union all select row_to_json(c)::text from auth.credential c where account_id = $1::text::uuid
        union all select row_to_json(c)::text from auth.recovery_code c where account_id = $1::text::uuid
        union all select row_to_json(c)::text from auth.activation c where account_id = $1::text::uuid
        union all select body from read.entry where id = $1::text::uuid";
    // As they were told, as bytes of a column, and without the marks that make a code easier to read.
    let plain = code.replace('-', "");
    let told = [link.as_str(), password, &secret, &code, &plain];
    let secrets: Vec<String> = told
        .iter()
        .flat_map(|one| [(*one).to_owned(), hex::encode(one)])
        .chain([hex::encode(from_base32(&secret)), hex::encode(from_base32(&plain))])
        .collect();
    let rows = app.owner().await.query(everything, &[&id]).await.expect("rows");
    assert!(rows.iter().any(|row| row.get::<_, String>(0).contains("AccountCreated")), "what is there is found");
    for row in rows {
        let text: String = row.get(0);
        for one in &secrets {
            assert!(!text.contains(one), "{one}: {text}");
        }
        assert!(!text.starts_with('[') && (!text.contains("$argon2id") || text.contains("password_hash")), "{text}");
    }
}

#[tokio::test]
async fn accounts_are_listed_in_pages_to_managers_alone() {
    let app = spawn_app().await;
    for name in ["a", "b", "c"] {
        invited(&app, name, Role::Pharmacist).await;
    }
    let page = app.get(Role::Admin, "/api/v1/accounts?role=pharmacist&limit=2").await.expect(200);
    let names = |page: &healthcare_tests::app::Answer| -> Vec<String> {
        page.body["items"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|one| one["username"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(names(&page), ["c", "b"]);
    let next = page.body["next_cursor"].as_str().expect("a cursor");
    let rest =
        app.get(Role::Admin, &format!("/api/v1/accounts?role=pharmacist&limit=2&cursor={next}")).await.expect(200);
    assert_eq!(names(&rest), ["a"]);
    assert_eq!(app.get(Role::Admin, "/api/v1/accounts?enabled=false").await.expect(200).body["items"], json!([]));
    let id = id_of(&app, "a").await;
    for role in [Role::Nurse, Role::Doctor, Role::Auditor, Role::Analyst] {
        app.get(role, ACCOUNTS).await.expect(403);
        app.get(role, &format!("{ACCOUNTS}/{id}")).await.expect(403);
        app.get(role, &format!("{ACCOUNTS}/{id}/sessions")).await.expect(403);
        app.post(role, ACCOUNTS, json!({ "username": "x", "role": "admin" })).await.expect(403);
        app.post(role, &format!("{ACCOUNTS}/{id}/activation"), json!({})).await.expect(403);
    }
}

/// SECURITY 38: no self-grant.
#[tokio::test]
async fn a_manager_does_nothing_to_their_own_account() {
    let app = spawn_app().await;
    app.token(Role::Admin).await;
    let own = id_of(&app, "admin").await;
    let because = json!({ "reason": "I would like to" });
    for act in ["disable", "enable", "second-factor/remove"] {
        let answer = app.post(Role::Admin, &format!("{ACCOUNTS}/{own}/{act}"), because.clone()).await;
        answer.expect_problem(403, "/problems/account/self-grant", &[]);
    }
    let role = json!({ "role": "doctor", "reason": "I would like to" });
    app.post(Role::Admin, &format!("{ACCOUNTS}/{own}/role"), role).await.expect_problem(
        403,
        "/problems/account/self-grant",
        &[],
    );
    let link = app.post(Role::Admin, &format!("{ACCOUNTS}/{own}/activation"), json!({})).await;
    link.expect_problem(403, "/problems/account/self-grant", &[]);
    let version = app.get(Role::Admin, &format!("{ACCOUNTS}/{own}")).await.expect(200).body["version"].as_i64();
    let described = async |profile: serde_json::Value| {
        let body = json!({ "profile": profile });
        app.patch(Role::Admin, &format!("{ACCOUNTS}/{own}"), version.expect("a version"), body).await
    };
    for elsewhere in [json!({ "name": "Kim", "wards": ["*"] }), json!({ "name": "Kim", "teams": ["stroke"] })] {
        described(elsewhere).await.expect_problem(403, "/problems/account/self-grant", &[]);
    }
    described(json!({ "name": "Kim Placeholt" })).await.expect(200);
}

/// SECURITY 32: whoever holds the link of a patient's account reads the record as they would, so that each is told to who
/// watches over privacy, as a broken glass is. Of the staff's nobody is told.
#[tokio::test]
async fn a_patients_account_and_its_links_are_announced() {
    let app = spawn_app().await;
    let patient = crate::patient::register(&app).await;
    let told = async || {
        let told = app.get(Role::PrivacyOfficer, "/api/v1/notifications").await.expect(200).body;
        told["items"].as_array().expect("a list").clone()
    };
    let ana = json!({ "username": "ana", "role": "patient", "patient": patient });
    let ana = app.post(Role::Admin, ACCOUNTS, ana).await.expect(201).id();
    let nurse = invited(&app, "bo", Role::Nurse).await.0;
    for account in [&nurse, &ana] {
        app.post(Role::Admin, &format!("{ACCOUNTS}/{account}/activation"), json!({})).await.expect(201);
    }
    let told = told().await;
    let of = |field: &str| told.iter().map(|one| one[field].clone()).collect::<Vec<_>>();
    assert_eq!(of("type"), ["access.account.activation_issued", "access.account.created"], "{told:#?}");
    for one in &told {
        assert_eq!((&one["subject"]["id"], &one["priority"]), (&json!(ana), &json!("high")));
        assert_eq!(one["details"], json!({ "account": ana }));
    }
    let others = app.get(Role::Nurse, "/api/v1/notifications").await.expect(200);
    assert_eq!(others.body["items"], json!([]));
}

/// SECURITY 13: the account itself is looked at whichever way somebody comes, also where nothing else would refuse them:
/// their session was left open, and another house has answered for them.
#[tokio::test]
async fn the_account_is_looked_at_behind_every_door() {
    let app = spawn_app().await;
    app.sign_up("ada", Role::Device, None).await;
    let pair = post(&app, "/api/v1/auth/login", app.login("ada").await.body(0)).await.expect(200).body;
    let account = AccountId(id_of(&app, "ada").await.parse().expect("an id"));
    let open = async || {
        let opened = app.platform.access.open_session(account, Strength::Password, &Origin::default()).await;
        opened.expect("the database answers").is_some()
    };
    let refresh = || post(&app, "/api/v1/auth/refresh", json!({ "refresh_token": pair["refresh_token"] }));
    assert!(open().await);
    let off = "update auth.account set enabled = false where username = 'ada'";
    app.owner().await.batch_execute(off).await.expect("off");
    assert_eq!(app.count("auth.session where ended_at is null").await, 3, "nothing else stands in the way");
    refresh().await.expect(401);
    assert!(!open().await);
    let on = "update auth.account set enabled = true where username = 'ada'";
    app.owner().await.batch_execute(on).await.expect("on");
    refresh().await.expect(200);
    assert!(open().await);
}

/// SECURITY 13: a disabled account is let in by no door, and enabling lets it in again.
#[tokio::test]
async fn a_disabled_account_gets_in_nowhere() {
    let app = spawn_app().await;
    let token = app.sign_up("ada", Role::Nurse, None).await;
    let login = app.login("ada").await;
    let id = id_of(&app, "ada").await;
    let refresh = post(&app, "/api/v1/auth/login", login.body(1)).await.expect(200).body["refresh_token"].clone();
    let link = app.post(Role::Admin, &format!("{ACCOUNTS}/{id}/activation"), json!({})).await.expect(201).body["token"]
        .clone();
    app.post(Role::Admin, &format!("{ACCOUNTS}/{id}/disable"), json!({ "reason": "on leave" })).await.expect(200);

    let unknown = post(&app, "/api/v1/auth/login", json!({ "username": "nobody", "password": "x" })).await.expect(401);
    let disabled = post(&app, "/api/v1/auth/login", login.body(0)).await.expect(401);
    assert_eq!(disabled.body["type"], unknown.body["type"], "SECURITY 8: it looks as if there were no such account");
    post(&app, "/api/v1/auth/refresh", json!({ "refresh_token": refresh })).await.expect(401);
    post(&app, "/api/v1/auth/activate", json!({ "token": link, "password": "seven tall kites" })).await.expect(401);
    app.post(Role::Admin, &format!("{ACCOUNTS}/{id}/activation"), json!({})).await.expect(409);
    let seen = healthcare_tests::server::until("the token is refused", std::time::Duration::from_secs(5), async || {
        (ask(&app, &token, Method::GET, "/api/v1/patients", None).await.status == 401).then_some(())
    });
    seen.await;

    app.post(Role::Admin, &format!("{ACCOUNTS}/{id}/enable"), json!({ "reason": "back" })).await.expect(200);
    ask(&app, &token, Method::GET, "/api/v1/patients", None).await.expect(401);
    login.sign_in(&app.url).await;
}

#[tokio::test]
async fn the_accounts_are_told_from_either_end() {
    let app = spawn_app().await;
    for n in 0..4 {
        invited(&app, &format!("nurse-{n}"), Role::Nurse).await;
    }
    both_ways(&app, Role::Admin, ACCOUNTS, "-at").await;
    let nurses = both_ways(&app, Role::Admin, &format!("{ACCOUNTS}?role=nurse"), "-at").await;
    assert_eq!(nurses.len(), 4);
}
