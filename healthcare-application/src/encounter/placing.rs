//! Where a patient lies: a visit and the beds that it gives up and takes are decided on and stored together, so that a
//! bed is never given to two. Who is faster has it; the other is told which bed and why.

use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use healthcare_domain::{
    AnyState,
    encounter::{Encounter, EncounterError, EncounterEvent, Place},
    id::{BedId, EncounterId, PatientId},
    signing::{Override, ensure_answers},
    ward::{Bed, BedError, BedEvent, BlockReason, Ward},
};
use healthcare_dss::Trigger;
use serde::Serialize;
use utoipa::ToSchema;

use super::inpatient::{death_of, ensure_only};
use crate::{
    App, CommandError,
    access::{Call, Permission, Permit},
    decision::{Against, Drafted, Looked, check},
    store::{Change, Commit, Committed, Meta, Safety, StoreError},
    transact::{Loaded, Target, replay},
    ward::BedNamed,
};

/// How often a decision is made again after somebody else was faster.
const ATTEMPTS: usize = 5;
/// The rules of the database by which a bed holds one visit, and a visit one bed.
const HELD_ONCE: [&str; 2] = ["bed_held_once", "bed_encounter_once"];

/// A bed that is not free.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BedInTheWay {
    /// Which.
    pub id: BedId,
    /// Its ward.
    pub ward: String,
    /// Its room.
    pub room: String,
    /// Its name.
    pub name: String,
    /// `occupied`, `cleaning`, `blocked` or `retired`.
    pub state: &'static str,
    /// Why it is blocked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<BlockReason>,
    /// By which visit, where the caller may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encounter: Option<EncounterId>,
    /// Whose, where the caller may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient: Option<PatientId>,
}

/// Why nothing is done to a visit.
#[derive(Debug)]
pub enum VisitError {
    /// The bed is not free.
    NotFree(Box<BedInTheWay>),
    /// The patient is an inpatient under another visit; under which, where the caller may see it.
    InTheHouse(Option<EncounterId>),
    /// Anything else.
    Command(CommandError<EncounterError>),
}

impl std::fmt::Display for VisitError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotFree(bed) => write!(f, "the bed is {}", bed.state),
            Self::InTheHouse(Some(encounter)) => write!(f, "the patient is an inpatient under {encounter}"),
            Self::InTheHouse(None) => f.write_str("the patient is an inpatient under another visit"),
            Self::Command(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for VisitError {}

impl<C: Into<CommandError<EncounterError>>> From<C> for VisitError {
    fn from(error: C) -> Self {
        Self::Command(error.into())
    }
}

/// Refuses in the words of the domain.
pub(super) fn refused(error: EncounterError) -> VisitError {
    VisitError::Command(CommandError::Refused(error))
}

/// Where somebody is to lie, as a caller says it.
#[derive(Debug, Clone, Default)]
pub struct WantedPlace {
    /// The ward, by name.
    pub ward: Option<String>,
    /// The room.
    pub room: Option<String>,
    /// The bed, by name.
    pub bed: Option<String>,
    /// The bed, by identity.
    pub bed_id: Option<BedId>,
}

impl WantedPlace {
    /// As [`WantedPlace::resolve`], for a call that may have been answered before: then that is the answer, whatever the house
    /// looks like by now.
    ///
    /// # Errors
    /// As [`WantedPlace::resolve`].
    pub(super) async fn resolve_for(
        self,
        app: &App,
        call: &Call,
        permit: &Permit,
    ) -> Result<ControlFlow<Committed, Option<Place>>, VisitError> {
        match self.resolve(app, permit).await {
            Ok(place) => Ok(ControlFlow::Continue(place)),
            Err(why) => {
                if let Some(answer) = replay(app, call).await? {
                    return Ok(ControlFlow::Break(answer));
                }
                permit.recorded().await?;
                Err(why)
            }
        }
    }

    /// The place that is meant. Of a ward that the house has configured, a bed is one of its beds; elsewhere it is words.
    ///
    /// # Errors
    /// When there is no such ward or bed, it stands elsewhere than said, or the record cannot be reached.
    async fn resolve(self, app: &App, permit: &Permit) -> Result<Option<Place>, VisitError> {
        let Self { ward, room, bed, bed_id } = self;
        if [&ward, &room, &bed].into_iter().flatten().any(|name| name.chars().any(char::is_control)) {
            return Err(refused(EncounterError::BedElsewhere));
        }
        let bed_id = match (bed_id, &ward, &bed) {
            (Some(bed_id), ..) => Some(bed_id),
            (None, None, Some(_)) => return Err(refused(EncounterError::BedElsewhere)),
            (None, Some(ward), Some(bed)) => match app.read.bed_named(permit, ward, bed).await? {
                BedNamed::Here(bed_id) => Some(bed_id),
                BedNamed::Nowhere => return Err(refused(EncounterError::NoSuchBed)),
                BedNamed::NotConfigured => None,
            },
            (None, _, None) => None,
        };
        let Some(bed_id) = bed_id else {
            // A bed stands in a ward of the house; a ward in words has to be one of them, where there are any.
            if let Some(ward) = &ward
                && !app.read.may_be_ward(permit, ward).await?
            {
                return Err(refused(EncounterError::NoSuchWard));
            }
            return Ok(ward.map(|ward| Place { ward, room, bed, bed_id: None }));
        };
        let found = app.load::<Bed>(bed_id).await?.open(permit).await?;
        let stands = found.state.place().ok_or_else(|| refused(EncounterError::NoSuchBed))?;
        // By name as people write it.
        let differs = |said: &Option<String>, is: &str| {
            said.as_deref().is_some_and(|said| said.to_lowercase() != is.to_lowercase())
        };
        if differs(&ward, &stands.ward) || differs(&room, &stands.room) || differs(&bed, &stands.name) {
            return Err(refused(EncounterError::BedElsewhere));
        }
        Ok(Some(Place {
            ward: stands.ward.clone(),
            room: Some(stands.room.clone()),
            bed: Some(stands.name.clone()),
            bed_id: Some(bed_id),
        }))
    }
}

/// Decides on a visit that is named by its own identity alone.
///
/// # Errors
/// When the caller may not, the domain refuses, the bed is not free, or the record cannot be reached.
pub(super) async fn decide_visit(
    app: &App,
    call: &Call,
    permission: Permission,
    (id, at): (EncounterId, DateTime<Utc>),
    decide: impl Fn(&Encounter) -> Result<Vec<EncounterEvent>, EncounterError> + Send + Sync,
) -> Result<Committed, VisitError> {
    let sealed = app.load::<Encounter>(id).await?;
    let permit = app.authorise(call, permission, sealed.patient()).await?;
    let loaded = sealed.open(&permit).await?;
    let target = Target { id, patient: loaded.patient, occurred_at: at, touches_safety: false };
    store_visit(app, call, &permit, (target, loaded), decide).await
}

/// As [`decide_visit`], for what may begin a stay: findings that nobody has answered are set aside with a reason.
///
/// # Errors
/// As [`decide_visit`]; when findings wait for an answer, or an override answers none.
pub(super) async fn decide_stay(
    app: &App,
    call: &Call,
    permission: Permission,
    (id, at, overrides): (EncounterId, DateTime<Utc>, &[Override]),
    decide: impl Fn(&Encounter) -> Result<Vec<EncounterEvent>, EncounterError> + Send + Sync,
) -> Result<Committed, VisitError> {
    let sealed = app.load::<Encounter>(id).await?;
    if !overrides.is_empty() {
        app.ensure_strong(call, permission, sealed.patient()).await?;
    }
    let permit = app.authorise(call, permission, sealed.patient()).await?;
    let loaded = sealed.open(&permit).await?;
    let target = Target { id, patient: loaded.patient, occurred_at: at, touches_safety: false };
    store_stay(app, call, &permit, (target, loaded), overrides, decide).await
}

/// Decides on a visit that was read already, and stores it with the beds it gives up and takes. Decides again when
/// somebody else was faster, unless the caller named the version it has seen.
///
/// # Errors
/// As [`decide_visit`].
pub(super) async fn store_visit(
    app: &App,
    call: &Call,
    permit: &Permit,
    visit: (Target<EncounterId>, Loaded<Encounter>),
    decide: impl Fn(&Encounter) -> Result<Vec<EncounterEvent>, EncounterError> + Send + Sync,
) -> Result<Committed, VisitError> {
    store_stay(app, call, permit, visit, &[], decide).await
}

/// As [`store_visit`]. What begins a stay is checked: whoever admits is told what is critical and unanswered.
///
/// # Errors
/// As [`decide_stay`].
pub(super) async fn store_stay(
    app: &App,
    call: &Call,
    permit: &Permit,
    (target, mut loaded): (Target<EncounterId>, Loaded<Encounter>),
    overrides: &[Override],
    decide: impl Fn(&Encounter) -> Result<Vec<EncounterEvent>, EncounterError> + Send + Sync,
) -> Result<Committed, VisitError> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        // Asked for again each time: the one who was faster may have been this very command, sent twice at once.
        if let Some(answer) = replay(app, call).await? {
            return Ok(answer);
        }
        let decided = changes(app, call, permit, (&target, &loaded), &decide).await;
        let (mut changes, version) = match decided {
            Ok(decided) => decided,
            Err(why) => {
                if let Some(answer) = replay(app, call).await? {
                    return Ok(answer);
                }
                permit.recorded().await?;
                return Err(why);
            }
        };
        let patient = loaded.holder.or(loaded.patient).or(target.patient);
        let only = match ensure_only(app, (call, permit), patient, (target.id, &loaded.state, changes.first())).await {
            Ok(only) => only,
            Err(why) => {
                // The stay that is open may be the one that this very command began.
                if let Some(answer) = replay(app, call).await? {
                    return Ok(answer);
                }
                return Err(why);
            }
        };
        let ends = (target.id, &loaded.state, changes.first(), target.occurred_at);
        let death = match death_of(app, permit, patient, ends).await {
            Ok(death) => death,
            Err(why) => {
                if let Some(answer) = replay(app, call).await? {
                    return Ok(answer);
                }
                permit.recorded().await?;
                return Err(why);
            }
        };
        // Whether somebody lives is a fact of drug safety.
        let of_death = death.as_ref().and(patient).map(|patient| Safety { patient, expected: None });
        let looked = admitted(app, call, permit, (&target, &loaded, changes.as_mut_slice()), overrides).await?;
        let extra = looked.as_ref().map(Looked::told);
        let committed = Committed { id: target.id.0, version, extra, replayed: false };
        if changes.is_empty() {
            return Ok(committed);
        }
        changes.extend(death);
        let commit = Commit {
            changes,
            meta: Meta::of(call),
            idempotency: call.idempotency.clone(),
            committed,
            safety: only.into_iter().chain(of_death).collect(),
            evaluations: looked.into_iter().map(|looked| looked.record).collect(),
        };
        match app.store.append(permit, commit).await {
            Err(StoreError::Conflict) if attempt < ATTEMPTS => {}
            Err(StoreError::Exists(rule)) if attempt < ATTEMPTS && HELD_ONCE.contains(&rule.as_str()) => {}
            other => return other.map_err(VisitError::from),
        }
        loaded = app.load::<Encounter>(target.id).await?.open(permit).await?;
    }
}

/// Checks what begins a stay; of anything else nobody is asked. A stay that is found again after somebody else was faster
/// is checked again.
async fn admitted(
    app: &App,
    call: &Call,
    permit: &Permit,
    (target, loaded, changes): (&Target<EncounterId>, &Loaded<Encounter>, &mut [Change]),
    overrides: &[Override],
) -> Result<Option<Looked>, VisitError> {
    // The visit stands before its beds.
    let visit = changes.first_mut();
    let begins = |change: &&mut Change| {
        !loaded.state.is_stay() && matches!(&change.state, AnyState::Encounter(after) if after.is_stay())
    };
    let patient = loaded.holder.or(loaded.patient).or(target.patient);
    let (Some(change), Some(patient)) = (visit.filter(begins), patient) else {
        ensure_answers(overrides, &[]).map_err(|stray| CommandError::<EncounterError>::UnknownFinding(stray.0))?;
        return Ok(None);
    };
    let drafted = Drafted { hook: Trigger::ENCOUNTER_START, against: Against::Unanswered, change, overrides };
    Ok(check::<EncounterError>(app, permit, call, patient, drafted).await?)
}

/// What a decision on a visit changes: the visit, the bed it gives up, the bed it takes; and the visit's version then.
async fn changes(
    app: &App,
    call: &Call,
    permit: &Permit,
    (target, loaded): (&Target<EncounterId>, &Loaded<Encounter>),
    decide: impl Fn(&Encounter) -> Result<Vec<EncounterEvent>, EncounterError> + Send + Sync,
) -> Result<(Vec<Change>, i32), VisitError> {
    if let Some(seen) = call.if_match
        && seen != loaded.version
    {
        return Err(CommandError::Stale { current: loaded.version }.into());
    }
    let events = decide(&loaded.state).map_err(refused)?;
    let version = loaded.version + i32::try_from(events.len()).unwrap_or(i32::MAX);
    if events.is_empty() {
        return Ok((vec![], version));
    }
    let visit = app.change::<Encounter>(target, loaded, events);
    let before = loaded.state.holds();
    let after = if let AnyState::Encounter(state) = &visit.state { state.holds() } else { None };
    let mut changes = vec![visit];
    if before != after {
        let at = target.occurred_at;
        if let Some(bed) = before {
            changes.extend(given_up(app, permit, (bed, target.id), at).await?);
        }
        if let Some(bed) = after {
            changes.extend(taken(app, call, permit, (bed, target.id), at).await?);
        }
    }
    Ok((changes, version))
}

/// The change of the bed that a visit gives up: it is to be cleaned, where its ward does so.
async fn given_up(
    app: &App,
    permit: &Permit,
    (bed, by): (BedId, EncounterId),
    at: DateTime<Utc>,
) -> Result<Option<Change>, VisitError> {
    let loaded = app.load::<Bed>(bed).await?.open(permit).await?;
    let Some(place) = loaded.state.place() else { return Ok(None) };
    let ward = app.load::<Ward>(place.ward_id).await?.open(permit).await?;
    let to_clean = ward.state.ensure_open().is_ok_and(|ward| ward.profile.cleans_beds);
    // What is given up is given up by whoever holds it; nothing refuses that.
    let events = loaded.state.vacate(by, at, to_clean).unwrap_or_default();
    Ok(of_bed(app, bed, &loaded, events, at))
}

/// The change of the bed that a visit takes.
async fn taken(
    app: &App,
    call: &Call,
    permit: &Permit,
    (bed, by): (BedId, EncounterId),
    at: DateTime<Utc>,
) -> Result<Option<Change>, VisitError> {
    let loaded = app.load::<Bed>(bed).await?.open(permit).await?;
    match loaded.state.occupy(by, at) {
        Ok(events) => Ok(of_bed(app, bed, &loaded, events, at)),
        Err(BedError::Occupied(other)) if !still_holds(app, other, bed).await? => {
            // Its visit ended elsewhere, e.g. by an import: nobody lies in it.
            let mut events = loaded.state.vacate(other, at, false).unwrap_or_default();
            events.push(BedEvent::BedOccupied { encounter: by, at });
            Ok(of_bed(app, bed, &loaded, events, at))
        }
        Err(why) => Err(in_the_way(app, call, permit, (bed, &loaded.state), why).await?),
    }
}

/// Whether a visit holds a bed by its own account. Asked by the system: nothing of it is told.
async fn still_holds(app: &App, encounter: EncounterId, bed: BedId) -> Result<bool, VisitError> {
    let sealed = app.load::<Encounter>(encounter).await?;
    let call = Call::system(app.clock.new_id());
    let permit = app.authorise(&call, Permission::ReadChart, sealed.patient()).await?;
    Ok(sealed.open(&permit).await?.state.holds() == Some(bed))
}

fn of_bed(
    app: &App,
    bed: BedId,
    loaded: &Loaded<Bed>,
    events: Vec<BedEvent>,
    occurred_at: DateTime<Utc>,
) -> Option<Change> {
    let target = Target { id: bed, patient: None, occurred_at, touches_safety: false };
    (!events.is_empty()).then(|| app.change::<Bed>(&target, loaded, events))
}

/// What a caller may hear of a bed that is not free: who lies in it, only where they may see that patient.
async fn in_the_way(
    app: &App,
    call: &Call,
    permit: &Permit,
    (id, bed): (BedId, &Bed),
    why: BedError,
) -> Result<VisitError, VisitError> {
    let Some(place) = bed.place() else { return Ok(refused(EncounterError::NoSuchBed)) };
    let reason = if let BedError::Blocked(reason) = why { Some(reason) } else { None };
    let mut told = BedInTheWay {
        id,
        ward: place.ward.clone(),
        room: place.room.clone(),
        name: place.name.clone(),
        state: bed.status(),
        reason,
        encounter: None,
        patient: None,
    };
    let sees = !call.actor.system && call.actor.may(Permission::ReadChart) && call.actor.patient.is_none();
    if let (BedError::Occupied(encounter), true) = (why, sees) {
        let patient = app.load::<Encounter>(encounter).await?.patient();
        let circle = app.circle(call, Permission::ReadChart).await?;
        if let Some(patient) = patient.filter(|patient| circle.has(Some(*patient))) {
            permit.recorded_of([patient]).await?;
            told.encounter = Some(encounter);
            told.patient = Some(patient);
        }
    }
    Ok(VisitError::NotFree(Box::new(told)))
}
