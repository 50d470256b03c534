//! Two hundred kills at seeded moments: backends of the database, and workers by SIGKILL. No step is lost, none is
//! doubled, and none comes after an answer.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use healthcare_application::{
    Call, CommandError, Role, StoreError,
    alert::{AcknowledgeAlert, acknowledge_alert, raise_alert},
};
use healthcare_domain::{
    alert::{AlertError, Priority},
    id::{AccountId, AlertId, PatientId},
};
use healthcare_infrastructure::{
    clock::SystemClock,
    embedded::roles,
    escalation::{EscalationWorker, overdue},
};
use healthcare_tests::{
    process::Guarded,
    record::{self, Record},
};
use nix::sys::signal::Signal;
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{call, content, each_rung_has};

const KILLS: usize = 200;
const WORKERS: usize = 3;
/// What a worker child needs to know: the databases' URLs and the directory of the key, one a line.
const CHILD: &str = "HEALTHCARE_TEST_WORKER";

/// Not a test: the process that the chaos test starts, and kills, as a worker.
#[tokio::test]
#[ignore = "started by the test below, as a process of its own"]
async fn a_worker_process() {
    let given = std::env::var(CHILD).expect("started by the chaos test");
    let mut lines = given.lines();
    let (app, keys, directory) = (lines.next(), lines.next(), lines.next());
    let (app, keys) = (app.expect("a URL").to_owned(), keys.expect("a URL").to_owned());
    let directory = std::path::PathBuf::from(directory.expect("a directory"));
    let platform = record::platform(&app, &keys, &directory, 4).await;
    EscalationWorker::new(platform.store, Arc::new(SystemClock), app.into()).run(CancellationToken::new()).await;
}

fn worker(record: &Record, number: usize) -> Guarded {
    let mut command = Command::new(std::env::current_exe().expect("this binary"));
    command.args(["--exact", "alert::chaos::a_worker_process", "--ignored", "--nocapture"]);
    let urls = &record.database.urls;
    command.env(CHILD, format!("{}\n{}\n{}", urls.app, urls.keys, record.keys.path().display()));
    Guarded::spawn(&mut command, Signal::SIGTERM, &record.keys.path().join(format!("worker-{number}.log")), None)
}

/// Raises alerts and answers some of them, whatever fails on the way; answers which answers were confirmed.
pub(super) async fn people(record: &Record, seed: u64, nurse: AccountId, stop: CancellationToken) -> Vec<Uuid> {
    let mut random = StdRng::seed_from_u64(seed);
    let (mut open, mut answered) = (Vec::new(), Vec::new());
    while !stop.is_cancelled() {
        tokio::time::sleep(Duration::from_millis(random.random_range(5..60))).await;
        if open.len() < 12 || random.random_bool(0.1) {
            let raising = content(PatientId(record.id()), "news2", Priority::High);
            if let Ok(alert) = raise_alert(&record.app, &Call::system(record.id()), raising).await {
                open.push(alert.id);
            }
        } else {
            let which = open.swap_remove(random.random_range(0..open.len()));
            let cmd = || AcknowledgeAlert { alert: AlertId(which), note: None };
            let call = call(record, nurse, Role::Nurse);
            // A person presses the button again when it did not work, and may find that it had.
            loop {
                match acknowledge_alert(&record.app, &call, cmd()).await {
                    Ok(_) | Err(CommandError::Refused(AlertError::AlreadyAcknowledged)) => break answered.push(which),
                    Err(CommandError::Store(StoreError::Unavailable(_) | StoreError::Conflict)) => {}
                    Err(other) => panic!("an answer was refused: {other}"),
                }
            }
        }
    }
    answered
}

/// Kills a random backend of the application in this database.
async fn kill_a_backend(killer: &tokio_postgres::Client, database: &str, random: &mut StdRng) -> bool {
    let backends = killer
        .query("select pid from pg_stat_activity where datname = $1 and usename = 'healthcare_app'", &[&database])
        .await
        .expect("the backends");
    let Some(row) = backends.choose(random) else { return false };
    let pid: i32 = row.get(0);
    killer.query_one("select pg_terminate_backend($1)", &[&pid]).await.expect("a kill").get(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_kills_lose_double_and_belate_no_step() {
    let seed: u64 = match std::env::var("CHAOS_SEED") {
        Ok(seed) => seed.parse().expect("a number"),
        Err(_) => rand::rng().random(),
    };
    println!("CHAOS_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let record = Arc::new(Record::new().await);
    for role in ["nurse", "senior_clinician", "doctor"] {
        record.account(role).await;
    }
    let nurse = record.account("nurse").await;
    each_rung_has(&record, Duration::from_millis(250)).await;
    let killer =
        roles::connect(&healthcare_tests::postgres::cluster().await.superuser_url("postgres")).await.expect("signs in");
    let mut workers: Vec<Guarded> = (0..WORKERS).map(|number| worker(&record, number)).collect();
    let stop = CancellationToken::new();
    let crowd: Vec<_> = (0..3)
        .map(|n| {
            let (record, stop) = (record.clone(), stop.clone());
            tokio::spawn(async move { people(&record, seed ^ n, nurse, stop).await })
        })
        .collect();

    let mut kills = 0;
    while kills < KILLS {
        tokio::time::sleep(Duration::from_millis(random.random_range(10..120))).await;
        if random.random_bool(0.5) {
            let number = random.random_range(0..WORKERS);
            workers[number].signal(Signal::SIGKILL);
            while !workers[number].has_ended() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            workers[number] = worker(&record, number);
            kills += 1;
        } else if kill_a_backend(&killer, &record.database.name, &mut random).await {
            kills += 1;
        }
    }
    stop.cancel();
    let answered: BTreeSet<Uuid> =
        futures::future::join_all(crowd).await.into_iter().flat_map(|one| one.expect("no panic")).collect();
    let before = rungs(&record).await;
    settled(&record, &before, &answered).await;
    verify(&record, &answered).await;
    for worker in &mut workers {
        worker.stop();
    }
    println!(
        "{} alerts, {} answered, {} steps",
        before.len(),
        answered.len(),
        record.count("es.event where event_type = 'alert.escalated'").await
    );
}

/// The highest rung of each alert.
pub(super) async fn rungs(record: &Record) -> BTreeMap<Uuid, i16> {
    let rows = record.owner.query("select id, rung from read.alert", &[]).await.expect("alerts");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// After the last kill every alert that nobody answered climbs two more rungs: none was lost on the way.
pub(super) async fn settled(record: &Record, before: &BTreeMap<Uuid, i16>, answered: &BTreeSet<Uuid>) {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let now = rungs(record).await;
        let behind = before.iter().filter(|(id, rung)| !answered.contains(id) && now[id] < *rung + 2).count();
        if behind == 0 {
            return;
        }
        assert!(
            Instant::now() < deadline,
            "{behind} alerts climb no more; overdue: {:?}",
            overdue(record.store.database()).await
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Reads every stream, timer and notification and holds them against each other.
pub(super) async fn verify(record: &Record, answered: &BTreeSet<Uuid>) {
    // One snapshot, while the workers go on.
    record.owner.batch_execute("begin isolation level repeatable read").await.expect("a snapshot");
    let events = record
        .owner
        .query("select stream_id, version, event_type from es.event where stream_type = 'alert' order by 1, 2", &[])
        .await
        .expect("events");
    let mut streams: BTreeMap<Uuid, Vec<(i32, String)>> = BTreeMap::new();
    for row in &events {
        streams.entry(row.get(0)).or_default().push((row.get(1), row.get(2)));
    }
    let steps = events.iter().filter(|row| row.get::<_, &str>(2) == "alert.escalated").count();
    assert!(steps >= 100, "{steps} steps prove little");
    for (alert, events) in &streams {
        let kinds: Vec<&str> = events.iter().map(|(_, kind)| kind.as_str()).collect();
        let end = kinds.iter().position(|kind| *kind == "alert.acknowledged");
        assert_eq!(end.is_some(), answered.contains(alert), "a confirmed answer stands, no other does: {alert}");
        let climbed = &kinds[1..end.unwrap_or(kinds.len())];
        assert!(
            kinds[0] == "alert.raised" && climbed.iter().all(|kind| *kind == "alert.escalated"),
            "{alert}: {kinds:?}"
        );
        assert!(end.is_none_or(|end| end + 1 == kinds.len()), "a step after the answer: {alert} {kinds:?}");
    }
    let none = [
        (
            "an event that nobody was told of",
            "es.event e where stream_type = 'alert' and not exists
            (select from live.notification n where n.subject_id = e.stream_id and n.subject_version = e.version)",
        ),
        (
            "something told that did not happen",
            "live.notification n where not exists
            (select from es.event e where n.subject_id = e.stream_id and n.subject_version = e.version)",
        ),
        (
            "a rung told twice, or left out",
            "(select subject_id, array_agg((details->>'rung')::int order by subject_version) told
            from live.notification where type in ('alert.raised', 'alert.escalated') group by 1) x
            where told <> array(select generate_series(0, cardinality(told) - 1))",
        ),
        (
            "a fired timer without its step",
            "wf.timer t where state = 'fired' and not exists
            (select from live.notification n where n.subject_id = t.alert_id and n.type = 'alert.escalated'
             and (n.details->>'rung')::int = t.rung)",
        ),
        (
            "a step before its time",
            "wf.timer t join es.event e on e.stream_id = t.alert_id and e.version = t.version + 1
            where t.state = 'fired' and e.event_type = 'alert.escalated' and e.recorded_at < t.due_at",
        ),
        (
            "a waiting alert without a timer",
            "read.alert a where status = 'active' and not exists
            (select from wf.timer t where t.alert_id = a.id and t.state = 'armed' and t.rung = a.rung + 1)",
        ),
        (
            "an answered alert with a timer",
            "read.alert a where status <> 'active' and exists
            (select from wf.timer t where t.alert_id = a.id and t.state = 'armed')",
        ),
        (
            "a notification to nobody",
            "live.notification n where not exists
            (select from live.audience a where a.notification_id = n.notification_id)",
        ),
        (
            "a gap in the positions",
            "(select position - lag(position, 1, 0::bigint) over (order by position) step
            from live.notification) x where step is distinct from 1",
        ),
    ];
    for (what, of) in none {
        assert_eq!(record.count(of).await, 0, "{what}");
    }
    record.owner.batch_execute("commit").await.expect("an end");
}

/// Answer and step at the same moment, many times over: one of them wins, and never the step after the answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_and_a_step_at_the_same_moment() {
    let record = Arc::new(Record::new().await);
    let nurse = record.account("nurse").await;
    let (mut stepped, mut silent) = (0, 0);
    let mut random = StdRng::seed_from_u64(rand::rng().random());
    for _ in 0..150 {
        let raising = content(PatientId(record.id()), "news2", Priority::High);
        let alert = raise_alert(&record.app, &Call::system(record.id()), raising).await.expect("an alert").id;
        record.owner.execute("update wf.timer set due_at = now() where alert_id = $1", &[&alert]).await.expect("due");
        let (head_start, answer_waits) = (random.random_range(0..1500), random.random_bool(0.5));
        let pause = move |wanted: bool| async move {
            if wanted {
                tokio::time::sleep(Duration::from_micros(head_start)).await;
            }
        };
        let answer = {
            let record = record.clone();
            tokio::spawn(async move {
                pause(answer_waits).await;
                let cmd = AcknowledgeAlert { alert: AlertId(alert), note: None };
                acknowledge_alert(&record.app, &call(&record, nurse, Role::Nurse), cmd).await
            })
        };
        let step = {
            let record = record.clone();
            tokio::spawn(async move {
                pause(!answer_waits).await;
                healthcare_infrastructure::escalation::fire_one(&record.store, &SystemClock).await
            })
        };
        let began = Instant::now();
        answer.await.expect("no panic").expect("an answer is never refused because of a step");
        match step.await.expect("no panic") {
            Ok(Some(_)) => stepped += 1,
            Ok(None) | Err(StoreError::Conflict) => silent += 1,
            Err(error) => panic!("{error}"),
        }
        assert!(began.elapsed() < Duration::from_millis(900), "they met in a deadlock");
    }
    assert_eq!(
        record
            .count(
                "es.event e join es.event a on a.stream_id = e.stream_id and a.event_type = 'alert.acknowledged'
                      where e.event_type = 'alert.escalated' and e.version > a.version"
            )
            .await,
        0
    );
    println!("{stepped} stepped first, {silent} answered first");
    assert!(stepped > 0 && silent > 0, "both orders were to be seen: {stepped}, {silent}");
}
