//! Use cases. A command authorises, decides and appends; a query authorises and reads. Neither knows HTTP or SQL.

pub mod access;
pub mod account;
mod again;
pub mod alarm_limits;
pub mod alert;
pub mod allergy;
pub mod audit;
pub mod backtest;
pub mod break_glass;
pub mod care_team;
pub mod cds_hooks;
pub mod chart;
pub mod check;
pub mod clock;
pub mod consent;
pub mod consultation;
pub mod decision;
pub mod device;
pub mod encounter;
pub mod entry;
pub mod error;
pub mod governance;
pub mod history;
pub mod identity;
pub mod immunization;
pub mod inbox;
pub mod live;
pub mod medication;
pub mod note;
pub mod observation;
pub mod order;
pub mod party;
pub mod patient;
pub mod plan;
pub mod problem;
pub mod procedure;
pub mod read;
pub mod rule;
pub mod scheduling;
pub mod score;
pub mod service_account;
pub mod store;
pub mod suggestion;
pub mod telemetry;
pub mod template;
pub mod transact;
pub mod view;
pub mod vitals;
pub mod ward;
pub mod written;

use std::sync::Arc;

pub use access::{Actor, Call, Permission, Permit, Role};
pub use error::{AmendError, CommandError, QueryError};
pub use store::{Committed, StoreError};

/// The ports a use case needs. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// Where events are appended and read.
    pub store: Arc<dyn store::EventStore>,
    /// Where read models are queried.
    pub read: Arc<dyn read::ReadModel>,
    /// Where it is recorded who did what.
    pub audit: Arc<dyn audit::AuditTrail>,
    /// The time, and new identities.
    pub clock: Arc<dyn clock::Clock>,
    /// Who cares for whom.
    pub care: Arc<dyn access::CareRelations>,
    /// How long a relationship and a grant last.
    pub policy: access::AccessPolicy,
    /// How patients are numbered, and which pathways there are.
    pub patients: Arc<patient::PatientPolicy>,
    /// The rules of decision support: what is in force, where and from when.
    pub rules: Arc<rule::Rules>,
}
