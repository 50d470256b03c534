use healthcare_application::Role;
use healthcare_infrastructure::{database::Database, embedded::roles, rebuild::rebuild_read};
use healthcare_tests::app::{TestApp, spawn_app};
use tokio_postgres::Client;

use super::{admitted, registered};

/// The tables with rows of patients, and the column that says whose.
const GUARDED: [(&str, &str); 13] = [
    ("es.event", "patient_id"),
    ("es.safety", "patient_id"),
    ("read.entry", "patient_id"),
    ("read.note", "patient_id"),
    ("read.inbox", "patient_id"),
    ("read.patient", "id"),
    ("read.patient_word", "patient_id"),
    ("read.patient_identifier", "patient_id"),
    ("read.patient_sound", "patient_id"),
    ("read.patient_phone", "patient_id"),
    ("read.patient_pathway", "patient_id"),
    ("access.patient_number", "patient_id"),
    ("access.break_glass", "patient_id"),
];

/// The tables that the application reaches and that no policy guards, each with the reason.
const UNGUARDED: [(&str, &[&str]); 9] = [
    (
        "what the decision itself stands on, asked before anybody is let in: identities, no content",
        &["access.label", "access.relationship", "access.staff_ward", "es.reassigned", "es.survivor"],
    ),
    (
        "only ever added to, and read under the permission for the trail: it is the auditor's over everybody",
        &["audit.entry"],
    ),
    (
        "accounts of people and programs, and how they sign in; of a patient's account, whose it is",
        &[
            "auth.account",
            "auth.activation",
            "auth.calendar_feed",
            "auth.credential",
            "auth.oidc_link",
            "auth.oidc_login",
            "auth.oidc_logout",
            "auth.recovery_code",
            "auth.refresh_token",
            "auth.revocation",
            "auth.service_account",
            "auth.service_secret",
            "auth.session",
        ],
    ),
    (
        "of the patients of other systems nothing is in them, not even an identity; of ours, hashes and counts",
        &["cds.card", "cds.client", "cds.feedback", "cds.used_token", "governance.firing"],
    ),
    (
        "the house's own: rules, knowledge, wards, settings, catalogues, whom a suggestion was shown to",
        &[
            "access.guarded",
            "access.identifier_system",
            "access.merge_catalogue",
            "decision.edition",
            "decision.knowledge_version",
            "decision.rule_version",
            "decision.shown",
            "governance.backtest",
            "read.bed",
            "read.rule",
            "read.ward",
            "seal.block",
            "system.installation",
            "wf.ladder",
        ],
    ),
    (
        "work of consumers and timers, by the system alone: places in the log, identities, times",
        &[
            "es.checkpoint",
            "es.parked",
            "es.tick",
            "live.audience",
            "live.head",
            "live.ticket",
            "wf.clock",
            "wf.daily_review",
            "wf.freed_slot",
            "wf.match_key_edition",
            "wf.snoozed",
            "wf.timer",
        ],
    ),
    (
        "what another system called somebody, so that an import finds them again: identities",
        &["import.source_identity"],
    ),
    (
        "reports know nobody: pseudonyms, which the key beside the database makes",
        &[
            "reporting_base.alert",
            "reporting_base.encounter",
            "reporting_base.medication_order",
            "reporting_base.merged",
            "reporting_base.patient",
            "reporting_base.setting",
        ],
    ),
    (
        "telemetry: compressed hypertables refuse policies (ADR 13); devices, and which of them is on whom",
        &[
            "live.vital",
            "read.device",
            "telemetry.alert_change",
            "telemetry.assignment",
            "telemetry.latest",
            "telemetry.monitor",
            "telemetry.raw_kept",
            "telemetry.reading",
            "telemetry.rollup_dirty",
            "telemetry.rollup_hour",
            "telemetry.rollup_minute",
            "telemetry.rollup_taken",
            "telemetry.score",
            "telemetry.signal",
            "telemetry.stream_position",
        ],
    ),
];

async fn as_the_application(app: &TestApp) -> Client {
    roles::connect(&app.database.urls.app.clone().into()).await.expect("the application signs in")
}

async fn count(client: &Client, what: &str) -> i64 {
    client.query_one(&format!("select count(*) from {what}"), &[]).await.expect("a count").get(0)
}

async fn two(app: &TestApp) -> (String, String) {
    let (one, two) = (registered(app).await, registered(app).await);
    for patient in [&one, &two] {
        admitted(app, patient, "East").await;
        let allergy = serde_json::json!({ "substance": { "text": "penicillin" } });
        app.post(Role::Doctor, &format!("/api/v1/patients/{patient}/allergies"), allergy).await.expect(201);
        let enrolled = serde_json::json!({ "stage": "enrolled" });
        app.post(Role::Doctor, &format!("/api/v1/patients/{patient}/pathway"), enrolled).await.expect(200);
        let note = crate::note::note("Draft", "Stable.");
        app.post(Role::Doctor, &format!("/api/v1/patients/{patient}/notes"), note).await.expect(201);
        let emergency = serde_json::json!({ "reason": "cannot speak", "purpose": "ETREAT" });
        app.post(Role::Doctor, &format!("/api/v1/patients/{patient}/break-glass"), emergency).await.expect(201);
    }
    (one, two)
}

/// SECURITY 36: a query of the application's role that does not say on whose behalf sees no row of any patient.
#[tokio::test]
async fn a_connection_that_says_nothing_sees_nothing() {
    let app = spawn_app().await;
    let (one, other) = two(&app).await;
    let client = as_the_application(&app).await;
    for (table, whose) in GUARDED {
        let all = format!("{table} where {whose} is not null");
        assert_eq!(count(&client, &all).await, 0, "{table}");
        assert!(
            app.count(&format!("{table} where {whose} = '{other}'")).await > 0 || table == "read.patient_identifier"
        );
    }
    // The same of every table that is said to be guarded, and there are no fewer than are tried here.
    let guarded = app.owner().await.query("select name, of_patient from access.guarded", &[]).await.expect("the list");
    let guarded: Vec<(String, String)> = guarded.iter().map(|row| (row.get(0), row.get(1))).collect();
    for (table, whose) in &guarded {
        assert_eq!(count(&client, &format!("{table} where {whose} is not null")).await, 0, "{table}");
    }
    assert!(GUARDED.iter().all(|(table, _)| guarded.iter().any(|(name, _)| name == table)), "{guarded:?}");
    // With one patient permitted: theirs, and none of anybody else's.
    client.batch_execute(&format!("set app.patients = '{{{one}}}'")).await.expect("set");
    for (table, whose) in GUARDED {
        let there = app.count(&format!("{table} where {whose} = '{one}'")).await;
        assert_eq!(count(&client, &format!("{table} where {whose} = '{one}'")).await, there, "{table}");
        assert_eq!(count(&client, &format!("{table} where {whose} <> '{one}'")).await, 0, "{table}");
    }
    let written = client.execute("insert into es.safety (patient_id) values (gen_random_uuid())", &[]).await;
    assert!(written.is_err(), "who reads for somebody writes nothing");
    let changed = client.execute(&format!("update read.entry set body = '{{}}' where patient_id = '{one}'"), &[]).await;
    assert_eq!(changed.expect("it runs"), 0);
    client.batch_execute("set app.patients = ''; set app.scope = 'directory'").await.expect("set");
    assert_eq!(count(&client, "read.patient").await, 2);
    assert_eq!(count(&client, "read.entry where kind <> 'patient' and patient_id is not null").await, 0);
    assert_eq!(count(&client, "es.event where patient_id is not null").await, 0);
}

/// SECURITY 36, 37: the policies are forced, the application's role owns nothing and bypasses nothing, events are neither
/// changed nor deleted, and views run with the rights of who asks.
#[tokio::test]
async fn the_application_owns_nothing_and_policies_are_forced() {
    let app = spawn_app().await;
    let owner = app.owner().await;
    let names = async |sql: &str| -> Vec<String> {
        owner.query(sql, &[]).await.expect("the catalogue").iter().map(|row| row.get(0)).collect()
    };
    let none: Vec<String> = vec![];
    assert_eq!(
        names(
            "select name from access.guarded g join pg_class c on c.oid = g.name::regclass
            where not (c.relrowsecurity and c.relforcerowsecurity)"
        )
        .await,
        none
    );
    // A table that the application reaches is guarded, or stands above with the reason.
    let unguarded = names(
        "select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p') and not c.relispartition and not c.relrowsecurity
            and n.nspname !~ '^(pg_|information_schema$|_?timescale)'
            and (has_table_privilege('healthcare_app', c.oid, 'select, insert, update, delete')
                or has_any_column_privilege('healthcare_app', c.oid, 'select, insert, update'))
         order by 1",
    )
    .await;
    let mut explained: Vec<&str> = UNGUARDED.iter().flat_map(|(_, tables)| tables.iter().copied()).collect();
    explained.sort_unstable();
    assert_eq!(unguarded, explained);
    assert_eq!(
        names("select c.relname::text from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = 'healthcare_app'
            and c.relname !~ '^pg_'").await,
        none
    );
    assert_eq!(
        names("select rolname::text from pg_roles where rolname like 'healthcare\\_%' and (rolsuper or rolbypassrls)")
            .await,
        none
    );
    assert_eq!(
        names(
            "select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('v', 'm') and n.nspname !~ '^(pg_|information_schema$|_?timescale)'
                and has_table_privilege('healthcare_app', c.oid, 'select')
                and not coalesce(c.reloptions @> '{security_invoker=true}', false)"
        )
        .await,
        none
    );
    let client = as_the_application(&app).await;
    client.batch_execute("set app.scope = 'system'").await.expect("set");
    for forbidden in
        ["update es.event set meta = '{}'", "delete from es.event", "truncate es.event", "drop table es.event"]
    {
        let refused = client.batch_execute(forbidden).await.expect_err(forbidden);
        assert_eq!(refused.code().map(|code| code.code()), Some("42501"), "{forbidden}");
    }
}

/// SECURITY 36: a rebuild guards the tables it makes as the old ones were.
#[tokio::test]
async fn a_rebuild_keeps_the_guard() {
    let app = spawn_app().await;
    let (one, _) = two(&app).await;
    let owner = Database::connect(&app.database.urls.owner.clone().into(), 2).expect("a URL");
    rebuild_read(&owner, app.platform.store.codec()).await.expect("rebuilt");
    let client = as_the_application(&app).await;
    assert_eq!(count(&client, "read.entry where patient_id is not null").await, 0);
    assert_eq!(count(&client, "read.patient").await, 0);
    client.batch_execute(&format!("set app.patients = '{{{one}}}'")).await.expect("set");
    assert_eq!(count(&client, "read.patient").await, 1);
    app.get(Role::Nurse, &format!("/api/v1/patients/{one}/chart")).await.expect(200);
}
