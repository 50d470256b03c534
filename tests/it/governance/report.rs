//! The report of what rules come to, as those who read reports see it, beside what the API tells.

use std::time::Duration;

use healthcare_application::Role;
use healthcare_infrastructure::embedded::roles;
use healthcare_tests::{
    app::{Ask, TestApp},
    server::until as waited,
};
use reqwest::Method;
use serde_json::{Value, json};
use tokio_postgres::Client;

use super::metrics::{POTASSIUM, of, override_as};
use crate::{
    cds_hooks::{call, cards, ketorolac, of_rule as cards_of, open_app, signing, warfarin},
    encounter::admit,
    medication::{no_known_allergies, of_rule, order, penicillin, prescribe},
    patient::register,
    suggestion::{critical, in_seconds, report, reviewed, until},
};

/// What the API counts, from the columns of the report.
const FIGURES: &str = "'fired', count(*), 'shown', count(shown_at_utc),
    'accepted', count(*) filter (where status = 'accepted'), 'overridden', count(*) filter (where status = 'overridden'),
    'snoozed', coalesce(sum(snoozes), 0), 'withdrawn', count(*) filter (where status = 'withdrawn'),
    'not_signed', count(*) filter (where status = 'not-signed'), 'noted', count(*) filter (where status = 'noted'),
    'open', count(*) filter (where status = 'open'),
    'median_seconds_to_action',
        (percentile_cont(0.5) within group (order by extract(epoch from answered_at_utc - raised_at_utc)::float8)
            filter (where seconds_to_action is not null))::bigint";

async fn json_of(client: &Client, sql: &str) -> Vec<Value> {
    let rows = client.query(sql, &[]).await.expect("it answers");
    rows.iter().map(|row| serde_json::from_str(row.get(0)).expect("JSON")).collect()
}

/// The parts of a rule by a column.
async fn parts(client: &Client, rule: &str, column: &str) -> Value {
    let sql = format!(
        "select jsonb_build_object('name', {column}, {FIGURES})::text from reporting.fact_rule_finding
         where rule = '{rule}' group by {column} order by {column} nulls first"
    );
    json!(json_of(client, &sql).await)
}

/// What the report says of each rule, in the form of the API.
async fn reported(client: &Client) -> Vec<Value> {
    let rules = "select to_jsonb(rule)::text from reporting.fact_rule_finding group by rule order by rule";
    let mut all = vec![];
    for rule in json_of(client, rules).await {
        let rule = rule.as_str().expect("a name");
        let whole = format!(
            "select jsonb_build_object({FIGURES})::text from reporting.fact_rule_finding where rule = '{rule}'"
        );
        let reasons = format!(
            "select jsonb_build_object('reason', reason, 'times', count(*))::text from reporting.fact_rule_finding
             where rule = '{rule}' and status = 'overridden' group by reason
             order by reason is null, count(*) desc, reason"
        );
        all.push(json!({
            "rule": rule,
            "all": json_of(client, &whole).await[0],
            "by_ward": parts(client, rule, "ward").await,
            "by_role": parts(client, rule, "role").await,
            "by_way": parts(client, rule, "told_by").await,
            "reasons": json_of(client, &reasons).await,
        }));
    }
    all
}

/// The same of the API.
async fn told(app: &TestApp) -> Vec<Value> {
    let all = of(app, "").await;
    let part = |item: &Value, name: &str| (name.to_owned(), item[name].clone());
    let names = ["rule", "all", "by_ward", "by_role", "by_way", "reasons"];
    let items = all["items"].as_array().expect("items").iter();
    items.map(|item| Value::Object(names.iter().map(|name| part(item, name)).collect())).collect()
}

/// Suggestions with every answer there is, two of them on a ward.
async fn suggestions(app: &TestApp) {
    let (_, accepted) = critical(app).await;
    app.post(Role::Doctor, &format!("{accepted}/accept"), json!({})).await.expect(200);
    for person in ["one", "two", "three"] {
        let (_, path) = critical(app).await;
        override_as(app, &app.sign_up(person, Role::Pharmacist, None).await, &path, "Known and being treated").await;
    }
    let (_, path) = critical(app).await;
    app.post(Role::Doctor, &format!("{path}/override"), json!({ "reason": "Mrs. Muster knows." })).await.expect(200);
    let patient = register(app).await;
    admit(app, &patient).await;
    report(app, &patient, "6.8").await;
    let open = until(app, &patient, POTASSIUM, &["open"]).await;
    let path = format!("/api/v1/suggestions/{}", open[0]["id"].as_str().expect("an id"));
    app.post(Role::Doctor, &format!("{path}/snooze"), json!({ "until": in_seconds(app, 600) })).await.expect(200);
    report(app, &patient, "4.1").await;
    until(app, &patient, POTASSIUM, &["withdrawn"]).await;
    let waits = register(app).await;
    admit(app, &waits).await;
    report(app, &waits, "6.8").await;
    until(app, &waits, POTASSIUM, &["open"]).await;
}

/// An order that is signed with a reason, and one that is left.
async fn orders(app: &TestApp) {
    for signed in [true, false] {
        let patient = register(app).await;
        no_known_allergies(app, &patient).await;
        penicillin(app, &patient).await.expect(201);
        let mut again = order("Amoxicillin 500 MG Oral Capsule");
        let refused = prescribe(app, &patient, again.clone()).await.expect(409);
        if signed {
            let finding = &of_rule(&refused, "allergy-conflict")[0]["id"];
            again["overrides"] = json!([{ "finding": finding, "reason": "Will monitor" }]);
            prescribe(app, &patient, again).await.expect(201);
        }
    }
}

/// Two cards of another system, one of which it says was overridden.
async fn other_systems(app: &TestApp) {
    let body = signing(&[ketorolac("k", "draft")], &[warfarin("w", "active")]);
    call(app, "order-sign", &body).await.expect(200);
    let given = cards(call(app, "order-sign", &body).await);
    let card = cards_of(&given, "drug-interaction")[0];
    let said = json!({ "feedback": [{ "card": card["uuid"], "outcome": "overridden",
        "outcomeTimestamp": app.platform.app.clock.now().to_rfc3339(),
        "overrideReason": { "reason": { "code": card["overrideReasons"][0]["code"] } } }] });
    app.anonymous(Method::POST, "/cds-services/order-sign/feedback").json(&said).answer().await.expect(200);
}

/// Findings of each kind, with whatever became of them, are reported as the API counts them: in all, by ward, by role, by
/// how they were told, and with the reasons that several people gave.
#[tokio::test]
async fn the_report_counts_what_the_api_counts() {
    let app = open_app().await;
    suggestions(&app).await;
    orders(&app).await;
    other_systems(&app).await;
    reviewed(&app).await;
    let client = roles::connect(&app.database.urls.report.clone().into()).await.expect("the report role signs in");

    // Who saw a suggestion is noted beside the answer that shows it.
    let agreed = waited("the report and the API agree", Duration::from_secs(60), async || {
        let (api, report) = (told(&app).await, reported(&client).await);
        let shown = |all: &[Value]| all.iter().any(|one| one["rule"] == POTASSIUM && one["all"]["shown"] == 7);
        (shown(&api) && api == report).then_some(report)
    })
    .await;
    let rule =
        |name: &str| agreed.iter().find(|one| one["rule"] == name).unwrap_or_else(|| panic!("{name}: {agreed:#?}"));
    let figures = |name: &str, what: &[&str]| -> Vec<i64> {
        what.iter().map(|one| rule(name)["all"][*one].as_i64().expect("a count")).collect()
    };
    let answers = ["fired", "accepted", "overridden", "snoozed", "withdrawn", "open"];
    assert_eq!(figures(POTASSIUM, &answers), [7, 1, 4, 1, 1, 1], "{agreed:#?}");
    let alike = json!([{ "reason": "Known and being treated", "times": 3 }, { "reason": null, "times": 1 }]);
    assert_eq!(rule(POTASSIUM)["reasons"], alike);
    let before_signing = ["overridden", "not_signed"];
    let hooks = &rule("allergy-conflict")["by_way"];
    let hooks = hooks.as_array().expect("parts").iter().find(|part| part["name"] == "hook").expect("before signing");
    assert_eq!(before_signing.map(|what| hooks[what].clone()), [json!(1), json!(1)], "{hooks:#}");
    assert_eq!(figures("drug-interaction", &["fired", "shown", "overridden", "open"]), [2, 2, 1, 1]);
    assert_eq!(rule("drug-interaction")["by_way"][0]["name"], "cds-hooks");

    // Of whom is not in it: neither the suggestion nor what stands for the patient.
    let rows = json_of(&client, "select to_jsonb(f)::text from reporting.fact_rule_finding f").await;
    assert!(rows.len() >= 11, "{}", rows.len());
    let text = json!(rows).to_string();
    assert!(!text.contains("Muster"), "{text}");
    let known = "select id::text from governance.firing union select subject::text from governance.firing
        union select id::text from cds.card union select answered_by::text from governance.firing
            where answered_by is not null";
    for row in app.owner().await.query(known, &[]).await.expect("it answers") {
        assert!(!text.contains(row.get::<_, &str>(0)), "{text}");
    }
    let keys = "reporting.fact_rule_finding f join reporting.fact_rule_finding g using (finding_key)";
    assert_eq!(app.count(keys).await, i64::try_from(rows.len()).expect("few"), "each has a key of its own");
}

/// What changes is read again by its time: a suggestion that is answered, and a card that another system tells of.
#[tokio::test]
async fn what_changes_is_refreshed() {
    let app = open_app().await;
    let (_, path) = critical(&app).await;
    let body = signing(&[ketorolac("k", "draft")], &[warfarin("w", "active")]);
    let given = cards(call(&app, "order-sign", &body).await);
    let card = cards_of(&given, "drug-interaction")[0];
    let owner = app.owner().await;
    let aged = "update cds.card set changed_at = changed_at - interval '1 day';
        alter table governance.firing disable trigger changed;
        update governance.firing set changed_at = changed_at - interval '1 day';
        alter table governance.firing enable trigger changed";
    owner.batch_execute(aged).await.expect("aged");
    let lately = |rule: &str| {
        format!(
            "reporting.fact_rule_finding where rule = '{rule}'
             and last_changed_at > (clock_timestamp() at time zone 'utc') - interval '1 hour'"
        )
    };
    assert_eq!(app.count(&lately("drug-interaction")).await, 0);
    app.post(Role::Doctor, &format!("{path}/override"), json!({ "reason": "known" })).await.expect(200);
    let said = json!({ "feedback": [{ "card": card["uuid"], "outcome": "overridden",
        "outcomeTimestamp": app.platform.app.clock.now().to_rfc3339() }] });
    app.anonymous(Method::POST, "/cds-services/order-sign/feedback").json(&said).answer().await.expect(200);
    for rule in [POTASSIUM, "drug-interaction"] {
        assert_eq!(app.count(&lately(rule)).await, 1, "{rule}");
    }
}
