//! Commits and consumers to test with.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use chrono::{DateTime, Utc};
use healthcare_application::{
    App, Call, Permission, Permit,
    access::AccessPolicy,
    clock::Clock,
    store::{Change, Commit, Committed, EventStore as _, Meta, NewEvent, Recorded},
};
use healthcare_domain::{
    AnyState, DomainEvent, StreamType,
    id::PatientId,
    patient::{Demographics, HumanName, PatientEvent},
};
use healthcare_infrastructure::{
    audit::PgAuditTrail,
    care::PgCareRelations,
    clock::SystemClock,
    event_log::{ConsumeError, Consumer},
    event_store::PgEventStore,
    views::PgReadModel,
};
use uuid::Uuid;

/// The application over a store.
pub fn app(store: &PgEventStore) -> App {
    App {
        care: std::sync::Arc::new(PgCareRelations::new(store)),
        policy: AccessPolicy::default(),
        store: std::sync::Arc::new(store.clone()),
        read: std::sync::Arc::new(PgReadModel::new(store.database().clone())),
        audit: std::sync::Arc::new(PgAuditTrail::start(store.database().clone())),
        clock: std::sync::Arc::new(SystemClock),
        patients: std::sync::Arc::new(
            healthcare_application::patient::PatientPolicy::embedded().expect("the shipped pathways load"),
        ),
        rules: std::sync::Arc::new(healthcare_application::rule::Rules::embedded().expect("the shipped rules load")),
    }
}

/// A permit of the system's.
pub async fn permit(store: &PgEventStore, patient: PatientId) -> Permit {
    let call = Call::system(new_id());
    app(store).authorise(&call, Permission::ReadChart, Some(patient)).await.expect("the system may")
}

/// What is stored in a patient's own stream.
pub async fn stored(store: &PgEventStore, patient: PatientId) -> Vec<Recorded> {
    let sealed = store.load(StreamType::Patient, patient.0).await.expect("it reads");
    sealed.open(&permit(store, patient).await).await.expect("the patient's own")
}

pub fn new_id() -> Uuid {
    SystemClock.new_id()
}

pub fn now() -> DateTime<Utc> {
    SystemClock.now()
}

/// The registration of somebody.
pub fn registered(family: &str) -> DomainEvent {
    let name = HumanName { family: Some(family.into()), given: vec!["Ana".into()], ..HumanName::default() };
    let demographics = Box::new(Demographics { names: vec![name], ..Demographics::default() });
    PatientEvent::PatientRegistered { demographics }.into()
}

/// A step on a pathway.
pub fn advanced() -> DomainEvent {
    PatientEvent::PathwayAdvanced {
        pathway: "monitoring".into(),
        stage: "enrolled".into(),
        at: DateTime::UNIX_EPOCH,
        by: None,
        because: None,
    }
    .into()
}

/// A commit of these events to one stream. The state is folded from them alone, so that `expected` is to be 0 where
/// read models matter.
pub fn commit(stream: (StreamType, Uuid), patient: PatientId, expected: i32, events: Vec<DomainEvent>) -> Commit {
    let mut state = AnyState::empty(stream.0);
    for event in &events {
        state.apply(event);
    }
    let version = expected + i32::try_from(events.len()).expect("few");
    let events =
        events.into_iter().map(|event| NewEvent { event, occurred_at: now(), known_at: now() }).collect::<Vec<_>>();
    let change = Change { id: stream.1, patient: Some(patient), expected, events, state, source: None };
    Commit {
        changes: vec![change],
        meta: Meta { role: "system".into(), ..Meta::default() },
        idempotency: None,
        committed: Committed { id: stream.1, version, extra: None, replayed: false },
        safety: vec![],
        evaluations: vec![],
    }
}

/// What every consumer of the tests writes: a row an event, in the order of handling.
pub const SEEN: &str = "create table public.seen (
    n bigint generated always as identity, consumer text not null, stream_id uuid not null, version int not null,
    patient_id uuid);
  grant select, insert on public.seen to healthcare_app";

/// A consumer that notes what it sees.
#[derive(Default)]
pub struct Notes {
    pub name: &'static str,
    pub parts: i32,
    /// A patient whose events fail while `broken` is set.
    pub allergic_to: Option<PatientId>,
    pub broken: AtomicBool,
    /// Whether it wants nothing.
    pub deaf: bool,
    /// How many events to handle before each one hangs for good: a crash between effect and checkpoint.
    pub hang_after: Option<usize>,
    pub handled: AtomicUsize,
    pub committed: AtomicUsize,
}

impl Notes {
    pub fn new(name: &'static str) -> Self {
        Self { name, parts: 1, ..Self::default() }
    }
}

#[async_trait::async_trait]
impl Consumer for Notes {
    fn name(&self) -> &'static str {
        self.name
    }
    fn wants(&self, _: &str) -> bool {
        !self.deaf
    }

    fn parts(&self) -> i32 {
        self.parts
    }
    async fn handle(&self, tx: &deadpool_postgres::Transaction<'_>, event: &Recorded) -> Result<(), ConsumeError> {
        tx.execute(
            "insert into public.seen (consumer, stream_id, version, patient_id) values ($1, $2, $3, $4)",
            &[&self.name, &event.stream_id, &event.version, &event.patient.map(|p| p.0)],
        )
        .await?;
        if self.allergic_to.is_some() && event.patient == self.allergic_to && self.broken.load(Ordering::SeqCst) {
            // The database refuses, so that the transaction around is broken as well.
            tx.execute("insert into public.seen (consumer) values (null)", &[]).await?;
        }
        let handled = self.handled.fetch_add(1, Ordering::SeqCst) + 1;
        if self.hang_after.is_some_and(|limit| handled >= limit) {
            std::future::pending::<()>().await;
        }
        Ok(())
    }
    async fn committed(&self) {
        self.committed.fetch_add(1, Ordering::SeqCst);
    }
}
