//! A note whole, and all its versions.

use healthcare_domain::{
    id::NoteId,
    note::{Note, Version},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    App, QueryError,
    access::{Call, Permission},
    party::role_of,
    transact::Loaded,
    view::{Of, View, whole_note},
};

/// A version, and whether it is still word by word what was signed.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionView {
    /// The version.
    #[serde(flatten)]
    pub version: Version,
    /// Whether its content has the hash that was signed.
    pub intact: bool,
}

/// A note whole, as it counts now.
///
/// # Errors
/// When the caller may not, there is no such note or it is somebody else's draft, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(note.id = %id))]
pub async fn get_note(app: &App, call: &Call, id: NoteId) -> Result<View<Value>, QueryError> {
    let Loaded { state, version, holder: patient, .. } = shown(app, call, id).await?;
    let of = Of { id: id.0, version, patient, at: app.clock.now() };
    whole_note(&state, of).ok_or(QueryError::NotFound)
}

/// Every version of a note with its author, time and reason, the first one first; none of a draft.
///
/// # Errors
/// As [`get_note`].
#[tracing::instrument(skip_all, fields(note.id = %id))]
pub async fn note_versions(app: &App, call: &Call, id: NoteId) -> Result<Vec<VersionView>, QueryError> {
    match shown(app, call, id).await?.state {
        Note::Unwritten | Note::Discarded => Err(QueryError::NotFound),
        Note::Draft(_) => Ok(vec![]),
        Note::Signed(signed) | Note::EnteredInError { was: signed, .. } => {
            let versions = signed.versions().cloned();
            Ok(versions.map(|version| VersionView { intact: version.is_intact(), version }).collect())
        }
    }
}

/// The note, for whom it is shown to. Who may read charts, but not this draft, learns as little as of what is not there.
async fn shown(app: &App, call: &Call, id: NoteId) -> Result<Loaded<Note>, QueryError> {
    let sealed = app.load::<Note>(id).await?;
    let whose = sealed.patient().or(call.actor.patient);
    let permit = app.authorise(call, Permission::ReadChart, whose).await?;
    let loaded = sealed.open(&permit).await?;
    let shown = loaded.state.is_shown_to(call.actor.account, &role_of(&call.actor));
    if shown { Ok(loaded) } else { Err(QueryError::NotFound) }
}
