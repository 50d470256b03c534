//! The real server over a database of its own: what almost every test of a use case starts from.

use std::{
    collections::HashMap,
    net::{Ipv4Addr, TcpListener},
    sync::mpsc,
    thread::JoinHandle,
};

use healthcare_api::{
    cds_hooks::CdsHooksConfig,
    config::{PatientSettings, Settings},
    startup::{Part, Parts, Running, govern, rules_of_site},
    surface::SurfaceSettings,
};
use healthcare_application::{Role, access::Strength};
use healthcare_domain::id::{AccountId, PatientId};
use healthcare_infrastructure::{
    access::{NewAccount, Origin, SecondFactorPolicy, oidc::OidcSettings},
    care::{WHOLE_HOUSE, put_named_on_ward},
    embedded::roles,
    platform::{Platform, PlatformSettings},
};
use reqwest::{Method, RequestBuilder, header::HeaderMap};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::{
    bare_record::apply_migrations,
    login::Login,
    postgres::{TestDatabase, database},
};

/// Long enough for the rules; a test server knows no secrets.
const PASSWORD: &str = "correct horse battery staple";

/// A server that one test has to itself. Dropped, it stops, and asserts that the record it leaves is whole.
pub struct TestApp {
    /// Where it listens, without a slash at the end.
    pub url: String,
    /// The adapters over the same record, apart from the server's own, for what HTTP does not show.
    pub platform: Platform,
    /// The databases.
    pub database: TestDatabase,
    /// How to open another platform over the same record.
    pub places: PlatformSettings,
    client: reqwest::Client,
    tokens: Mutex<HashMap<Role, String>>,
    logins: Mutex<HashMap<String, Login>>,
    stop: Option<Box<dyn FnOnce() + Send + Sync>>,
    server: Option<JoinHandle<()>>,
    _directory: TempDir,
}

/// What the server answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as JSON; null where there is none, and a string where it is not JSON.
    pub body: Value,
}

/// What a server leans on beside its database; nothing by default.
#[derive(Debug, Clone, Default)]
pub struct Backing {
    /// `KAFKA_BROKERS`.
    pub kafka: Option<String>,
    /// `REDIS_URL`.
    pub redis: Option<String>,
    /// How its HTTP surface is bounded.
    pub surface: SurfaceSettings,
    /// Single sign-on at an issuer of the test's; the server is named when it listens.
    pub oidc: Option<OidcSettings>,
    /// Whether the house asks its staff for a second factor.
    pub second_factor: SecondFactorPolicy,
    /// How patients are numbered, and which pathways there are.
    pub patients: PatientSettings,
    /// How other systems may ask decision support.
    pub cds_hooks: CdsHooksConfig,
    /// The time zone of the site; UTC if absent.
    pub time_zone: Option<chrono_tz::Tz>,
    /// `HEALTHCARE_KNOWLEDGE`: the folder of what the site lays over the shipped knowledge.
    pub knowledge: Option<std::path::PathBuf>,
    /// Which parts run; all if none is named.
    pub parts: Vec<Part>,
}

/// Starts the server on a free port with a freshly migrated database and embedded defaults.
///
/// # Panics
/// When anything does not start: no test could go on.
pub async fn spawn_app() -> TestApp {
    spawn_app_with(Backing::default()).await
}

/// As [`spawn_app`], with a Kafka at these brokers if any.
///
/// # Panics
/// As [`spawn_app`].
pub async fn spawn_app_over(brokers: Option<String>) -> TestApp {
    spawn_app_with(Backing { kafka: brokers, ..Backing::default() }).await
}

/// The same, over real servers of the test's.
///
/// # Panics
/// When anything does not start: no test could go on.
pub async fn spawn_app_with(backing: Backing) -> TestApp {
    let database = database(apply_migrations).await;
    let directory = tempfile::tempdir().expect("a directory");
    let places = PlatformSettings {
        database_url: database.urls.app.clone().into(),
        owner_url: None,
        keys_url: database.urls.keys.clone().into(),
        keys_owner_url: None,
        sealer_url: Some(database.urls.sealer.clone().into()),
        data_dir: directory.path().to_owned(),
        redis_url: backing.redis.clone().map(Into::into),
        pool_size: 16,
    };
    let platform = Platform::open(&places).await.expect("the adapters open");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let mut backing = backing;
    if let Some(oidc) = &mut backing.oidc {
        oidc.redirect_base.clone_from(&url);
    }
    let (stop, server) = serve(listener, places.clone(), backing);
    TestApp {
        url,
        platform,
        database,
        places,
        client: reqwest::Client::new(),
        tokens: Mutex::default(),
        logins: Mutex::default(),
        stop: Some(stop),
        server: Some(server),
        _directory: directory,
    }
}

type Stop = Box<dyn FnOnce() + Send + Sync>;

/// The server on a thread and a runtime of its own, so that a test that blocks or ends does not hold it up.
fn serve(listener: TcpListener, places: PlatformSettings, backing: Backing) -> (Stop, JoinHandle<()>) {
    let (told, hears) = mpsc::channel::<Stop>();
    let server = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let mut platform = Platform::open(&places).await.expect("the adapters open");
            let settings = Settings {
                kafka_brokers: backing.kafka,
                redis_url: backing.redis.map(Into::into),
                surface: backing.surface,
                oidc: backing.oidc,
                second_factor: backing.second_factor,
                patients: backing.patients,
                cds_hooks: backing.cds_hooks,
                time_zone: backing.time_zone.unwrap_or(chrono_tz::UTC),
                knowledge: backing.knowledge,
                ..Settings::embedded(places.data_dir.clone())
            };
            govern(&mut platform, &settings);
            if let Some(rules) = rules_of_site(&settings).expect("the knowledge of the site") {
                platform.app.rules = rules;
            }
            let running = Running::start(platform, &places, &settings, Parts::only(backing.parts), listener).await;
            let running = running.expect("a server");
            let (stop, stopped) = tokio::sync::oneshot::channel();
            told.send(Box::new(move || stop.send(()).unwrap_or_default())).expect("the test waits for it");
            stopped.await.ok();
            running.stop().await.expect("the server ran");
        });
    });
    (hears.recv().expect("the server started"), server)
}

impl TestApp {
    /// Asks for something as a role.
    pub async fn get(&self, role: Role, path: &str) -> Answer {
        self.request(role, Method::GET, path).await.answer().await
    }

    /// Sends a command as a role.
    pub async fn post(&self, role: Role, path: &str, body: Value) -> Answer {
        self.request(role, Method::POST, path).await.json(&body).answer().await
    }

    /// Changes something as a role; `seen` is the version for `If-Match`.
    pub async fn patch(&self, role: Role, path: &str, seen: i64, body: Value) -> Answer {
        let request = self.request(role, Method::PATCH, path).await;
        request.header("if-match", format!("\"{seen}\"")).json(&body).answer().await
    }

    /// A request as a role, to be finished by the test: headers, a body of any kind.
    pub async fn request(&self, role: Role, method: Method, path: &str) -> RequestBuilder {
        let token = self.token(role).await;
        self.anonymous(method, path).bearer_auth(token)
    }

    /// Speaks through another client from now on, to another form of the address.
    pub fn speak_through(&mut self, client: reqwest::Client, scheme: &str) {
        self.client = client;
        self.url = self.url.replace("http://", &format!("{scheme}://"));
    }

    /// A request of nobody.
    pub fn anonymous(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// An access token of a role; the account is made when it is first asked for.
    ///
    /// # Panics
    /// When the account cannot sign in.
    pub async fn token(&self, role: Role) -> String {
        let mut tokens = self.tokens.lock().await;
        if let Some(token) = tokens.get(&role) {
            return token.clone();
        }
        let token = self.sign_up(role.as_str(), role, None).await;
        tokens.insert(role, token.clone());
        token
    }

    /// Makes a further account, signs it in, and answers its access token.
    ///
    /// # Panics
    /// When that does not work.
    pub async fn sign_up(&self, name: &str, role: Role, patient: Option<PatientId>) -> String {
        self.enrol(NewAccount { username: name.to_owned(), role, patient, device: None }).await
    }

    /// Makes any account, which serves the whole house where it is staff's, signs it in, and answers its access token.
    ///
    /// # Panics
    /// When that does not work.
    pub async fn enrol(&self, new: NewAccount) -> String {
        let login = self.make(new).await;
        login.sign_in_through(&self.client, &self.url).await
    }

    /// Makes any account, which serves the whole house where it is staff's, activated and with a second factor where its
    /// role needs one. It has not signed in yet.
    ///
    /// # Panics
    /// When that does not work.
    pub async fn make(&self, new: NewAccount) -> Login {
        let serves = !matches!(new.role, Role::Patient | Role::Device);
        let login = Login::made(&self.platform.access, new, PASSWORD).await;
        if serves {
            put_named_on_ward(&self.platform.db, &login.username, WHOLE_HOUSE).await.expect("a ward");
        }
        self.logins.lock().await.insert(login.username.clone(), login.clone());
        login
    }

    /// How an account of this test signs in.
    ///
    /// # Panics
    /// When there is none of this name.
    pub async fn login(&self, username: &str) -> Login {
        self.logins.lock().await.get(username).cloned().unwrap_or_else(|| panic!("an account {username}"))
    }

    /// Makes an account of staff that works on these wards and nowhere else, signs it in, and answers its identity and
    /// its access token.
    ///
    /// # Panics
    /// When that does not work.
    pub async fn hire(&self, name: &str, role: Role, wards: &[&str]) -> (AccountId, String) {
        let new = NewAccount { username: name.to_owned(), role, patient: None, device: None };
        let login = Login::made(&self.platform.access, new, PASSWORD).await;
        for ward in wards {
            put_named_on_ward(&self.platform.db, name, ward).await.expect("a ward");
        }
        let account = self.owner().await.query_one("select id from auth.account where username = $1", &[&name]).await;
        (AccountId(account.expect("the account").get(0)), login.sign_in_through(&self.client, &self.url).await)
    }

    /// An access token of a sign-in that showed a password alone, as an issuer of single sign-on may answer for.
    ///
    /// # Panics
    /// When the account may not sign in.
    pub async fn sign_in_weakly(&self, account: AccountId) -> String {
        let opened = self.platform.access.open_session(account, Strength::Password, &Origin::default()).await;
        opened.expect("the database answers").expect("an account that may sign in").access_token
    }

    /// A session as the database's owner, to look and to disturb.
    ///
    /// # Panics
    /// When the owner cannot sign in.
    pub async fn owner(&self) -> tokio_postgres::Client {
        roles::connect(&self.database.urls.owner.clone().into()).await.expect("the owner signs in")
    }

    /// How many events the record holds beside those of the accounts that the tests sign in with.
    pub async fn clinical_events(&self) -> i64 {
        self.count("es.event where stream_type <> 'account'").await
    }

    /// Counts rows; `of` is a test's own SQL, e.g. `es.event where version = 2`.
    ///
    /// # Panics
    /// When it is not SQL.
    pub async fn count(&self, of: &str) -> i64 {
        self.owner().await.query_one(&format!("select count(*) from {of}"), &[]).await.expect("a count").get(0)
    }
}

/// Sends a request and reads the whole answer.
pub trait Ask {
    /// What the server answers.
    fn answer(self) -> impl Future<Output = Answer> + Send;
}

impl Ask for RequestBuilder {
    async fn answer(self) -> Answer {
        Answer::of(self.send().await.expect("the server answers")).await
    }
}

impl Answer {
    /// Reads a whole answer.
    ///
    /// # Panics
    /// When it breaks off.
    pub async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a whole body");
        let body =
            if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) };
        Self { status, headers, body }
    }

    /// The identity in the body.
    ///
    /// # Panics
    /// When there is none.
    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_else(|| panic!("an id: {self:?}")).to_owned()
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Asserts the status and answers the body.
    ///
    /// # Panics
    /// When the status is another one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{:#}", self.body);
        self
    }

    /// Asserts that this is a problem of a kind that names its request, with these places.
    ///
    /// # Panics
    /// When it is something else.
    #[track_caller]
    pub fn expect_problem(self, status: u16, kind: &str, places: &[&str]) -> Self {
        assert_eq!((self.status, self.body["type"].as_str()), (status, Some(kind)), "{:#}", self.body);
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{:?}", self.headers);
        assert_eq!(self.body["status"], status, "{:#}", self.body);
        assert!(self.body["title"].is_string(), "{:#}", self.body);
        assert_eq!(self.header("x-request-id"), self.body["request_id"].as_str(), "{:#}", self.body);
        let told: Vec<_> = self.body["errors"].as_array().into_iter().flatten().map(|e| e["pointer"].clone()).collect();
        assert_eq!(told, places, "{:#}", self.body);
        self
    }
}

/// Streams whose read model lags behind or runs ahead of their events.
const NOT_PROJECTED: &str = "select count(*) from
    (select stream_id, max(version) v from es.event group by 1) e join
    (select id, max(version) v from read.entry group by 1) r on r.id = e.stream_id where e.v <> r.v";

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop();
        }
        let ended = self.server.take().map(JoinHandle::join);
        if std::thread::panicking() {
            return;
        }
        assert!(matches!(ended, Some(Ok(()))), "the server ended by itself or panicked");
        let url = self.database.urls.owner.clone();
        let looked = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let session = roles::connect(&url.into()).await.expect("the owner signs in");
                let count = async |sql: &str| -> i64 { session.query_one(sql, &[]).await.expect("a count").get(0) };
                (count(NOT_PROJECTED).await, count("select count(*) from es.parked").await)
            })
        });
        let (not_projected, parked) = looked.join().expect("the record can be looked at");
        assert_eq!((not_projected, parked), (0, 0), "streams without their read model, parked events");
    }
}
