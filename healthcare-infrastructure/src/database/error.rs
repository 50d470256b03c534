//! What PostgreSQL says when it refuses.

use healthcare_application::StoreError;

/// Times (22008) and numbers (22003) beyond what a type of PostgreSQL holds, and texts with a zero byte (22021, in JSON 22P05).
/// What a request says is all that can be so.
const OUT_OF_RANGE: [&str; 4] = ["22008", "22003", "22021", "22P05"];

/// Anything that is not a business refusal: the link, the server, a defect of ours. Logged once, never sent. A value that
/// is beyond what the database holds is told apart: it is the caller's.
pub fn unavailable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    let error = error.into();
    let state = error.downcast_ref::<tokio_postgres::Error>().and_then(sqlstate);
    if state.is_some_and(|state| OUT_OF_RANGE.contains(&state)) {
        return StoreError::OutOfRange;
    }
    StoreError::Unavailable(error)
}

/// The SQLSTATE of an error, if the server answered with one.
pub fn sqlstate(error: &tokio_postgres::Error) -> Option<&str> {
    error.code().map(tokio_postgres::error::SqlState::code)
}

/// The constraint an error is about.
pub fn constraint(error: &tokio_postgres::Error) -> Option<&str> {
    error.as_db_error().and_then(tokio_postgres::error::DbError::constraint)
}
