//! Takes a suggestion up, and does what it proposes.

use std::collections::BTreeSet;

use healthcare_domain::{
    AnyState,
    id::{PatientId, SuggestionId},
    medication::MedicationOrderError,
    plan::PlanError,
    suggestion::{CarriedOut, Suggestion, SuggestionContent, SuggestionError},
    text::Remark,
};
use healthcare_dss::{EventRef, Proposal};
use serde_json::json;

use super::{
    proposal::{Meant, meant, stop},
    work::{Work, ask_for},
};
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
    /// Which of its proposals are to be done, from 0. If not said, the work that it asks for, and the only drug it
    /// would stop.
    pub proposals: Option<BTreeSet<u16>>,
}

/// Why a suggestion is not taken up.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AcceptRefused {
    /// The suggestion itself refuses.
    #[error(transparent)]
    Suggestion(#[from] SuggestionError),
    /// Several proposals stop a drug, which may be alternatives; all that can be done are named.
    #[error("more than one of its proposals stops a drug: say which of {0:?} are to be done")]
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
    /// The work cannot be asked for.
    #[error("the work cannot be asked for: {0}")]
    Plan(PlanError),
}

/// What proposals come to by a command, with their places: drugs that are stopped, and work that is asked for.
type Chosen = (Vec<(u16, EventRef)>, Vec<(u16, Work)>);

/// Accepts a suggestion and runs what it proposes as the commands it means, each with the permission that it needs: drugs
/// are stopped, and what a person has to do becomes a plan of treatment whose activities show in their inbox. All of it is
/// stored together, or nothing is. `extra` tells of each proposal what became of it.
///
/// # Errors
/// When the caller may not accept or may not do what is proposed, it is no longer open, several proposals stop a drug and
/// none is named, one that is named cannot be done, or the record takes nothing new or cannot be reached.
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
        let may_ask = call.actor.may(Permission::ManagePlan);
        let chosen = chosen(&proposals, cmd.proposals.as_ref(), may_ask).map_err(CommandError::Refused)?;
        // Whose record holds it now: what begins, begins there.
        let patient = loaded.holder.unwrap_or(content.patient);
        let (done, mut changes) = carry_out(app, call, patient, (cmd.suggestion, content), chosen).await?;
        let stops = changes.iter().any(|change| matches!(change.state, AnyState::MedicationOrder(_)));
        let safety = if stops { vec![Safety { patient, expected: None }] } else { vec![] };
        let extra = json!({ "proposals": told(&proposals, &done, may_ask) });
        let events = loaded.state.accept(call.actor.account, done).map_err(refused)?;
        let version = loaded.version + i32::try_from(events.len()).unwrap_or(i32::MAX);
        let target = Target::of(cmd.suggestion, patient, app.clock.now());
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

/// What is to be done. Drugs that would be stopped may be alternatives; the work is to be done in any case, and is asked
/// for unnamed by who may.
fn chosen(proposals: &[Proposal], asked: Option<&BTreeSet<u16>>, may_ask: bool) -> Result<Chosen, AcceptRefused> {
    let (mut orders, mut work) = (vec![], vec![]);
    let Some(asked) = asked else {
        for (place, proposal) in (0_u16..).zip(proposals) {
            match meant(proposal) {
                Meant::Stop(order) => orders.push((place, order)),
                Meant::Ask(one) if may_ask => work.push((place, one)),
                Meant::Ask(_) | Meant::ByHand(_) => {}
            }
        }
        if orders.len() > 1 {
            let places = orders.iter().map(|(place, _)| *place).chain(work.iter().map(|(place, _)| *place));
            return Err(AcceptRefused::Choose(places.collect::<BTreeSet<_>>().into_iter().collect()));
        }
        return Ok((orders, work));
    };
    for place in asked {
        let proposal = proposals.get(usize::from(*place)).ok_or(SuggestionError::NoSuchProposal(*place))?;
        match meant(proposal) {
            Meant::Stop(order) => orders.push((*place, order)),
            Meant::Ask(one) => work.push((*place, one)),
            Meant::ByHand(why) => return Err(AcceptRefused::ByHand { proposal: *place, why }),
        }
    }
    Ok((orders, work))
}

/// Stops each order once, and begins one plan for all of the work.
async fn carry_out(
    app: &App,
    call: &Call,
    patient: PatientId,
    (id, content): (SuggestionId, &SuggestionContent),
    (orders, work): Chosen,
) -> Result<(Vec<CarriedOut>, Vec<Change>), CommandError<AcceptRefused>> {
    let reason = Remark::try_from(format!("Suggestion taken up ({}): {}", content.rule, content.summary))
        .map_err(|e| StoreError::Damaged(Box::new(e)))?;
    let (mut done, mut changes) = (vec![], Vec::<Change>::new());
    for (place, order) in orders {
        if !changes.iter().any(|change| change.id == order.stream) {
            changes.push(stop(app, call, patient, (place, order), &reason).await?);
        }
        done.push(CarriedOut { proposal: place, entry: order.stream, version: order.version + 1, activity: None });
    }
    if !work.is_empty() {
        let (asked, plan) = ask_for(app, call, patient, (id, content, &reason), work).await?;
        done.extend(asked);
        changes.push(plan);
    }
    Ok((done, changes))
}

/// Why work is left to who accepts.
const MAKES_NO_PLANS: &str = "your role asks nobody for work: see to it, or tell who plans the patient's care";

/// What became of each proposal.
fn told(proposals: &[Proposal], done: &[CarriedOut], may_ask: bool) -> Vec<serde_json::Value> {
    let tell = |(place, proposal): (u16, &Proposal)| {
        if let Some(CarriedOut { entry, version, activity, .. }) = done.iter().find(|one| one.proposal == place) {
            let mut told = json!({ "proposal": proposal, "outcome": "done", "entry": entry, "version": version });
            if let Some(number) = activity {
                told["activity"] = json!(number);
            }
            return told;
        }
        match meant(proposal) {
            Meant::ByHand(why) => json!({ "proposal": proposal, "outcome": "by-hand", "why": why }),
            Meant::Ask(_) if !may_ask => json!({ "proposal": proposal, "outcome": "by-hand", "why": MAKES_NO_PLANS }),
            Meant::Stop(_) | Meant::Ask(_) => json!({ "proposal": proposal, "outcome": "not-chosen" }),
        }
    };
    (0_u16..).zip(proposals).map(tell).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const SIGNS: Proposal = Proposal::RecordVitalSigns { within_minutes: 60 };

    fn stop(order: u128) -> Proposal {
        Proposal::StopMedication {
            order: EventRef { stream: Uuid::from_u128(order), version: 1 },
            medication: "Amoxicillin".into(),
        }
    }

    fn draft() -> Proposal {
        let draft = EventRef { stream: Uuid::from_u128(9), version: 0 };
        Proposal::CancelDraft { draft, medication: "Amoxicillin".into() }
    }

    /// The places of the drugs to stop, and of the work to ask for.
    fn places(chosen: Result<Chosen, AcceptRefused>) -> Result<(Vec<u16>, Vec<u16>), AcceptRefused> {
        let (orders, work) = chosen?;
        Ok((orders.into_iter().map(|(place, _)| place).collect(), work.into_iter().map(|(place, _)| place).collect()))
    }

    #[test]
    fn the_only_drug_and_all_of_the_work_need_no_naming() {
        let all = [Proposal::RecordPregnancyStatus, stop(1), SIGNS, draft()];
        assert_eq!(places(chosen(&all, None, true)), Ok((vec![1], vec![0, 2])));
        assert_eq!(places(chosen(&[draft()], None, true)), Ok((vec![], vec![])));
    }

    #[test]
    fn of_several_drugs_one_has_to_be_named_for_they_may_be_alternatives() {
        let both = [stop(1), SIGNS, stop(2)];
        assert_eq!(places(chosen(&both, None, true)), Err(AcceptRefused::Choose(vec![0, 1, 2])));
        assert_eq!(places(chosen(&both, Some(&BTreeSet::from([2])), true)), Ok((vec![2], vec![])));
        assert_eq!(places(chosen(&both, Some(&BTreeSet::from([1, 2])), true)), Ok((vec![2], vec![1])));
        assert_eq!(places(chosen(&both, Some(&BTreeSet::new()), true)), Ok((vec![], vec![])));
    }

    #[test]
    fn who_makes_no_plans_is_left_with_the_work_unless_they_name_it() {
        let all = [stop(1), SIGNS];
        assert_eq!(places(chosen(&all, None, false)), Ok((vec![0], vec![])));
        let told = told(&all, &[], false);
        assert_eq!((&told[0]["outcome"], &told[1]["outcome"]), (&json!("not-chosen"), &json!("by-hand")));
        // Named, it is asked for, and refused for want of the permission.
        assert_eq!(places(chosen(&all, Some(&BTreeSet::from([1])), false)), Ok((vec![], vec![1])));
    }

    #[test]
    fn what_cannot_be_done_is_not_passed_over_when_it_is_named() {
        let proposals = [draft()];
        let named = chosen(&proposals, Some(&BTreeSet::from([0])), true);
        assert!(matches!(named, Err(AcceptRefused::ByHand { proposal: 0, .. })), "{named:?}");
        let beyond = chosen(&proposals, Some(&BTreeSet::from([1])), true);
        assert_eq!(beyond, Err(AcceptRefused::Suggestion(SuggestionError::NoSuchProposal(1))));
    }

    #[test]
    fn of_each_proposal_it_is_told_what_became_of_it() {
        let plan = Uuid::from_u128(5);
        let done = [CarriedOut { proposal: 1, entry: plan, version: 2, activity: Some(1) }];
        let told = told(&[stop(1), SIGNS, draft()], &done, true);
        let outcomes: Vec<&str> = told.iter().map(|one| one["outcome"].as_str().unwrap()).collect();
        assert_eq!(outcomes, ["not-chosen", "done", "by-hand"]);
        assert_eq!((&told[1]["entry"], &told[1]["activity"]), (&json!(plan), &json!(1)));
    }
}
