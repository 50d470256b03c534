//! Merges two registrations of one person.

use healthcare_domain::{
    id::{IdentityId, PatientId},
    identity::{Identity, IdentityError, IdentityEvent},
    text::Remark,
};

use crate::{
    App, CommandError, QueryError, StoreError,
    access::{Call, Permission, Permit},
    store::{Commit, Committed, Meta, Safety},
    transact::{Loaded, Target, replay},
    view::Kind,
};

/// How often it is decided again when somebody was faster.
const ATTEMPTS: usize = 5;

/// Merge two patients.
#[derive(Debug, Clone)]
pub struct MergePatients {
    /// Who holds the record from then on.
    pub survivor: PatientId,
    /// Whose record it becomes part of.
    pub duplicate: PatientId,
    /// The version of the survivor that the caller looked at.
    pub survivor_version: i32,
    /// The version of the duplicate that the caller looked at.
    pub duplicate_version: i32,
    /// How it is known that they are one person.
    pub reason: Remark,
}

/// Merges a patient into another one: the survivor's record is that of both from the moment this answers. Nothing is
/// rewritten: it can be taken back by [`super::unmerge_patients`].
///
/// # Errors
/// When the caller may not or has not stepped up, there is no such patient, one of them was changed or merged meanwhile,
/// or the record cannot be reached.
#[tracing::instrument(skip_all, fields(survivor.id = %cmd.survivor, duplicate.id = %cmd.duplicate))]
pub async fn merge_patients(
    app: &App,
    call: &Call,
    cmd: MergePatients,
) -> Result<Committed, CommandError<IdentityError>> {
    let stepped_up = app.ensure_stepped_up(call, Permission::MergePatients, Some(cmd.survivor)).await;
    stepped_up.map_err(not_stepped_up)?;
    let permit = app.authorise(call, Permission::MergePatients, None).await?;
    for patient in [cmd.survivor, cmd.duplicate] {
        app.ensure_close_enough(call, Permission::MergePatients, patient).await?;
    }
    let now = app.clock.now();
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    let MergePatients { survivor, duplicate, survivor_version, duplicate_version, reason } = cmd;
    for (patient, seen) in [(survivor, survivor_version), (duplicate, duplicate_version)] {
        let (version, status) = version_of(app, &permit, patient).await?;
        let refusal = match status.as_str() {
            _ if version != seen => IdentityError::Changed,
            "active" => continue,
            "inactive" if patient == duplicate => continue,
            _ => IdentityError::NotInUse,
        };
        permit.recorded().await?;
        return Err(CommandError::Refused(refusal));
    }
    let committed = Committed {
        id: survivor.0,
        version: survivor_version,
        extra: Some(serde_json::json!({ "merged": duplicate })),
        replayed: false,
    };
    on_both(app, &permit, call, (survivor, duplicate), committed, |kept, given| {
        kept.take_in(survivor, (duplicate, given), &reason, now)
    })
    .await
}

/// The version a patient's demographics stand at, and whether the record is in use.
async fn version_of(
    app: &App,
    permit: &Permit,
    patient: PatientId,
) -> Result<(i32, String), CommandError<IdentityError>> {
    #[derive(serde::Deserialize)]
    struct Stands {
        status: String,
    }
    let sealed = app.read.entry(Kind::Patient, patient.0).await?.ok_or(CommandError::NoSuchPatient)?;
    let row = sealed.open(permit).await?;
    let stands: Stands = serde_json::from_str(&row.body).map_err(|e| StoreError::Damaged(Box::new(e)))?;
    Ok((row.version, stands.status))
}

/// Why somebody may not yet.
pub(super) fn not_stepped_up(error: QueryError) -> CommandError<IdentityError> {
    match error {
        QueryError::StepUp(required) => CommandError::StepUp(required),
        QueryError::Denied(denied) => CommandError::Denied(denied),
        QueryError::Merged(survivor) => CommandError::Merged(survivor),
        QueryError::Store(error) => CommandError::Store(error),
        QueryError::NotFound | QueryError::BadCursor | QueryError::NotKept(_) => CommandError::NoSuchPatient,
    }
}

/// Decides on what is known of two registrations at once, and stores it as one.
///
/// # Errors
/// As [`crate::transact::transact`].
pub(super) async fn on_both(
    app: &App,
    permit: &Permit,
    call: &Call,
    (one, other): (PatientId, PatientId),
    committed: Committed,
    decide: impl Fn(&Identity, &Identity) -> Result<(Vec<IdentityEvent>, Vec<IdentityEvent>), IdentityError> + Send,
) -> Result<Committed, CommandError<IdentityError>> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let (here, there) = (load(app, permit, one).await?, load(app, permit, other).await?);
        let (events, others) = match decide(&here.state, &there.state) {
            Ok(both) => both,
            Err(refusal) => {
                permit.recorded().await?;
                return Err(CommandError::Refused(refusal));
            }
        };
        let now = app.clock.now();
        let change = |patient, loaded: &Loaded<Identity>, events| {
            app.change::<Identity>(&Target::of(IdentityId::of(patient), patient, now), loaded, events)
        };
        // In the order of identities, as everybody passes.
        let mut safety = vec![one, other];
        safety.sort_unstable();
        safety.dedup();
        let commit = Commit {
            changes: vec![change(one, &here, events), change(other, &there, others)],
            meta: Meta::of(call),
            idempotency: call.idempotency.clone(),
            committed: committed.clone(),
            safety: safety.into_iter().map(|patient| Safety { patient, expected: None }).collect(),
            evaluations: vec![],
        };
        match app.store.append(permit, commit).await {
            Err(StoreError::Conflict) if attempt < ATTEMPTS => {}
            other => return other.map_err(CommandError::Store),
        }
    }
}

async fn load(app: &App, permit: &Permit, patient: PatientId) -> Result<Loaded<Identity>, StoreError> {
    app.load::<Identity>(IdentityId::of(patient)).await?.open(permit).await
}
