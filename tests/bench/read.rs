//! One patient, read by primary key: the product against a bare server.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use healthcare_application::{Actor, App, Role};
use healthcare_domain::id::{AccountId, PatientId};
use healthcare_infrastructure::care::{WHOLE_HOUSE, put_on_ward};
use rand::{Rng, SeedableRng, rngs::StdRng};

use crate::{
    bare,
    command::{register, registrar},
    hospital::Hospital,
    http::{self, Connection},
    load::{self, Client, Window},
    report::{Goal, Item},
    rounds::{ROUNDS, Sides},
};

const PART: &str = "read";
const CLIENTS: usize = 16;
/// Enough to keep both cores busy while some wait for the disk.
const MANY: usize = 64;
/// Patients that are read at random.
const PATIENTS: usize = 2_000;
/// Of a reader who pauses: sixteen of them read about 750 times a second.
const PAUSE: Duration = Duration::from_millis(20);
const WARM_UP: Duration = Duration::from_millis(300);
const WINDOW: Duration = Duration::from_millis(1_500);

/// Reads patients from each server in turn.
pub async fn measure(hospital: &Hospital) -> anyhow::Result<Vec<Item>> {
    let patients = Arc::new(patients(hospital, 0, PATIENTS).await?);
    hospital.settle().await?;
    let doctor = Actor::of(AccountId(hospital.platform.app.clock.new_id()), Role::Doctor);
    put_on_ward(&hospital.platform.db, doctor.account, WHOLE_HOUSE).await?;
    let bare = bare::serve_select(&hospital.record)?;
    let app = &hospital.platform.app;
    let unrecorded = App { audit: Arc::new(bare::NoTrail), ..app.clone() };
    let query = bare::serve_query(&unrecorded, doctor.clone()).await?;
    let audited = bare::serve_query(app, doctor).await?;
    let whole = bare::serve_unrecorded(&hospital.places).await?;
    let (mut of_query, mut of_audited, mut of_product) = (Sides::default(), Sides::default(), Sides::default());
    let mut of_whole = Sides::default();
    let (mut of_port, mut of_crowd) = (Sides::default(), Sides::default());
    let mut last = vec![];
    for round in 0..ROUNDS {
        let load = async |address: SocketAddr, path: &str, token: Option<&str>| {
            readers(address, path, token, &patients, (round, CLIENTS)).await
        };
        let crowd = async |address: SocketAddr, path: &str, token: Option<&str>| {
            readers(address, path, token, &patients, (round, MANY)).await
        };
        let reference = load(bare.address, "/bare/", None).await?;
        let port = load(query.address, "/port/", None).await?;
        let use_case = load(query.address, "/query/", None).await?;
        let recorded = load(audited.address, "/query/", None).await?;
        let unrecorded = load(whole.address, "/api/v1/patients/", Some(&hospital.token)).await?;
        let product = load(hospital.server.address, "/api/v1/patients/", Some(&hospital.token)).await?;
        of_port.add(port.per_second, reference.per_second);
        of_query.add(use_case.per_second, reference.per_second);
        of_audited.add(recorded.per_second, reference.per_second);
        of_whole.add(unrecorded.per_second, reference.per_second);
        of_product.add(product.per_second, reference.per_second);
        let crowded = crowd(bare.address, "/bare/", None).await?;
        let full = crowd(hospital.server.address, "/api/v1/patients/", Some(&hospital.token)).await?;
        of_crowd.add(full.per_second, crowded.per_second);
        last = vec![reference, use_case, product];
    }
    query.stop().await;
    audited.stop().await;
    whole.stop().await?;
    bare.stop().await;
    let tail = |n: usize| last.get(n).map_or(f64::NAN, |window: &Window| window.quantile_ms(0.99));
    let least = |ratio| Some(Goal::RatioAtLeast(ratio));
    Ok(vec![
        Item::against(PART, "patient by id, query path, 16 clients", "/s", &of_port, least(0.8)),
        Item::against(PART, "patient by id, with permission, not recorded, 16 clients", "/s", &of_query, None),
        Item::against(PART, "patient by id, with permission, recorded, 16 clients", "/s", &of_audited, None),
        Item::against(
            PART,
            "patient by id, with token and permission, not recorded, 16 clients",
            "/s",
            &of_whole,
            least(0.5),
        ),
        Item::against(
            PART,
            "patient by id, with token, permission and audit, 16 clients",
            "/s",
            &of_product,
            least(0.5),
        ),
        Item::against(PART, "patient by id, with token, permission and audit, 64 clients", "/s", &of_crowd, least(0.5)),
        Item::figure(PART, "p99 at 16 clients", "ms", tail(2), None),
        Item::figure(PART, "p99 of the bare server", "ms", tail(0), None),
    ])
}

/// Reads of a busy house, each reader with a short pause after each answer: what they wait is not their own crowd.
pub async fn paced_readers(
    hospital: &Hospital,
    patients: &Arc<Vec<PatientId>>,
    window: Duration,
) -> anyhow::Result<Window> {
    let (address, token) = (hospital.server.address, Some(hospital.token.as_str()));
    let readers = readers_of(address, "/api/v1/patients/", token, patients, (0, CLIENTS)).await?;
    load::run(readers.into_iter().map(Paced).collect(), Duration::ZERO, window).await
}

/// A reader who pauses.
struct Paced(Reader);

impl Client for Paced {
    async fn ask(&mut self) -> anyhow::Result<()> {
        self.0.ask().await
    }

    async fn pause(&mut self) {
        tokio::time::sleep(PAUSE).await;
    }
}

/// Registers people to read, counted from a number on.
pub async fn patients(hospital: &Hospital, first: usize, count: usize) -> anyhow::Result<Vec<PatientId>> {
    let by = registrar(&hospital.platform.app);
    let mut ids = Vec::with_capacity(count);
    for n in 0..count / CLIENTS {
        let some = (0..CLIENTS).map(|k| register(&hospital.platform.app, &by, first + n * CLIENTS + k));
        ids.extend(futures::future::try_join_all(some).await?);
    }
    Ok(ids)
}

/// Loads one server.
async fn readers(
    address: SocketAddr,
    path: &str,
    token: Option<&str>,
    patients: &Arc<Vec<PatientId>>,
    crowd: (usize, usize),
) -> anyhow::Result<Window> {
    load::run(readers_of(address, path, token, patients, crowd).await?, WARM_UP, WINDOW).await
}

async fn readers_of(
    address: SocketAddr,
    path: &str,
    token: Option<&str>,
    patients: &Arc<Vec<PatientId>>,
    (round, readers): (usize, usize),
) -> anyhow::Result<Vec<Reader>> {
    let mut clients = vec![];
    for n in 0..readers {
        clients.push(Reader {
            connection: Connection::open(address).await?,
            path: path.to_owned(),
            token: token.map(str::to_owned),
            patients: patients.clone(),
            random: StdRng::seed_from_u64((round * MANY + n) as u64),
        });
    }
    Ok(clients)
}

/// Reads one patient after the other.
struct Reader {
    connection: Connection,
    path: String,
    token: Option<String>,
    patients: Arc<Vec<PatientId>>,
    random: StdRng,
}

impl Client for Reader {
    async fn ask(&mut self) -> anyhow::Result<()> {
        let patient = self.patients[self.random.random_range(0..self.patients.len())];
        let request = http::get(&format!("{}{patient}", self.path), self.token.as_deref());
        self.connection.expect(200, &request).await
    }
}
