//! The order of the log under everything that can disturb it: lost = doubled = inverted = 0.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use healthcare_application::store::EventStore as _;
use healthcare_domain::{StreamType, id::PatientId};
use healthcare_infrastructure::{
    embedded::roles,
    event_log::{Feed, Part, Ticker, Window, consume},
    event_store::{PgEventStore, append_in, prepare},
};
use healthcare_tests::bare_record::{Record, record};
use rand::{Rng, SeedableRng, rngs::StdRng};
use secrecy::ExposeSecret;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::given::{Notes, SEEN, advanced, commit, new_id, permit};

const WRITERS: usize = 10;
const STREAMS: usize = 30;
const LASTING: Duration = Duration::from_secs(4);
/// How many events are to be written, and backends killed, at the least.
const WRITTEN: usize = 300;
const KILLED: usize = 10;
/// Longer than that takes on any machine.
const PATIENCE: Duration = Duration::from_secs(180);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_lost_doubled_or_inverted_with_a_fixed_seed() {
    disturb(20_261_121).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_lost_doubled_or_inverted_with_a_random_seed() {
    disturb(rand::rng().random()).await;
}

/// Writers that commit, roll back and are killed; readers that are killed; two tickers; a transaction of somebody
/// else that stays open all along. Afterwards everybody has seen every event once, and each stream in order.
async fn disturb(seed: u64) {
    println!("seed {seed}");
    let record = record().await;
    record.owner().await.batch_execute(SEEN).await.expect("a table for what is seen");
    let streams: Arc<Vec<(Uuid, PatientId)>> =
        Arc::new((0..STREAMS).map(|_| (new_id(), PatientId(new_id()))).collect());
    let stop = CancellationToken::new();

    let bystander = record.another_store();
    let mut bystander = bystander.database().get().await.expect("a connection");
    let open = bystander.transaction().await.expect("a transaction");
    open.execute("insert into es.safety (patient_id) values ($1)", &[&new_id()]).await.expect("it writes");

    let mut running = Vec::new();
    // Two processes, each with a ticker, a feed and the same consumers.
    for _ in 0..2 {
        let store = record.another_store();
        let feed = Feed::start(store.database().clone(), stop.clone());
        running.push(tokio::spawn(Ticker::new(&store).run(stop.clone())));
        for (name, parts) in [("one", 1), ("four", 4)] {
            let notes = Arc::new(Notes { parts, ..Notes::new(name) });
            running.push(tokio::spawn(consume(notes, store.clone(), feed.clone(), stop.clone())));
        }
    }
    let walker = tokio::spawn(walk(record.another_store(), StdRng::seed_from_u64(seed ^ 1), stop.clone()));
    let (enough_killed, enough_written) = (CancellationToken::new(), CancellationToken::new());
    let killed = Arc::new(AtomicUsize::new(0));
    let killing = kill_backends(
        record.database.name.clone(),
        StdRng::seed_from_u64(seed ^ 2),
        killed.clone(),
        enough_killed.clone(),
    );
    let killer = tokio::spawn(killing);
    let writers: Vec<_> = (0..WRITERS)
        .map(|n| {
            let rng = StdRng::seed_from_u64(seed.wrapping_add(u64::try_from(n).expect("few") << 8));
            tokio::spawn(write(record.another_store(), streams.clone(), rng, enough_written.clone()))
        })
        .collect();
    // As long as it takes on this machine, today.
    let (begun, kills) = (Instant::now(), || killed.load(Ordering::Relaxed));
    while begun.elapsed() < LASTING || kills() <= KILLED || committed(&record).await.len() <= WRITTEN {
        assert!(begun.elapsed() < PATIENCE, "only {} kills in {PATIENCE:?}", kills());
        sleep(Duration::from_millis(200)).await;
    }
    enough_killed.cancel();
    killer.await.expect("the killer ends");
    // The last that is written is written in peace.
    sleep(Duration::from_millis(500)).await;
    enough_written.cancel();
    for writer in writers {
        writer.await.expect("a writer ends");
    }
    let killed = kills();

    let expected = committed(&record).await;
    until_seen(&record, expected.len()).await;
    // A reader that would see something twice is given the time to.
    sleep(Duration::from_millis(500)).await;
    stop.cancel();
    for one in running {
        one.await.expect("it stops");
    }
    let walked = walker.await.expect("the walker ends");
    drop(open);

    assert!(expected.len() > WRITTEN, "only {} events were written", expected.len());
    assert!(killed > KILLED, "only {killed} backends were killed");
    for consumer in ["one", "four"] {
        judge(consumer, &expected, &seen(&record, consumer).await);
    }
    judge("walker", &expected, &walked);
    println!("{} events, {killed} backends killed: lost = doubled = inverted = 0", expected.len());
}

type Place = (Uuid, i32);

/// Each place once, and the versions of a stream in order.
fn judge(reader: &str, expected: &[Place], seen: &[Place]) {
    let mut sorted = seen.to_vec();
    sorted.sort_unstable();
    let doubled = sorted.windows(2).filter(|pair| pair[0] == pair[1]).count();
    let lost = expected.iter().filter(|place| sorted.binary_search(place).is_err()).count();
    let mut last: BTreeMap<Uuid, i32> = BTreeMap::new();
    let inverted = seen.iter().filter(|(s, v)| last.insert(*s, *v).is_some_and(|before| before >= *v)).count();
    assert_eq!((lost, doubled, inverted, seen.len()), (0, 0, 0, expected.len()), "{reader}: lost, doubled, inverted");
}

/// Writes until it is enough, in every way a writer can.
async fn write(store: PgEventStore, streams: Arc<Vec<(Uuid, PatientId)>>, mut rng: StdRng, enough: CancellationToken) {
    while !enough.is_cancelled() {
        let (stream, patient) = streams[rng.random_range(0..STREAMS)];
        let Some(head) = head(&store, stream).await else { continue };
        let events = (0..rng.random_range(1..4)).map(|_| advanced()).collect();
        let commit = commit((StreamType::Patient, stream), patient, head, events);
        if rng.random_bool(0.4) {
            // A conflict, or a killed backend: the log alone says what was stored.
            let _conflict_or_killed = store.append(&permit(&store, patient).await, commit).await;
            continue;
        }
        let rolls_back = rng.random_bool(0.3);
        let pauses = [rng.random_range(0..20), rng.random_range(0..30)].map(Duration::from_millis);
        let slowly = async {
            let keys = prepare(store.codec(), &commit).await?;
            let mut client = store.database().get().await?;
            let tx = client.transaction().await?;
            // Its transaction has an id long before it writes an event.
            tx.execute("select pg_current_xact_id()", &[]).await?;
            sleep(pauses[0]).await;
            append_in(&tx, &keys, &commit).await?;
            sleep(pauses[1]).await;
            if rolls_back {
                tx.rollback().await?
            } else {
                tx.commit().await?
            }
            anyhow::Ok(())
        };
        let _conflict_or_killed = slowly.await;
    }
}

async fn head(store: &PgEventStore, stream: Uuid) -> Option<i32> {
    let client = store.database().get().await.ok()?;
    let row = client
        .query_one("select coalesce(max(version), 0) from es.event where stream_id = $1", &[&stream])
        .await
        .ok()?;
    Some(row.get(0))
}

/// Terminates backends of the application at random, whatever they are doing.
async fn kill_backends(database: String, mut rng: StdRng, killed: Arc<AtomicUsize>, enough: CancellationToken) {
    let url = healthcare_tests::postgres::cluster().await.superuser_url("postgres");
    let superuser = roles::connect(&url.expose_secret().to_owned().into()).await.expect("the superuser signs in");
    while !enough.is_cancelled() {
        sleep(Duration::from_millis(rng.random_range(20..200))).await;
        // Not the bystander, whose transaction is to stay open.
        let rows = superuser
            .query(
                "select pg_terminate_backend(pid) from (select pid from pg_stat_activity
                 where datname = $1 and usename = 'healthcare_app'
                   and (xact_start is null or xact_start > clock_timestamp() - interval '1 second')
                   and not exists (select from pg_locks l where l.pid = pg_stat_activity.pid
                                   and l.relation = 'pg_class'::regclass)
                 order by random() limit 1) one",
                &[&database],
            )
            .await
            .expect("it kills");
        killed.fetch_add(rows.len(), Ordering::Relaxed);
    }
}

/// A reader without a checkpoint: windows of random size, pages of random size.
async fn walk(store: PgEventStore, mut rng: StdRng, stop: CancellationToken) -> Vec<Place> {
    let (mut tick, mut seen) = (0, Vec::new());
    while !stop.is_cancelled() {
        let (merge, limit) = (rng.random_range(1..20), rng.random_range(1..50));
        let window = async {
            let client = store.database().get().await?;
            let Some(window) = Window::after(&client, tick, merge).await? else { return anyhow::Ok(None) };
            let (mut found, mut after) = (Vec::new(), 0);
            loop {
                let page = window.page(&client, Part::ALL, after, limit).await?;
                found.extend(page.entries().map(|entry| entry.place()));
                match page.last_seq() {
                    Some(last) if page.more => after = last,
                    _ => return Ok(Some((window.to.id, found))),
                }
            }
        };
        match window.await {
            Ok(Some((to, found))) => {
                tick = to;
                seen.extend(found);
            }
            // Nothing new, or its backend was killed.
            Ok(None) | Err(_) => sleep(Duration::from_millis(5)).await,
        }
    }
    seen
}

/// What the log holds, once nothing more is written.
async fn committed(record: &Record) -> Vec<Place> {
    let owner = record.owner().await;
    let rows = owner.query("select stream_id, version from es.event order by seq", &[]).await.expect("it answers");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

async fn seen(record: &Record, consumer: &str) -> Vec<Place> {
    let owner = record.owner().await;
    let sql = "select stream_id, version from public.seen where consumer = $1 order by n";
    let rows = owner.query(sql, &[&consumer]).await.expect("it answers");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// Waits until both consumers have seen as much as there is; the assertions say what is missing if they never do.
async fn until_seen(record: &Record, number: usize) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while Instant::now() < deadline {
        if seen(record, "one").await.len() >= number && seen(record, "four").await.len() >= number {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
}
