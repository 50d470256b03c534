//! Templates of notes and plans over REST.

mod define_template;
mod get_template;

use actix_web::http::StatusCode;
use healthcare_domain::template::TemplateError;

use crate::{problem::DomainProblem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(define_template::define_template)
        .service(define_template::revise_template)
        .service(define_template::retire_template)
        .service(get_template::list_templates)
        .service(get_template::get_template);
}

impl DomainProblem for TemplateError {
    const CONTEXT: &'static str = "template";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        let (conflict, cannot_be) = (StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY);
        match self {
            Self::Undefined => (StatusCode::NOT_FOUND, "undefined", "There is no such template"),
            Self::AlreadyDefined => (conflict, "already-defined", "The template is already defined"),
            Self::Retired => (conflict, "retired", "The template is retired"),
            Self::AnotherKind => (conflict, "another-kind", "A template stays of its kind"),
            Self::NoTitle => (cannot_be, "no-title", "A template and its parts have titles"),
            Self::BadLength => (cannot_be, "bad-length", "A template has parts, and not too many"),
            Self::NoSuchRole => (cannot_be, "no-such-role", "They cannot be asked to do it"),
        }
    }
}
