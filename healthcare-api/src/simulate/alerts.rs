//! Following the alerts of the simulated patients over the live channel.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, Utc};
use futures::StreamExt;
use healthcare_application::clock::Clock;
use serde::Deserialize;
use serde_json::json;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http::HeaderValue},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Session;

/// How long it waits before it connects again.
const AGAIN: Duration = Duration::from_millis(500);
/// A server that says nothing for this long is gone: it has a heartbeat every few seconds.
const SILENCE: Duration = Duration::from_secs(20);

/// What was heard.
#[derive(Debug, Default)]
pub struct Heard {
    /// Alerts raised.
    pub alerts: HashSet<Uuid>,
    /// Those, by priority.
    pub by_priority: BTreeMap<String, u64>,
    /// Further rungs told.
    pub escalations: u64,
    /// Alerts answered.
    pub acknowledged: u64,
    /// Milliseconds from the sample that raised an alert to its notification, for those that a sample raises at once:
    /// a score, a critical limit. A limit that must be crossed for a while is raised by the clock, not by a sample.
    pub latencies: Vec<f64>,
}

/// Follows the alerts of some patients as a nurse.
pub struct Follower {
    /// Who is told.
    pub nurse: Arc<Session>,
    /// Whose alerts count.
    pub patients: HashSet<Uuid>,
    /// Whether each is answered.
    pub acknowledge: bool,
    /// The clock the samples are stamped by.
    pub clock: Arc<dyn Clock>,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Inbound {
    Hello {
        position: i64,
    },
    Notification(Box<Told>),
    Heartbeat {
        position: i64,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Told {
    position: i64,
    #[serde(rename = "type")]
    what: String,
    patient_id: Option<Uuid>,
    subject: Subject,
    action: Action,
    details: Details,
    requires_acknowledgement: bool,
}

#[derive(Deserialize)]
struct Subject {
    id: Uuid,
}

#[derive(Deserialize)]
struct Action {
    url: String,
}

#[derive(Deserialize)]
struct Details {
    measured_at: Option<DateTime<Utc>>,
    alert_priority: Option<String>,
    #[serde(default)]
    rule: String,
}

impl Follower {
    /// Follows until told to stop, over as many connections as it takes: each resumes where the last one ended.
    /// `ready` is told once, when the first is open.
    pub async fn run(self, ready: tokio::sync::oneshot::Sender<()>, stop: CancellationToken) -> Heard {
        let (mut heard, mut position, mut ready) = (Heard::default(), None, Some(ready));
        while !stop.is_cancelled() {
            let ended = tokio::select! {
                () = stop.cancelled() => break,
                ended = self.follow(&mut heard, &mut position, &mut ready) => ended,
            };
            if let Err(error) = ended {
                tracing::warn!(error = %error, "the live connection ended; it is opened again");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(AGAIN) => {}
            }
        }
        heard
    }

    async fn follow(
        &self,
        heard: &mut Heard,
        position: &mut Option<i64>,
        ready: &mut Option<tokio::sync::oneshot::Sender<()>>,
    ) -> anyhow::Result<()> {
        let from = position.map(|position| format!("&position={position}")).unwrap_or_default();
        let url = format!("{}/api/v1/live?patients=none{from}", self.nurse.url().replacen("http", "ws", 1));
        let mut request = url.into_client_request()?;
        let bearer = HeaderValue::from_str(&format!("Bearer {}", self.nurse.token().await?))?;
        request.headers_mut().insert("authorization", bearer);
        let (mut socket, _) = connect_async(request).await?;
        while let Some(message) = tokio::time::timeout(SILENCE, socket.next()).await? {
            let text = match message {
                Ok(Message::Text(text)) => text,
                Ok(Message::Close(_)) | Err(Error::ConnectionClosed) => return Ok(()),
                Ok(_) => continue,
                Err(error) => return Err(error.into()),
            };
            match serde_json::from_str(&text)? {
                Inbound::Hello { position: at } | Inbound::Heartbeat { position: at } => *position = Some(at),
                Inbound::Notification(told) => {
                    *position = Some(told.position);
                    self.hear(*told, heard).await;
                }
                Inbound::Other => {}
            }
            if let Some(ready) = ready.take() {
                // Nobody waits any more when the simulation was ended meanwhile.
                ready.send(()).ok();
            }
        }
        Ok(())
    }

    async fn hear(&self, told: Told, heard: &mut Heard) {
        let now = self.clock.now();
        if !told.patient_id.is_some_and(|patient| self.patients.contains(&patient)) {
            return;
        }
        match told.what.as_str() {
            "alert.raised" => {
                if !heard.alerts.insert(told.subject.id) {
                    return;
                }
                let Details { measured_at, alert_priority, rule } = told.details;
                let priority = alert_priority.unwrap_or_default();
                let at_once = rule == "news2" || priority == "high";
                *heard.by_priority.entry(priority).or_default() += 1;
                if let Some(measured_at) = measured_at.filter(|_| at_once) {
                    let took = (now - measured_at).num_microseconds().unwrap_or(i64::MAX);
                    heard.latencies.push(took as f64 / 1000.0);
                }
            }
            "alert.escalated" => heard.escalations += 1,
            _ => return,
        }
        if self.acknowledge && told.requires_acknowledgement {
            match self.nurse.post(&told.action.url, None, &json!({ "note": "seen by the simulation" })).await {
                Ok(_) => heard.acknowledged += 1,
                Err(error) => tracing::warn!(error = %error, "an alert was not acknowledged"),
            }
        }
    }
}
