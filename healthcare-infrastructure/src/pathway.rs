//! Patients move along their pathways because something happened: a follower of the log.

use std::collections::BTreeSet;

use async_trait::async_trait;
use healthcare_application::{App, patient::follow_pathways, store::Recorded};
use healthcare_domain::{DomainEvent, device::DeviceEvent, id::PatientId};

use crate::event_log::{ConsumeError, Consumer, Start};

/// Moves patients on when what their next stage waits for has happened.
///
/// A step names the event that led to it, so that the same event, handled again after a crash, takes no second one. What
/// happened before pathways were followed moves nobody.
pub struct PathwayFollower {
    app: App,
    wanted: BTreeSet<String>,
}

impl PathwayFollower {
    /// A follower with the pathways of this application.
    pub fn new(app: App) -> Self {
        let wanted = app.patients.pathways.triggers().into_iter().map(str::to_owned).collect();
        Self { app, wanted }
    }
}

#[async_trait]
impl Consumer for PathwayFollower {
    fn name(&self) -> &'static str {
        "patient.pathways"
    }

    fn wants(&self, event_type: &str) -> bool {
        self.wanted.contains(event_type)
    }

    fn start(&self) -> Start {
        Start::Now
    }

    async fn handle(&self, _: &deadpool_postgres::Transaction<'_>, event: &Recorded) -> Result<(), ConsumeError> {
        // What an import tells of the past is no news.
        if event.meta.source.is_some() {
            return Ok(());
        }
        if let Some(patient) = event.patient.or_else(|| on_whom(&event.event)) {
            // Of who was merged, the registration that holds the record now moves on.
            let patient = self.app.care.survivor(patient).await?;
            follow_pathways(&self.app, patient, event).await?;
        }
        Ok(())
    }
}

/// The patient of an event whose stream is nobody's.
fn on_whom(event: &DomainEvent) -> Option<PatientId> {
    match event {
        DomainEvent::Device(
            DeviceEvent::DeviceAssigned { patient, .. } | DeviceEvent::DeviceUnassigned { patient, .. },
        ) => Some(*patient),
        _ => None,
    }
}
