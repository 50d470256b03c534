//! Takes a suggestion up, and does what it proposes.

use std::collections::BTreeSet;

use healthcare_domain::{
    id::{PatientId, SuggestionId},
    medication::MedicationOrderError,
    suggestion::{CarriedOut, Suggestion, SuggestionContent, SuggestionError},
    text::Remark,
};
use healthcare_dss::{EventRef, Proposal};
use serde_json::json;

use super::proposal::{Meant, meant, stop};
use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::{Change, Commit, Committed, Meta, Safety, StoreError},
    transact::{Target, replay},
};

/// How often it is decided again after somebody else was faster.
const ATTEMPTS: usize = 5;

/// Take a suggestion up.
#[derive(Debug, Clone)]
pub struct AcceptSuggestion {
    /// Which.
    pub suggestion: SuggestionId,
    /// Which of its proposals are to be done, from 0. If not said, the only one that can be done by a command; the
    /// rest is left to whoever accepts.
    pub proposals: Option<BTreeSet<u16>>,
}

/// Why a suggestion is not taken up.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AcceptRefused {
    /// The suggestion itself refuses.
    #[error(transparent)]
    Suggestion(#[from] SuggestionError),
    /// Several proposals can be done, which may be alternatives.
    #[error("more than one of its proposals can be done ({0:?}): say which")]
    Choose(Vec<u16>),
    /// The proposal that was asked for is not one a command can do.
    #[error("proposal {proposal} is not done by a command: {why}")]
    ByHand {
        /// Which, from 0.
        proposal: u16,
        /// Why.
        why: &'static str,
    },
    /// What the proposal is about was changed since it was judged.
    #[error("what proposal {proposal} is about was changed since it was suggested: look at it again")]
    ChangedSince {
        /// Which, from 0.
        proposal: u16,
    },
    /// The order that the proposal stops refuses.
    #[error("proposal {proposal}: {why}")]
    Medication {
        /// Which, from 0.
        proposal: u16,
        /// Why.
        why: MedicationOrderError,
    },
}

/// Accepts a suggestion and runs what it proposes as the command it means, with the permission that command needs;
/// all of it is stored together, or nothing is. `extra` tells of each proposal what became of it.
///
/// # Errors
/// When the caller may not accept or may not do what is proposed, it is no longer open, several proposals can be done
/// and none is named, one that is named cannot be done, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(suggestion.id = %cmd.suggestion))]
pub async fn accept_suggestion(
    app: &App,
    call: &Call,
    cmd: AcceptSuggestion,
) -> Result<Committed, CommandError<AcceptRefused>> {
    let refused = |e: SuggestionError| CommandError::Refused(AcceptRefused::Suggestion(e));
    let mut attempt = 0;
    loop {
        attempt += 1;
        let sealed = app.load::<Suggestion>(cmd.suggestion).await?;
        let permit = app.authorise(call, Permission::AnswerSuggestion, sealed.patient()).await?;
        let loaded = sealed.open(&permit).await?;
        if let Some(answer) = replay(app, call).await? {
            return Ok(answer);
        }
        if let Some(seen) = call.if_match
            && seen != loaded.version
        {
            return Err(CommandError::Stale { current: loaded.version });
        }
        let content = loaded.state.ensure_open().map_err(refused)?;
        let proposals = proposals(content)?;
        let orders = chosen(&proposals, cmd.proposals.as_ref()).map_err(CommandError::Refused)?;
        let (done, mut changes) = carry_out(app, call, content, orders).await?;
        let safety =
            if changes.is_empty() { vec![] } else { vec![Safety { patient: content.patient, expected: None }] };
        let extra = json!({ "proposals": told(&proposals, &done) });
        let events = loaded.state.accept(call.actor.account, done).map_err(refused)?;
        let version = loaded.version + i32::try_from(events.len()).unwrap_or(i32::MAX);
        let target = Target::of(cmd.suggestion, content.patient, app.clock.now());
        changes.insert(0, app.change::<Suggestion>(&target, &loaded, events));
        let commit = Commit {
            changes,
            meta: Meta::of(call),
            idempotency: call.idempotency.clone(),
            committed: Committed { id: cmd.suggestion.0, version, extra: Some(extra), replayed: false },
            safety,
            evaluations: vec![],
        };
        match app.store.append(&permit, commit).await {
            Err(StoreError::Conflict) if attempt < ATTEMPTS => {}
            other => return Ok(other?),
        }
    }
}

/// The proposals of a suggestion, as the rule wrote them down.
fn proposals(content: &SuggestionContent) -> Result<Vec<Proposal>, StoreError> {
    let read = |value: &serde_json::Value| serde_json::from_value(value.clone());
    content.proposals.iter().map(read).collect::<Result<_, _>>().map_err(|e| StoreError::Damaged(Box::new(e)))
}

/// The orders to be stopped, with the place of the proposal that says so.
fn chosen(proposals: &[Proposal], asked: Option<&BTreeSet<u16>>) -> Result<Vec<(u16, EventRef)>, AcceptRefused> {
    let all = (0_u16..).zip(proposals);
    let Some(asked) = asked else {
        let can: Vec<_> = all
            .filter_map(|(place, proposal)| match meant(proposal) {
                Meant::Stop(order) => Some((place, order)),
                Meant::ByHand(_) => None,
            })
            .collect();
        return if can.len() > 1 {
            Err(AcceptRefused::Choose(can.into_iter().map(|(place, _)| place).collect()))
        } else {
            Ok(can)
        };
    };
    asked
        .iter()
        .map(|place| {
            let proposal = proposals.get(usize::from(*place)).ok_or(SuggestionError::NoSuchProposal(*place))?;
            match meant(proposal) {
                Meant::Stop(order) => Ok((*place, order)),
                Meant::ByHand(why) => Err(AcceptRefused::ByHand { proposal: *place, why }),
            }
        })
        .collect()
}

/// Stops each order once.
async fn carry_out(
    app: &App,
    call: &Call,
    content: &SuggestionContent,
    orders: Vec<(u16, EventRef)>,
) -> Result<(Vec<CarriedOut>, Vec<Change>), CommandError<AcceptRefused>> {
    let patient: PatientId = content.patient;
    let reason = Remark::try_from(format!("Suggestion taken up ({}): {}", content.rule, content.summary))
        .map_err(|e| StoreError::Damaged(Box::new(e)))?;
    let (mut done, mut changes) = (vec![], Vec::<Change>::new());
    for (place, order) in orders {
        if !changes.iter().any(|change| change.id == order.stream) {
            changes.push(stop(app, call, patient, (place, order), &reason).await?);
        }
        done.push(CarriedOut { proposal: place, entry: order.stream, version: order.version + 1 });
    }
    Ok((done, changes))
}

/// What became of each proposal.
fn told(proposals: &[Proposal], done: &[CarriedOut]) -> Vec<serde_json::Value> {
    let tell =
        |(place, proposal): (u16, &Proposal)| match (done.iter().find(|one| one.proposal == place), meant(proposal)) {
            (Some(CarriedOut { entry, version, .. }), _) => {
                json!({ "proposal": proposal, "outcome": "done", "entry": entry, "version": version })
            }
            (None, Meant::Stop(_)) => json!({ "proposal": proposal, "outcome": "not-chosen" }),
            (None, Meant::ByHand(why)) => json!({ "proposal": proposal, "outcome": "by-hand", "why": why }),
        };
    (0_u16..).zip(proposals).map(tell).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn stop(order: u128) -> Proposal {
        Proposal::StopMedication {
            order: EventRef { stream: Uuid::from_u128(order), version: 1 },
            medication: "Amoxicillin".into(),
        }
    }

    fn places(chosen: Result<Vec<(u16, EventRef)>, AcceptRefused>) -> Result<Vec<u16>, AcceptRefused> {
        chosen.map(|orders| orders.into_iter().map(|(place, _)| place).collect())
    }

    #[test]
    fn the_only_proposal_that_can_be_done_needs_no_naming() {
        assert_eq!(places(chosen(&[Proposal::RecordPregnancyStatus, stop(1)], None)), Ok(vec![1]));
        assert_eq!(places(chosen(&[Proposal::RecordAllergyStatus], None)), Ok(vec![]));
    }

    #[test]
    fn of_several_one_has_to_be_named_for_they_may_be_alternatives() {
        let both = [stop(1), stop(2)];
        assert_eq!(places(chosen(&both, None)), Err(AcceptRefused::Choose(vec![0, 1])));
        assert_eq!(places(chosen(&both, Some(&BTreeSet::from([1])))), Ok(vec![1]));
        assert_eq!(places(chosen(&both, Some(&BTreeSet::new()))), Ok(vec![]));
    }

    #[test]
    fn what_cannot_be_done_is_not_passed_over_when_it_is_named() {
        let proposals = [Proposal::RecordVitalSigns { within_minutes: 60 }];
        let named = chosen(&proposals, Some(&BTreeSet::from([0])));
        assert!(matches!(named, Err(AcceptRefused::ByHand { proposal: 0, .. })), "{named:?}");
        let beyond = chosen(&proposals, Some(&BTreeSet::from([1])));
        assert_eq!(beyond, Err(AcceptRefused::Suggestion(SuggestionError::NoSuchProposal(1))));
    }
}
