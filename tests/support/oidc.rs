//! A real OpenID provider (npm's oidc-provider), and a browser that walks through its pages.

use std::{
    collections::HashMap,
    process::Command,
    time::{Duration, Instant},
};

use healthcare_infrastructure::access::oidc::OidcSettings;
use nix::sys::signal::Signal;
use reqwest::{
    Method, Url,
    header::{COOKIE, LOCATION, SET_COOKIE},
    redirect::Policy,
};
use serde_json::Value;
use tempfile::TempDir;

use crate::{app::Answer, free_port, packages, process::Guarded, until_listening};

/// What this server is called at the provider.
pub const CLIENT_ID: &str = "healthcare";
const CLIENT_SECRET: &str = "a secret of +/:% a test";
const START_LIMIT: Duration = Duration::from_secs(30);

/// An issuer that is about to be started: the server has to know it before, and it the server.
pub struct Issuer {
    port: u16,
    /// Whether its tokens name the session beside the person.
    by_session: bool,
    /// Where it tells of logouts; the server if absent.
    told_at: Option<String>,
}

/// A provider that runs; stopped when dropped.
pub struct Provider {
    process: Guarded,
    _directory: TempDir,
}

impl Issuer {
    /// An issuer on a free port.
    pub fn new() -> Self {
        Self { port: free_port(), by_session: true, told_at: None }
    }

    /// The same, telling of a logout by the person alone: no token of its names a session.
    #[must_use]
    pub fn by_person(self) -> Self {
        Self { by_session: false, ..self }
    }

    /// The same, telling of logouts elsewhere than at the server.
    #[must_use]
    pub fn telling(self, url: &str) -> Self {
        Self { told_at: Some(url.to_owned()), ..self }
    }

    /// What it calls itself.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The settings of a server that signs its people in there, also those who have a password here.
    ///
    /// # Panics
    /// Never: its URL is one.
    pub fn settings(&self) -> OidcSettings {
        let secret = CLIENT_SECRET.to_owned().into();
        let settings = OidcSettings::new(&self.url(), CLIENT_ID, secret, "http://127.0.0.1:1").expect("settings");
        OidcSettings { claim_is_vouched_for: true, ..settings }
    }

    /// Starts the provider for a server, with people by their login: the claims of each.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(&self, server: &str, people: &Value, algorithm: &str) -> Provider {
        let directory = tempfile::tempdir().expect("a directory");
        let here = format!("{server}/api/v1/auth/oidc/backchannel-logout");
        let told_at = self.told_at.as_ref().unwrap_or(&here);
        let mut command = Command::new("node");
        command
            .arg(packages("oidc").join("provider.mjs"))
            .env("PORT", self.port.to_string())
            .env("CLIENT_ID", CLIENT_ID)
            .env("CLIENT_SECRET", CLIENT_SECRET)
            .env("REDIRECT_URI", format!("{server}/api/v1/auth/oidc/callback"))
            .env("LOGOUT_URI", server)
            .env("BACKCHANNEL_URI", told_at)
            .env("BY_SESSION", self.by_session.to_string())
            .env("PEOPLE", people.to_string())
            .env("ALGORITHM", algorithm);
        let log = directory.path().join("provider.log");
        let mut process = Guarded::spawn(&mut command, Signal::SIGTERM, &log, None);
        until_listening(self.port, &mut process, START_LIMIT).await;
        Provider { process, _directory: directory }
    }
}

impl Default for Issuer {
    fn default() -> Self {
        Self::new()
    }
}

impl Provider {
    /// Stops it.
    pub fn stop(&mut self) {
        self.process.stop();
    }
}

/// A browser: it keeps cookies by origin and path, and shows where it is sent instead of going there by itself.
pub struct Browser {
    client: reqwest::Client,
    cookies: HashMap<(String, String, String), String>,
}

/// A page.
pub struct Page {
    /// Where the browser is sent.
    pub location: Option<String>,
    /// What is there.
    pub answer: Answer,
}

impl Browser {
    /// A browser without any cookies.
    ///
    /// # Panics
    /// When there can be no HTTP client.
    pub fn new() -> Self {
        let client = reqwest::Client::builder().redirect(Policy::none()).build().expect("a client");
        Self { client, cookies: HashMap::new() }
    }

    /// Opens a page.
    pub async fn get(&mut self, url: &str) -> Page {
        self.ask(Method::GET, url, None).await
    }

    async fn ask(&mut self, method: Method, url: &str, form: Option<&[(&str, &str)]>) -> Page {
        let at = Url::parse(url).expect("a URL");
        let origin = at.origin().ascii_serialization();
        let sent =
            self.cookies.iter().filter(|((of, path, _), _)| *of == origin && at.path().starts_with(path.as_str()));
        let sent: Vec<String> = sent.map(|((.., name), value)| format!("{name}={value}")).collect();
        let mut request = self.client.request(method, url).header(COOKIE, sent.join("; "));
        if let Some(form) = form {
            request = request.form(form);
        }
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        for line in headers.get_all(SET_COOKIE) {
            self.keep(&origin, line.to_str().expect("text"));
        }
        let location = headers.get(LOCATION).and_then(|to| to.to_str().ok());
        let location = location.map(|to| at.join(to).expect("a URL").to_string());
        let text = response.text().await.expect("a body");
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Page { location, answer: Answer { status, headers, body } }
    }

    fn keep(&mut self, origin: &str, line: &str) {
        let mut parts = line.split(';').map(str::trim);
        let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).expect("a cookie");
        let path = parts.find_map(|part| part.strip_prefix("path=").or_else(|| part.strip_prefix("Path=")));
        let key = (origin.to_owned(), path.unwrap_or("/").to_owned(), name.to_owned());
        if value.is_empty() {
            self.cookies.remove(&key);
        } else {
            self.cookies.insert(key, value.to_owned());
        }
    }

    /// Goes from the server's start through the provider's login and consent, and answers the address that the provider
    /// sends the browser back to, without going there.
    ///
    /// # Panics
    /// When that does not come in time.
    pub async fn sign_in_at_provider(&mut self, server: &str, login: &str) -> String {
        let start = self.get(&format!("{server}/api/v1/auth/oidc/start")).await;
        let mut next = start.location.unwrap_or_else(|| panic!("not sent to the provider: {:?}", start.answer));
        let deadline = Instant::now() + START_LIMIT;
        while !next.starts_with(server) {
            assert!(Instant::now() < deadline, "still at {next}");
            let page = self.get(&next).await;
            next = match page.location {
                Some(location) => location,
                None => {
                    let html = page.answer.body.as_str().unwrap_or_default().to_owned();
                    let prompt = if html.contains("value=\"login\"") { "login" } else { "consent" };
                    let form = [("prompt", prompt), ("login", login), ("password", "any")];
                    let page = self.ask(Method::POST, &next, Some(&form)).await;
                    page.location.unwrap_or_else(|| panic!("the provider stays: {:?}", page.answer))
                }
            };
        }
        next
    }

    /// Ends the browser's session at the provider, from the place that the server names, as somebody who confirms it.
    ///
    /// # Panics
    /// When the provider does not offer it.
    pub async fn sign_out_at_provider(&mut self, location: &str) {
        let page = self.get(location).await;
        let html = page.answer.body.as_str().unwrap_or_default().to_owned();
        let (_, rest) = html.split_once("name=\"xsrf\" value=\"").unwrap_or_else(|| panic!("no form: {html}"));
        let secret = rest.split('"').next().unwrap_or_default();
        let (_, rest) = html.split_once("action=\"").unwrap_or_else(|| panic!("no form: {html}"));
        let action = rest.split('"').next().unwrap_or_default();
        let to = Url::parse(location).and_then(|at| at.join(action)).expect("a URL");
        let done = self.ask(Method::POST, to.as_str(), Some(&[("xsrf", secret), ("logout", "yes")])).await;
        assert!(done.location.is_some(), "the provider stays: {:?}", done.answer);
    }

    /// Signs in through the provider to the end.
    pub async fn sign_in(&mut self, server: &str, login: &str) -> Answer {
        let back = self.sign_in_at_provider(server, login).await;
        self.get(&back).await.answer
    }
}

impl Default for Browser {
    fn default() -> Self {
        Self::new()
    }
}
