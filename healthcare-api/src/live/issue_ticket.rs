//! `POST /live/tickets`.

use actix_web::{HttpRequest, HttpResponse, post, web::Data};
use healthcare_application::{App, Permission};
use healthcare_infrastructure::{
    live::{Holder, Tickets},
    platform::Platform,
};
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    http::{plain, signed_in},
    problem::Problem,
};

/// A ticket, to be shown once.
#[derive(Serialize, ToSchema)]
pub struct Ticket {
    /// For `?ticket=` of the live connection.
    ticket: String,
    /// Seconds in which it can be redeemed.
    #[schema(example = 30)]
    expires_in: u32,
}

/// A one-time ticket for the live connection, where a browser cannot send the bearer header.
#[utoipa::path(tag = "live", responses(
    (status = 201, description = "a ticket", body = Ticket),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
))]
#[post("/live/tickets")]
pub async fn issue_ticket(
    app: Data<App>,
    platform: Data<Platform>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (actor, until) = signed_in(&request).await?;
    app.authorise(&plain(&request, actor.clone()), Permission::ReadLive, None).await?;
    let ticket = Tickets::new(platform.db.clone()).issue(&Holder { actor, until }).await?;
    let ticket = Ticket { ticket: ticket.expose_secret().to_owned(), expires_in: Tickets::SECONDS };
    Ok(HttpResponse::Created().json(ticket))
}
