use std::time::Duration;

use futures::future::join_all;
use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::json;

use super::post;

const LOGIN: &str = "/api/v1/auth/login";

/// SECURITY 8: unknown, wrong and disabled look the same.
#[tokio::test]
async fn unknown_wrong_and_disabled_look_the_same() {
    let app = spawn_app().await;
    for name in ["ada", "gone"] {
        app.sign_up(name, Role::Device, None).await;
    }
    let (login, gone) = (app.login("ada").await, app.login("gone").await);
    app.owner()
        .await
        .batch_execute("update auth.account set enabled = false where username = 'gone'")
        .await
        .expect("one");
    let mut seen = vec![];
    for body in [
        json!({ "username": "nobody", "password": login.password }),
        json!({ "username": "ada", "password": "not the password" }),
        gone.body(0),
    ] {
        let answer = post(&app, LOGIN, body).await.expect_problem(401, "/problems/access/sign-in", &[]);
        let mut problem = answer.body.clone();
        problem["request_id"] = json!(null);
        let headers: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
        seen.push((problem, headers));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
}

/// Who is called as an earlier release kept it (here with a ligature) is found as they type it, also beside a new account
/// whose name is the one form of theirs.
#[tokio::test]
async fn a_name_of_an_earlier_release_goes_on_working() {
    let app = spawn_app().await;
    let of = |username: &str| healthcare_infrastructure::access::NewAccount {
        username: username.into(),
        role: Role::Device,
        patient: None,
        device: None,
    };
    let (old, new) = (app.make(of("before")).await, app.make(of("fiona")).await);
    let whose =
        async |username: &str| app.platform.access.whose(username).await.expect("an answer").expect("an account");
    let (first, second) = (whose("before").await, whose("fiona").await);
    let rename = "update auth.account set username = '\u{fb01}ona' where username = 'before'";
    app.owner().await.batch_execute(rename).await.expect("renamed");
    let sign_in = async |username: &str, password: &str| {
        post(&app, LOGIN, json!({ "username": username, "password": password })).await.status
    };
    assert_eq!(sign_in("\u{fb01}ona", &old.password).await, 200);
    assert_eq!(sign_in("fiona", &new.password).await, 200);
    assert_eq!((whose("\u{fb01}ona").await, whose("fiona").await), (first, second));
    assert_ne!(first, second);
}

/// SECURITY 6: growing pauses; an unknown name is slowed down as a known one is. SECURITY 7: who has signed in from an
/// address before is not held up by others' failures elsewhere. SECURITY 42: who is held up stands in the trail.
#[tokio::test]
async fn failures_are_slowed_down_and_nobody_is_locked_out_for_good() {
    let app = spawn_app().await;
    app.make(healthcare_infrastructure::access::NewAccount {
        username: "ada".into(),
        role: Role::Device,
        patient: None,
        device: None,
    })
    .await;
    let login = app.login("ada").await;
    // Hers comes last: the pause is a second long, and what follows has to fall into it.
    for name in ["nobody", "ada"] {
        let wrong = || post(&app, LOGIN, json!({ "username": name, "password": "not the password" }));
        for _ in 0..4 {
            wrong().await.expect(401);
        }
        let slowed = wrong().await.expect_problem(429, "/problems/request/too-many", &[]);
        assert_eq!(slowed.header("retry-after"), Some("1"), "{name}");
    }
    post(&app, LOGIN, login.body(0)).await.expect(429);
    // SECURITY 42: that somebody is held up stands in the trail, once a minute for each name.
    let held_up = "audit.entry where action = 'sign_in' and outcome = 'denied' and reason = 'too-many'";
    assert_eq!(app.count(held_up).await, 2);
    assert_eq!(app.count(&format!("{held_up} and subject is not null")).await, 1, "whose account it was");
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    post(&app, LOGIN, login.body(0)).await.expect(200);

    // From here on this address is one the account is known by; failures from elsewhere have a counter of their own.
    app.owner().await.batch_execute("update auth.session set address = '203.0.113.9'").await.expect("moved");
    for _ in 0..4 {
        post(&app, LOGIN, json!({ "username": "ada", "password": "not the password" })).await.expect(401);
    }
    post(&app, LOGIN, login.body(0)).await.expect(429);
    app.owner().await.batch_execute("update auth.session set address = '127.0.0.1'").await.expect("back");
    post(&app, LOGIN, login.body(0)).await.expect(200);
}

/// SECURITY 2: what does not fit behind the semaphore is sent away with 429, and reads go on meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_sign_ins_at_once_are_sent_away() {
    let app = spawn_app().await;
    app.token(Role::Nurse).await;
    let all =
        (0..60).map(|n| post(&app, LOGIN, json!({ "username": format!("n{n}"), "password": "not the password" })));
    let (answers, read) = tokio::join!(join_all(all), app.get(Role::Nurse, "/api/v1/patients"));
    read.expect(200);
    let of = |status| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!(of(401) + of(429), 60, "{answers:?}");
    assert!(of(429) > 0 && of(401) > 0, "{} and {}", of(401), of(429));
    assert!(answers.iter().filter(|a| a.status == 429).all(|a| a.header("retry-after") == Some("1")));
}
