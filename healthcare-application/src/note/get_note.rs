//! A note whole, and all its versions.

use chrono::{DateTime, Utc};
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
    order::Direction,
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

/// A page of versions.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionPage {
    /// The versions, in the order that was asked for.
    pub items: Vec<VersionView>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Which page of them.
#[derive(Debug, Clone, Copy, Default)]
pub struct VersionPaging {
    /// Behind this version; from the start if absent.
    pub after: Option<u32>,
    /// At most this many, 1 to 200.
    pub limit: u16,
    /// The first version first, or the last.
    pub direction: Direction,
}

impl VersionPage {
    fn of(mut versions: Vec<Version>, page: &VersionPaging) -> Self {
        versions.retain(|one| {
            page.after.is_none_or(|after| match page.direction {
                Direction::Up => one.number > after,
                Direction::Down => one.number < after,
            })
        });
        match page.direction {
            Direction::Up => {}
            Direction::Down => versions.reverse(),
        }
        let more = versions.len() > usize::from(page.limit);
        versions.truncate(usize::from(page.limit));
        let next_cursor = versions.last().filter(|_| more).map(|last| last.number.to_string());
        let items = versions.into_iter().map(|version| VersionView { intact: version.is_intact(), version });
        Self { items: items.collect(), next_cursor }
    }
}

/// A note whole, as it counts now; with `as_of`, as it was known then.
///
/// # Errors
/// When the caller may not, there is no such note (by then) or it is somebody else's draft, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(note.id = %id))]
pub async fn get_note(
    app: &App,
    call: &Call,
    id: NoteId,
    as_of: Option<DateTime<Utc>>,
) -> Result<View<Value>, QueryError> {
    let Loaded { state, version, holder: patient, .. } = shown(app, call, id, as_of).await?;
    let of = Of { id: id.0, version, patient, at: app.clock.now() };
    whole_note(&state, of).ok_or(QueryError::NotFound)
}

/// A page of the versions of a note, each with its author, time and reason; none of a draft. With `as_of`, of those that
/// were known then.
///
/// # Errors
/// As [`get_note`].
#[tracing::instrument(skip_all, fields(note.id = %id))]
pub async fn note_versions(
    app: &App,
    call: &Call,
    id: NoteId,
    page: VersionPaging,
    as_of: Option<DateTime<Utc>>,
) -> Result<VersionPage, QueryError> {
    let versions = match shown(app, call, id, as_of).await?.state {
        Note::Unwritten | Note::Discarded => return Err(QueryError::NotFound),
        Note::Draft(_) => vec![],
        Note::Signed(signed) | Note::EnteredInError { was: signed, .. } => signed.versions().cloned().collect(),
    };
    Ok(VersionPage::of(versions, &page))
}

/// The note, for whom it is shown to. Who may read charts, but not this draft, learns as little as of what is not there.
/// Of what was thrown away nothing is shown any more, of no day; and who was taken off a draft reads no earlier state of it.
async fn shown(app: &App, call: &Call, id: NoteId, as_of: Option<DateTime<Utc>>) -> Result<Loaded<Note>, QueryError> {
    let sealed = app.load::<Note>(id).await?;
    let whose = sealed.patient().or(call.actor.patient);
    let permit = app.authorise(call, Permission::ReadChart, whose).await?;
    let now = sealed.open(&permit).await?;
    let role = role_of(&call.actor);
    if !now.state.is_shown_to(call.actor.account, &role) {
        return Err(QueryError::NotFound);
    }
    let loaded = match (as_of, &now.state) {
        (None, _) | (Some(_), Note::Unwritten | Note::Discarded) => now,
        (Some(then), Note::Draft(_) | Note::Signed(_) | Note::EnteredInError { .. }) => {
            app.load_known::<Note>(id, then).await?.open(&permit).await?
        }
    };
    let shown = loaded.state.is_shown_to(call.actor.account, &role);
    if shown { Ok(loaded) } else { Err(QueryError::NotFound) }
}
