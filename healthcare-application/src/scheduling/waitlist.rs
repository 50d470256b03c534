//! The waitlist: joined and left; a slot that became free is offered, and the offer answered.

use chrono::{DateTime, Duration, Utc};
use healthcare_domain::{
    id::{AppointmentId, PatientId, WaitlistEntryId},
    scheduling::{
        appointment::{Appointment, AppointmentError},
        availability::Conflict,
        waitlist::{Offer, WaitlistEntry, WaitlistError, Wish},
    },
};
use uuid::Uuid;

use super::{
    book::{booking, hold_for, place},
    facts::{BookingError, Facts, offered},
    model::{FreedSlot, Waiting},
};
use crate::{
    App, CommandError,
    access::{Call, Permission, Permit},
    entry::{Touches, transact_entry},
    store::{Commit, Committed, Meta, StoreError},
    transact::{Loaded, Target, replay, transact_from},
};

/// How long an offer stands, unless the slot begins before.
const STANDS: Duration = Duration::hours(2);
/// A slot that begins sooner is not offered: nobody could come.
const SOONEST: Duration = Duration::minutes(30);

type Changed = Result<Committed, CommandError<WaitlistError>>;

/// Puts a patient on the waitlist.
///
/// # Errors
/// When the caller may not, there is no such patient or type, the times cannot be, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn join_waitlist(app: &App, call: &Call, patient: PatientId, wish: Wish) -> Changed {
    let permit = app.authorise(call, Permission::BookAppointment, Some(patient)).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    app.ensure_patient(patient).await?;
    match offered(app, &permit, wish.appointment_type).await {
        Ok(_) => {}
        Err(BookingError::Command(CommandError::Store(error))) => return Err(error.into()),
        Err(_) => return Err(CommandError::Refused(WaitlistError::NotOffered)),
    }
    let now = app.clock.now();
    let target = Target::of(WaitlistEntryId(app.clock.new_id()), patient, now);
    let decide = |entry: &WaitlistEntry| entry.join(wish.clone(), now);
    transact_from(app, &permit, call, target, Loaded::unwritten(), decide).await
}

/// Takes a patient off the waitlist.
///
/// # Errors
/// When the caller may not, they do not wait, something is offered, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(entry.id = %id))]
pub async fn leave_waitlist(app: &App, call: &Call, id: WaitlistEntryId) -> Changed {
    let now = app.clock.now();
    let decide = |entry: &WaitlistEntry| entry.leave(now);
    transact_entry(app, call, Permission::BookAppointment, id, (now, Touches::Nothing), decide).await
}

/// How an offer is answered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answered {
    Accepted,
    Passed,
}

/// Takes what is offered: the appointment that is held is booked, and the wish is fulfilled.
///
/// # Errors
/// When the caller may not, nothing is offered or no longer, its time closed since, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(entry.id = %id))]
pub async fn accept_offer(app: &App, call: &Call, id: WaitlistEntryId) -> Changed {
    answer(app, call, id, Answered::Accepted).await
}

/// Does not take what is offered: it is free for the next, and they wait on.
///
/// # Errors
/// When the caller may not, nothing is offered, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(entry.id = %id))]
pub async fn decline_offer(app: &App, call: &Call, id: WaitlistEntryId) -> Changed {
    answer(app, call, id, Answered::Passed).await
}

async fn answer(app: &App, call: &Call, id: WaitlistEntryId, how: Answered) -> Changed {
    let sealed = app.load::<WaitlistEntry>(id).await?;
    let permit = app.authorise(call, Permission::BookAppointment, sealed.patient()).await?;
    let entry = sealed.open(&permit).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    if let Some(seen) = call.if_match
        && seen != entry.version
    {
        return Err(CommandError::Stale { current: entry.version });
    }
    let now = app.clock.now();
    let offer = match &entry.state {
        WaitlistEntry::Offered { offer, .. } => Some(*offer),
        _ => None,
    };
    let decided = match how {
        Answered::Accepted => entry.state.accept(now),
        Answered::Passed => entry.state.pass(now),
    };
    let (events, offer) = match (decided, offer) {
        (Ok(events), Some(offer)) => (events, offer),
        (Err(refusal), _) => {
            permit.recorded().await?;
            return Err(CommandError::Refused(refusal));
        }
        (Ok(_), None) => return Err(CommandError::Refused(WaitlistError::NothingOffered)),
    };
    let held = app.load::<Appointment>(offer.appointment).await?.open(&permit).await?;
    let of_appointment = match how {
        Answered::Accepted => {
            let conflicts = in_the_way(app, &permit, (offer.appointment, &held.state)).await?;
            held.state.confirm(Some(id), &conflicts, now)
        }
        Answered::Passed => held.state.release(Some(id), now),
    };
    let of_appointment = match of_appointment {
        Ok(events) => events,
        Err(AppointmentError::Conflicts(_)) => {
            permit.recorded().await?;
            return Err(CommandError::Refused(WaitlistError::NoLongerOpen));
        }
        // The two change together, so that the one stands where the other says; a moment between is somebody else's.
        Err(_) => return Err(StoreError::Conflict.into()),
    };
    let Some(patient) = entry.patient else { return Err(CommandError::Refused(WaitlistError::Unwritten)) };
    let version = entry.version + i32::try_from(events.len()).unwrap_or(i32::MAX);
    let extra = (how == Answered::Accepted).then(|| serde_json::json!({ "appointment": offer.appointment }));
    let changes = vec![
        app.change::<WaitlistEntry>(&Target::of(id, patient, now), &entry, events),
        app.change::<Appointment>(&Target::of(offer.appointment, patient, now), &held, of_appointment),
    ];
    let committed = Committed { id: id.0, version, extra, replayed: false };
    let idempotency = call.idempotency.clone();
    Ok(store(app, &permit, Meta::of(call), (changes, idempotency), committed).await?)
}

/// What is in the way of what is offered, by now.
async fn in_the_way(
    app: &App,
    permit: &Permit,
    held: (AppointmentId, &Appointment),
) -> Result<Vec<Conflict>, CommandError<WaitlistError>> {
    match Facts::of_held(app, permit, held).await {
        Ok((_, conflicts)) => Ok(conflicts),
        Err(BookingError::Command(CommandError::Store(error))) => Err(error.into()),
        // One of its resources is retired.
        Err(_) => {
            permit.recorded().await?;
            Err(CommandError::Refused(WaitlistError::NoLongerOpen))
        }
    }
}

async fn store(
    app: &App,
    permit: &Permit,
    meta: Meta,
    (changes, idempotency): (Vec<crate::store::Change>, Option<crate::access::Idempotency>),
    committed: Committed,
) -> Result<Committed, StoreError> {
    let commit = Commit { changes, meta, idempotency, committed, safety: vec![], evaluations: vec![] };
    app.store.append(permit, commit).await
}

/// A call of the system on its own.
fn system(app: &App) -> Call {
    Call::system(app.clock.new_id())
}

/// Gives back what was held for too long; where it was an offer, who got it waits on. What is not due, or was answered
/// meanwhile, stays.
///
/// # Errors
/// When the record cannot be reached.
pub async fn expire_hold(app: &App, id: AppointmentId) -> Result<(), StoreError> {
    let call = system(app);
    let sealed = app.load::<Appointment>(id).await?;
    let Ok(permit) = app.authorise(&call, Permission::BookAppointment, sealed.patient()).await else { return Ok(()) };
    let held = sealed.open(&permit).await?;
    let now = app.clock.now();
    let (Ok(events), Some(patient)) = (held.state.expire(now), held.patient) else { return Ok(()) };
    let mut changes = Vec::new();
    if let Appointment::Held { offered_to: Some(entry), .. } = held.state {
        let waiting = app.load::<WaitlistEntry>(entry).await?.open(&permit).await?;
        if let Ok(passed) = waiting.state.pass(now) {
            changes.push(app.change::<WaitlistEntry>(&Target::of(entry, patient, now), &waiting, passed));
        }
    }
    changes.push(app.change::<Appointment>(&Target::of(id, patient, now), &held, events));
    let committed = Committed { id: id.0, version: held.version + 1, extra: None, replayed: false };
    match store(app, &permit, Meta::of(&call), (changes, None), committed).await {
        Ok(_) | Err(StoreError::Conflict) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Offers a slot that became free to whoever comes first by priority, and holds it for them. Answers whom. A slot that is
/// taken again, too near, or nobody waits for is offered to nobody.
///
/// # Errors
/// When the record cannot be reached.
pub async fn offer_freed_slot(app: &App, slot: &FreedSlot) -> Result<Option<WaitlistEntryId>, StoreError> {
    let call = system(app);
    let now = app.clock.now();
    if slot.place.start < now + SOONEST {
        return Ok(None);
    }
    let Ok(permit) = app.authorise(&call, Permission::BookAppointment, None).await else { return Ok(None) };
    for waiting in app.read.waiting(&permit, slot).await? {
        match offer(app, &call, &permit, slot, waiting, now).await {
            Ok(true) => return Ok(Some(waiting.entry)),
            Ok(false) => {}
            Err(Taken::Taken) => return Ok(None),
            Err(Taken::Store(error)) => return Err(error),
        }
    }
    Ok(None)
}

/// Why a slot cannot be offered to anybody.
enum Taken {
    /// It is not free any more.
    Taken,
    /// The record cannot be reached.
    Store(StoreError),
}

impl From<StoreError> for Taken {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Exists(_) => Self::Taken,
            other => Self::Store(other),
        }
    }
}

impl From<BookingError> for Taken {
    fn from(error: BookingError) -> Self {
        match error {
            BookingError::Command(CommandError::Store(error)) => error.into(),
            BookingError::Command(_) | BookingError::Conflicts(_) => Self::Taken,
        }
    }
}

/// Offers a slot to one wish. Answers whether it was.
async fn offer(
    app: &App,
    call: &Call,
    permit: &Permit,
    slot: &FreedSlot,
    waiting: Waiting,
    now: DateTime<Utc>,
) -> Result<bool, Taken> {
    let profile = offered(app, permit, slot.appointment_type).await?;
    let place = place(&profile, slot.place.start, slot.place.participants.clone(), slot.place.time_zone, None);
    let facts = Facts::of(app, permit, &[&place]).await?;
    let conflicts = facts.conflicts(&place, slot.appointment_type, &[]);
    let until = (now + STANDS).min(place.start);
    let held = booking(slot.appointment_type, &profile, place, None, None);
    let appointment = AppointmentId(app.clock.new_id());
    let hold = hold_for(waiting.entry, until);
    let events = match Appointment::Unbooked.hold(held, hold, &conflicts, now) {
        Ok(events) => events,
        Err(AppointmentError::Conflicts(_)) => return Err(Taken::Taken),
        Err(_) => return Ok(false),
    };
    let entry = app.load::<WaitlistEntry>(waiting.entry).await?.open(permit).await?;
    let Ok(told) = entry.state.offer(Offer { appointment, start: slot.place.start, until }) else { return Ok(false) };
    let target = Target::of(appointment, waiting.patient, now);
    let version = entry.version + 1;
    let changes = vec![
        app.change::<WaitlistEntry>(&Target::of(waiting.entry, waiting.patient, now), &entry, told),
        app.change::<Appointment>(&target, &Loaded::unwritten(), events),
    ];
    let id: Uuid = waiting.entry.0;
    let committed = Committed { id, version, extra: None, replayed: false };
    match store(app, permit, Meta::of(call), (changes, None), committed).await {
        Ok(_) => Ok(true),
        // Who waited has left or was offered something else meanwhile.
        Err(StoreError::Conflict) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
