//! A rule that changed is told to every node at once: each has the rules in memory.

use crate::projection::Statement;

/// The channel on which nodes hear that the rules have changed.
pub const CHANNEL: &str = "rules";

/// Wakes every node. Rules change seldom: the lock that NOTIFY takes at commit is of no weight.
pub fn told() -> Statement {
    Statement::new("select pg_notify('rules', '')")
}
