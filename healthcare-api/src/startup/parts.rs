//! The parts of the server, which run in one process or apart.

use clap::ValueEnum;

/// A part that can run on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Commands over REST.
    Command,
    /// Queries over REST, the live channel, Swagger UI.
    Query,
    /// Ticks, and the consumers of the log that keep read models and reports.
    Projector,
    /// Decision support on events.
    Dss,
    /// Telemetry.
    Gateway,
    /// Timers, escalation, relay.
    Worker,
}

/// The parts that run in this process.
#[derive(Debug, Clone)]
pub struct Parts(Vec<Part>);

impl Parts {
    /// All of them.
    pub fn all() -> Self {
        Self(Part::value_variants().to_vec())
    }

    /// These; all if none is named.
    pub fn only(parts: Vec<Part>) -> Self {
        if parts.is_empty() { Self::all() } else { Self(parts) }
    }

    /// Whether a part runs here.
    pub fn has(&self, part: Part) -> bool {
        self.0.contains(&part)
    }
}
