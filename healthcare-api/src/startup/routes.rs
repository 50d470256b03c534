//! How the contexts tell their routes to the server, and to its document.

use actix_web::{
    dev::HttpServiceFactory,
    guard::{GuardContext, fn_guard},
    web::{ServiceConfig, scope},
};
use utoipa::{
    Path,
    openapi::{HttpMethod, OpenApi, path::Paths},
};
use utoipa_actix_web::OpenApiFactory;

use super::{
    matrix::{Row, row_of_route},
    requests::row_asked_for,
};

/// Where a context names what serves its routes.
///
/// The row of the access matrix that a request asks for is found by a tree before the request comes to the routes; a
/// route only asks whether that row is its own. So a request costs the same wherever its route stands, and what no row
/// lists is never reached.
pub struct Routes<'s> {
    below: &'static str,
    to: To<'s>,
}

enum To<'s> {
    Server(&'s mut ServiceConfig),
    Document(&'s mut OpenApi),
}

impl<'s> Routes<'s> {
    /// To be served below a path.
    pub fn served(below: &'static str, server: &'s mut ServiceConfig) -> Self {
        Self { below, to: To::Server(server) }
    }

    /// To be described below a path.
    pub fn described(below: &'static str, document: &'s mut OpenApi) -> Self {
        Self { below, to: To::Document(document) }
    }

    /// One more route.
    pub fn service<F>(&mut self, route: F) -> &mut Self
    where
        F: HttpServiceFactory + OpenApiFactory + Path + 'static,
    {
        match &mut self.to {
            To::Server(server) => {
                let rows = rows::<F>(self.below);
                let asked_for = move |request: &GuardContext<'_>| {
                    row_asked_for(&request.req_data()).is_some_and(|row| rows.contains(&row))
                };
                server.service(scope("").guard(fn_guard(asked_for)).service(route));
            }
            To::Document(document) => describe(&route, self.below, document),
        }
        self
    }

    /// The routes of a part of a context.
    pub fn configure(&mut self, part: fn(&mut Routes<'_>)) -> &mut Self {
        part(self);
        self
    }
}

/// The rows of a route: one for each of its methods.
fn rows<F: Path>(below: &str) -> Vec<Row> {
    let path = format!("{below}{}", F::path());
    F::methods().iter().filter_map(|method| row_of_route(name(method), &path)).collect()
}

fn describe(route: &impl OpenApiFactory, below: &str, document: &mut OpenApi) {
    let mut paths = Paths::new();
    paths.paths = route.paths().paths.into_iter().map(|(path, item)| (format!("{below}{path}"), item)).collect();
    document.paths.merge(paths);
    let mut schemas = vec![];
    route.schemas(&mut schemas);
    document.components.get_or_insert_default().schemas.extend(schemas);
}

const fn name(method: &HttpMethod) -> &'static str {
    match method {
        HttpMethod::Get => "GET",
        HttpMethod::Post => "POST",
        HttpMethod::Put => "PUT",
        HttpMethod::Delete => "DELETE",
        HttpMethod::Patch => "PATCH",
        HttpMethod::Options => "OPTIONS",
        HttpMethod::Head => "HEAD",
        HttpMethod::Trace => "TRACE",
    }
}
