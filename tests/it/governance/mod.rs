//! What rules come to, and who saw what they said.

mod metrics;
mod report;
mod seen;
