//! Beds: put up, cleaned, blocked, taken away. A bed is put into its ward's room in the same commit.

use healthcare_domain::{
    id::{BedId, WardId},
    ward::{Bed, BedError, BedEvent, BedPlace, BlockReason, Ward, WardError, named},
};

use crate::{
    App, CommandError, StoreError,
    access::{Call, Permission},
    store::{Commit, Committed, Meta},
    transact::{Loaded, Target, replay, transact},
};

/// How often a decision is made again after somebody else was faster.
const ATTEMPTS: usize = 5;

/// Why nothing is done to a bed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BedRefused {
    /// By the bed.
    #[error(transparent)]
    Bed(#[from] BedError),
    /// By its ward.
    #[error(transparent)]
    Ward(#[from] WardError),
}

/// Put a bed up.
#[derive(Debug, Clone)]
pub struct AddBed {
    /// In which ward.
    pub ward: WardId,
    /// In which of its rooms.
    pub room: String,
    /// What it is called, one in the ward.
    pub name: String,
}

/// Puts a bed up. It is free at once.
///
/// # Errors
/// When the caller may not, there is no such ward or room, a bed of the ward has its name, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(ward.id = %cmd.ward))]
pub async fn add_bed(app: &App, call: &Call, cmd: AddBed) -> Result<Committed, CommandError<BedRefused>> {
    let id = BedId(app.clock.new_id());
    let decide = |ward: &Ward, bed: &Bed| {
        let rooms = ward.ensure_open()?;
        named(&cmd.name)?;
        let place = BedPlace {
            ward_id: cmd.ward,
            ward: rooms.profile.name.clone(),
            room: cmd.room.clone(),
            name: cmd.name.clone(),
        };
        Ok((ward.place_bed(&cmd.room, id)?, bed.add(place)?))
    };
    with_its_ward(app, call, (cmd.ward, id), decide).await
}

/// Takes a bed away.
///
/// # Errors
/// When the caller may not, there is no such bed, somebody lies in it, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(bed.id = %bed))]
pub async fn retire_bed(app: &App, call: &Call, bed: BedId) -> Result<Committed, CommandError<BedRefused>> {
    let permit = app.authorise(call, Permission::ManageWards, None).await?;
    let found = app.load::<Bed>(bed).await?.open(&permit).await?;
    let Some(place) = found.state.place().cloned() else {
        return Err(CommandError::Refused(BedError::Undefined.into()));
    };
    let now = app.clock.now();
    with_its_ward(app, call, (place.ward_id, bed), |ward, state| Ok((ward.take_bed_away(bed)?, state.retire(now)?)))
        .await
}

type Both = (Vec<healthcare_domain::ward::WardEvent>, Vec<BedEvent>);

/// Decides on a ward and a bed of it at once.
async fn with_its_ward(
    app: &App,
    call: &Call,
    (ward, bed): (WardId, BedId),
    decide: impl Fn(&Ward, &Bed) -> Result<Both, BedRefused> + Send,
) -> Result<Committed, CommandError<BedRefused>> {
    let permit = app.authorise(call, Permission::ManageWards, None).await?;
    let mut attempt = 0;
    loop {
        attempt += 1;
        if let Some(answer) = replay(app, call).await? {
            return Ok(answer);
        }
        let of_ward: Loaded<Ward> = app.load::<Ward>(ward).await?.open(&permit).await?;
        let of_bed: Loaded<Bed> = app.load::<Bed>(bed).await?.open(&permit).await?;
        if let Some(seen) = call.if_match
            && seen != of_bed.version
        {
            return Err(CommandError::Stale { current: of_bed.version });
        }
        let (in_ward, in_bed) = match decide(&of_ward.state, &of_bed.state) {
            Ok(both) => both,
            Err(refusal) => {
                permit.recorded().await?;
                return Err(CommandError::Refused(refusal));
            }
        };
        let now = app.clock.now();
        let version = of_bed.version + i32::try_from(in_bed.len()).unwrap_or(i32::MAX);
        let target = |id| Target { id, patient: None, occurred_at: now, touches_safety: false };
        let mut changes = vec![app.change::<Bed>(&target(bed), &of_bed, in_bed)];
        if !in_ward.is_empty() {
            let target = Target { id: ward, patient: None, occurred_at: now, touches_safety: false };
            changes.push(app.change::<Ward>(&target, &of_ward, in_ward));
        }
        let commit = Commit {
            changes,
            meta: Meta::of(call),
            idempotency: call.idempotency.clone(),
            committed: Committed { id: bed.0, version, extra: None, replayed: false },
            safety: vec![],
            evaluations: vec![],
        };
        match app.store.append(&permit, commit).await {
            Err(StoreError::Conflict) if attempt < ATTEMPTS => {}
            Err(StoreError::Exists(rule)) if rule == "bed_name_once" => {
                return Err(CommandError::Refused(BedError::NameTaken.into()));
            }
            other => return other.map_err(CommandError::Store),
        }
    }
}

type Changed = Result<Committed, CommandError<BedError>>;

/// Notes that a bed is clean.
///
/// # Errors
/// When the caller may not, it was not to be cleaned, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(bed.id = %bed))]
pub async fn clean_bed(app: &App, call: &Call, bed: BedId) -> Changed {
    let now = app.clock.now();
    keep(app, call, bed, |state| state.clean(now)).await
}

/// Keeps a bed from patients.
///
/// # Errors
/// When the caller may not, somebody lies in it, it is blocked, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(bed.id = %bed))]
pub async fn block_bed(app: &App, call: &Call, bed: BedId, reason: BlockReason) -> Changed {
    let now = app.clock.now();
    keep(app, call, bed, |state| state.block(reason, now)).await
}

/// Keeps a bed no longer from patients.
///
/// # Errors
/// When the caller may not, it is not blocked, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(bed.id = %bed))]
pub async fn unblock_bed(app: &App, call: &Call, bed: BedId) -> Changed {
    let now = app.clock.now();
    keep(app, call, bed, |state| state.unblock(now)).await
}

async fn keep(
    app: &App,
    call: &Call,
    bed: BedId,
    decide: impl Fn(&Bed) -> Result<Vec<BedEvent>, BedError> + Send,
) -> Changed {
    let permit = app.authorise(call, Permission::KeepBeds, None).await?;
    let target = Target { id: bed, patient: None, occurred_at: app.clock.now(), touches_safety: false };
    transact(app, &permit, call, target, decide).await
}
