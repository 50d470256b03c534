//! Load, fold, decide, append: written once.

use chrono::{DateTime, Utc};
use healthcare_domain::{DomainEvent, EventSourced, id::PatientId};
use uuid::Uuid;

use crate::{
    App, CommandError,
    access::{Call, Permit, Sealed},
    store::{Change, Commit, Committed, EvaluationRecord, Meta, NewEvent, Recorded, Safety, StoreError},
};

/// How often a decision is made again after somebody else was faster.
const ATTEMPTS: usize = 5;

/// An aggregate as it was read, and the version it was read at.
#[derive(Debug, Clone)]
pub struct Loaded<A> {
    /// The state.
    pub state: A,
    /// 0 when the stream does not exist.
    pub version: i32,
    /// The patient it belongs to, once there is an event: the registration it was begun on.
    pub patient: Option<PatientId>,
    /// The patient whose record holds it now: another one after a merge.
    pub holder: Option<PatientId>,
}

impl<A: EventSourced> Loaded<A> {
    /// A stream that nobody can have written to: its identity was made a moment ago.
    pub fn unwritten() -> Self {
        Self { state: A::default(), version: 0, patient: None, holder: None }
    }
}

/// Which stream a command is about.
#[derive(Debug, Clone, Copy)]
pub struct Target<Id> {
    /// The stream.
    pub id: Id,
    /// The patient it is about.
    pub patient: Option<PatientId>,
    /// When what is decided happened, clinically.
    pub occurred_at: DateTime<Utc>,
    /// Whether it touches what drug safety depends on.
    pub touches_safety: bool,
}

impl<Id> Target<Id> {
    /// A stream of a patient, at a time.
    pub fn of(id: Id, patient: PatientId, occurred_at: DateTime<Utc>) -> Self {
        Self { id, patient: Some(patient), occurred_at, touches_safety: false }
    }

    /// The same, passing through the patient's safety row.
    pub fn through_safety(self) -> Self {
        Self { touches_safety: true, ..self }
    }
}

impl<A: Default> Loaded<A> {
    /// A stream that does not exist yet.
    pub fn nothing() -> Self {
        Self { state: A::default(), version: 0, patient: None, holder: None }
    }
}

impl App {
    /// Reads and folds one stream, which stays closed until a permit for its patient opens it.
    ///
    /// # Errors
    /// When the store cannot be reached or read.
    pub async fn load<A: EventSourced>(&self, id: A::Id) -> Result<Sealed<Loaded<A>>, StoreError> {
        let sealed = self.store.load(A::STREAM, id.into()).await?;
        let holder = sealed.patient();
        sealed.try_map(|events| Ok(Loaded { holder, ..fold(events)? }))
    }

    /// As [`App::load`], of what was known by then.
    ///
    /// # Errors
    /// As [`App::load`].
    pub async fn load_known<A: EventSourced>(
        &self,
        id: A::Id,
        known_by: DateTime<Utc>,
    ) -> Result<Sealed<Loaded<A>>, StoreError> {
        let sealed = self.store.load(A::STREAM, id.into()).await?;
        let holder = sealed.patient();
        sealed.try_map(|mut events| {
            events.retain(|one| one.known_at <= known_by);
            Ok(Loaded { holder, ..fold(events)? })
        })
    }

    /// As it is, or as it was known at a moment.
    ///
    /// # Errors
    /// As [`App::load`].
    pub async fn load_as_of<A: EventSourced>(
        &self,
        id: A::Id,
        as_of: Option<DateTime<Utc>>,
    ) -> Result<Sealed<Loaded<A>>, StoreError> {
        match as_of {
            None => self.load(id).await,
            Some(then) => self.load_known(id, then).await,
        }
    }

    /// The change that `events` make to a loaded stream.
    pub fn change<A: EventSourced>(&self, target: &Target<A::Id>, loaded: &Loaded<A>, events: Vec<A::Event>) -> Change {
        let now = self.clock.now();
        let mut state = loaded.state.clone();
        let mut new = Vec::with_capacity(events.len());
        for event in events {
            state.apply(&event);
            let event: DomainEvent = event.into();
            new.push(NewEvent { event, occurred_at: target.occurred_at, known_at: now });
        }
        // A stream stays with the registration it was begun on, whoever holds that now.
        let whose = match target.patient {
            None => loaded.patient,
            Some(held) if loaded.holder == Some(held) => loaded.patient,
            named @ Some(_) => named,
        };
        Change {
            id: target.id.into(),
            patient: whose,
            expected: loaded.version,
            events: new,
            state: state.into(),
            source: None,
        }
    }
}

/// The state after all events of a stream.
fn fold<A: EventSourced>(recorded: Vec<Recorded>) -> Result<Loaded<A>, StoreError> {
    let mut loaded = Loaded::<A>::unwritten();
    for one in recorded {
        let event = A::Event::try_from(one.event)
            .map_err(|_| StoreError::Damaged("a stream holds an event of another kind".into()))?;
        loaded.state.apply(&event);
        loaded.version = one.version;
        loaded.patient = loaded.patient.or(one.patient);
    }
    Ok(loaded)
}

/// Decides on one stream and appends what was decided. Decides again when somebody else was faster, unless the caller
/// named the version it has seen. A repeat with the same idempotency key is answered as the first was.
///
/// # Errors
/// When the domain refuses, the version is stale, or the store cannot take it. Nothing is changed then.
pub async fn transact<A: EventSourced>(
    app: &App,
    permit: &Permit,
    call: &Call,
    target: Target<A::Id>,
    decide: impl Fn(&A) -> Result<Vec<A::Event>, A::Error> + Send,
) -> Result<Committed, CommandError<A::Error>> {
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    let loaded = app.load::<A>(target.id).await?.open(permit).await?;
    transact_from(app, permit, call, target, loaded, decide).await
}

/// As [`transact`], for who has loaded the stream already, e.g. to learn whose it is before asking for the permit, or
/// knows that there is none. A repeat is found when it is stored, by the key that is stored with it.
///
/// # Errors
/// As [`transact`].
pub async fn transact_from<A: EventSourced>(
    app: &App,
    permit: &Permit,
    call: &Call,
    target: Target<A::Id>,
    mut loaded: Loaded<A>,
    decide: impl Fn(&A) -> Result<Vec<A::Event>, A::Error> + Send,
) -> Result<Committed, CommandError<A::Error>> {
    let id: Uuid = target.id.into();
    let mut attempt = 0;
    loop {
        attempt += 1;
        if let Some(seen) = call.if_match
            && seen != loaded.version
        {
            // The one who was faster may have been this very command, sent twice at once.
            if let Some(answer) = replay(app, call).await? {
                return Ok(answer);
            }
            return Err(CommandError::Stale { current: loaded.version });
        }
        let events = match decide(&loaded.state) {
            Ok(events) => events,
            Err(refusal) => {
                if let Some(answer) = replay(app, call).await? {
                    return Ok(answer);
                }
                // What was refused tells something of the patient too.
                permit.recorded().await?;
                return Err(CommandError::Refused(refusal));
            }
        };
        let version = loaded.version + i32::try_from(events.len()).unwrap_or(i32::MAX);
        let committed = Committed { id, version, extra: None, replayed: false };
        if events.is_empty() {
            return Ok(committed);
        }
        let change = app.change::<A>(&target, &loaded, events);
        let safety = match change.patient {
            Some(patient) if target.touches_safety => vec![Safety { patient, expected: None }],
            _ => vec![],
        };
        let commit = Commit {
            changes: vec![change],
            meta: Meta::of(call),
            idempotency: call.idempotency.clone(),
            committed,
            safety,
            evaluations: vec![],
        };
        match app.store.append(permit, commit).await {
            Err(StoreError::Conflict) if attempt < ATTEMPTS => {
                loaded = app.load::<A>(target.id).await?.open(permit).await?;
            }
            other => return other.map_err(CommandError::Store),
        }
    }
}

/// What a commit holds beside the events of its stream.
#[derive(Debug, Default)]
pub struct Beside {
    /// More for the answer.
    pub extra: Option<serde_json::Value>,
    /// Safety rows to pass through.
    pub safety: Vec<Safety>,
    /// Judgements to keep.
    pub evaluations: Vec<EvaluationRecord>,
}

/// Stores what was decided on one stream together with what stands beside it, without deciding again.
///
/// # Errors
/// When the store cannot take it; a conflict where what the decision stood on has changed.
pub async fn store_with<A: EventSourced>(
    app: &App,
    permit: &Permit,
    call: &Call,
    target: Target<A::Id>,
    loaded: &Loaded<A>,
    events: Vec<A::Event>,
    beside: Beside,
) -> Result<Committed, StoreError> {
    let Beside { extra, safety, evaluations } = beside;
    let version = loaded.version + i32::try_from(events.len()).unwrap_or(i32::MAX);
    let commit = Commit {
        changes: vec![app.change::<A>(&target, loaded, events)],
        meta: Meta::of(call),
        idempotency: call.idempotency.clone(),
        committed: Committed { id: target.id.into(), version, extra, replayed: false },
        safety,
        evaluations,
    };
    app.store.append(permit, commit).await
}

/// The answer to an earlier command with the same key.
///
/// # Errors
/// When the key was used for another request, or the store cannot answer.
pub async fn replay(app: &App, call: &Call) -> Result<Option<Committed>, StoreError> {
    match &call.idempotency {
        Some(idempotency) => app.store.answered(call.actor.account.0, idempotency).await,
        None => Ok(None),
    }
}
