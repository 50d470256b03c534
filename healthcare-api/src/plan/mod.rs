//! Plans of treatment over REST.

mod activities;
mod draft_plan;
mod follow_plan;
mod get_plan;
mod goals;
mod list_plans;
mod reviews;
mod revise_plan;

use actix_web::http::StatusCode;
use healthcare_domain::plan::PlanError;

use crate::{problem::DomainProblem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(draft_plan::draft_plan)
        .service(list_plans::list_plans)
        .service(get_plan::get_plan)
        .service(revise_plan::revise_plan)
        .service(follow_plan::follow_plan)
        .service(follow_plan::enter_plan_in_error)
        .service(goals::add_goal)
        .service(goals::change_goal)
        .service(activities::add_activity)
        .service(activities::assign_activity)
        .service(activities::complete_activity)
        .service(activities::skip_activity)
        .service(reviews::schedule_review)
        .service(reviews::hold_review);
}

impl DomainProblem for PlanError {
    const CONTEXT: &'static str = "plan";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        let (missing, conflict, cannot_be) =
            (StatusCode::NOT_FOUND, StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY);
        match self {
            Self::Unwritten => (missing, "unwritten", "There is no such plan"),
            Self::AlreadyWritten => (conflict, "already-written", "The plan is already made"),
            Self::Elsewhere => (conflict, "elsewhere", "The plan is kept by the system it came from"),
            Self::NotNow => (conflict, "not-now", "The plan does not go there from where it stands"),
            Self::Over => (conflict, "over", "The plan is over"),
            Self::NotFollowed => (conflict, "not-followed", "The plan is not being followed"),
            Self::NoTitle => (cannot_be, "no-title", "A plan has a title"),
            Self::BadPeriod => (cannot_be, "bad-period", "A plan ends after it begins"),
            Self::NoDescription => (cannot_be, "no-description", "A goal and an activity are described"),
            Self::BadTarget => (cannot_be, "bad-target", "There can be no such target"),
            Self::NoSuchPart => (missing, "no-such-part", "The plan has no part of that number"),
            Self::PartIsOver => (conflict, "part-is-over", "That part of the plan is over"),
            Self::AlreadyDue => (conflict, "already-due", "A review is due that day already"),
            Self::TooLong => (cannot_be, "too-long", "The plan has too many parts"),
            Self::NoSuchAssignee => (cannot_be, "no-such-assignee", "They cannot be asked to do it"),
            Self::NoSuchTemplate => (cannot_be, "no-such-template", "There is no such template"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::NoTitle => Some("/title"),
            Self::BadPeriod => Some("/ends_at"),
            Self::NoSuchTemplate => Some("/template"),
            Self::Unwritten
            | Self::AlreadyWritten
            | Self::Elsewhere
            | Self::NotNow
            | Self::Over
            | Self::NotFollowed
            | Self::NoDescription
            | Self::BadTarget
            | Self::NoSuchPart
            | Self::PartIsOver
            | Self::AlreadyDue
            | Self::TooLong
            | Self::NoSuchAssignee => None,
        }
    }
}
