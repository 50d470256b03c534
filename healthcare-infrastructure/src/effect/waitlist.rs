//! An offer of the waitlist is told to those who can answer it for the patient.

use healthcare_application::{Permission, Role, store::Change};
use healthcare_domain::{DomainEvent, Event, scheduling::waitlist::WaitlistEvent};
use serde_json::json;
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::version_of;
use crate::projection::Statement;

/// Tells of offers; each hears of the patients they may know.
pub fn effects(change: &Change) -> Vec<Statement> {
    let Some(patient) = change.patient else { return vec![] };
    let mut all = vec![];
    for (n, new) in change.events.iter().enumerate() {
        let DomainEvent::WaitlistEntry(event) = &new.event else { continue };
        let WaitlistEvent::SlotOffered { offer } = event else { continue };
        let roles: Vec<&'static str> =
            Role::ALL.into_iter().filter(|role| role.may(Permission::BookAppointment)).map(Role::as_str).collect();
        let tell = "select live.tell_people($1, 'normal', 'Waitlist', $2, $3, 'waitlist', $4, $5, 'open', $6, $7,
            $8::text[], $9::uuid[])";
        all.push(
            Statement::new(tell)
                .bind(event.kind())
                .bind("A slot became free and is held for somebody who waits.".to_owned())
                .bind(patient.0)
                .bind(change.id)
                .bind(version_of(change, n))
                .bind(format!("/api/v1/waitlist?patient={patient}"))
                .bind(Json(json!({ "start": offer.start, "until": offer.until, "appointment": offer.appointment })))
                .bind(roles)
                .bind(Vec::<Uuid>::new()),
        );
    }
    all
}
