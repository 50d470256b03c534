//! The rules of decision support over REST: written, tested, tried in the shadow, put into force, looked at.

mod deploy_rule;
mod draft_rule;
mod get_rule;
mod get_rule_schema;
mod get_shadow;
mod list_rules;
mod try_rule;

use actix_web::http::StatusCode;
use healthcare_application::{CommandError, rule::RuleRefused};
use healthcare_domain::rule::RuleError;

use crate::{
    problem::{DomainProblem, Problem},
    startup::Routes,
};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(get_rule_schema::get_rule_schema)
        .service(try_rule::try_rule)
        .service(draft_rule::draft_rule)
        .service(draft_rule::revise_rule)
        .service(draft_rule::test_rule)
        .service(deploy_rule::shadow_rule)
        .service(deploy_rule::activate_rule)
        .service(deploy_rule::retire_rule)
        .service(list_rules::list_rules)
        .service(get_rule::get_rule)
        .service(get_rule::list_versions)
        .service(get_rule::get_version)
        .service(get_rule::diff_rule)
        .service(get_shadow::get_shadow);
}

impl DomainProblem for RuleRefused {
    const CONTEXT: &'static str = "rule";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        let (conflict, cannot_be) = (StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY);
        match self {
            Self::Document(_) => (cannot_be, "document", "The document is no rule that can be judged"),
            Self::NoSuchWard => (cannot_be, "no-such-ward", "The house has no such ward"),
            Self::Rule(error) => match error {
                RuleError::NoSuchVersion => (StatusCode::NOT_FOUND, "no-such-version", "There is no such version"),
                RuleError::VersionNotNew(_) => (conflict, "version-not-new", "A new version has a higher number"),
                RuleError::Immutable => (conflict, "immutable", "What is past the draft never changes"),
                RuleError::AnotherRule => (cannot_be, "another-rule", "A draft stays of its rule and version"),
                RuleError::NotCovered => (cannot_be, "not-covered", "The tests do not show both"),
                RuleError::NotTested => (conflict, "not-tested", "It has to pass its tests first"),
                RuleError::TestsFail => (conflict, "tests-fail", "Its tests do not hold any more"),
                RuleError::NotShadowed => (conflict, "not-shadowed", "It has to be in the shadow first"),
                RuleError::SecondPerson => (conflict, "second-person", "A second person is needed"),
                RuleError::AlreadyShadowed => (conflict, "already-shadowed", "It is in the shadow there"),
                RuleError::AlreadyActive => (conflict, "already-active", "It is in force there"),
                RuleError::AlreadyRetired => (conflict, "already-retired", "It is retired"),
                RuleError::InThePast => (cannot_be, "in-the-past", "A rule comes into force now or later"),
                RuleError::NoWard => (cannot_be, "no-ward", "It would be judged nowhere"),
            },
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::NoSuchWard | Self::Rule(RuleError::NoWard) => Some("/wards"),
            Self::Rule(RuleError::InThePast) => Some("/effective_at"),
            Self::Rule(RuleError::VersionNotNew(_)) => Some("/document/version"),
            Self::Rule(RuleError::AnotherRule) => Some("/document/id"),
            Self::Rule(RuleError::NotCovered) => Some("/document/tests"),
            Self::Document(_) | Self::Rule(_) => None,
        }
    }
}

/// As every refusal, and where a document cannot be judged with the place in it.
fn refusal(error: CommandError<RuleRefused>) -> Problem {
    let place = match &error {
        CommandError::Refused(RuleRefused::Document(fault)) => Some((pointer(&fault.path), fault.reason.clone())),
        _ => None,
    };
    let problem = Problem::from(error);
    match place {
        Some((pointer, reason)) => problem.at(pointer, reason),
        None => problem,
    }
}

/// A JSON path such as `when.all[0].observation.unit`, as a pointer into the body.
fn pointer(path: &str) -> String {
    let parts = path.split(['.', '[', ']']).filter(|part| !part.is_empty());
    parts.fold("/document".to_owned(), |so_far, part| format!("{so_far}/{part}"))
}

#[cfg(test)]
mod tests {
    use super::pointer;

    #[test]
    fn a_path_becomes_a_pointer_into_the_body() {
        assert_eq!(pointer("when.all[0].observation.unit"), "/document/when/all/0/observation/unit");
        assert_eq!(pointer("."), "/document");
    }
}
