//! The gate in front of all routes: the role is looked at before anything else of a request is.

use actix_web::{
    HttpMessage,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web::Data,
};
use healthcare_application::{App, Permission, access::Denied};
use healthcare_domain::id::PatientId;

use super::{
    matrix::{Guard, Row},
    requests::row_asked_for,
};
use crate::{
    http::{path, plain, signed_in},
    problem::Problem,
};

/// Lets pass whoever's role may call the route. A route that nobody has listed is closed to all. What else a use case
/// asks for, above all a care relationship, it asks for itself.
pub async fn only_who_may(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    match admit(&request).await {
        Ok(()) => next.call(request).await.map(ServiceResponse::map_into_boxed_body),
        // A response rather than an error, so that it is named and counted like any other.
        Err(problem) => Ok(ServiceResponse::from_err(problem, request.into_parts().0)),
    }
}

async fn admit(request: &ServiceRequest) -> Result<(), Problem> {
    let guard = match row_asked_for(&request.extensions()).map(Row::guard) {
        // An own account's routes ask for a token of their kind by themselves: of some, one that is good for no other.
        Some(Guard::Public | Guard::SignedIn) => return Ok(()),
        Some(guard) => guard,
        // What no row lists, no route answers.
        None => return Ok(()),
    };
    let has_token = request.headers().contains_key(header::AUTHORIZATION);
    if matches!(guard, Guard::Ticket(_)) && !has_token {
        return Ok(());
    }
    let (actor, _) = signed_in(request.request()).await?;
    // A program may no more than its scopes, whatever its role.
    if guard.admits(actor.role) && (actor.scopes.is_none() || guard.permissions().iter().any(|one| actor.may(*one))) {
        return Ok(());
    }
    let app = request.app_data::<Data<App>>().ok_or_else(Problem::unavailable)?;
    // The use case's own gate says what is missing, so that every denial is made, and recorded, in one place.
    let needed = guard.permissions().first().copied().unwrap_or(Permission::OperateSystem);
    app.authorise(&plain(request.request(), actor), needed, patient_in(path(request.request()))).await?;
    // A program's scope is missing where its role has the permission: what it asks for first is what it lacks.
    Err(Denied::Role(needed).into())
}

/// The patient that a path names, so that a denial tells whose record was asked for.
fn patient_in(of: &str) -> Option<PatientId> {
    of.strip_prefix("/api/v1/patients/")?.split('/').next()?.parse().ok()
}
