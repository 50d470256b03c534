//! What all entries of the record share: whose they are is learnt before anything is permitted.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    EventSourced, StreamType,
    id::{EncounterId, PatientId},
    partial_date::PartialDate,
    patient::Demographics,
};
use uuid::Uuid;

use crate::{
    App, CommandError, QueryError,
    access::{Call, Permission, Permit},
    chart::row_known,
    store::{Committed, StoreError},
    transact::{Target, replay, transact_from},
    view::{Kind, Row},
};

/// Whether what is decided touches what drug safety depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touches {
    /// It passes through the patient's safety row.
    Safety,
    /// Drug safety does not depend on it.
    Nothing,
}

/// Decides on an entry that is named by its own identity alone: learns whose it is, asks for the permit for that
/// patient, decides and appends.
///
/// # Errors
/// When the caller may not, the domain refuses (there may be no such entry), or the record cannot be reached.
pub async fn transact_entry<A: EventSourced>(
    app: &App,
    call: &Call,
    permission: Permission,
    id: A::Id,
    (occurred_at, touches): (DateTime<Utc>, Touches),
    decide: impl Fn(&A) -> Result<Vec<A::Event>, A::Error> + Send,
) -> Result<Committed, CommandError<A::Error>> {
    let sealed = app.load::<A>(id).await?;
    let permit = app.authorise(call, permission, sealed.patient()).await?;
    let loaded = sealed.open(&permit).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    let target = Target { id, patient: loaded.patient, occurred_at, touches_safety: touches == Touches::Safety };
    transact_from(app, &permit, call, target, loaded, decide).await
}

/// Reads an entry that is named by its own identity alone. With `as_of`, as the hospital knew it then.
///
/// # Errors
/// When the caller may not, there is no such entry (by then), or the record cannot be reached.
pub async fn get_entry(
    app: &App,
    call: &Call,
    permission: Permission,
    (kind, id): (Kind, Uuid),
    as_of: Option<DateTime<Utc>>,
) -> Result<Row, QueryError> {
    if let Some(then) = as_of {
        return entry_known(app, call, permission, (kind.stream(), id), &[kind], then).await;
    }
    let Some(sealed) = app.read.entry(kind, id).await? else {
        // Who may not read charts does not learn what is not there either.
        app.authorise(call, permission, call.actor.patient).await?;
        return Err(QueryError::NotFound);
    };
    let permit = app.authorise(call, permission, sealed.patient()).await?;
    Ok(sealed.open(&permit).await?)
}

/// Reads an entry of this kind of stream as the hospital knew it then, in whichever of these lists it stood.
///
/// # Errors
/// As [`get_entry`].
pub async fn entry_known(
    app: &App,
    call: &Call,
    permission: Permission,
    (stream, id): (StreamType, Uuid),
    kinds: &[Kind],
    then: DateTime<Utc>,
) -> Result<Row, QueryError> {
    let sealed = app.store.load(stream, id).await?;
    let holder = sealed.patient();
    let permit = app.authorise(call, permission, holder.or(call.actor.patient)).await?;
    let events = sealed.open(&permit).await?;
    row_known(&events, kinds, holder, then).ok_or(QueryError::NotFound)
}

impl App {
    /// Makes sure that there is such a patient, before something is written about them.
    ///
    /// # Errors
    /// When there is none, or the record cannot be reached.
    pub async fn ensure_patient<E>(&self, patient: PatientId) -> Result<(), CommandError<E>> {
        match self.read.entry(Kind::Patient, patient.0).await? {
            Some(_) => Ok(()),
            None => Err(CommandError::NoSuchPatient),
        }
    }

    /// When a patient was born, as far as it is known, before something is written about them that has a time.
    ///
    /// # Errors
    /// When there is no such patient, or the record cannot be reached.
    pub async fn born<E>(&self, permit: &Permit, patient: PatientId) -> Result<Option<PartialDate>, CommandError<E>> {
        let sealed = self.read.entry(Kind::Patient, patient.0).await?.ok_or(CommandError::NoSuchPatient)?;
        Ok(demographics_of(&sealed.open(permit).await?)?.birth_date)
    }

    /// Makes sure that a visit which a command names is this patient's; `place` is where the command names it.
    ///
    /// # Errors
    /// When it is another patient's or there is none, or the record cannot be reached.
    pub async fn ensure_encounter<E>(
        &self,
        patient: PatientId,
        encounter: Option<EncounterId>,
        place: &'static str,
    ) -> Result<(), CommandError<E>> {
        let Some(encounter) = encounter else { return Ok(()) };
        let found: Option<PatientId> =
            self.read.entry(Kind::Encounter, encounter.0).await?.and_then(|sealed| sealed.patient());
        if found == Some(patient) { Ok(()) } else { Err(CommandError::Foreign(place)) }
    }
}

/// The content of a view, read back from the row it was written to.
///
/// # Errors
/// When it is not what the kind of row holds, which only damage brings about.
pub fn content_of<C: serde::de::DeserializeOwned>(row: &Row) -> Result<C, StoreError> {
    serde_json::from_str(&row.body).map_err(|e| StoreError::Damaged(Box::new(e)))
}

/// The content of a view that is read strictly elsewhere: what the view carries beside it is taken off first.
///
/// # Errors
/// When the row is damaged.
pub fn strict_content_of<C: serde::de::DeserializeOwned>(row: &Row) -> Result<C, StoreError> {
    let mut view: serde_json::Map<String, serde_json::Value> = content_of(row)?;
    for beside in ["id", "version", "status", "patient", "pathway", "pathways", "standing"] {
        view.remove(beside);
    }
    serde_json::from_value(view.into()).map_err(|e| StoreError::Damaged(Box::new(e)))
}

/// The demographics in a row of the kind patient.
///
/// # Errors
/// When the row is damaged.
pub fn demographics_of(row: &Row) -> Result<Demographics, StoreError> {
    strict_content_of(row)
}
