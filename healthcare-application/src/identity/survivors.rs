//! Whoever looks for a merged patient finds the survivor.

use std::collections::{HashMap, HashSet};

use healthcare_domain::id::PatientId;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{App, access::Permit, store::StoreError};

/// Of a view its id.
#[derive(Deserialize)]
struct Whose {
    id: PatientId,
}

/// The views of a search, with survivors in the place of whom was merged into them; each once.
///
/// # Errors
/// When a view is damaged, or the record cannot be reached.
pub async fn survivors_for(
    app: &App,
    permit: &Permit,
    items: Vec<Box<RawValue>>,
) -> Result<Vec<Box<RawValue>>, StoreError> {
    let damaged = |error: serde_json::Error| StoreError::Damaged(Box::new(error));
    let ids = items.iter().map(|item| serde_json::from_str::<Whose>(item.get()).map(|found| found.id));
    let ids: Vec<PatientId> = ids.collect::<Result<_, _>>().map_err(damaged)?;
    if ids.is_empty() {
        return Ok(items);
    }
    let merged: HashMap<PatientId, _> = app.read.survivors(permit, &ids).await?.into_iter().collect();
    if merged.is_empty() {
        return Ok(items);
    }
    let mut shown = HashSet::new();
    let mut all = Vec::with_capacity(items.len());
    for (id, item) in ids.into_iter().zip(items) {
        let (id, item) = match merged.get(&id) {
            Some(survivor) => (survivor.patient, RawValue::from_string(survivor.body.clone()).map_err(damaged)?),
            None => (id, item),
        };
        if shown.insert(id) {
            all.push(item);
        }
    }
    Ok(all)
}
