//! What runs beside the requests, by part.

use std::sync::Arc;

use healthcare_application::rule::refresh;
use healthcare_infrastructure::{
    backtest::BacktestWorker,
    database::Database,
    decision::{DailyReview, Reviewer, SuggestionWaker},
    escalation::EscalationWorker,
    event_log::{Feed, Ticker, consume, ensure_ticks_go_on, take_place},
    event_store::forget_answers,
    identity::{DuplicateFinder, renew_keys},
    live::Hub,
    pathway::PathwayFollower,
    platform::{Platform, PlatformError, PlatformSettings},
    registry::{lacks_sounds, register_systems},
    relay::Relay,
    reporting::{PseudonymKey, Reporting},
    rule::follow_rules,
    scheduling::ScheduleWorker,
    seal::{Anchors, SealKeys, Sealer},
};
use healthcare_telemetry_gateway::{
    runtime::Ground,
    transport::{Transport, kafka::Backbone},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Part, Parts, StartError};
use crate::config::Settings;

/// The background work of a process, ended together.
#[derive(Clone, Default)]
pub struct Background {
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// What runs in the background, and the ways into it.
pub struct Started {
    /// The work.
    pub background: Background,
    /// The way in for readings.
    pub telemetry: Transport,
    /// What is told, and the newest vitals.
    pub hub: Hub,
}

impl Background {
    /// Starts what the parts call for. The hub reads in every process that answers queries.
    ///
    /// # Errors
    /// When the log would not go on: the database was restored from a logical copy and needs repair first.
    pub async fn start(
        platform: &Platform,
        places: &PlatformSettings,
        settings: &Settings,
        parts: &Parts,
    ) -> Result<Started, StartError> {
        ensure_ticks_go_on(&platform.db).await.map_err(StartError::Log)?;
        let systems = platform.app.patients.registered_systems();
        let doubled = register_systems(&platform.db, &systems).await.map_err(StartError::Systems)?;
        if doubled > 0 {
            tracing::warn!(doubled, "identifiers of registered systems are carried by more than one patient");
        }
        if lacks_sounds(&platform.db).await.map_err(StartError::Systems)? {
            tracing::warn!(
                "patients of before are not found by sound and telephone yet: run `healthcare rebuild read`"
            );
        }
        let background = Self::default();
        let stop = || background.stop.clone();
        // Whoever appends ticks: the log of a process must not wait for another one.
        background.tasks.spawn(Ticker::new(&platform.store).run(stop()));
        // Whoever lets in hears within seconds whom not any more.
        background.tasks.spawn(platform.access.clone().follow(places.database_url.clone(), stop()));
        // Whoever judges knows the rules before the first request, and hears when they change.
        refresh(&platform.app).await.map_err(StartError::Rules)?;
        background.tasks.spawn(follow_rules(platform.app.clone(), places.database_url.clone(), stop()));
        let feed = Feed::start(platform.db.clone(), stop());
        if parts.has(Part::Worker) {
            let url = places.database_url.clone();
            let escalation = EscalationWorker::new(platform.store.clone(), platform.app.clock.clone(), url);
            background.tasks.spawn(escalation.run(stop()));
            let (app, url) = (platform.app.clone(), places.database_url.clone());
            background.tasks.spawn(ScheduleWorker::new(app, platform.db.clone(), url).run(stop()));
            let backtests = BacktestWorker::new(platform.app.clone(), platform.store.clone());
            background.tasks.spawn(backtests.run(stop()));
            let waker = SuggestionWaker::new(platform.app.clone(), platform.db.clone());
            background.tasks.spawn(waker.run(stop()));
            background.tasks.spawn(forget_answers(platform.db.clone(), stop()));
            let follower = Arc::new(PathwayFollower::new(platform.app.clone()));
            take_place(&*follower, &platform.db).await.map_err(StartError::Log)?;
            background.tasks.spawn(consume(follower, platform.store.clone(), feed.clone(), stop()));
            match sealer(platform, places, settings)? {
                Some(sealer) => _ = background.tasks.spawn(sealer.run(stop())),
                None => tracing::warn!("nothing is sealed: DATABASE_SEALER_URL is not set"),
            }
            if let Some(brokers) = &settings.kafka_brokers {
                background.tasks.spawn(Relay::new(&platform.store, brokers).run(feed.clone(), stop()));
                background.tasks.spawn(Relay::of_alerts(&platform.store, brokers).run(feed.clone(), stop()));
            }
        }
        if parts.has(Part::Projector) {
            let key = PseudonymKey::load_or_create(&places.data_dir.join("pseudonym.key"))?;
            let reporting = Arc::new(Reporting::new(key, settings.time_zone));
            background.tasks.spawn(consume(reporting, platform.store.clone(), feed.clone(), stop()));
            background.tasks.spawn(consume(Arc::new(DuplicateFinder), platform.store.clone(), feed.clone(), stop()));
            background.tasks.spawn(renew_keys(platform.db.clone(), stop()));
        }
        if parts.has(Part::Dss) {
            let reviewer = Arc::new(Reviewer::new(platform.app.clone()));
            background.tasks.spawn(consume(reviewer, platform.store.clone(), feed.clone(), stop()));
            background.tasks.spawn(DailyReview::new(platform.app.clone(), platform.db.clone()).run(stop()));
        }
        let gateway = Ground::new(platform.app.clone(), platform.db.clone());
        let live = gateway.live.clone();
        let telemetry = match &settings.kafka_brokers {
            Some(brokers) => {
                let backbone = Backbone::new(brokers);
                if parts.has(Part::Gateway) {
                    background.tasks.spawn(gateway.reader(&backbone).run(stop()));
                }
                gateway.over(&backbone)
            }
            None => {
                let (telemetry, writer) = gateway.in_process(&background.stop);
                background.tasks.spawn(ended(writer));
                telemetry
            }
        };
        if parts.has(Part::Gateway) {
            background.tasks.spawn(consume(gateway.charted_vitals(), platform.store.clone(), feed.clone(), stop()));
            background.tasks.spawn(consume(gateway.patient_profile(), platform.store.clone(), feed.clone(), stop()));
            for worker in gateway.workers(None, &background.stop) {
                background.tasks.spawn(ended(worker));
            }
        }
        let hub = Hub::new(platform.db.clone(), live, background.stop.child_token());
        if parts.has(Part::Query) {
            background.tasks.spawn(hub.clone().run(places.database_url.clone()));
        }
        if parts.has(Part::Query) || parts.has(Part::Gateway) {
            background.tasks.spawn(hub.vitals().clone().run(platform.db.clone(), stop()));
        }
        Ok(Started { background, telemetry, hub })
    }

    /// Runs something more beside the requests; it is handed what tells it to stop.
    pub fn spawn<F>(&self, work: impl FnOnce(CancellationToken) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn(work(self.stop.clone()));
    }

    /// Tells everything to stop and waits for it.
    pub async fn end(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// What seals events and audit entries, where its role can sign in.
fn sealer(platform: &Platform, places: &PlatformSettings, settings: &Settings) -> Result<Option<Sealer>, StartError> {
    let Some(url) = &places.sealer_url else { return Ok(None) };
    let db = Database::connect(url, 1).map_err(PlatformError::Url)?;
    let keys = SealKeys::open(&settings.seal_key)?;
    let anchors = Anchors { file: Some(settings.anchor_file.clone()), url: settings.anchor_url.clone() };
    Ok(Some(Sealer::new(db, keys, platform.app.clock.clone(), anchors)))
}

/// Waits for a task; one that panicked has said so in the log.
async fn ended(task: tokio::task::JoinHandle<()>) {
    if let Err(error) = task.await {
        tracing::error!(%error, "a worker ended badly");
    }
}
