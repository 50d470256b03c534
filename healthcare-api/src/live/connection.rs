//! One live connection, from its hello to its close.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::web::Data;
use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseCode, CloseReason, Closed, Session};
use chrono::{DateTime, Utc};
use healthcare_application::{
    App, Call, Permission, StoreError,
    access::{Circle, Unauthorised},
    live::LiveVital,
};
use healthcare_domain::{by_name, id::PatientId};
use healthcare_infrastructure::{
    access::Access,
    live::{Hub, Told, outbox},
};
use serde::Deserialize;
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::MissedTickBehavior,
};

use super::outbound::Outbound;
use super::shown::Shown;

/// How often the client hears something.
const HEARTBEAT: Duration = Duration::from_secs(4);
/// How often its right to hear it is looked at again, without anybody's having told that something ended.
const STANDING: Duration = Duration::from_secs(2);
/// How long a client may be silent: it answers each heartbeat's ping.
const SILENCE: Duration = Duration::from_secs(30);
/// How long a message may take to leave.
const SENDING: Duration = Duration::from_secs(5);
/// Within which changes of vitals are put into one message.
const GATHER: Duration = Duration::from_millis(250);
/// How many notifications are read at once when a client catches up.
const BATCH: i64 = 256;

/// Whose vitals a client wants, among those it may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Watch {
    /// Everybody's.
    All,
    /// Nobody's.
    None,
    /// These patients'.
    Only(HashSet<PatientId>),
}

/// What a client may send.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Inbound {
    watch: Asked,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Asked {
    Word(Word),
    Ids(HashSet<PatientId>),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    All,
    None,
}

/// Why a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The client left, or its link broke.
    Gone,
    /// The sign-in has ended, or the account was disabled.
    SignedOut,
    /// The role may no longer.
    Denied,
    /// It does not take in what it is sent.
    TooSlow,
    /// It sent what nobody sends.
    Nonsense,
    /// The process ends.
    Stopping,
    /// The record cannot be reached: whether the client still may is not known.
    Unavailable,
}

impl End {
    fn reason(self) -> Option<CloseReason> {
        let (code, description) = match self {
            Self::Gone => return None,
            Self::SignedOut => (CloseCode::Other(4401), "sign in again"),
            Self::Denied => (CloseCode::Other(4403), "the role may no longer"),
            Self::TooSlow => (CloseCode::Other(4408), "too slow; resume from your position"),
            Self::Nonsense => (CloseCode::Policy, "not a message that is understood here"),
            Self::Stopping => (CloseCode::Away, "the server stops; resume from your position"),
            Self::Unavailable => (CloseCode::Again, "the record cannot be reached; resume from your position"),
        };
        Some(CloseReason { code, description: Some(description.to_owned()) })
    }
}

impl From<Unauthorised> for End {
    fn from(why: Unauthorised) -> Self {
        match why {
            Unauthorised::Denied(_) | Unauthorised::Merged(_) => Self::Denied,
            Unauthorised::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        tracing::warn!(error = %error, "a live connection ends because the record cannot be reached");
        Self::Unavailable
    }
}

/// A live connection.
pub struct Connection {
    pub(super) app: Data<App>,
    pub(super) hub: Data<Hub>,
    pub(super) access: Data<Access>,
    /// Who follows, since when they asked.
    pub(super) call: Call,
    /// Until when their sign-in lasts.
    pub(super) until: DateTime<Utc>,
    /// Whose data they may follow, as it stood at the last heartbeat.
    pub(super) circle: Circle,
    /// Whose data it has shown already.
    pub(super) shown: Shown,
    /// Up to where the client has heard everything that is for it.
    pub(super) position: i64,
    pub(super) watch: Watch,
    /// Whether the next message of vitals is of all newest values: they are looked through for it, and so no oftener than a
    /// message may leave, however often a client asks for others.
    pub(super) anew: bool,
    pub(super) session: Session,
    pub(super) messages: AggregatedMessageStream,
    pub(super) told: Receiver<Arc<Told>>,
    pub(super) vitals: Receiver<Arc<Vec<LiveVital>>>,
}

impl Connection {
    /// Runs until one side ends it.
    pub async fn run(mut self) {
        metrics::gauge!("healthcare_live_connections").increment(1.0);
        let end = match self.follow().await {
            Ok(never) => match never {},
            Err(end) => end,
        };
        metrics::gauge!("healthcare_live_connections").decrement(1.0);
        metrics::counter!("healthcare_live_closed_total", "why" => format!("{end:?}")).increment(1);
        if let Some(reason) = end.reason() {
            // A client that takes nothing in does not take this in either.
            let _unheard = tokio::time::timeout(SENDING, self.session.close(Some(reason))).await;
        }
    }

    async fn follow(&mut self) -> Result<std::convert::Infallible, End> {
        self.check().await?;
        self.send(&Outbound::Hello { position: self.position, heartbeat_seconds: HEARTBEAT.as_secs() }).await?;
        self.catch_up().await?;
        let mut changed: HashMap<(PatientId, String), LiveVital> = HashMap::new();
        let mut heartbeat = tokio::time::interval(HEARTBEAT);
        let mut standing = tokio::time::interval(STANDING);
        let mut endings = self.access.endings();
        let mut gathered = tokio::time::interval(GATHER);
        // While nothing changes nobody ticks, and what was not ticked is not made up for.
        gathered.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = Instant::now();
        let stop = self.hub.stop().clone();
        loop {
            tokio::select! {
                () = stop.cancelled() => return Err(End::Stopping),
                told = self.told.recv() => match told {
                    Ok(told) => self.tell(&told).await?,
                    Err(RecvError::Lagged(_)) => return Err(End::TooSlow),
                    Err(RecvError::Closed) => return Err(End::Stopping),
                },
                vitals = self.vitals.recv() => match vitals {
                    Ok(vitals) => self.gather(vitals.iter().cloned().collect(), &mut changed),
                    // Values that were passed over are of no interest any more; the newest are.
                    Err(RecvError::Lagged(_)) => self.anew = true,
                    Err(RecvError::Closed) => return Err(End::Stopping),
                },
                _ = gathered.tick(), if self.anew || !changed.is_empty() => {
                    if std::mem::take(&mut self.anew) {
                        changed.clear();
                        self.gather(self.hub.vitals().newest(|patient| self.sees(patient)), &mut changed);
                    }
                    let vitals = std::mem::take(&mut changed);
                    if vitals.is_empty() {
                        continue;
                    }
                    self.shown.record(&self.app, &self.call, vitals.keys().map(|(patient, _)| *patient)).await?;
                    self.send(&Outbound::Vitals { vitals: vitals.values().collect() }).await?;
                }
                _ = standing.tick() => self.check_standing().await?,
                Ok(()) = endings.changed() => self.check_standing().await?,
                _ = heartbeat.tick() => {
                    self.check().await?;
                    if heard.elapsed() > SILENCE {
                        return Err(End::Gone);
                    }
                    self.send(&Outbound::Heartbeat { position: self.position }).await?;
                    in_time(self.session.ping(b"")).await?;
                }
                message = self.messages.recv() => {
                    heard = Instant::now();
                    match message {
                        Some(Ok(message)) => self.heed(message).await?,
                        Some(Err(_)) => return Err(End::Nonsense),
                        None => return Err(End::Gone),
                    }
                }
            }
        }
    }

    /// Whether the client may still hear anything.
    async fn check(&mut self) -> Result<(), End> {
        self.check_standing().await?;
        self.circle = self.app.circle(&self.call, Permission::ReadLive).await?;
        Ok(())
    }

    /// Whether the sign-in still stands. In memory, unless what is there is not fresh.
    async fn check_standing(&self) -> Result<(), End> {
        let stands =
            self.until > self.app.clock.now() && self.access.still_stands(&self.call.actor, self.until).await?;
        if stands { Ok(()) } else { Err(End::SignedOut) }
    }

    /// Sends what was told behind the client's position, from the outbox.
    async fn catch_up(&mut self) -> Result<(), End> {
        loop {
            let missed = outbox::behind(self.hub.database(), self.position, BATCH).await?;
            if missed.is_empty() {
                return Ok(());
            }
            for told in &missed {
                self.tell(told).await?;
            }
        }
    }

    /// Sends a notification that is for the client and that it has not heard.
    async fn tell(&mut self, told: &Told) -> Result<(), End> {
        let Told { notification, audience } = told;
        if notification.position <= self.position {
            return Ok(());
        }
        let meant = audience.iter().any(|audience| audience.has(&self.call.actor));
        if meant && !self.circle.has(notification.patient_id) {
            // Somebody may have come into their care since the last heartbeat, and nothing that is theirs is missed.
            self.circle = self.app.circle(&self.call, Permission::ReadLive).await?;
        }
        if meant && self.circle.has(notification.patient_id) {
            self.shown.record(&self.app, &self.call, notification.patient_id).await?;
            self.send(&Outbound::Notification { notification }).await?;
        }
        self.position = notification.position;
        Ok(())
    }

    /// Whether the client wants a patient's vitals and may see them.
    fn sees(&self, patient: PatientId) -> bool {
        let wanted = match &self.watch {
            Watch::All => true,
            Watch::None => false,
            Watch::Only(ids) => ids.contains(&patient),
        };
        wanted && self.circle.has(Some(patient))
    }

    /// Keeps the newest of each sign for the next message.
    fn gather(&self, vitals: Vec<LiveVital>, changed: &mut HashMap<(PatientId, String), LiveVital>) {
        for vital in vitals.into_iter().filter(|vital| self.sees(vital.patient_id)) {
            changed.insert((vital.patient_id, vital.code.clone()), vital);
        }
    }

    /// Does what the client asks for.
    async fn heed(&mut self, message: AggregatedMessage) -> Result<(), End> {
        match message {
            AggregatedMessage::Text(text) => {
                let Inbound { watch } = by_name::from_str(&text).map_err(|_| End::Nonsense)?;
                self.watch = match watch {
                    Asked::Word(Word::All) => Watch::All,
                    Asked::Word(Word::None) => Watch::None,
                    Asked::Ids(ids) => Watch::Only(ids),
                };
                self.anew = true;
                Ok(())
            }
            AggregatedMessage::Ping(bytes) => in_time(self.session.pong(&bytes)).await,
            AggregatedMessage::Pong(_) => Ok(()),
            AggregatedMessage::Binary(_) => Err(End::Nonsense),
            AggregatedMessage::Close(_) => Err(End::Gone),
        }
    }

    /// Sends a message. A client that does not take it in in time is too slow.
    async fn send(&mut self, message: &Outbound<'_>) -> Result<(), End> {
        // What is sent holds no map with other keys than text, so writing it cannot fail.
        let text = serde_json::to_string(message).unwrap_or_default();
        in_time(self.session.text(text)).await
    }
}

/// Waits for a message to leave, but not for ever.
async fn in_time(sending: impl Future<Output = Result<(), Closed>>) -> Result<(), End> {
    match tokio::time::timeout(SENDING, sending).await {
        Ok(sent) => sent.map_err(|_| End::Gone),
        Err(_) => Err(End::TooSlow),
    }
}
