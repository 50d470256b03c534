//! One patient, read by primary key: the product against a bare server.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use healthcare_application::{Actor, App, Role};
use healthcare_domain::id::{AccountId, PatientId};
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
/// Patients that are read at random.
const PATIENTS: usize = 2_000;
const WARM_UP: Duration = Duration::from_millis(300);
const WINDOW: Duration = Duration::from_millis(1_500);

/// Reads patients from each server in turn.
pub async fn measure(hospital: &Hospital) -> anyhow::Result<Vec<Item>> {
    let patients = Arc::new(patients(hospital).await?);
    hospital.settle().await?;
    let doctor = Actor::of(AccountId(hospital.platform.app.clock.new_id()), Role::Doctor);
    let bare = bare::serve_select(&hospital.record)?;
    let app = &hospital.platform.app;
    let unrecorded = App { audit: Arc::new(bare::NoTrail), ..app.clone() };
    let query = bare::serve_query(&unrecorded, doctor.clone())?;
    let audited = bare::serve_query(app, doctor)?;
    let (mut of_query, mut of_audited, mut of_product) = (Sides::default(), Sides::default(), Sides::default());
    let mut last = vec![];
    for round in 0..ROUNDS {
        let load = async |address: SocketAddr, path: &str, token: Option<&str>| {
            readers(address, path, token, &patients, round).await
        };
        let reference = load(bare.address, "/bare/", None).await?;
        let use_case = load(query.address, "/query/", None).await?;
        let recorded = load(audited.address, "/query/", None).await?;
        let product = load(hospital.server.address, "/api/v1/patients/", Some(&hospital.token)).await?;
        of_query.add(use_case.per_second, reference.per_second);
        of_audited.add(recorded.per_second, reference.per_second);
        of_product.add(product.per_second, reference.per_second);
        last = vec![reference, use_case, product];
    }
    query.stop().await;
    audited.stop().await;
    bare.stop().await;
    let tail = |n: usize| last.get(n).map_or(f64::NAN, |window: &Window| window.quantile_ms(0.99));
    let least = |ratio| Some(Goal::RatioAtLeast(ratio));
    Ok(vec![
        Item::against(PART, "patient by id, query path without the audit, 16 clients", "/s", &of_query, least(0.8)),
        Item::against(PART, "patient by id, query path, audited, 16 clients", "/s", &of_audited, None),
        Item::against(
            PART,
            "patient by id, with token, permission and audit, 16 clients",
            "/s",
            &of_product,
            least(0.5),
        ),
        Item::figure(PART, "p99 of the latter", "ms", tail(2), None),
        Item::figure(PART, "p99 of the bare server", "ms", tail(0), None),
    ])
}

/// Registers people to read.
async fn patients(hospital: &Hospital) -> anyhow::Result<Vec<PatientId>> {
    let by = registrar(&hospital.platform.app);
    let mut ids = Vec::with_capacity(PATIENTS);
    for n in 0..PATIENTS / CLIENTS {
        let some = (0..CLIENTS).map(|k| register(&hospital.platform.app, &by, n * CLIENTS + k));
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
    round: usize,
) -> anyhow::Result<Window> {
    let mut clients = vec![];
    for n in 0..CLIENTS {
        clients.push(Reader {
            connection: Connection::open(address).await?,
            path: path.to_owned(),
            token: token.map(str::to_owned),
            patients: patients.clone(),
            random: StdRng::seed_from_u64((round * CLIENTS + n) as u64),
        });
    }
    load::run(clients, WARM_UP, WINDOW).await
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
