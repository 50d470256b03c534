//! The references for a read: a bare actix server that answers a primary-key select of tokio-postgres, and beside it
//! the product's query without HTTP's token and permission work. Both serve on as many threads as the product.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
};

use actix_web::{
    App, HttpResponse, HttpServer,
    dev::ServerHandle,
    error::{ErrorInternalServerError, ErrorNotFound},
    get,
    web::{Data, Path},
};
use healthcare_api::{
    config::Settings,
    startup::{Part, Parts, Running},
    surface::SurfaceSettings,
};
use healthcare_application::{
    Actor, App as Ports, Call, Permission, Permit, StoreError,
    audit::{AuditFilter, AuditPaging, AuditTrail, Entry, LogPage, Receipt},
    view::Kind,
};
use healthcare_domain::id::PatientId;
use healthcare_infrastructure::platform::{Platform, PlatformSettings};
use secrecy::{ExposeSecret, SecretString};
use tokio_postgres::{Client, NoTls, Statement};
use uuid::Uuid;

/// Threads that serve, as in `healthcare serve`.
const WORKERS: usize = 2;

/// A server in this process.
pub struct Bare {
    /// Where it answers.
    pub address: SocketAddr,
    handle: ServerHandle,
}

impl Bare {
    /// Stops it.
    pub async fn stop(self) {
        self.handle.stop(false).await;
    }
}

/// A session of a thread's own, and the select it has prepared.
struct Session {
    client: Client,
    select: Statement,
}

/// What row-level security lets see everything: the reference has none.
fn sighted(url: &SecretString) -> Result<tokio_postgres::Config, tokio_postgres::Error> {
    let mut config: tokio_postgres::Config = url.expose_secret().parse()?;
    config.options("-c app.scope=system");
    Ok(config)
}

impl Session {
    async fn open(url: SecretString) -> Result<Self, tokio_postgres::Error> {
        let (client, connection) = sighted(&url)?.connect(NoTls).await?;
        actix_web::rt::spawn(connection);
        let select = client.prepare("select body from read.entry where id = $1 and item = 0").await?;
        Ok(Self { client, select })
    }
}

#[get("/bare/{id}")]
async fn answer_select(session: Data<Session>, id: Path<Uuid>) -> actix_web::Result<HttpResponse> {
    let row = session.client.query_opt(&session.select, &[&*id]).await.map_err(ErrorInternalServerError)?;
    let body: String = row.ok_or_else(|| ErrorNotFound("no such row"))?.get(0);
    Ok(HttpResponse::Ok().content_type("application/json").body(body))
}

#[get("/query/{id}")]
async fn answer_query(app: Data<Ports>, by: Data<Call>, id: Path<PatientId>) -> actix_web::Result<HttpResponse> {
    let row =
        healthcare_application::patient::get_patient(&app, &by, *id, None).await.map_err(ErrorInternalServerError)?;
    Ok(HttpResponse::Ok().content_type("application/json").body(row.body))
}

#[get("/port/{id}")]
async fn answer_port(app: Data<Ports>, permit: Data<Permit>, id: Path<PatientId>) -> actix_web::Result<HttpResponse> {
    let sealed = app.read.entry(Kind::Patient, id.0).await.map_err(ErrorInternalServerError)?;
    let sealed = sealed.ok_or_else(|| ErrorNotFound("no such patient"))?;
    let row = sealed.open(&permit).await.map_err(ErrorInternalServerError)?;
    Ok(HttpResponse::Ok().content_type("application/json").body(row.body))
}

/// Serves `GET /bare/{id}`: one select of the same row by a session of the thread's own, and nothing else.
pub fn serve_select(url: &SecretString) -> anyhow::Result<Bare> {
    let url = url.clone();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let server = HttpServer::new(move || {
        let url = url.clone();
        App::new().data_factory(move || Session::open(url.clone())).service(answer_select)
    });
    let server = server.workers(WORKERS).disable_signals().listen(listener)?.run();
    let handle = server.handle();
    tokio::spawn(server);
    Ok(Bare { address, handle })
}

/// A trail that keeps nothing and answers at once: what is measured with it is everything but the recording.
pub struct NoTrail;

#[async_trait::async_trait]
impl AuditTrail for NoTrail {
    fn record(&self, _: Entry) -> Receipt {
        Receipt::settled(Ok(()))
    }

    async fn search(&self, _: &Permit, _: &AuditFilter, _: &AuditPaging) -> Result<LogPage, StoreError> {
        Ok(LogPage { items: vec![], next_cursor: None })
    }
}

/// Serves `GET /port/{id}`: the read model alone, opened by a permit that was made out before; and `GET /query/{id}`: the
/// use case as the product's endpoint calls it, for an actor who is known already.
pub async fn serve_query(app: &Ports, by: Actor) -> anyhow::Result<Bare> {
    let permit = app.authorise(&Call::system(Uuid::nil()), Permission::ReadChart, None).await?;
    let (app, by, permit) = (Data::new(app.clone()), Data::new(Call::of(by, Uuid::nil())), Data::new(permit));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let server = HttpServer::new(move || {
        let app = App::new().app_data(app.clone()).app_data(by.clone()).app_data(permit.clone());
        app.service(answer_query).service(answer_port)
    });
    let server = server.workers(WORKERS).disable_signals().listen(listener)?.run();
    let handle = server.handle();
    tokio::spawn(server);
    Ok(Bare { address, handle })
}

/// Serves the product's whole HTTP surface, with its token and permission work, over a record that keeps no account of who
/// read what.
pub async fn serve_unrecorded(places: &PlatformSettings) -> anyhow::Result<Running> {
    let mut platform = Platform::open(places).await?;
    platform.app.audit = Arc::new(NoTrail);
    let surface = SurfaceSettings { per_address: 0, per_account: 0, ..SurfaceSettings::default() };
    let settings = Settings { surface, ..Settings::embedded(places.data_dir.clone()) };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(Running::start(platform, places, &settings, Parts::only(vec![Part::Query]), listener).await?)
}
