//! `GET /inbox`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use healthcare_application::{
    App, QueryError,
    inbox::{self, Inbox, InboxFilter, InboxKind, InboxSort},
    read::Paging,
};
use healthcare_domain::id::PatientId;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    http::{Caller, Query, limit, next_link},
    problem::Problem,
};

/// Which things; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedInbox {
    /// Of this kind.
    #[param(inline)]
    kind: Option<InboxKind>,
    /// About this patient.
    #[param(value_type = Option<uuid::Uuid>)]
    patient: Option<PatientId>,
    /// In which order; what is due first comes first if absent.
    #[param(inline)]
    sort: Option<InboxSort>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// What waits for the caller: drafts to sign, notes to co-sign, tasks, reviews that are due, alerts nobody has answered,
/// offers of the waitlist, broken glasses to review; of patients whom they may know, with the count of each kind. What is
/// dealt with is gone. New co-signatures, tasks and offers are told over `/live` as they come.
#[utoipa::path(tag = "inbox", params(WantedInbox), responses((status = 200, description = "a page", body = Inbox)))]
#[get("/inbox")]
pub async fn list_inbox(
    app: Data<App>,
    caller: Caller,
    wanted: Query<WantedInbox>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let WantedInbox { kind, patient, sort, cursor, limit: asked } = wanted.0;
    let after = cursor.map(|text| text.parse()).transpose().map_err(|_| QueryError::BadCursor)?;
    let page = Paging { after, limit: limit(asked)?, ..Paging::default() };
    let filter = InboxFilter { kind, patient, sort: sort.unwrap_or_default() };
    let inbox = inbox::list_inbox(&app, &caller.0, filter, page).await?;
    let mut response = HttpResponse::Ok();
    if let Some(next) = &inbox.next_cursor {
        response.insert_header(next_link(&request, next));
    }
    Ok(response.json(inbox))
}
