use healthcare_application::Role;
use healthcare_tests::app::{Answer, Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Key, call, call_as, cards, ketorolac, of_rule, open_app, register, registration, signing, warfarin};

async fn give(app: &TestApp, service: &str, body: &Value) -> Answer {
    app.anonymous(Method::POST, &format!("/cds-services/{service}/feedback")).json(body).answer().await
}

async fn a_card(app: &TestApp) -> Value {
    let body = signing(&[ketorolac("k", "draft")], &[warfarin("w", "active")]);
    of_rule(&cards(call(app, "order-sign", &body).await), "drug-interaction")[0].clone()
}

fn overridden(card: &Value, at: &str) -> Value {
    json!({ "feedback": [{ "card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": at,
        "overrideReason": { "reason": card["overrideReasons"][0], "userComment": "Ferreira tolerated it" } }] })
}

#[tokio::test]
async fn what_clinicians_did_is_kept_by_rule_once_and_the_later_counts() {
    let app = open_app().await;
    let card = a_card(&app).await;
    let first = overridden(&card, "2026-11-22T10:05:31Z");
    for _ in 0..2 {
        give(&app, "order-sign", &first).await.expect(200);
    }
    assert_eq!(
        app.count("cds.feedback where rule = 'drug-interaction' and outcome = 'overridden' and commented").await,
        1
    );
    let reason = card["overrideReasons"][0]["code"].as_str().expect("a code");
    assert_eq!(app.count(&format!("cds.feedback where reason_code = '{reason}'")).await, 1);
    assert_eq!(app.count("cds.feedback f where f::text like '%Ferreira%'").await, 0, "no words are kept");
    let taken = json!({ "feedback": [{ "card": card["uuid"], "outcome": "accepted", "outcomeTimestamp": "2026-11-22T10:06:00Z",
        "acceptedSuggestions": [{ "id": card["suggestions"][0]["uuid"] }] }] });
    give(&app, "order-sign", &taken).await.expect(200);
    assert_eq!(app.count("cds.feedback where outcome = 'accepted' and cardinality(accepted) = 1").await, 1);
    // What comes late and is older does not undo it.
    give(&app, "order-sign", &first).await.expect(200);
    assert_eq!(app.count("cds.feedback where outcome = 'accepted'").await, 1);
    assert_eq!(app.count("cds.feedback").await, 1);
}

#[tokio::test]
async fn what_names_no_card_of_the_service_is_refused_as_a_whole() {
    let app = open_app().await;
    let card = a_card(&app).await;
    let at = "2026-11-22T10:05:31Z";
    let unknown = "/problems/cds-hooks/unknown-card";
    let mut two = overridden(&card, at);
    let stranger =
        json!({ "card": "4e0a3a1e-3283-4575-ab82-028d55fe2719", "outcome": "overridden", "outcomeTimestamp": at });
    two["feedback"].as_array_mut().expect("a list").push(stranger);
    give(&app, "order-sign", &two).await.expect_problem(404, unknown, &["/feedback/1/card"]);
    assert_eq!(app.count("cds.feedback").await, 0);
    give(&app, "order-select", &overridden(&card, at)).await.expect_problem(404, unknown, &["/feedback/0/card"]);
    let other = json!({ "feedback": [{ "card": card["uuid"], "outcome": "accepted", "outcomeTimestamp": at,
        "acceptedSuggestions": [{ "id": card["uuid"] }] }] });
    give(&app, "order-sign", &other).await.expect_problem(404, unknown, &["/feedback/0/acceptedSuggestions/0/id"]);
    give(&app, "nothing", &other).await.expect_problem(404, "/problems/cds-hooks/unknown-service", &[]);
    for (body, place) in [
        (json!({}), ""),
        (json!({ "feedback": [] }), "/feedback"),
        (json!({ "feedback": [{ "card": "x", "outcome": "overridden", "outcomeTimestamp": at }] }), "/feedback/0/card"),
        (
            json!({ "feedback": [{ "card": card["uuid"], "outcome": "ignored", "outcomeTimestamp": at }] }),
            "/feedback/0/outcome",
        ),
        (
            json!({ "feedback": [{ "card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": "now" }] }),
            "/feedback/0/outcomeTimestamp",
        ),
        (
            json!({ "feedback": [{ "card": card["uuid"], "outcome": "accepted", "outcomeTimestamp": at }] }),
            "/feedback/0/acceptedSuggestions",
        ),
    ] {
        let refused = give(&app, "order-sign", &body).await.expect(400);
        assert_eq!(refused.body["errors"][0]["pointer"], place, "{}", refused.body);
    }
}

/// SECURITY 28: feedback is of the client that the card was given to.
#[tokio::test]
async fn a_client_gives_feedback_on_its_own_cards_alone() {
    let app = spawn_app().await;
    let (one, other) = (Key::new("one"), Key::new("other"));
    register(&app, &registration(&one)).await;
    let mut second = registration(&other);
    second["issuer"] = json!("https://other.example.org");
    register(&app, &second).await;
    let body = signing(&[ketorolac("k", "draft")], &[warfarin("w", "active")]);
    let answered = cards(call_as(&app, &one.token(&app, "/cds-services/order-sign"), "order-sign", &body).await);
    let card = of_rule(&answered, "drug-interaction")[0].clone();
    let feedback = overridden(&card, "2026-11-22T10:05:31Z");
    let path = "/cds-services/order-sign/feedback";
    let mut claims = super::claims(&app, path);
    claims["iss"] = json!("https://other.example.org");
    let foreign = other.sign(&other.header(), &claims);
    let give = async |token: &str| app.anonymous(Method::POST, path).bearer_auth(token).json(&feedback).answer().await;
    give(&foreign).await.expect_problem(404, "/problems/cds-hooks/unknown-card", &["/feedback/0/card"]);
    app.anonymous(Method::POST, path).json(&feedback).answer().await.expect(401);
    give(&one.token(&app, path)).await.expect(200);
    // The service's own address is as good.
    give(&one.token(&app, "/cds-services/order-sign")).await.expect(200);
    assert_eq!(app.count("cds.feedback").await, 1);
}

/// What other systems are told, and what they say became of it, counts for the rule as what is told here does: shown,
/// accepted, overridden and why, and whether the rule is to be looked at again. Whose client was not asked who it is
/// counts as nobody.
#[tokio::test]
async fn cards_and_feedback_count_for_the_rule() {
    let app = open_app().await;
    let key = Key::new("one");
    register(&app, &registration(&key)).await;
    let metrics = async || {
        let all = app.get(Role::RuleAuthor, "/api/v1/rules/metrics").await.expect(200).body;
        let items = all["items"].as_array().expect("items");
        assert!(items.iter().all(|item| !item["rule"].to_string().contains('(')), "rules alone: {all:#}");
        items.iter().find(|item| item["rule"] == "drug-interaction").cloned().unwrap_or_default()
    };
    let body_of = |user: &str| {
        let mut body = signing(&[ketorolac("k", "draft")], &[warfarin("w", "active")]);
        body["context"]["userId"] = json!(user);
        body
    };
    let card_for = async |user: &str| {
        let token = key.token(&app, "/cds-services/order-sign");
        of_rule(&cards(call_as(&app, &token, "order-sign", &body_of(user)).await), "drug-interaction")[0].clone()
    };
    let path = "/cds-services/order-sign/feedback";
    let said = async |body: Value| {
        let asked = app.anonymous(Method::POST, path).bearer_auth(key.token(&app, path));
        asked.json(&body).answer().await.expect(200);
    };
    let now = app.platform.app.clock.now().to_rfc3339();
    let code_alone = |card: &Value| {
        json!({ "feedback": [{ "card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": now,
            "overrideReason": { "reason": { "code": card["overrideReasons"][0]["code"] } } }] })
    };
    // Anybody can call themselves three people, and answer as often as they like.
    for n in 0..12 {
        let body = body_of(&format!("Practitioner/{}", n % 4));
        let card = of_rule(&cards(call(&app, "order-sign", &body).await), "drug-interaction")[0].clone();
        give(&app, "order-sign", &code_alone(&card)).await.expect(200);
    }
    let of_nobody = metrics().await;
    assert_eq!((&of_nobody["all"]["overridden"], &of_nobody["flagged"]), (&json!(12), &json!(false)));
    assert_eq!(of_nobody["reasons"], json!([{ "reason": null, "times": 12 }]));
    app.owner().await.batch_execute("delete from cds.feedback; delete from cds.card").await.expect("begun anew");

    let first = card_for("Practitioner/1").await;
    let shown = metrics().await;
    assert_eq!(
        (&shown["all"]["fired"], &shown["all"]["shown"], &shown["all"]["open"]),
        (&json!(1), &json!(1), &json!(1))
    );
    assert_eq!(shown["by_way"][0]["name"], "cds-hooks", "{shown:#}");
    said(code_alone(&first)).await;
    for user in ["Practitioner/1", "Practitioner/1", "Practitioner/2"] {
        said(code_alone(&card_for(user).await)).await;
    }
    let words = &first["overrideReasons"][0]["display"];
    assert_eq!(metrics().await["reasons"], json!([{ "reason": null, "times": 4 }]), "of two people");
    said(code_alone(&card_for("Practitioner/3").await)).await;
    assert_eq!(metrics().await["reasons"], json!([{ "reason": words, "times": 5 }]));
    let taken = card_for("Practitioner/3").await;
    let later = (app.platform.app.clock.now() + chrono::Duration::seconds(1)).to_rfc3339();
    said(json!({ "feedback": [{ "card": taken["uuid"], "outcome": "accepted", "outcomeTimestamp": later,
        "acceptedSuggestions": [{ "id": taken["suggestions"][0]["uuid"] }] }] }))
    .await;
    let counted = metrics().await;
    let figures = ["fired", "shown", "accepted", "overridden", "open"].map(|what| counted["all"][what].clone());
    assert_eq!(figures, [json!(6), json!(6), json!(1), json!(5), json!(0)], "{counted:#}");
    assert_eq!((&counted["by_way"][0]["overridden"], &counted["flagged"]), (&json!(5), &json!(false)));
    // Of one person who answers again and again it is one answer.
    for _ in 0..10 {
        said(code_alone(&card_for("Practitioner/4").await)).await;
    }
    assert_eq!(metrics().await["flagged"], false, "3 of 4 people");
    for n in 5..12 {
        assert_eq!(metrics().await["flagged"], false, "{} of {}", n - 2, n - 1);
        said(code_alone(&card_for(&format!("Practitioner/{n}")).await)).await;
    }
    assert_eq!(metrics().await["flagged"], true, "10 of 11");
    let weigh = async |severity: &str| {
        let weigh = format!("update cds.card set severity = '{severity}'");
        app.owner().await.batch_execute(&weigh).await.expect("weighed");
        metrics().await["flagged"].clone()
    };
    assert_eq!((weigh("info").await, weigh("warning").await), (json!(false), json!(true)));
    // Of a patient who looks at their own record not even a hash is kept.
    let before = app.count("cds.card where asked_by is null").await;
    card_for("Patient/1288992").await;
    assert!(app.count("cds.card where asked_by is null").await > before);
}
