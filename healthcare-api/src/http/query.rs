//! Query strings, read strictly. Which parameters there are was looked at before.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use healthcare_application::read::Paging;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// The parameters of a query string.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let sent = form_urlencoded::parse(request.query_string().as_bytes());
        ready(
            serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(sent))
                .map(Self)
                .map_err(|e| Problem::bad_query(&e)),
        )
    }
}

/// The size of a page: 50 unless said otherwise, never more than 200.
///
/// # Errors
/// When it is 0 or more than 200.
pub fn limit(asked: Option<u16>) -> Result<u16, Problem> {
    match asked.unwrap_or(50) {
        limit @ 1..=200 => Ok(limit),
        _ => Err(Problem::bad_parameter("limit", "1 to 200")),
    }
}

/// Which page of a list that is sorted by time.
///
/// # Errors
/// When the cursor is none of ours, or the size is not one a page has.
pub fn paging(cursor: Option<String>, asked: Option<u16>) -> Result<Paging, Problem> {
    let after = cursor.map(|text| text.parse()).transpose();
    let after = after.map_err(|_| Problem::bad_parameter("cursor", "take it from next_cursor of the page before"))?;
    Ok(Paging { after, limit: limit(asked)? })
}
