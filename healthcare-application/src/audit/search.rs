//! What the trail is asked.

use chrono::{DateTime, Utc};
use healthcare_domain::id::PatientId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Entry, Outcome};

/// Which entries; all that is given must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// By this account.
    pub actor: Option<Uuid>,
    /// About this patient.
    pub patient: Option<PatientId>,
    /// Done to this account, program or session, and to nobody's record.
    pub subject: Option<Uuid>,
    /// Of this kind.
    pub action: Option<String>,
    /// With this outcome.
    pub outcome: Option<Outcome>,
    /// From this time on.
    pub from: Option<DateTime<Utc>>,
    /// Before this time.
    pub to: Option<DateTime<Utc>>,
}

/// In which order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
pub enum AuditSort {
    /// The newest first.
    #[default]
    #[serde(rename = "-at")]
    Newest,
    /// The oldest first.
    #[serde(rename = "at")]
    Oldest,
}

/// A place in the trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditCursor {
    /// The time of the last entry seen.
    pub at: DateTime<Utc>,
    /// Its number.
    pub seq: i64,
}

/// Which page.
#[derive(Debug, Clone, Copy, Default)]
pub struct AuditPaging {
    /// Behind this entry; from the start if none.
    pub after: Option<AuditCursor>,
    /// At most this many.
    pub limit: u16,
    /// In this order.
    pub sort: AuditSort,
}

/// An entry as it stands in the trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Logged {
    /// Its number. Gaps are normal.
    #[schema(example = 4711)]
    pub seq: i64,
    /// What it says.
    #[serde(flatten)]
    pub entry: Entry,
    /// What the person behind the account is called now, or else the account; none for patients and programs. It stands in
    /// no entry, and is looked up when the trail is read.
    #[schema(example = "Dr. Ada Placeholt")]
    pub actor_name: Option<String>,
}

/// A page of the trail.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LogPage {
    /// The entries, in the order that was asked for.
    pub items: Vec<Logged>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
}

impl LogPage {
    /// A page of entries of which one too many was asked for.
    pub fn of(mut items: Vec<Logged>, limit: u16) -> Self {
        let more = items.len() > usize::from(limit);
        items.truncate(usize::from(limit));
        let next_cursor = items.last().filter(|_| more).map(|last| AuditCursor::of(last).to_string());
        Self { items, next_cursor }
    }
}

impl AuditCursor {
    /// The place of an entry.
    pub fn of(logged: &Logged) -> Self {
        Self { at: logged.entry.at, seq: logged.seq }
    }
}

impl std::fmt::Display for AuditCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:x}.{:x}", self.at.timestamp_micros(), self.seq)
    }
}

/// The text is not a cursor of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is not valid")]
pub struct NotACursor;

impl std::str::FromStr for AuditCursor {
    type Err = NotACursor;
    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let (at, seq) = text.split_once('.').ok_or(NotACursor)?;
        let micros = i64::from_str_radix(at, 16).map_err(|_| NotACursor)?;
        Ok(Self {
            at: DateTime::from_timestamp_micros(micros).ok_or(NotACursor)?,
            seq: i64::from_str_radix(seq, 16).map_err(|_| NotACursor)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let cursor = AuditCursor { at: "2026-11-22T01:02:03.456789Z".parse().unwrap(), seq: 12 };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        assert_eq!("12".parse::<AuditCursor>(), Err(NotACursor));
        assert_eq!("x.y".parse::<AuditCursor>(), Err(NotACursor));
    }
}
