//! Decision support, pure.

/// The rules. (The engine replaces this on its merge.)
#[derive(Debug, Default)]
pub struct RuleBook;
