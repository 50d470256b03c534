//! Sets of vital signs as they were charted, each with its score.

use chrono::{DateTime, Utc};
use healthcare_domain::{id::PatientId, vitals::Vitals};
use healthcare_dss::{EventRef, score::news2::News2};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use super::VitalsWithScore;
use crate::{
    App, QueryError,
    access::{Call, Permission},
    chart::{in_order, is_listed, rows_known},
    read::{EntryFilter, Page, Paging},
    score::{Applies, current_news2, of_vitals},
    store::StoreError,
};

/// A page of sets.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChartedPage {
    /// The sets, each with the NEWS2 of that set alone and its parts.
    pub items: Vec<VitalsWithScore>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
}

/// A set of vital signs as the list has it.
#[derive(Deserialize)]
struct Listed {
    id: Uuid,
    version: i32,
    #[serde(flatten)]
    vitals: serde_json::Map<String, serde_json::Value>,
}

/// A page of a patient's sets of vital signs, each with its score. With `as_of`, of those that were known then, scored by
/// what was known then of the patient.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn list_charted_vitals(
    app: &App,
    call: &Call,
    patient: PatientId,
    (filter, page): (EntryFilter, Paging),
    as_of: Option<DateTime<Utc>>,
) -> Result<ChartedPage, QueryError> {
    let permit = app.authorise(call, Permission::ReadChart, Some(patient)).await?;
    let (page, applies) = match as_of {
        None => {
            let listed = app.read.entries(&permit, patient, &filter, &page).await?;
            (listed, Applies::of(&app.read.safety(&permit, patient).await?.rows, app.reading())?)
        }
        Some(then) => {
            let known = rows_known(app, &permit, patient, then).await?;
            let applies = Applies::of(&known, app.reading())?;
            let rows = in_order(known, |row| is_listed(row, &filter), &page);
            (Page::of(rows, page.limit, |row| RawValue::from_string(row.body.clone()))?, applies)
        }
    };
    let items = page.items.into_iter().map(|body| scored(body, applies)).collect::<Result<_, StoreError>>()?;
    Ok(ChartedPage { items, next_cursor: page.next_cursor })
}

/// A set with the NEWS2 of this set alone, at the time it was measured.
fn scored(body: Box<RawValue>, applies: Applies) -> Result<VitalsWithScore, StoreError> {
    let damaged = |e: serde_json::Error| StoreError::Damaged(Box::new(e));
    let Listed { id, version, mut vitals } = serde_json::from_str(body.get()).map_err(damaged)?;
    for beside in ["status", "patient"] {
        vitals.remove(beside);
    }
    let vitals: Vitals = serde_json::from_value(vitals.into()).map_err(damaged)?;
    let signs = of_vitals(&vitals, EventRef { stream: id, version });
    let news2: Option<News2> = current_news2(&signs, applies, vitals.measured_at);
    Ok(VitalsWithScore { vitals: body, version, news2 })
}
