//! Free slots: when a type of appointment can be booked, and with whom.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};

use super::{
    appointment::Participant,
    availability::{Busy, Stretch, covered, open, overlap},
    resource::Schedule,
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
    /// With whom: one of each kind that the type takes.
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

/// Free slots in order of time, then of the resource whose hours give them; or the other way round.
pub fn search(search: &Search<'_>, candidates: &[Candidate]) -> Vec<Slot> {
    let Search { appointment_type, profile, within, after, first: comes_first, limit } = *search;
    let minutes = |count: u16| Duration::minutes(count.into());
    let (lasts, before, behind) = (
        minutes(profile.duration_minutes),
        minutes(profile.buffer_before_minutes),
        minutes(profile.buffer_after_minutes),
    );
    let mut by_kind: BTreeMap<_, Vec<Prepared<'_>>> = BTreeMap::new();
    for candidate in candidates {
        if profile.requires.contains(&candidate.schedule.profile.kind) {
            let prepared = prepare(candidate, (within.0, within.1 + lasts), appointment_type);
            by_kind.entry(candidate.schedule.profile.kind).or_default().push(prepared);
        }
    }
    let Some((first, others)) = profile.requires.split_first() else { return vec![] };
    let follows = |place: (DateTime<Utc>, ResourceId), after| match comes_first {
        First::Earliest => place > after,
        First::Latest => place < after,
    };
    let mut starts = Vec::new();
    for (n, leading) in by_kind.get(first).into_iter().flatten().enumerate() {
        for open in &leading.open {
            let every = open.every.unwrap_or(lasts);
            let mut start = open.during.0;
            while start + lasts <= open.during.1 {
                let place = (start, leading.candidate.resource);
                if start >= within.0 && start < within.1 && after.is_none_or(|after| follows(place, after)) {
                    starts.push((place, n));
                }
                start += every;
            }
        }
    }
    starts.sort_unstable();
    starts.dedup();
    match comes_first {
        First::Earliest => {}
        First::Latest => starts.reverse(),
    }
    let mut found = Vec::new();
    for ((start, _), n) in starts {
        let (during, kept) = ((start, start + lasts), (start - before, start + lasts + behind));
        let leading = &by_kind[first][n];
        if !leading.free(during, kept) {
            continue;
        }
        let with = others.iter().map(|kind| by_kind.get(kind)?.iter().find(|one| one.free(during, kept)));
        let Some(with) = with.collect::<Option<Vec<_>>>() else { continue };
        let all = std::iter::once(leading).chain(with);
        let participants =
            all.map(|one| Participant { resource: one.candidate.resource, kind: one.candidate.schedule.profile.kind });
        found.push(Slot { start, end: during.1, participants: participants.collect() });
        if found.len() == limit {
            break;
        }
    }
    found
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
