//! One set of vital signs with its score.

use chrono::{DateTime, Utc};
use healthcare_domain::{id::VitalsId, vitals::Vitals};
use healthcare_dss::{EventRef, score::news2::News2};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::{
    App, QueryError,
    access::{Call, Permission},
    chart::rows_known,
    entry::{content_of, get_entry, strict_content_of},
    score::{Applies, current_news2, of_vitals},
    view::Kind,
};

/// A set as it was charted, with the NEWS2 of this set alone.
#[derive(Debug, Serialize, ToSchema)]
pub struct VitalsWithScore {
    /// The set.
    #[schema(value_type = Object)]
    pub vitals: Box<RawValue>,
    /// Its version.
    pub version: i32,
    /// NEWS2 of this set at the time it was measured; what was not charted with it is missing. None for a set that
    /// holds no parameter of the score or was struck out.
    pub news2: Option<News2>,
}

/// A set of vital signs; with `as_of`, as it was known then, scored by what was known then of the patient.
///
/// # Errors
/// When the caller may not, there is no such set (by then), or the record cannot be reached.
#[tracing::instrument(skip_all, fields(vitals.id = %id))]
pub async fn get_vitals(
    app: &App,
    call: &Call,
    id: VitalsId,
    as_of: Option<DateTime<Utc>>,
) -> Result<VitalsWithScore, QueryError> {
    let row = get_entry(app, call, Permission::ReadChart, (Kind::VitalsSet, id.0), as_of).await?;
    let vitals: Vitals = strict_content_of(&row)?;
    let applies = match row.patient {
        Some(patient) => {
            let permit = app.authorise(call, Permission::ReadChart, Some(patient)).await?;
            match as_of {
                None => Applies::of(&app.read.safety(&permit, patient).await?.rows, app.reading())?,
                Some(then) => Applies::of(&rows_known(app, &permit, patient, then).await?, app.reading())?,
            }
        }
        None => Applies::default(),
    };
    let signs = of_vitals(&vitals, EventRef { stream: row.id, version: row.version });
    let news2 = if row.struck { None } else { current_news2(&signs, applies, vitals.measured_at) };
    Ok(VitalsWithScore { version: row.version, vitals: content_of(&row)?, news2 })
}
