//! Query strings, read strictly. Which parameters there are was looked at before.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use chrono::{DateTime, Utc};
use healthcare_application::{order::Direction, read::Paging};
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::IntoParams;

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

/// Which day is told of, where that is all that is asked.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AsOf {
    /// As the hospital knew it then (RFC 3339).
    #[param(example = "2020-01-01T00:00:00Z")]
    pub as_of: Option<DateTime<Utc>>,
}

/// Which day is told of, and of whom, where a list goes across patients: an earlier day is told of one alone, whose record is
/// folded.
///
/// # Errors
/// When a day is asked of everybody.
pub fn of_one<W>(as_of: Option<DateTime<Utc>>, whose: Option<W>) -> Result<Option<(DateTime<Utc>, W)>, Problem> {
    match (as_of, whose) {
        (None, _) => Ok(None),
        (Some(then), Some(whose)) => Ok(Some((then, whose))),
        (Some(_), None) => {
            Err(Problem::bad_parameter("as_of", "of an earlier day one patient's are told: name `patient`"))
        }
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

/// Which page of a list that is sorted by time, in the order that was asked for or else in the list's own.
///
/// # Errors
/// When the cursor is none of ours, or the size is not one a page has.
pub fn paging<O: Into<Direction>>(
    cursor: Option<String>,
    asked: Option<u16>,
    (sort, own): (Option<O>, O),
) -> Result<Paging, Problem> {
    let after = cursor.map(|text| text.parse()).transpose();
    let after = after.map_err(|_| Problem::bad_parameter("cursor", "take it from next_cursor of the page before"))?;
    Ok(Paging { after, limit: limit(asked)?, direction: Direction::asked(sort, own) })
}
