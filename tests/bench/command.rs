//! One command, registering a patient: through the application and through HTTP, against pgbench inserting the same
//! rows. The product seals the payload, logs the command for repeats, makes the patient a key of their own (a second
//! durable transaction, which pgbench is spared), and answers when all of it is durable.

use std::time::Duration;

use futures::future::try_join_all;
use healthcare_application::{
    Actor, App, Call, Role,
    access::Idempotency,
    patient::{RegisterPatient, register_patient},
};
use healthcare_domain::id::{AccountId, PatientId};

use crate::{
    hospital::Hospital,
    http::{self, Connection},
    load::{self, Client, Window},
    people::person,
    pgbench::Pgbench,
    report::{Goal, Item},
    rounds::{ROUNDS, Sides},
};

const PART: &str = "command";
const WARM_UP: Duration = Duration::from_millis(500);
const SECONDS: u32 = 2;
/// Who is registered on each side before anything is measured: a house that works has patients.
const FURNISHED: usize = 10_000;

/// Registers patients on each side in turn.
pub async fn measure(hospital: &Hospital) -> anyhow::Result<Vec<Item>> {
    let app = &hospital.platform.app;
    let sample = register(app, &registrar(app), 940_000).await?;
    let mut pgbench = Pgbench::like(hospital, sample).await?;
    pgbench.fill(8, FURNISHED).await?;
    Pgbench::inserts_the_same(hospital, sample).await?;
    let mut numbers = 1_000_000;
    let furnishing = callers(app, 8, &mut numbers).into_iter().map(|caller| caller.several(FURNISHED / 8));
    try_join_all(furnishing).await?;
    hospital.settle().await?;
    let mut items = vec![];
    for clients in [1, 8, 16] {
        let (mut of_application, mut of_http) = (Sides::default(), Sides::default());
        let mut last: Option<Window> = None;
        for _ in 0..ROUNDS {
            let reference = pgbench.run(clients, SECONDS).await?;
            let application = load::run(callers(app, clients, &mut numbers), WARM_UP, window()).await?;
            let over_http = load::run(posters(hospital, clients, &mut numbers).await?, WARM_UP, window()).await?;
            of_application.add(application.per_second, reference);
            of_http.add(over_http.per_second, reference);
            last = Some(over_http);
        }
        // One client measures the length of a round trip, not a throughput: shown, not promised.
        let goal = (clients > 1).then_some(Goal::RatioAtLeast(0.4));
        let of = |what: &str| format!("register a patient, {what}, {clients} clients");
        items.push(Item::against(PART, of("application"), "/s", &of_application, goal));
        items.push(Item::against(PART, of("HTTP with token"), "/s", &of_http, goal));
        if let Some(window) = last {
            items.push(Item::figure(PART, "p50 of the latter", "ms", window.quantile_ms(0.5), None));
            items.push(Item::figure(PART, "p99 of the latter", "ms", window.quantile_ms(0.99), None));
        }
    }
    Ok(items)
}

fn window() -> Duration {
    Duration::from_secs(SECONDS.into())
}

/// Somebody who may register patients.
pub fn registrar(app: &App) -> Actor {
    Actor::of(AccountId(app.clock.new_id()), Role::Doctor)
}

/// Registers the n-th person through the application, under an idempotency key as a client of the REST face does.
pub async fn register(app: &App, by: &Actor, n: usize) -> anyhow::Result<PatientId> {
    let idempotency = Idempotency { key: format!("registration-{n}"), request_hash: vec![0x5a; 32] };
    let call = Call { idempotency: Some(idempotency), ..Call::of(by.clone(), app.clock.new_id()) };
    Ok(PatientId(
        register_patient(app, &call, RegisterPatient { demographics: person(n), known_as_another: None }).await?.id,
    ))
}

/// Clients of the application itself, each with numbers of its own.
pub fn callers(app: &App, clients: usize, numbers: &mut usize) -> Vec<Caller> {
    let by = registrar(app);
    let caller = |_| {
        *numbers += 1_000_000;
        Caller { app: app.clone(), by: by.clone(), next: *numbers }
    };
    (0..clients).map(caller).collect()
}

/// Registers one patient after the other through the application.
pub struct Caller {
    app: App,
    by: Actor,
    next: usize,
}

impl Caller {
    async fn several(mut self, many: usize) -> anyhow::Result<()> {
        for _ in 0..many {
            self.ask().await?;
        }
        Ok(())
    }
}

impl Client for Caller {
    async fn ask(&mut self) -> anyhow::Result<()> {
        self.next += 1;
        register(&self.app, &self.by, self.next).await.map(|_| ())
    }
}

/// Clients of the REST face.
async fn posters(hospital: &Hospital, clients: usize, numbers: &mut usize) -> anyhow::Result<Vec<Poster>> {
    let mut all = vec![];
    for _ in 0..clients {
        *numbers += 1_000_000;
        let connection = hospital.server.connect().await?;
        all.push(Poster { connection, token: hospital.token.clone(), next: *numbers });
    }
    Ok(all)
}

struct Poster {
    connection: Connection,
    token: String,
    next: usize,
}

impl Client for Poster {
    async fn ask(&mut self) -> anyhow::Result<()> {
        self.next += 1;
        let (key, body) = (format!("registration-{}", self.next), serde_json::to_string(&person(self.next))?);
        self.connection.expect(201, &http::post("/api/v1/patients", Some(&self.token), Some(&key), &body)).await
    }
}
