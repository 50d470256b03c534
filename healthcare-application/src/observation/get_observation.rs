//! One result or other observation.

use chrono::{DateTime, Utc};
use healthcare_domain::{StreamType, id::ObservationId};

use crate::{
    App, QueryError,
    access::{Call, Permission},
    entry::{entry_known, get_entry},
    view::{Kind, Row},
};

/// The lists in which an observation stands, by what it is of; it stays in its own.
const KINDS: [Kind; 4] = [Kind::Laboratory, Kind::Observation, Kind::Vital, Kind::SocialHistory];

/// A result, or another observation; with `as_of`, as it was known then.
///
/// # Errors
/// When the caller may not, there is none (by then), or the record cannot be reached.
#[tracing::instrument(skip_all, fields(observation.id = %id))]
pub async fn get_observation(
    app: &App,
    call: &Call,
    id: ObservationId,
    as_of: Option<DateTime<Utc>>,
) -> Result<Row, QueryError> {
    if let Some(then) = as_of {
        // A vital sign that came from elsewhere is an observation too: no kind of row says by itself from which stream it is.
        let stream = (StreamType::Observation, id.0);
        return entry_known(app, call, Permission::ReadChart, stream, &KINDS, then).await;
    }
    let mut of = Kind::Laboratory;
    for kind in KINDS {
        if app.read.entry(kind, id.0).await?.is_some() {
            of = kind;
            break;
        }
    }
    get_entry(app, call, Permission::ReadChart, (of, id.0), None).await
}
