use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use reqwest::Method;
use serde_json::json;

use super::{ask, invited, post};

const ACTIVATE: &str = "/api/v1/auth/activate";

/// SECURITY 3, 4, 5: length, no truncation, the blocklist; all of it before the link is used up.
#[tokio::test]
async fn a_password_is_long_enough_and_nobody_would_guess_it() {
    let app = spawn_app().await;
    let (_, link) = invited(&app, "ada.placeholt", Role::Nurse).await;
    for (password, why) in
        [("kt7$ wo", "short"), ("iloveyou1", "common"), ("ada.placeholt1", "a name"), ("12345678901", "counts")]
    {
        let answer = post(&app, ACTIVATE, json!({ "token": link, "password": password })).await;
        let problem = answer.expect_problem(422, "/problems/access/password", &["/password"]);
        assert!(!problem.body.to_string().contains(password), "{why}: it is not sent back");
    }
    let long = format!("{}!", "a tall kite over seven green hills, ".repeat(2));
    post(&app, ACTIVATE, json!({ "token": link, "password": long })).await.expect(200);
    // All of it counts: without its last character it is another one.
    let cut = json!({ "username": "ada.placeholt", "password": &long[..long.len() - 1] });
    post(&app, "/api/v1/auth/login", cut).await.expect_problem(401, "/problems/access/sign-in", &[]);
    let whole = json!({ "username": "ada.placeholt", "password": long });
    post(&app, "/api/v1/auth/login", whole).await.expect_problem(401, "/problems/access/second-factor-required", &[]);

    // A device has no second factor to show: its password stands alone.
    let (_, link) = invited(&app, "gateway-7", Role::Device).await;
    post(&app, ACTIVATE, json!({ "token": link, "password": "kt7$ wö north" })).await.expect(422);
    post(&app, ACTIVATE, json!({ "token": link, "password": "kt7$ wö north 4" })).await.expect(204);
}

#[tokio::test]
async fn who_changes_their_password_ends_their_other_sessions() {
    let app = spawn_app().await;
    let here = app.sign_up("ada", Role::Nurse, None).await;
    let mut login = app.login("ada").await;
    let there = post(&app, "/api/v1/auth/login", login.body(1)).await.expect(200).body["access_token"].clone();
    let there = there.as_str().expect("a token");
    let change = |old: &str, new: &str| json!({ "password": old, "new_password": new });
    let path = "/api/v1/auth/password";
    let wrong = ask(&app, &here, Method::POST, path, Some(change("not the old one", "seven tall kites"))).await;
    wrong.expect_problem(403, "/problems/access/not-confirmed", &[]);
    let weak = ask(&app, &here, Method::POST, path, Some(change(&login.password, "iloveyou1"))).await;
    weak.expect_problem(422, "/problems/access/password", &["/new_password"]);
    ask(&app, &here, Method::POST, path, Some(change(&login.password, "seven tall kites"))).await.expect(204);
    healthcare_tests::server::until("the other session ends", std::time::Duration::from_secs(5), async || {
        (ask(&app, there, Method::GET, "/api/v1/patients", None).await.status == 401).then_some(())
    })
    .await;
    ask(&app, &here, Method::GET, "/api/v1/patients", None).await.expect(200);
    post(&app, "/api/v1/auth/login", login.body(2)).await.expect_problem(401, "/problems/access/sign-in", &[]);
    login.password = "seven tall kites".into();
    login.sign_in(&app.url).await;
}

/// SECURITY 1: a hash of weaker parameters is replaced when its owner signs in.
#[tokio::test]
async fn a_weak_hash_is_replaced_at_the_next_sign_in() {
    use argon2::{Argon2, Params, PasswordHasher};
    let app = spawn_app().await;
    app.sign_up("gateway", Role::Device, None).await;
    let login = app.login("gateway").await;
    let weak = Argon2::from(Params::new(8 * 1024, 1, 1, None).expect("parameters"));
    let weak = weak.hash_password(login.password.as_bytes()).expect("a hash").to_string();
    app.owner().await.execute("update auth.credential set password_hash = $1", &[&weak]).await.expect("weakened");
    login.sign_in(&app.url).await;
    healthcare_tests::server::until("it is hashed anew", std::time::Duration::from_secs(10), async || {
        let hash: String =
            app.owner().await.query_one("select password_hash from auth.credential", &[]).await.expect("one").get(0);
        hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$").then_some(())
    })
    .await;
    login.sign_in(&app.url).await;
}
