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
    scheduling::zone::Zone,
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
        let beginning = (app.patients.zone, starts_at);
        begun.goals.extend(goals.into_iter().map(|goal| aimed(goal, beginning)));
        begun.activities.extend(activities.into_iter().map(|activity| to_do(activity, beginning)));
        begun.reviews.extend(review_after_days.into_iter().map(|days| (day(beginning, days), None)));
    }
    begun.goals.extend(new.goals);
    begun.activities.extend(new.activities);
    begun.reviews.extend(new.reviews);
    Ok(begun)
}

/// When a plan begins, and by whose calendar its days are counted.
type Beginning = (Zone, DateTime<Utc>);

/// The day so many days after a beginning, by the calendar of the site; the last day there is for what lies beyond.
fn day((zone, starts_at): Beginning, after: u16) -> NaiveDate {
    zone.local(starts_at).date().checked_add_days(Days::new(after.into())).unwrap_or(NaiveDate::MAX)
}

fn aimed(goal: GoalTemplate, from: Beginning) -> GoalContent {
    let GoalTemplate { description, measure, target, due_after_days } = goal;
    let due = due_after_days.map(|days| day(from, days));
    GoalContent { description, measure, target, due, addresses: vec![] }
}

fn to_do(activity: ActivityTemplate, from: Beginning) -> ActivityContent {
    let ActivityTemplate { what, instructions, role, after_days } = activity;
    let scheduled_at = after_days.map(|days| from.0.begins(day(from, days).and_time(NaiveTime::MIN)));
    ActivityContent { what, instructions, assigned_to: role.map(Party::Role), scheduled_at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_of_a_template_are_those_of_the_site() {
        let began: DateTime<Utc> = "2027-03-09T20:00:00Z".parse().unwrap();
        let at = |zone: &str| (zone.parse::<Zone>().unwrap(), began);
        let walk = |zone: &str| {
            let what = CodeableConcept { text: Some("Walk".into()), ..CodeableConcept::default() };
            let activity = ActivityTemplate { what, instructions: None, role: None, after_days: Some(1) };
            to_do(activity, at(zone)).scheduled_at.map(|at| at.to_rfc3339())
        };
        // It is the tenth already, and a day later the eleventh begins there fourteen hours before it does in UTC.
        assert_eq!(day(at("Pacific/Kiritimati"), 1).to_string(), "2027-03-11");
        assert_eq!(walk("Pacific/Kiritimati").as_deref(), Some("2027-03-10T10:00:00+00:00"));
        assert_eq!(day(at("UTC"), 1).to_string(), "2027-03-10");
        assert_eq!(walk("UTC").as_deref(), Some("2027-03-10T00:00:00+00:00"));
    }
}
