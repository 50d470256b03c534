//! A ward that is not there: seeded patients whose vital signs take a course, sent to a real server over its real
//! interface. What an illness does to a body is pure and repeatable; driving a server with it is not.

mod alerts;
mod bedside;
mod drive;
mod report;
mod scenario;
mod session;
mod ward;

pub use bedside::{Bedside, Sample, readings};
pub use drive::{Plan, drive};
pub use report::{Latency, SimulationReport};
pub use scenario::{Effect, Scenario};
pub use session::{Session, SessionError};
pub use ward::Staff;
