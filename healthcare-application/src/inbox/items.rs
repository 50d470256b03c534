//! What a note or a plan asks of people: a function of its state, so that what is dealt with is gone.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    AnyState,
    note::{CosignRequest, Note},
    party::Party,
    plan::{Plan, PlanStatus, Planned},
};

use super::{InboxKind, site_days::stored};

/// Reviews are numbered behind the activities of their plan.
pub const REVIEWS_FROM: i16 = 1_000;

/// Something that is asked of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What kind of thing.
    pub kind: InboxKind,
    /// The part of the stream: the number of an activity or (from [`REVIEWS_FROM`]) of a review, the place of a request.
    pub item: i16,
    /// Of whom.
    pub of: Party,
    /// In a few words.
    pub title: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// By when. Of a review the day, as it is stored: the zone of the site says when that begins.
    pub due_at: Option<DateTime<Utc>>,
}

/// All that a stream asks of people in its present state.
pub fn items(state: &AnyState) -> Vec<Asked> {
    match state {
        AnyState::Note(Note::Draft(draft)) => vec![Asked {
            kind: InboxKind::Sign,
            item: 0,
            of: Party::Account(draft.author),
            title: draft.content.title.clone(),
            since: draft.begun_at,
            due_at: None,
        }],
        AnyState::Note(Note::Signed(signed)) => {
            cosignatures(&signed.requests, &signed.current().content.title, signed.current().at)
        }
        AnyState::Plan(Plan::Planned(planned)) if planned.status == PlanStatus::Active => followed(planned),
        _ => vec![],
    }
}

/// A co-signature can be given once the note is signed.
fn cosignatures(requests: &[CosignRequest], title: &str, signed_at: DateTime<Utc>) -> Vec<Asked> {
    let asked = |(n, request): (usize, &CosignRequest)| Asked {
        kind: InboxKind::Cosign,
        item: i16::try_from(n + 1).unwrap_or(i16::MAX),
        of: request.of.clone(),
        title: title.to_owned(),
        since: request.at.max(signed_at),
        due_at: None,
    };
    requests.iter().enumerate().map(asked).collect()
}

fn followed(planned: &Planned) -> Vec<Asked> {
    let tasks = planned.activities.iter().filter(|activity| activity.is_open()).filter_map(|activity| {
        Some(Asked {
            kind: InboxKind::Task,
            item: i16::try_from(activity.number).ok()?,
            of: activity.content.assigned_to.clone()?,
            title: activity.content.what.label().to_owned(),
            since: activity.since.max(planned.since),
            due_at: activity.content.scheduled_at,
        })
    });
    let reviews = planned.reviews.iter().filter(|review| review.held.is_none()).filter_map(|review| {
        let due = stored(review.due);
        Some(Asked {
            kind: InboxKind::Review,
            item: REVIEWS_FROM.checked_add(i16::try_from(review.number).ok()?)?,
            of: review.responsible.clone(),
            title: planned.content.title.clone(),
            since: due,
            due_at: Some(due),
        })
    });
    tasks.chain(reviews).collect()
}
