//! How long each rung has to answer.

use std::time::Duration;

use healthcare_application::{Role, StoreError};
use healthcare_domain::alert::Priority;

use crate::{
    database::{Database, unavailable},
    projection::priority,
};

/// Who is told, in this order. The last one is told again and again.
const ROLES: [Role; 3] = [Role::Nurse, Role::SeniorClinician, Role::Doctor];

/// How long the nurse, the senior clinician and the doctor have before the next is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ladder(pub [Duration; 3]);

impl Ladder {
    /// The demonstration's: 30, 20 and 15 seconds.
    pub const DEMO: Self = Self([Duration::from_secs(30), Duration::from_secs(20), Duration::from_secs(15)]);
}

/// Sets the ladder of a priority for all nodes. It counts from the next rung on; timers that run keep their end.
///
/// # Errors
/// When the database cannot be reached, or a delay is zero or longer than PostgreSQL can say.
pub async fn set_ladder(db: &Database, of: Priority, ladder: Ladder) -> Result<(), StoreError> {
    let client = db.get().await?;
    let rungs: Vec<i16> = (0..).take(ROLES.len()).collect();
    let roles: Vec<&str> = ROLES.iter().map(|role| role.as_str()).collect();
    let delays: Vec<f64> = ladder.0.iter().map(Duration::as_secs_f64).collect();
    let statement = client
        .prepare_cached(
            "insert into wf.ladder (priority, rung, role, delay)
             select $1, rung, role, make_interval(secs => delay)
             from unnest($2::int2[], $3::text[], $4::float8[]) step(rung, role, delay)
             on conflict (priority, rung) do update set role = excluded.role, delay = excluded.delay",
        )
        .await
        .map_err(unavailable)?;
    client.execute(&statement, &[&priority(of), &rungs, &roles, &delays]).await.map_err(unavailable)?;
    Ok(())
}
