//! Why the application did not do what was asked.

use actix_web::http::StatusCode;
use chrono::SecondsFormat;
use healthcare_application::{
    AmendError, CommandError, QueryError, StoreError,
    access::{Denied, Unauthorised},
    decision::Interruption,
};

use super::{DomainProblem, Problem};

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        let kind = format!("/problems/access/{}", denied.reason());
        Self::new(StatusCode::FORBIDDEN, kind, "You may not do this").detail(denied.to_string())
    }
}

impl From<Unauthorised> for Problem {
    fn from(why: Unauthorised) -> Self {
        match why {
            Unauthorised::Denied(denied) => denied.into(),
            Unauthorised::Merged(survivor) => Self::merged(survivor),
            Unauthorised::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => {
                Self::new(StatusCode::CONFLICT, "/problems/request/conflict", "Somebody else changed it meanwhile")
                    .detail("Read it again and decide again.")
            }
            StoreError::Exists(what) => {
                Self::new(StatusCode::CONFLICT, "/problems/request/exists", "It exists already").detail(what)
            }
            StoreError::Closed(why) => Self::new(
                StatusCode::CONFLICT,
                format!("/problems/patient/{}", why.as_str()),
                "The record takes no more of this",
            )
            .detail(why.to_string()),
            StoreError::Foreign => {
                tracing::warn!("a request met another patient's data than it was permitted");
                Self::new(StatusCode::FORBIDDEN, "/problems/access/foreign", "You may not do this")
                    .detail("It is about another patient than was permitted.")
            }
            StoreError::KeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "/problems/request/idempotency-key-reused",
                "The idempotency key was used for another request",
            )
            .at("Idempotency-Key", "choose a new one for a new request"),
            StoreError::OutOfRange => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "/problems/request/out-of-range",
                "A time, a number or a text is beyond what the record can hold",
            )
            .detail("Times lie between 4713 BC and AD 294276, and no text holds a zero byte."),
            StoreError::Unavailable(cause) => {
                tracing::error!(error = %Chain(&*cause), "the record cannot be reached");
                Self::unavailable()
            }
            StoreError::Damaged(cause) => {
                tracing::error!(error = %Chain(&*cause), "the record cannot be read");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "/problems/system/defect", "The record cannot be read")
            }
        }
    }
}

impl Problem {
    /// What decision support says against something that is about to be signed: all findings with their stable ids, and
    /// what could not be told.
    pub fn findings(context: &str, interruption: &Interruption) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            format!("/problems/{context}/findings"),
            "Decision support speaks against this",
        )
        .detail("Nothing was stored. Send it again with an override and a reason for each critical finding, or change it.")
        .with(serde_json::json!({
            "evaluation": interruption.evaluation,
            "findings": interruption.findings,
            "lacking": interruption.lacking,
        }))
    }
}

/// An error with its causes, for the log.
pub struct Chain<'a>(pub &'a (dyn std::error::Error + 'static));

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Denied(denied) => denied.into(),
            QueryError::Merged(survivor) => Self::merged(survivor),
            QueryError::NotFound => Self::not_found(),
            QueryError::StepUp(_) => Self::step_up_required(),
            QueryError::BadCursor => Self::bad_parameter("cursor", "take it from next_cursor of the page before"),
            QueryError::NotKept(since) => Self::bad_parameter(
                "from",
                &format!("with `as_of` values are told from {} on", since.to_rfc3339_opts(SecondsFormat::Secs, true)),
            ),
            QueryError::Store(error) => error.into(),
        }
    }
}

impl<E: DomainProblem> From<CommandError<E>> for Problem {
    fn from(error: CommandError<E>) -> Self {
        match error {
            CommandError::Denied(denied) => denied.into(),
            CommandError::Merged(survivor) => Self::merged(survivor),
            CommandError::StepUp(_) => Self::step_up_required(),
            CommandError::Store(error) => error.into(),
            CommandError::NoSuchPatient => {
                Self::new(StatusCode::NOT_FOUND, "/problems/patient/unregistered", "There is no such patient")
            }
            CommandError::Foreign(place) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "/problems/request/foreign-reference",
                "A reference names nothing of this patient",
            )
            .at(place, "there is no such entry in this patient's record"),
            CommandError::Interrupted(interruption) => Self::findings(E::CONTEXT, &interruption),
            CommandError::UnknownFinding(finding) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                format!("/problems/{}/unknown-finding", E::CONTEXT),
                "An override answers a finding",
            )
            .at("/overrides", format!("no finding {finding} was made; overrides answer findings")),
            CommandError::Stale { current } => {
                Self::new(StatusCode::PRECONDITION_FAILED, "/problems/request/stale", "It was changed since you saw it")
                    .at("If-Match", format!("the version is {current} now"))
                    .with(serde_json::json!({ "current_version": current }))
            }
            CommandError::Refused(refusal) => {
                let (status, kind, title) = refusal.kind();
                let detail = refusal.to_string();
                let problem =
                    Self::new(status, format!("/problems/{}/{kind}", E::CONTEXT), title).detail(detail.clone());
                match refusal.pointer() {
                    Some(pointer) => problem.at(pointer, detail),
                    None => problem,
                }
            }
        }
    }
}

impl<E: DomainProblem> From<AmendError<E, Self>> for Problem {
    fn from(error: AmendError<E, Self>) -> Self {
        match error {
            AmendError::Misfit(problem) => problem,
            AmendError::Command(error) => error.into(),
        }
    }
}
