//! A read on behalf of somebody: what it may see is said in its own transaction, in the same flush as the statement.

use std::collections::HashSet;

use healthcare_application::{Permit, StoreError, access::Circle};
use healthcare_domain::id::PatientId;
use tokio_postgres::{Row, types::ToSql};

use super::{Database, unavailable};

/// What a read may see of the patients' tables (migration 0061).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    scope: &'static str,
    patients: String,
    planned: Planned,
}

/// When a statement is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Planned {
    /// Once a session.
    Once,
    /// Each time, for what is asked for.
    Anew,
}

/// The scope of a search among all patients.
const DIRECTORY: &str = "directory";

impl Sight {
    /// The one patient of a permit; nobody when it names none.
    pub fn of(permit: &Permit) -> Self {
        Self::only(permit.patient().map(|patient| list(&[patient].into())).unwrap_or_default())
    }

    /// One patient, whose permit was made out for more.
    pub fn whose(patient: PatientId) -> Self {
        Self::only(list(&[patient].into()))
    }

    /// Lists of alerts and notifications: the patients of a circle.
    pub fn around(circle: &Circle) -> Self {
        match circle {
            Circle::Everybody | Circle::Except(_) => Self::all("house"),
            Circle::Only(patients) => Self::only(list(patients)),
        }
    }

    /// Times of all resources, whoever they are booked for; and lists of appointments that a circle bounds.
    pub const fn schedules() -> Self {
        Self::all("schedules")
    }

    /// Notes and what waits for somebody: the patients of a circle, which bounds the list itself where it is the house.
    pub fn within(circle: &Circle) -> Self {
        match circle {
            Circle::Everybody | Circle::Except(_) => Self::all("circle"),
            Circle::Only(patients) => Self::only(list(patients)),
        }
    }

    /// The review queue of broken glasses.
    pub const fn review() -> Self {
        Self::all("review")
    }

    /// Counts of what rules in the shadow would have said, and of the days patients lay in the house; no patient's own.
    pub const fn rules() -> Self {
        Self::all("rules")
    }

    /// The directory. What is looked for in it decides how: a plan made for any name is a bad one for most.
    pub const fn directory() -> Self {
        Self { scope: DIRECTORY, patients: String::new(), planned: Planned::Anew }
    }

    /// The directory, by what few people share: one plan serves whatever is asked for.
    pub const fn directory_by_key() -> Self {
        Self::all(DIRECTORY)
    }

    const fn all(scope: &'static str) -> Self {
        Self { scope, patients: String::new(), planned: Planned::Once }
    }

    const fn only(patients: String) -> Self {
        Self { scope: "", patients, planned: Planned::Once }
    }

    /// The beginning of the transaction. Nothing in it is a caller's text: a word of ours, and identities.
    fn begin(&self) -> String {
        let Self { scope, patients, planned } = self;
        let plan = match planned {
            Planned::Once => "",
            Planned::Anew => "; set local plan_cache_mode = force_custom_plan",
        };
        format!("begin read only; set local app.scope = '{scope}'; set local app.patients = '{patients}'{plan}")
    }
}

/// As PostgreSQL writes an array of uuids.
fn list(patients: &HashSet<PatientId>) -> String {
    let ids: Vec<String> = patients.iter().map(|patient| patient.0.to_string()).collect();
    format!("{{{}}}", ids.join(","))
}

impl Database {
    /// Runs one select within a sight: BEGIN with the sight, the select and COMMIT leave in one flush.
    ///
    /// # Errors
    /// When the database does not answer, or refuses.
    pub async fn read_as(
        &self,
        sight: &Sight,
        sql: &str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, StoreError> {
        let client = self.get().await?;
        let statement = client.prepare_cached(sql).await.map_err(unavailable)?;
        let begin = sight.begin();
        // Each future sends its message when it is first polled, and the three are polled in order before any waits.
        let (begun, rows, ended) = futures::future::join3(
            client.batch_execute(&begin),
            client.query(&statement, params),
            client.batch_execute("commit"),
        )
        .await;
        begun.map_err(unavailable)?;
        let rows = rows.map_err(unavailable)?;
        ended.map_err(unavailable)?;
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_sight_says_whose_rows_are_seen() {
        let one = PatientId(Uuid::from_u128(7));
        let only = Sight::around(&Circle::Only([one].into()));
        assert_eq!(
            only.begin(),
            "begin read only; set local app.scope = ''; \
             set local app.patients = '{00000000-0000-0000-0000-000000000007}'"
        );
        assert_eq!(Sight::around(&Circle::Except(HashSet::new())).scope, "house");
    }
}
