//! Work that a suggestion asks for: activities of a plan of treatment, which begins as the suggestion is taken up.

use chrono::{DateTime, Duration, Utc};
use healthcare_domain::{
    EventSourced,
    account::RoleName,
    code::CodeableConcept,
    id::{AccountId, PatientId, PlanId, SuggestionId},
    party::Party,
    plan::{ActivityContent, Begun, Plan, PlanContent},
    suggestion::{CarriedOut, SuggestionContent},
    text::Remark,
};
use healthcare_dss::Proposal;

use super::accept_suggestion::AcceptRefused;
use crate::{
    App, CommandError,
    access::{Call, Permission, Role},
    store::Change,
    transact::{Loaded, Target},
};

/// The longest title of a plan, in characters.
const TITLE: usize = 200;

/// Work that a proposal asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Work {
    /// What is to be done.
    what: CodeableConcept,
    /// Who does it; none means whoever takes the suggestion up.
    by: Option<Role>,
    /// Within how many minutes.
    within_minutes: Option<u16>,
}

impl Work {
    /// What a proposal asks for, of whoever takes it up.
    pub fn of(proposal: &Proposal) -> Self {
        let what = CodeableConcept { coding: proposal.code().into_iter().collect(), text: Some(proposal.words()) };
        Self { what, by: None, within_minutes: None }
    }

    /// The same of a role of the house, so that everybody of it who cares for the patient sees it; of whoever takes it up
    /// where the role does no such work.
    pub fn by(self, role: Option<Role>) -> Self {
        Self { by: role.filter(|role| role.may(Permission::PerformActivity)), ..self }
    }

    /// The same with a time.
    pub fn within(self, minutes: u16) -> Self {
        Self { within_minutes: Some(minutes), ..self }
    }

    /// The activity of it, asked for now by somebody.
    pub fn activity(self, by: AccountId, now: DateTime<Utc>) -> ActivityContent {
        let role = self.by.map(|role| Party::Role(RoleName(role.as_str().to_owned())));
        ActivityContent {
            what: self.what,
            instructions: None,
            assigned_to: Some(role.unwrap_or(Party::Account(by))),
            scheduled_at: self.within_minutes.map(|minutes| now + Duration::minutes(minutes.into())),
        }
    }
}

/// The role that a rule means by a word of its own, such as `doctor` or `Senior clinician`; none where the house has no
/// such role.
pub(super) fn role_named(word: &str) -> Option<Role> {
    word.trim().to_lowercase().replace([' ', '-'], "_").parse().ok()
}

/// All that the plan begins with. It is named as the suggestion is, and leads to it.
fn begun(
    (id, content, reason): (SuggestionId, &SuggestionContent, &Remark),
    work: Vec<Work>,
    by: AccountId,
    now: DateTime<Utc>,
) -> Begun {
    Begun {
        content: PlanContent {
            title: content.summary.chars().take(TITLE).collect(),
            description: Some(reason.clone()),
            categories: vec![],
            addresses: vec![],
            encounter: None,
            starts_at: now,
            ends_at: None,
        },
        goals: vec![],
        activities: work.into_iter().map(|one| one.activity(by, now)).collect(),
        reviews: vec![],
        template: None,
        suggestion: Some(id),
    }
}

/// Begins the plan that asks for the work, with the permission that making plans needs. It is followed from now on, so
/// that the work shows in the inbox of whoever it is asked of. Answers which activity each proposal became.
pub(super) async fn ask_for(
    app: &App,
    call: &Call,
    patient: PatientId,
    suggestion: (SuggestionId, &SuggestionContent, &Remark),
    work: Vec<(u16, Work)>,
) -> Result<(Vec<CarriedOut>, Change), CommandError<AcceptRefused>> {
    app.authorise(call, Permission::ManagePlan, Some(patient)).await?;
    let (places, work): (Vec<u16>, Vec<Work>) = work.into_iter().unzip();
    let (by, now) = (call.actor.account, app.clock.now());
    let refused = |why| CommandError::Refused(AcceptRefused::Plan(why));
    let mut events = Plan::Unwritten.draft(begun(suggestion, work, by, now), by, now).map_err(refused)?;
    events.extend(Plan::fold(&events).activate(by, now).map_err(refused)?);
    let version = i32::try_from(events.len()).unwrap_or(i32::MAX);
    let id = PlanId(app.clock.new_id());
    let carried_out = |(activity, proposal)| CarriedOut { proposal, entry: id.0, version, activity: Some(activity) };
    let done = (1_u16..).zip(places).map(carried_out).collect();
    let change = app.change::<Plan>(&Target::of(id, patient, now), &Loaded::unwritten(), events);
    Ok((done, change))
}

#[cfg(test)]
mod tests {
    use healthcare_domain::suggestion::Severity;
    use uuid::Uuid;

    use super::*;

    const ANN: AccountId = AccountId(Uuid::from_u128(1));

    fn now() -> DateTime<Utc> {
        "2026-11-24T09:00:00Z".parse().unwrap()
    }

    fn assessment() -> Proposal {
        Proposal::RequestAssessment { by: "doctor".into(), within_minutes: 15 }
    }

    #[test]
    fn work_of_a_role_waits_for_the_role_and_is_due_when_the_rule_says() {
        let asked = Work::of(&assessment()).by(role_named("doctor")).within(15).activity(ANN, now());
        assert_eq!(asked.assigned_to, Some(Party::Role(RoleName("doctor".into()))));
        assert_eq!(asked.scheduled_at, Some("2026-11-24T09:15:00Z".parse().unwrap()));
        assert_eq!(asked.what.label(), "Assessment by doctor within 15 minutes");
    }

    #[test]
    fn work_of_nobody_in_particular_is_that_of_who_takes_it_up() {
        let asked = Work::of(&Proposal::RecordAllergyStatus).activity(ANN, now());
        assert_eq!((asked.assigned_to, asked.scheduled_at), (Some(Party::Account(ANN)), None));
    }

    #[test]
    fn a_role_is_known_as_people_write_it_and_only_one_that_does_such_work_is_asked() {
        assert_eq!(role_named(" Senior clinician"), Some(Role::SeniorClinician));
        assert_eq!(role_named("senior-clinician"), Some(Role::SeniorClinician));
        assert_eq!(role_named("critical care outreach"), None);
        let of = |word: &str| Work::of(&assessment()).by(role_named(word)).activity(ANN, now()).assigned_to;
        assert_eq!(of("critical care outreach"), Some(Party::Account(ANN)));
        assert_eq!(of("auditor"), Some(Party::Account(ANN)), "an auditor assesses nobody");
    }

    #[test]
    fn the_plan_is_named_as_the_suggestion_is_and_leads_to_it() {
        let content = SuggestionContent {
            patient: PatientId(Uuid::from_u128(2)),
            finding: "f".into(),
            rule: "sepsis-infection-news2".into(),
            rule_version: "1".into(),
            severity: Severity::Critical,
            summary: "ä".repeat(TITLE + 1),
            detail: None,
            subjects: vec![],
            evidence: vec![],
            evaluation: Uuid::from_u128(3),
            proposals: vec![],
            override_reasons: vec![],
            links: vec![],
        };
        let (id, reason) = (SuggestionId(Uuid::from_u128(4)), Remark::try_from("taken up".to_owned()).unwrap());
        let begun = begun((id, &content, &reason), vec![Work::of(&assessment())], ANN, now());
        assert_eq!((begun.suggestion, begun.content.description.as_ref()), (Some(id), Some(&reason)));
        assert_eq!(begun.content.title.chars().count(), TITLE);
        assert!(Plan::Unwritten.draft(begun, ANN, now()).is_ok());
    }
}
