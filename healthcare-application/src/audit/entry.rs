//! One line of the trail.

use std::{borrow::Cow, net::IpAddr};

use chrono::{DateTime, Utc};
use healthcare_domain::id::PatientId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What somebody did, or was not let do. It holds no name and no value of a patient: identities, classes and times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Entry {
    /// When it was asked for.
    pub at: DateTime<Utc>,
    /// The account; nil for the system itself, and for who has not signed in.
    pub actor: Uuid,
    /// Its role then.
    #[schema(example = "nurse")]
    pub role: Cow<'static, str>,
    /// The sign-in it belongs to.
    pub session: Option<Uuid>,
    /// Where from.
    #[schema(value_type = Option<String>, example = "192.0.2.7")]
    pub address: Option<IpAddr>,
    /// Why, as HL7 v3 PurposeOfUse.
    #[schema(example = "TREAT")]
    pub purpose: Cow<'static, str>,
    /// What was done, by the name of the permission or of the act.
    #[schema(example = "read_chart")]
    pub action: Cow<'static, str>,
    /// The method and the route, with the names of its parameters in place of their values; none outside of HTTP.
    #[schema(example = "GET /api/v1/patients/{id}/chart")]
    pub resource: Option<String>,
    /// The class of data.
    pub fields: Fields,
    /// Whose data.
    pub patient: Option<PatientId>,
    /// What it was done to beside a patient: an account, a session, a grant.
    pub subject: Option<Uuid>,
    /// What came of it.
    pub outcome: Outcome,
    /// Why it was denied, or what kind of reason the glass was broken for.
    pub reason: Option<Cow<'static, str>>,
    /// The request, as in logs and problems.
    pub request: Uuid,
    /// What else tells who or how: the user of the operating system, the class of a command.
    pub note: Option<String>,
}

/// The class of the data that was touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fields {
    /// Name, birth date, identifiers, sex, of many.
    Directory,
    /// Who somebody is.
    Demographics,
    /// What is charted.
    Clinical,
    /// What devices measure.
    Telemetry,
    /// Pseudonymous figures.
    Reports,
    /// Accounts, sessions and rights.
    Accounts,
    /// This trail.
    Audit,
    /// The system's own state: rules, devices, parked events.
    System,
    /// Whatever the database holds.
    Everything,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Allowed,
    /// It was not done.
    Denied,
    /// It was done on the strength of an emergency, without the relationship it would need otherwise.
    BreakGlass,
}

/// The text names none.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the audit trail knows no such word")]
pub struct UnknownWord;

impl Fields {
    /// All classes.
    pub const ALL: [Self; 9] = [
        Self::Directory,
        Self::Demographics,
        Self::Clinical,
        Self::Telemetry,
        Self::Reports,
        Self::Accounts,
        Self::Audit,
        Self::System,
        Self::Everything,
    ];

    /// The name it is stored under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Directory => "directory",
            Self::Demographics => "demographics",
            Self::Clinical => "clinical",
            Self::Telemetry => "telemetry",
            Self::Reports => "reports",
            Self::Accounts => "accounts",
            Self::Audit => "audit",
            Self::System => "system",
            Self::Everything => "everything",
        }
    }
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Self; 3] = [Self::Allowed, Self::Denied, Self::BreakGlass];

    /// The name it is stored under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::BreakGlass => "break_glass",
        }
    }
}

impl std::str::FromStr for Fields {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|one| one.as_str() == text).ok_or(UnknownWord)
    }
}

impl std::str::FromStr for Outcome {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|one| one.as_str() == text).ok_or(UnknownWord)
    }
}
