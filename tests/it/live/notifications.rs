use std::{collections::BTreeSet, sync::Arc, time::Duration};

use healthcare_application::Role;
use healthcare_domain::alert::Priority;
use healthcare_tests::app::spawn_app;
use rand::Rng;
use serde_json::json;

use super::{Follower, alerted};
use crate::support::walk::both_ways;

#[tokio::test]
async fn an_alert_is_told_in_its_form_and_its_answer_after_it() {
    let app = spawn_app().await;
    let nurse = app.token(Role::Nurse).await;
    let (mut live, head) = Follower::new(&app.url, &nurse, "").await;
    assert_eq!(head, 0);
    let alert = alerted(&app.platform, "NEWS2 8", Priority::High).await;
    let told = live.next_of("notification").await.expect("a notification");
    for (name, value) in [
        ("position", json!(1)),
        ("type", json!("alert.raised")),
        ("priority", json!("urgent")),
        ("title", json!("NEWS2 8")),
        ("message", json!("Respiration 26 /min, SpO2 91 %")),
        ("subject", json!({ "type": "alert", "id": alert, "version": 1 })),
        ("action", json!({ "type": "acknowledge", "url": format!("/api/v1/alerts/{alert}/acknowledge") })),
        ("requires_acknowledgement", json!(true)),
    ] {
        assert_eq!(told[name], value, "{told:#}");
    }
    assert_eq!(told["details"]["role"], "nurse");
    assert!(told["patient_id"].is_string() && told["deadline"].is_string(), "{told:#}");

    let url = told["action"]["url"].as_str().expect("a URL").to_owned();
    app.post(Role::Nurse, &url, json!({ "note": "at the bedside" })).await.expect(200);
    let answered = live.next_of("notification").await.expect("a notification");
    assert_eq!((&answered["type"], &answered["position"]), (&json!("alert.acknowledged"), &json!(2)));
    assert_eq!(answered["requires_acknowledgement"], false);
    app.post(Role::Nurse, &url, json!({})).await.expect_problem(409, "/problems/alert/already-acknowledged", &[]);
    let alert = app.get(Role::Nurse, &format!("/api/v1/alerts/{alert}")).await.expect(200);
    assert_eq!((&alert.body["status"], &alert.body["version"]), (&json!("acknowledged"), &json!(2)));
}

#[tokio::test]
async fn what_is_for_others_is_not_heard() {
    let app = spawn_app().await;
    let doctor = app.token(Role::Doctor).await;
    let (mut live, _) = Follower::new(&app.url, &doctor, "").await;
    alerted(&app.platform, "for the nurse", Priority::Low).await;
    let heard = live.next_of("heartbeat").await.expect("a heartbeat");
    if heard["position"] == 0 {
        // It began before the alert was told; the next one is behind it.
        assert_eq!(live.next_of("heartbeat").await.expect("a heartbeat")["position"], 1);
    }
    let list = app.get(Role::Doctor, "/api/v1/notifications").await.expect(200);
    assert_eq!(list.body["items"], json!([]));
    let list = app.get(Role::Nurse, "/api/v1/notifications").await.expect(200);
    assert_eq!(list.body["items"][0]["title"], "for the nurse");
}

/// Writers that commit and roll back in any order, and a client whose link breaks again and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_back_misses_and_repeats_nothing_while_others_write() {
    const WRITERS: usize = 6;
    const EACH: usize = 40;
    let app = Arc::new(spawn_app().await);
    let nurse = app.token(Role::Nurse).await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let app = app.clone();
            tokio::spawn(async move {
                let mut session = app.owner().await;
                for n in 0..EACH {
                    alerted(&app.platform, &format!("{writer}/{n}"), Priority::Low).await;
                    // In between, one that is taken back after it was told.
                    let undone = session.transaction().await.expect("a transaction");
                    undone
                        .execute(
                            "select live.tell('test', 'normal', 'undone', '', null, 'test', gen_random_uuid(), 1,
                                'open', '/', '{}', false, array['nurse']), pg_sleep(random() / 200)",
                            &[],
                        )
                        .await
                        .expect("told");
                    undone.batch_execute("set constraints all immediate").await.expect("a position");
                    undone.rollback().await.expect("taken back");
                }
            })
        })
        .collect();
    let (mut heard, mut position, mut links) = (Vec::new(), 0, 0);
    while heard.len() < WRITERS * EACH {
        let (mut live, from) = Follower::new(&app.url, &nurse, &format!("?position={position}&patients=none")).await;
        assert_eq!(from, position);
        links += 1;
        let until = tokio::time::Instant::now() + Duration::from_millis(rand::rng().random_range(20..250));
        // The link breaks at any moment, also while a message is on its way.
        while let Ok(message) = tokio::time::timeout_at(until, live.next()).await {
            let message = message.expect("the server does not close");
            if message["kind"] == "notification" {
                position = message["position"].as_i64().expect("a position");
                heard.push((position, message["title"].as_str().expect("a title").to_owned()));
            }
        }
    }
    for writer in writers {
        writer.await.expect("no panic");
    }
    let positions: Vec<i64> = heard.iter().map(|(position, _)| *position).collect();
    assert_eq!(
        positions,
        (1..=i64::try_from(WRITERS * EACH).expect("few")).collect::<Vec<_>>(),
        "in order, without gaps"
    );
    let titles: BTreeSet<&str> = heard.iter().map(|(_, title)| title.as_str()).collect();
    assert_eq!(titles.len(), WRITERS * EACH, "each once");
    assert!(links > 2, "the link broke {links} times only");
}

#[tokio::test]
async fn notifications_are_paged_backwards() {
    let app = spawn_app().await;
    for n in 1..=5 {
        alerted(&app.platform, &n.to_string(), Priority::Low).await;
    }
    let (mut titles, mut path) = (String::new(), "/api/v1/notifications?limit=2".to_owned());
    loop {
        let page = app.get(Role::Nurse, &path).await.expect(200);
        for item in page.body["items"].as_array().expect("items") {
            titles.push_str(item["title"].as_str().expect("a title"));
        }
        match page.body["next_cursor"].as_str() {
            Some(cursor) => path = format!("/api/v1/notifications?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(titles, "54321");
    let shown = async |filter: &str| {
        let list = app.get(Role::Nurse, &format!("/api/v1/notifications?{filter}")).await.expect(200).body;
        let items = list["items"].as_array().expect("items").iter();
        items.map(|item| item["title"].as_str().expect("a title").to_owned()).collect::<Vec<_>>().concat()
    };
    let all = app.get(Role::Nurse, "/api/v1/notifications?sort=at").await.expect(200).body["items"].clone();
    let third = |field: &str| all[2][field].as_str().expect("text").to_owned();
    for (filter, titles) in [
        (format!("patient={}", third("patient_id")), "3"),
        (format!("from={}", third("at")), "543"),
        (format!("to={}", third("at")), "21"),
        (format!("from={}&to={}&sort=at&type=alert.raised", all[1]["at"].as_str().expect("text"), third("at")), "2"),
        (format!("priority={}", third("priority")), "54321"),
        ("type=alert.acknowledged".to_owned(), ""),
        ("priority=urgent".to_owned(), ""),
    ] {
        assert_eq!(shown(&filter).await, titles, "{filter}");
    }
    assert_eq!(app.get(Role::Nurse, "/api/v1/notifications?priority=low").await.status, 400);
    let newest_first = both_ways(&app, Role::Nurse, "/api/v1/notifications", "-at").await;
    assert_eq!(newest_first.len(), 5);
    let wrong = app.get(Role::Nurse, "/api/v1/notifications?cursor=x").await;
    assert_eq!(wrong.status, 400);
    app.get(Role::Receptionist, "/api/v1/notifications").await.expect(403);
}
