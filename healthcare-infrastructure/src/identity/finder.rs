//! Follows the log and puts pairs that may be one person on the queue, whatever brought them: a registration, a change,
//! an import, or a third registration that is both.

use async_trait::async_trait;
use deadpool_postgres::Transaction;
use healthcare_application::{identity::Alike, store::Recorded};
use healthcare_domain::DomainEvent;
use uuid::Uuid;

use super::{
    doubt::{doubt, doubted_with, judge, lift},
    link::{link, unlink},
    look::look,
    pairs::{forget_but, store},
};
use crate::event_log::{ConsumeError, Consumer};

/// Finds duplicates of whoever is registered or changed. It looks at the directory as it is by then, so that doing it
/// twice changes nothing, and the same pair stands on the queue once.
pub struct DuplicateFinder;

#[async_trait]
impl Consumer for DuplicateFinder {
    fn name(&self) -> &'static str {
        "identity.duplicates"
    }

    fn wants(&self, event_type: &str) -> bool {
        matches!(
            event_type,
            "patient.created"
                | "patient.updated"
                | "patient.merged"
                | "patient.unmerged"
                | "patient.entered-in-error"
                | "patient.duplicate.dismissed"
        )
    }

    /// The queue is looked at by people, in their own time; comparing everybody of an import must not hold up who is
    /// registering somebody meanwhile.
    fn rests(&self) -> u32 {
        3
    }

    async fn handle(&self, tx: &Transaction<'_>, event: &Recorded) -> Result<(), ConsumeError> {
        let patient = match (&event.event, event.patient) {
            (DomainEvent::Patient(_) | DomainEvent::Identity(_), Some(patient)) => patient,
            _ => return Ok(()),
        };
        let (mut unsure, mut is_known) = (vec![], false);
        unlink(tx, patient).await?;
        if let Some(found) = look(tx, patient).await? {
            is_known = true;
            unsure = found.unsure;
            let others: Vec<Uuid> = found.alike.iter().map(|one| one.candidate.patient.0).collect();
            // What was doubted and is not as seen from here may be still as seen from the other.
            let doubted = doubted_with(tx, patient).await?;
            let surer = |one: &Alike| one.judged.weight > 0.0 && doubted.contains(&one.candidate.patient);
            let (again, alike): (Vec<Alike>, Vec<Alike>) = found.alike.into_iter().partition(surer);
            forget_but(tx, patient, &others).await?;
            store(tx, patient, &alike).await?;
            doubt(tx, patient, &unsure).await?;
            for one in again {
                judge(tx, (patient, one.candidate.patient)).await?;
            }
        }
        lift(tx, patient, &unsure).await?;
        link(tx, patient, is_known).await
    }
}
