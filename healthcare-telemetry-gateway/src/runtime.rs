//! The gateway put together: its way in and its workers.

use std::sync::Arc;

use healthcare_application::App;
use healthcare_infrastructure::{database::Database, event_log::Consumer, live::LiveVitals};
use tokio::{sync::Notify, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    alert::Policy,
    alerting::{AlertSink, Alerting},
    ingest::{Ingest, Settings, clockwork, follow::ChartedVitals, profile::PatientProfile, roll_up},
    transport::{
        Transport,
        kafka::{Backbone, Door, Reader},
    },
};

/// What a gateway stands on.
#[derive(Clone)]
pub struct Ground {
    /// The use cases' ports.
    pub app: App,
    /// The record, as the application's role.
    pub db: Database,
    /// Its settings.
    pub settings: Settings,
    /// Told of changes of alerts that wait to be carried out.
    pub alerted: Arc<Notify>,
    /// Told of what was stored, for who follows live.
    pub live: LiveVitals,
}

impl Ground {
    /// A gateway on these ports, with default settings and the calendar of the site.
    pub fn new(app: App, db: Database) -> Self {
        let policy = Policy { zone: app.patients.zone, ..Policy::default() };
        let settings = Settings { policy, ..Settings::default() };
        Self { app, db, settings, alerted: Arc::new(Notify::new()), live: LiveVitals::default() }
    }

    /// The way in without a broker, and its writer's task.
    pub fn in_process(&self, stop: &CancellationToken) -> (Transport, JoinHandle<()>) {
        let (db, clock) = (self.db.clone(), Arc::clone(&self.app.clock));
        let (ingest, writer) =
            Ingest::start(db, clock, self.settings.clone(), Arc::clone(&self.alerted), self.live.clone(), stop.clone());
        (Transport::InProcess(ingest), writer)
    }

    /// The way in over a broker.
    pub fn over(&self, backbone: &Backbone) -> Transport {
        Transport::Kafka(Arc::new(Door {
            db: self.db.clone(),
            clock: Arc::clone(&self.app.clock),
            settings: Arc::new(self.settings.clone()),
            backbone: backbone.clone(),
        }))
    }

    /// What brings readings from the broker to their effect. Several processes may run one each.
    pub fn reader(&self, backbone: &Backbone) -> Reader {
        Reader {
            db: self.db.clone(),
            clock: Arc::clone(&self.app.clock),
            settings: Arc::new(self.settings.clone()),
            alerted: Arc::clone(&self.alerted),
            live: self.live.clone(),
            backbone: backbone.clone(),
        }
    }

    /// What follows the log for the gateway: vital signs that people chart.
    pub fn charted_vitals(&self) -> Arc<dyn Consumer> {
        Arc::new(ChartedVitals {
            policy: self.settings.policy.clone(),
            clock: Arc::clone(&self.app.clock),
            alerted: Arc::clone(&self.alerted),
        })
    }

    /// What follows the log for the gateway: alarm limits set for patients, and what says that they are pregnant.
    pub fn patient_profile(&self) -> Arc<dyn Consumer> {
        Arc::new(PatientProfile)
    }

    /// The workers: the alarm clock with the store's upkeep, who rolls readings up, and who carries changes of alerts
    /// into the record.
    pub fn workers(&self, sink: Option<Arc<dyn AlertSink>>, stop: &CancellationToken) -> Vec<JoinHandle<()>> {
        let alerting = Alerting { db: self.db.clone(), app: self.app.clone(), sink };
        let clockwork = clockwork::run(
            self.db.clone(),
            Arc::clone(&self.app.clock),
            self.settings.policy.clone(),
            Arc::clone(&self.alerted),
            stop.clone(),
        );
        let rolling_up = roll_up::run(self.db.clone(), Arc::clone(&self.app.clock), stop.clone());
        let alerting = alerting.run(Arc::clone(&self.alerted), stop.clone());
        vec![tokio::spawn(clockwork), tokio::spawn(rolling_up), tokio::spawn(alerting)]
    }
}
