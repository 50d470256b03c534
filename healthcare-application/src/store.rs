//! The port to the event store: append decisions, read what happened.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use healthcare_domain::{
    AnyState, DomainEvent, StreamType,
    id::{PatientId, WardId},
};
use healthcare_dss::Edition;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    access::{Call, Circle, Closeness, Idempotency, Permit, Sealed},
    audit::Entry,
    backtest::{JudgedLive, KeptSample},
    decision::{Shown, ShownVia},
};

/// An event as it was stored.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The kind of stream.
    pub stream: StreamType,
    /// The stream.
    pub stream_id: Uuid,
    /// Its place in the stream, from 1.
    pub version: i32,
    /// Its place in the log. Gaps are normal; order within a stream and a patient holds.
    pub seq: i64,
    /// The patient it is about.
    pub patient: Option<PatientId>,
    /// When it happened, clinically.
    pub occurred_at: DateTime<Utc>,
    /// When the hospital knew.
    pub known_at: DateTime<Utc>,
    /// When it was stored.
    pub recorded_at: DateTime<Utc>,
    /// What happened.
    pub event: DomainEvent,
    /// Who, by which request, from where.
    pub meta: Meta,
}

impl Recorded {
    /// The identity other systems know it by: `{stream}:{version}`.
    pub fn event_id(&self) -> String {
        format!("{}:{}", self.stream_id, self.version)
    }
}

/// What is kept beside an event. Never personal data of the patient.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// The account that acted; nil for the system.
    pub actor: Uuid,
    /// Its role then.
    pub role: String,
    /// The request it came with.
    pub request: Uuid,
    /// The event that led to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation: Option<String>,
    /// W3C trace context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// Where it was imported from: a system and the resource's type and id there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// How close to the patient stood who did it, from the permit it was stored with.
    #[serde(skip)]
    pub closeness: Option<Closeness>,
    /// What the audit trail says of it, from the permit it was stored with. Kept there, not here.
    #[serde(skip)]
    pub entry: Option<Box<Entry>>,
}

/// Where an imported event came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The system.
    pub system: String,
    /// The FHIR resource type.
    pub resource: String,
    /// Its id there.
    pub id: String,
    /// Whether `known_at` had to be taken from the clinical time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub known_at_assumed: bool,
}

impl Meta {
    /// The metadata of what a call brings about.
    pub fn of(call: &Call) -> Self {
        Self {
            actor: call.actor.account.0,
            role: if call.actor.system { "system".into() } else { call.actor.role.as_str().into() },
            request: call.request_id,
            traceparent: call.traceparent.clone(),
            causation: None,
            source: None,
            closeness: None,
            entry: None,
        }
    }
}

/// An event that is to be stored.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// What happened.
    pub event: DomainEvent,
    /// When it happened, clinically.
    pub occurred_at: DateTime<Utc>,
    /// When the hospital knew.
    pub known_at: DateTime<Utc>,
}

/// What one stream takes in.
#[derive(Debug, Clone)]
pub struct Change {
    /// The stream.
    pub id: Uuid,
    /// The patient it is about: order, encryption and erasure go by patient.
    pub patient: Option<PatientId>,
    /// The version it was decided on; 0 for a new stream.
    pub expected: i32,
    /// The new events, in order.
    pub events: Vec<NewEvent>,
    /// The state after them; read models are projected from it.
    pub state: AnyState,
    /// Where it was imported from, if it was.
    pub source: Option<Source>,
}

/// A patient's safety row: whatever decides on a patient's drugs and allergies passes through it one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Safety {
    /// The patient.
    pub patient: PatientId,
    /// The version the facts of the decision were read at, for who depends on them; none for who only changes them.
    pub expected: Option<i64>,
}

/// All that is stored together, or not at all.
#[derive(Debug, Clone)]
pub struct Commit {
    /// The streams, each once.
    pub changes: Vec<Change>,
    /// Kept with every event.
    pub meta: Meta,
    /// The key that makes a repeat answer the same.
    pub idempotency: Option<Idempotency>,
    /// What the repeat is answered.
    pub committed: Committed,
    /// Safety rows to pass through.
    pub safety: Vec<Safety>,
    /// Judgements of decision support to keep with it.
    pub evaluations: Vec<EvaluationRecord>,
}

impl Commit {
    /// Whom it is about, with the stream where it is one's: its streams, safety rows and judgements.
    pub fn about(&self) -> impl Iterator<Item = (Uuid, PatientId)> {
        let changes = self.changes.iter().filter_map(|change| Some((change.id, change.patient?)));
        let safety = self.safety.iter().map(|safety| (Uuid::nil(), safety.patient));
        changes.chain(safety).chain(self.evaluations.iter().map(|judged| (Uuid::nil(), judged.patient)))
    }
}

/// What decision support judged, kept so that it can be shown and replayed.
#[derive(Debug, Clone)]
pub struct EvaluationRecord {
    /// Its identity.
    pub id: Uuid,
    /// The patient.
    pub patient: PatientId,
    /// What asked: an event type or a hook.
    pub trigger: String,
    /// Position in the log that the facts were read at.
    pub position: i64,
    /// The facts, with the ids of the events they came from.
    pub facts: serde_json::Value,
    /// A line a rule: rule, version, outcome; with the explanation for what fired or lacked data.
    pub judgements: serde_json::Value,
    /// The rules and knowledge that judged, kept with the first record that names them; none where it was read back.
    pub edition: Option<Arc<Edition>>,
    /// The findings that somebody was told, where those were not all: what a draft did not bring up is not told before
    /// it is signed. None where all were, and where it was read back.
    pub told: Option<Vec<Uuid>>,
    /// What rules in the shadow would have said: counted, and shown to nobody who works with the patient.
    pub shadow: Vec<ShadowRecord>,
}

/// A rule in the shadow that fired.
#[derive(Debug, Clone)]
pub struct ShadowRecord {
    /// The rule.
    pub rule: String,
    /// Its version.
    pub version: i32,
    /// The ward the patient lay on, if on one of the house.
    pub ward: Option<WardId>,
    /// How grave the gravest finding would have been.
    pub severity: String,
    /// The findings, by their stable identities.
    pub findings: Vec<Uuid>,
    /// The whole judgement with its tree.
    pub judgement: serde_json::Value,
}

/// A firing in the shadow, as it is kept.
#[derive(Debug, Clone)]
pub struct ShadowSample {
    /// The evaluation it was judged in.
    pub evaluation: Uuid,
    /// Of whom: who holds the record now.
    pub patient: PatientId,
    /// When.
    pub at: DateTime<Utc>,
    /// What asked.
    pub trigger: String,
    /// The judgement with its tree.
    pub judgement: serde_json::Value,
}

impl ShadowRecord {
    /// What is kept of a judgement; nothing where it found nothing.
    pub fn of(judgement: &healthcare_dss::Judgement, ward: Option<WardId>) -> Option<Self> {
        let gravest = judgement.findings().iter().map(|finding| finding.severity).min()?;
        let severity = serde_json::to_value(gravest).ok()?.as_str()?.to_owned();
        Some(Self {
            rule: judgement.rule.to_string(),
            version: i32::try_from(judgement.version).ok()?,
            ward,
            severity,
            findings: judgement.findings().iter().map(|finding| finding.id).collect(),
            judgement: serde_json::to_value(judgement).ok()?,
        })
    }
}

/// An entry of the justification log as it is kept.
#[derive(Debug, Clone)]
pub struct StoredEvaluation {
    /// What was judged.
    pub record: EvaluationRecord,
    /// The name of the edition that judged; none from before editions were kept.
    pub edition: Option<String>,
    /// The account that asked; nil for the system.
    pub actor: Uuid,
    /// When.
    pub at: DateTime<Utc>,
}

/// What a review came to, as far as the next one is held against it.
#[derive(Debug, Clone)]
pub struct StoredReview {
    /// A line a rule, as in [`EvaluationRecord::judgements`].
    pub judgements: serde_json::Value,
    /// The rules in the shadow that fired, with their versions.
    pub shadow: Vec<(String, i32)>,
}

/// What a command brought about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Committed {
    /// The stream the command was about.
    pub id: Uuid,
    /// Its version now.
    pub version: i32,
    /// More that was created on the way, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<serde_json::Value>,
    /// Whether this repeats an earlier answer.
    #[serde(skip)]
    pub replayed: bool,
}

/// Why a patient's record takes nothing new of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordClosed {
    /// It was laid down: nothing new begins.
    #[error("the patient's record is inactive; reactivate it first")]
    Inactive,
    /// There never was such a patient.
    #[error("the patient was entered in error")]
    EnteredInError,
    /// They died: nothing is planned, ordered or put on them any more.
    #[error("the patient is deceased")]
    Deceased,
}

impl RecordClosed {
    /// The word for it in problems, and between the database and here.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inactive => "inactive",
            Self::EnteredInError => "entered-in-error",
            Self::Deceased => "deceased",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Inactive, Self::EnteredInError, Self::Deceased].into_iter().find(|closed| closed.as_str() == word)
    }
}

/// What went wrong underneath, boxed so that the application needs no driver's error type.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why the store did not do it. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A stream moved on since it was read; load again and decide again.
    #[error("somebody else changed it meanwhile")]
    Conflict,
    /// A rule of the read models forbids it, e.g. a second open alert of the same rule.
    #[error("it exists already ({0})")]
    Exists(String),
    /// The patient's record takes nothing of this kind.
    #[error(transparent)]
    Closed(#[from] RecordClosed),
    /// It is about another patient than the permit.
    #[error("it is about another patient than was permitted")]
    Foreign,
    /// The same idempotency key was used for something else.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// A time, a number or a text is beyond what the database can hold, such as a year before 4713 BC or a zero byte.
    #[error("a time, a number or a text is beyond what the record can hold")]
    OutOfRange,
    /// The database or the key vault cannot be reached or did not answer.
    #[error("the record cannot be reached")]
    Unavailable(#[source] Cause),
    /// What is stored cannot be read: a defect or damage, never the caller's fault.
    #[error("the record cannot be read")]
    Damaged(#[source] Cause),
}

/// The event store.
#[async_trait]
pub trait EventStore: Send + Sync {
    /// An identity for a person who is new to the record, with what it takes to seal their events made ready. Each is
    /// given out once.
    fn new_patient(&self) -> PatientId;

    /// The next running number of a patient of this house. No two callers get the same; gaps mean nothing.
    async fn next_number(&self) -> Result<u64, StoreError>;

    /// All events of a stream in order, closed until a permit for its patient opens them; none if it does not exist.
    async fn load(&self, stream: StreamType, id: Uuid) -> Result<Sealed<Vec<Recorded>>, StoreError>;

    /// All events of a patient that were known by `known_by`, in log order.
    async fn history(
        &self,
        permit: &Permit,
        patient: PatientId,
        known_by: DateTime<Utc>,
    ) -> Result<Vec<Recorded>, StoreError>;

    /// Stores a commit with its projections; [`StoreError::Foreign`] when it holds something of a patient whom the permit
    /// does not open. A repeat with the same idempotency key answers as the first did.
    async fn append(&self, permit: &Permit, commit: Commit) -> Result<Committed, StoreError>;

    /// What decision support judged, by its identity; none when it is not about the permit's patient.
    async fn evaluation(&self, permit: &Permit, id: Uuid) -> Result<Option<StoredEvaluation>, StoreError>;

    /// The newest review of the permit's patient that was kept, after an event or by time; what was judged before signing is
    /// none.
    async fn last_review(&self, permit: &Permit) -> Result<Option<StoredReview>, StoreError>;

    /// Whom an entry of the justification log is about; none when there is no such entry.
    async fn evaluated(&self, id: Uuid) -> Result<Option<PatientId>, StoreError>;

    /// Notes that suggestions were shown to whoever called, beside the answer. What cannot be noted is said in the log.
    fn shown(&self, call: &Call, suggestions: &[Uuid], how: (ShownVia, DateTime<Utc>));

    /// To whom a suggestion was shown; a permit for its patient opens that.
    async fn shown_to(&self, permit: &Permit, suggestion: Uuid) -> Result<Vec<Shown>, StoreError>;

    /// The moments at which the permit's patient was judged within a time, with the facts that were kept, in order.
    async fn judged_live(
        &self,
        permit: &Permit,
        between: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<JudgedLive>, StoreError>;

    /// Rules and knowledge that once judged, by the name of the edition.
    async fn edition(&self, sha256: &str) -> Result<Option<Edition>, StoreError>;

    /// A version of a rule as it was last used, as JSON.
    async fn rule_version(&self, id: &str, version: u32) -> Result<Option<String>, StoreError>;

    /// Every version of a rule that has judged, as JSON; one twice whose words were changed without a new number.
    async fn rule_versions(&self, id: &str) -> Result<Vec<(u32, String)>, StoreError>;

    /// The latest firings of a version in the shadow, of the circle's patients, the newest first.
    async fn shadow_samples(
        &self,
        permit: &Permit,
        circle: &Circle,
        of: (&str, u32),
        limit: u16,
    ) -> Result<Vec<ShadowSample>, StoreError>;

    /// The moments that a backtest picked, in the order of their lots. What was found is opened of the circle's patients
    /// alone, and of nobody without one; one that does not open keeps no other from being shown.
    async fn backtest_samples(
        &self,
        permit: &Permit,
        circle: Option<&Circle>,
        id: Uuid,
    ) -> Result<Vec<KeptSample>, StoreError>;

    /// The answer to an earlier command with this key, if there was one.
    async fn answered(&self, actor: Uuid, idempotency: &Idempotency) -> Result<Option<Committed>, StoreError>;
}
