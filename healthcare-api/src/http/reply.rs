//! What a caller is answered.

use actix_web::{HttpResponse, http::header, web};
use healthcare_application::{Committed, read::Page, view::Row};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What a command brought about.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changed {
    /// The entry.
    pub id: Uuid,
    /// Its version now, as in `ETag`.
    #[schema(example = 1)]
    pub version: i32,
    /// More that was brought about, by name.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    pub extra: Option<serde_json::Value>,
}

impl Changed {
    /// 201 with the new entry's place.
    pub fn created(committed: Committed, place: &str) -> HttpResponse {
        let location = format!("{place}/{}", committed.id);
        Self::answer(HttpResponse::Created().insert_header((header::LOCATION, location)), committed)
    }

    /// 200 with the new version.
    pub fn done(committed: Committed) -> HttpResponse {
        Self::answer(&mut HttpResponse::Ok(), committed)
    }

    fn answer(response: &mut actix_web::HttpResponseBuilder, committed: Committed) -> HttpResponse {
        response.insert_header((header::ETAG, format!("\"{}\"", committed.version)));
        if committed.replayed {
            response.insert_header(("idempotent-replayed", "true"));
        }
        let Committed { id, version, extra, replayed: _ } = committed;
        response.json(Self { id, version, extra })
    }
}

/// One entry as it was rendered when it was stored.
pub struct Entity;

impl Entity {
    /// 200 with the entry and its version.
    pub fn answer(row: Row) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((header::ETAG, format!("\"{}\"", row.version)))
            .content_type("application/json")
            .body(row.body)
    }
}

/// 200 with a page, and a link to the next one.
pub fn listed(request: &actix_web::HttpRequest, page: Page) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    if let Some(next) = &page.next_cursor {
        response.insert_header(next_link(request, next));
    }
    response.json(page)
}

/// The link to the page that begins at a cursor.
pub fn next_link(request: &actix_web::HttpRequest, next: &str) -> (header::HeaderName, String) {
    (header::LINK, format!("<{}>; rel=\"next\"", next_page(request, next)))
}

/// The page that is asked for.
pub fn own_page(request: &actix_web::HttpRequest) -> String {
    request.uri().path_and_query().map_or_else(String::new, ToString::to_string)
}

/// The page that begins at a cursor.
pub fn next_page(request: &actix_web::HttpRequest, next: &str) -> String {
    let others = web::Query::<Vec<(String, String)>>::from_query(request.query_string())
        .map(web::Query::into_inner)
        .unwrap_or_default();
    let mut parameters: Vec<_> = others.into_iter().filter(|(name, _)| name != "cursor").collect();
    parameters.push(("cursor".into(), next.to_owned()));
    let query = serde_urlencoded::to_string(parameters).unwrap_or_default();
    format!("{}?{query}", request.path())
}
