//! Finds notes by what they say.

use healthcare_domain::id::PatientId;

use super::{NoteSearch, NotesFound};
use crate::{
    App, QueryError,
    access::{Call, Circle, Permission},
};

/// What words find among the notes of a patient, or of all patients whom the caller may know. A draft is found by its
/// author and by those who are to co-sign it alone; what was struck out is found by nobody. Of each patient whose note
/// is shown it is recorded that it was; what was looked for is recorded nowhere.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn search_notes(
    app: &App,
    call: &Call,
    patient: Option<PatientId>,
    search: NoteSearch,
) -> Result<NotesFound, QueryError> {
    let permit = app.authorise(call, Permission::ReadChart, patient).await?;
    let circle = match patient {
        Some(patient) => Circle::Only([patient].into()),
        None => app.circle(call, Permission::ReadChart).await?,
    };
    Ok(app.read.find_notes(&permit, &circle, &call.actor, &search).await?)
}
