//! Free slots: when a type of appointment can be booked, and with whom.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};

use super::{
    appointment::Participant,
    availability::{Busy, Stretch, covered, open, overlap},
    resource::{ResourceKind, Schedule},
    service::ServiceProfile,
};
use crate::id::{AppointmentTypeId, ResourceId};

/// A resource as a search sees it.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Which.
    pub resource: ResourceId,
    /// What it is and when.
    pub schedule: Schedule,
    /// What keeps it busy, in any order.
    pub busy: Vec<Busy>,
}

/// A time at which an appointment can be booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// When it would begin.
    pub start: DateTime<Utc>,
    /// When it would end.
    pub end: DateTime<Utc>,
    /// With whom: the first is the one whose hours give the time; of each kind as many as the type takes.
    pub participants: Vec<Participant>,
}

/// Which slots come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    /// The earliest.
    Earliest,
    /// The latest.
    Latest,
}

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// The type of appointment.
    pub appointment_type: AppointmentTypeId,
    /// What it is.
    pub profile: &'a ServiceProfile,
    /// Who has to be among them.
    pub with: &'a [ResourceId],
    /// Between which instants it begins.
    pub within: Stretch,
    /// Only behind this place of the list.
    pub after: Option<(DateTime<Utc>, ResourceId)>,
    /// Which come first.
    pub first: First,
    /// How many at most.
    pub limit: usize,
}

impl Search<'_> {
    /// From when to when a slot that is found may keep its resources, buffers included: what is booked then decides.
    pub fn keeps(&self) -> Stretch {
        let minutes = |count: u16| Duration::minutes(count.into());
        let profile = self.profile;
        let behind = minutes(profile.duration_minutes) + minutes(profile.buffer_after_minutes);
        (self.within.0 - minutes(profile.buffer_before_minutes), self.within.1 + behind)
    }
}

/// What a candidate is prepared to, once: when it is open and when it is not free, each in order.
struct Prepared<'a> {
    candidate: &'a Candidate,
    open: Vec<super::availability::Open>,
    hours: Vec<Stretch>,
    busy: Vec<Stretch>,
}

impl Prepared<'_> {
    /// Whether it is there and free; the buffers need not lie within its hours.
    fn free(&self, during: Stretch, kept: Stretch) -> bool {
        let from = self.busy.partition_point(|one| one.1 <= kept.0);
        let taken = self.busy.get(from).is_some_and(|one| overlap(*one, kept));
        let near = self.hours.partition_point(|one| one.1 <= during.0);
        !taken && covered(&self.hours[near..], during)
    }
}

/// Free slots in order of time, then of the resource whose hours give them; or the other way round. The same resources are
/// told once of a moment, whichever of them could lead.
pub fn search(search: &Search<'_>, candidates: &[Candidate]) -> Vec<Slot> {
    let Search { appointment_type, profile, with: _, within, after, first: comes_first, limit } = *search;
    let lasts = Duration::minutes(profile.duration_minutes.into());
    let mut by_kind: ByKind<'_> = BTreeMap::new();
    for candidate in candidates {
        if profile.requires.contains(&candidate.schedule.profile.kind) {
            let prepared = prepare(candidate, (within.0, within.1 + lasts), appointment_type);
            by_kind.entry(candidate.schedule.profile.kind).or_default().push(prepared);
        }
    }
    let Some((first, others)) = profile.requires.split_first() else { return vec![] };
    let is_behind = |place: Place| match (after, comes_first) {
        (None, _) => true,
        (Some(after), First::Earliest) => place > after,
        (Some(after), First::Latest) => place < after,
    };
    // Of several of the leading kind another one may have told of the same resources: all of a moment are looked at.
    let several = others.contains(first);
    let mut starts = Vec::new();
    for (n, leading) in by_kind.get(first).into_iter().flatten().enumerate() {
        for open in &leading.open {
            let every = open.every.unwrap_or(lasts);
            let mut start = open.during.0;
            while start + lasts <= open.during.1 {
                let place = (start, leading.candidate.resource);
                let told = several && after.is_some_and(|(at, _)| at == start);
                if start >= within.0 && start < within.1 && (told || is_behind(place)) {
                    starts.push((place, n));
                }
                start += every;
            }
        }
    }
    starts.sort_unstable();
    starts.dedup();
    let mut moments: Vec<_> = starts.chunk_by(|one, next| one.0.0 == next.0.0).collect();
    match comes_first {
        First::Earliest => {}
        First::Latest => moments.reverse(),
    }
    let mut found = Vec::new();
    for moment in moments {
        let mut now: Vec<Slot> = Vec::new();
        for ((start, _), n) in moment {
            if let Some(slot) = slot(search, &by_kind, *start, *n)
                && !(several && now.iter().any(|one| same(one, &slot)))
            {
                now.push(slot);
            }
            // Of the earliest no more are needed; which of the latest come first is known when all are.
            if comes_first == First::Earliest && !several && found.len() + now.len() == limit {
                break;
            }
        }
        match comes_first {
            First::Earliest => {}
            First::Latest => now.reverse(),
        }
        let leads = |slot: &Slot| slot.participants.first().map(|one| (slot.start, one.resource));
        found.extend(now.into_iter().filter(|slot| leads(slot).is_some_and(is_behind)));
        if found.len() >= limit {
            found.truncate(limit);
            break;
        }
    }
    found
}

/// When a slot begins, and the resource whose hours give it.
type Place = (DateTime<Utc>, ResourceId);
/// The candidates of each kind.
type ByKind<'a> = BTreeMap<ResourceKind, Vec<Prepared<'a>>>;

/// What can be booked at a moment with the nth of the leading kind, and of each other kind with the first that are free.
fn slot(search: &Search<'_>, by_kind: &ByKind<'_>, start: DateTime<Utc>, n: usize) -> Option<Slot> {
    let minutes = |count: u16| Duration::minutes(count.into());
    let profile = search.profile;
    let end = start + minutes(profile.duration_minutes);
    let kept = (start - minutes(profile.buffer_before_minutes), end + minutes(profile.buffer_after_minutes));
    let (first, others) = profile.requires.split_first()?;
    let leading = by_kind.get(first)?.get(n).filter(|one| one.free((start, end), kept))?;
    let mut taken = vec![leading];
    for kind in others {
        let left = by_kind.get(kind)?.iter();
        let mut left = left.filter(|one| taken.iter().all(|two| two.candidate.resource != one.candidate.resource));
        taken.push(left.find(|one| one.free((start, end), kept))?);
    }
    let participants: Vec<Participant> = taken
        .into_iter()
        .map(|one| Participant { resource: one.candidate.resource, kind: one.candidate.schedule.profile.kind })
        .collect();
    let all_there = search.with.iter().all(|who| participants.iter().any(|one| one.resource == *who));
    all_there.then_some(Slot { start, end, participants })
}

/// Whether two slots of a moment take the same resources.
fn same(one: &Slot, other: &Slot) -> bool {
    let has = |who: &Participant| other.participants.iter().any(|one| one.resource == who.resource);
    one.participants.iter().all(has)
}

fn prepare(candidate: &Candidate, within: Stretch, appointment_type: AppointmentTypeId) -> Prepared<'_> {
    let open = open(&candidate.schedule, within, appointment_type);
    let hours = open.iter().map(|one| one.during).collect();
    let closures = candidate.schedule.closures.values().map(|one| (one.from, one.until));
    let mut taken: Vec<Stretch> = candidate.busy.iter().map(|one| one.kept).chain(closures).collect();
    taken.sort_unstable();
    // What overlaps becomes one, so that ends are in order too.
    let mut busy: Vec<Stretch> = Vec::with_capacity(taken.len());
    for next in taken {
        match busy.last_mut() {
            Some(last) if next.0 <= last.1 => last.1 = last.1.max(next.1),
            _ => busy.push(next),
        }
    }
    Prepared { candidate, open, hours, busy }
}

#[cfg(test)]
#[path = "slots_test.rs"]
mod tests;
