//! No answer before its entry.

use healthcare_application::{Permit, StoreError};

/// Reads while the permit's entry is being recorded, and answers when both are done.
///
/// # Errors
/// When the reading fails, or the entry could not be recorded: then nothing of what was read is answered.
pub async fn answered<T>(
    permit: &Permit,
    reading: impl Future<Output = Result<T, StoreError>> + Send,
) -> Result<T, StoreError> {
    let (read, recorded) = futures::future::join(reading, permit.recorded()).await;
    recorded?;
    read
}
