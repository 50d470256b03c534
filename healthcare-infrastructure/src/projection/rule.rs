//! `read.rule`: what the house keeps of each rule, whole.

use healthcare_application::store::Change;
use healthcare_domain::AnyState;

use super::{Statement, version_after};

/// The statements for all rules of some changes.
pub fn upsert(changes: &[&Change]) -> Vec<Statement> {
    let upsert = "insert into read.rule as r (id, version, name, body) values ($1, $2, $3, $4)
        on conflict (id) do update set version = excluded.version, name = excluded.name, body = excluded.body
        where r.version < excluded.version";
    let kept = changes.iter().filter_map(|change| match &change.state {
        AnyState::Rule(rule) => rule.kept().map(|kept| (change, kept)),
        _ => None,
    });
    let statement = |(change, kept): (&&Change, &healthcare_domain::rule::Kept)| {
        // It holds text, numbers and lists alone; writing it cannot fail. PostgreSQL takes no NUL in text.
        let body = serde_json::to_string(kept).unwrap_or_default();
        Statement::new(upsert).bind(change.id).bind(version_after(change)).bind(kept.name.clone()).bind(body)
    };
    kept.map(statement).collect()
}
