//! What PostgreSQL says when it refuses.

use healthcare_application::StoreError;

/// Anything that is not a business refusal: the link, the server, a defect of ours. Logged once, never sent.
pub fn unavailable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::Unavailable(error.into())
}

/// The SQLSTATE of an error, if the server answered with one.
pub fn sqlstate(error: &tokio_postgres::Error) -> Option<&str> {
    error.code().map(tokio_postgres::error::SqlState::code)
}

/// The constraint an error is about.
pub fn constraint(error: &tokio_postgres::Error) -> Option<&str> {
    error.as_db_error().and_then(tokio_postgres::error::DbError::constraint)
}
