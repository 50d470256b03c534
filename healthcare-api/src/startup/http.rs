//! The HTTP server: routes, limits, headers, problems.

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use actix_web::{
    App, HttpServer,
    body::{BoxBody, MessageBody},
    dev::{Server, ServiceRequest, ServiceResponse},
    middleware::{Compress, Condition, Next, from_fn},
    web::{self, Data, scope},
};
use healthcare_infrastructure::{
    access::oidc::SingleSignOn, cds_hooks::CdsHooks, kafka::Kafka, live::Hub, platform::Platform,
};
use healthcare_telemetry_gateway::transport::Transport;
use tracing_actix_web::TracingLogger;
use utoipa::OpenApi as _;

use super::{
    Parts, Routes,
    elsewhere::only_what_is_served_here,
    gate::only_who_may,
    head::{answered_at, head_as_get},
    parameters::{self, only_known_parameters},
    requests::{self, RequestSpan},
};
use crate::{
    audit::Denials,
    problem::Problem,
    surface::{self, ClientCertificate, Rates, SurfaceSettings, Tls},
    system,
};

/// The largest body that is read, in bytes; imports have a limit of their own.
const BODY_LIMIT: usize = 1 << 20;
/// How long a connection is kept open that asks for nothing.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The HTTP server over a platform.
pub struct Http {
    /// The adapters.
    pub platform: Platform,
    /// What follows the outbox and the vitals.
    pub hub: Hub,
    /// The way in for readings.
    pub telemetry: Transport,
    /// The event backbone, where it is configured, to see whether it answers.
    pub kafka: Option<Kafka>,
    /// Single sign-on, where it is configured.
    pub sso: Option<SingleSignOn>,
    /// Decision support for other systems.
    pub cds_hooks: CdsHooks,
    /// Which pages may ask for it.
    pub cds_origins: crate::cds_hooks::Origins,
    /// Which parts answer here.
    pub parts: Parts,
    /// How the surface is bounded.
    pub surface: SurfaceSettings,
    /// How often who may ask.
    pub rates: Rates,
    /// The certificate; plain HTTP if there is none.
    pub tls: Option<Tls>,
    /// Threads that serve requests.
    pub workers: usize,
}

impl Http {
    /// Serves on a listener until the server's handle is told to stop; then it answers what it has begun.
    ///
    /// # Errors
    /// When the listener or the client CA cannot be used.
    pub fn serve(self, listener: TcpListener) -> std::io::Result<Server> {
        let Self { platform, telemetry, hub, kafka, sso, cds_hooks, cds_origins, parts, surface, rates, tls, workers } =
            self;
        let bounds = surface.clone();
        parameters::prepare();
        let denials = Denials::default();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(Data::new(platform.app.clone()))
                .app_data(Data::new(platform.access.clone()))
                .app_data(Data::new(platform.clone()))
                .app_data(Data::new(hub.clone()))
                .app_data(Data::new(telemetry.clone()))
                .app_data(Data::new(kafka.clone()))
                .app_data(Data::new(sso.clone()))
                .app_data(Data::new(cds_hooks.clone()))
                .app_data(Data::new(cds_origins.clone()))
                .app_data(Data::new(parts.clone()))
                .app_data(Data::new(surface.clone()))
                .app_data(Data::new(rates.clone()))
                .app_data(Data::new(denials.clone()))
                .app_data(web::PayloadConfig::new(BODY_LIMIT))
                .app_data(
                    web::PathConfig::default()
                        .error_handler(|_, _| Problem::bad_parameter("id", "the path holds a UUID here").into()),
                )
                .configure(|server| root(&mut Routes::served("", server)))
                .service(scope(API).configure(|server| api(&mut Routes::served(API, server))))
                .configure(system::swagger)
                .default_service(web::to(not_here))
                .wrap(from_fn(only_known_parameters))
                .wrap(from_fn(only_who_may))
                .wrap(from_fn(only_what_is_served_here))
                .wrap(from_fn(crate::audit::record_sign_ins))
                .wrap(from_fn(surface::admit))
                .wrap(from_fn(name_the_request))
                .wrap(Compress::default())
                .wrap(from_fn(crate::cds_hooks::cors))
                .wrap(Condition::new(!surface.origins.is_empty(), surface::cors(&surface.origins)))
                .wrap(from_fn(surface::protect))
                .wrap(TracingLogger::<RequestSpan>::new())
                // Outermost: the span names the route of a GET.
                .wrap(from_fn(head_as_get))
        });
        let server = server
            .workers(workers)
            .shutdown_timeout(20)
            .disable_signals()
            .max_connections(bounds.max_connections.div_ceil(workers.max(1)))
            .client_request_timeout(bounds.head)
            .keep_alive(KEEP_ALIVE)
            .on_connect(|connection, notes| {
                if let Some(shown) = ClientCertificate::of(connection) {
                    notes.insert(shown);
                }
            });
        let server = match tls {
            None => server.listen(listener)?,
            Some(tls) => {
                let config = tls.server_config().map_err(std::io::Error::other)?;
                server.tls_handshake_timeout(bounds.head).listen_rustls_0_23(listener, config)?
            }
        };
        Ok(server.run())
    }
}

/// Where the platform's own interface stands.
const API: &str = "/api/v1";

/// What stands elsewhere.
fn root(routes: &mut Routes<'_>) {
    routes.configure(system::routes).configure(crate::cds_hooks::services);
}

/// Everything under [`API`].
fn api(routes: &mut Routes<'_>) {
    routes
        .configure(crate::telemetry::routes)
        .configure(crate::identity::routes)
        .configure(crate::patient::routes)
        .service(system::openapi_json)
        .configure(crate::access::routes)
        .configure(crate::account::routes)
        .configure(crate::service_account::routes)
        .configure(crate::cds_hooks::routes)
        .configure(crate::device::routes)
        .configure(crate::import::routes)
        .configure(crate::allergy::routes)
        .configure(crate::consent::routes)
        .configure(crate::problem_list::routes)
        .configure(crate::encounter::routes)
        .configure(crate::ward::routes)
        .configure(crate::procedure::routes)
        .configure(crate::immunization::routes)
        .configure(crate::history::routes)
        .configure(crate::vitals::routes)
        .configure(crate::observation::routes)
        .configure(crate::check::routes)
        .configure(crate::score::routes)
        .configure(crate::alarm_limits::routes)
        .configure(crate::alert::routes)
        .configure(crate::live::routes)
        .configure(crate::medication::routes)
        .configure(crate::consultation::routes)
        .configure(crate::note::routes)
        .configure(crate::plan::routes)
        .configure(crate::template::routes)
        .configure(crate::inbox::routes)
        .configure(crate::suggestion::routes)
        .configure(crate::backtest::routes)
        .configure(crate::governance::routes)
        .configure(crate::rule::routes)
        .configure(crate::audit::routes)
        .configure(crate::care_team::routes)
        .configure(crate::break_glass::routes)
        .configure(crate::scheduling::routes)
        .configure(crate::chart::routes);
}

/// The OpenAPI document of all routes.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = system::Document::openapi();
    api(&mut Routes::described(API, &mut document));
    root(&mut Routes::described("", &mut document));
    document
}

/// A path that is not there, or one that does not know the method.
async fn not_here(request: actix_web::HttpRequest) -> Result<actix_web::HttpResponse, Problem> {
    let methods = answered_at(crate::http::path(&request));
    Err(if methods.is_empty() { Problem::not_found() } else { Problem::method_not_allowed(&methods) })
}

/// Writes the request's id into its problem and its headers, and counts it.
async fn name_the_request(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let id = crate::http::request_id(request.request());
    let begun = Instant::now();
    let mut response = match next.call(request).await {
        Ok(response) => response.map_into_boxed_body(),
        Err(error) => return Err(error),
    };
    let problem = response.response().error().and_then(|error| error.as_error::<Problem>()).cloned();
    if let Some(problem) = problem {
        let problem = Problem { request_id: Some(id), ..problem };
        let (request, _) = response.into_parts();
        response = ServiceResponse::new(request, actix_web::ResponseError::error_response(&problem));
    }
    requests::count(response.request(), response.status(), begun.elapsed());
    if let Ok(value) = id.to_string().parse() {
        response.headers_mut().insert(actix_web::http::header::HeaderName::from_static("x-request-id"), value);
    }
    Ok(response)
}
