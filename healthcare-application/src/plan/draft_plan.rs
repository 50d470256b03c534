//! Makes a plan.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use healthcare_domain::{
    EventSourced,
    code::CodeableConcept,
    id::{EncounterId, PatientId, PlanId, TemplateId},
    note::FromTemplate,
    party::Party,
    plan::{ActivityContent, Begun, GoalContent, Plan, PlanContent, PlanError},
    reference::Reference,
    template::{ActivityTemplate, GoalTemplate, PlanTemplate, Template, TemplateContent},
    text::Remark,
};

use super::{Changed, ensure_asked};
use crate::{
    App, CommandError,
    access::{Call, Permission, Permit},
    transact::{Loaded, Target, replay, transact_from},
};

/// A plan as somebody sends it. What a template says need not be said; what is said is added to it.
#[derive(Debug, Clone, Default)]
pub struct NewPlan {
    /// Its title; the template's if absent.
    pub title: Option<String>,
    /// What it is meant to do; the template's if absent.
    pub description: Option<Remark>,
    /// What kind of plan; the template's if empty.
    pub categories: Vec<CodeableConcept>,
    /// The problems it is for.
    pub addresses: Vec<Reference>,
    /// During which visit.
    pub encounter: Option<EncounterId>,
    /// From when; now if absent.
    pub starts_at: Option<DateTime<Utc>>,
    /// Until when.
    pub ends_at: Option<DateTime<Utc>>,
    /// Made from this one.
    pub template: Option<TemplateId>,
    /// What it aims at, beside the template's.
    pub goals: Vec<GoalContent>,
    /// What is to be done, beside the template's.
    pub activities: Vec<ActivityContent>,
    /// On which days it is looked at again, and by whom, beside the template's.
    pub reviews: Vec<(NaiveDate, Option<Party>)>,
    /// Whether it is followed at once.
    pub activate: bool,
}

/// Makes a plan for a patient: a draft, or one that is followed at once.
///
/// # Errors
/// When the caller may not, there is no such patient or template, somebody cannot be asked, the visit is another
/// patient's, there cannot be such a plan, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn draft_plan(app: &App, call: &Call, patient: PatientId, new: NewPlan) -> Changed {
    let permit = app.authorise(call, Permission::ManagePlan, Some(patient)).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    app.ensure_patient(patient).await?;
    app.ensure_encounter(patient, new.encounter, "/encounter").await?;
    let activate = new.activate;
    let now = app.clock.now();
    let begun = begun(app, &permit, new, now).await?;
    let asked = begun.activities.iter().filter_map(|activity| activity.assigned_to.as_ref());
    ensure_asked(app, &permit, asked, Permission::PerformActivity).await?;
    let reviewers = begun.reviews.iter().filter_map(|(_, responsible)| responsible.as_ref());
    ensure_asked(app, &permit, reviewers, Permission::ManagePlan).await?;
    let by = call.actor.account;
    let target = Target::of(PlanId(app.clock.new_id()), patient, now);
    let decide = |plan: &Plan| {
        let mut events = plan.draft(begun.clone(), by, now)?;
        if activate {
            events.extend(Plan::fold(&events).activate(by, now)?);
        }
        Ok(events)
    };
    transact_from(app, &permit, call, target, Loaded::unwritten(), decide).await
}

/// All that the plan begins with: what was sent, and what its template says.
async fn begun(app: &App, permit: &Permit, new: NewPlan, now: DateTime<Utc>) -> Result<Begun, CommandError<PlanError>> {
    let NewPlan { title, description, categories, addresses, encounter, starts_at, ends_at, template, .. } = new;
    let starts_at = starts_at.unwrap_or(now);
    let mut of = None;
    let mut from = None;
    if let Some(id) = template {
        let loaded = app.load::<Template>(id).await?.open(permit).await?;
        let Ok((TemplateContent::Plan(offered), revision)) = loaded.state.offered() else {
            return Err(CommandError::Refused(PlanError::NoSuchTemplate));
        };
        from = Some(FromTemplate { id, revision });
        of = Some(offered.clone());
    }
    let mut begun = Begun {
        content: PlanContent {
            title: title.or_else(|| of.as_ref().map(|of| of.title.clone())).unwrap_or_default(),
            description: description.or_else(|| of.as_ref().and_then(|of| of.description.clone())),
            categories: match &of {
                Some(of) if categories.is_empty() => of.categories.clone(),
                _ => categories,
            },
            addresses,
            encounter,
            starts_at,
            ends_at,
        },
        goals: vec![],
        activities: vec![],
        reviews: vec![],
        template: from,
        suggestion: None,
    };
    if let Some(PlanTemplate { goals, activities, review_after_days, .. }) = of {
        begun.goals.extend(goals.into_iter().map(|goal| aimed(goal, starts_at)));
        begun.activities.extend(activities.into_iter().map(|activity| to_do(activity, starts_at)));
        begun.reviews.extend(review_after_days.into_iter().map(|days| (day(starts_at, days), None)));
    }
    begun.goals.extend(new.goals);
    begun.activities.extend(new.activities);
    begun.reviews.extend(new.reviews);
    Ok(begun)
}

/// The day so many days after a beginning; the last day there is for what lies beyond.
fn day(starts_at: DateTime<Utc>, after: u16) -> NaiveDate {
    starts_at.date_naive().checked_add_days(Days::new(after.into())).unwrap_or(NaiveDate::MAX)
}

fn aimed(goal: GoalTemplate, starts_at: DateTime<Utc>) -> GoalContent {
    let GoalTemplate { description, measure, target, due_after_days } = goal;
    let due = due_after_days.map(|days| day(starts_at, days));
    GoalContent { description, measure, target, due, addresses: vec![] }
}

fn to_do(activity: ActivityTemplate, starts_at: DateTime<Utc>) -> ActivityContent {
    let ActivityTemplate { what, instructions, role, after_days } = activity;
    let scheduled_at = after_days.map(|days| day(starts_at, days).and_time(NaiveTime::MIN).and_utc());
    ActivityContent { what, instructions, assigned_to: role.map(Party::Role), scheduled_at }
}
