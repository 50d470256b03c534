//! Transfer: a stay goes on in another ward, room or bed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Encounter, EncounterError, EncounterEvent, Stage};
use crate::id::BedId;

/// Where a patient is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = EncounterPlace)]
pub struct Place {
    /// The ward.
    pub ward: String,
    /// The room, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// What the bed is called, if known.
    #[serde(default)]
    pub bed: Option<String>,
    /// The bed, where the house has it in its configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bed_id: Option<BedId>,
}

impl Place {
    /// A ward, and no bed yet.
    pub fn on(ward: impl Into<String>) -> Self {
        Self { ward: ward.into(), room: None, bed: None, bed_id: None }
    }
}

impl Encounter {
    /// Moves the patient. The same place again is no change.
    ///
    /// # Errors
    /// When the stay is not under way, the patient is away, a visit of that class holds no bed, or the time lies before
    /// what happened last or more than five minutes in the future.
    pub fn transfer(
        &self,
        place: Place,
        at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Vec<EncounterEvent>, EncounterError> {
        let (visit, stage) = self.open()?;
        if stage == Stage::OnLeave {
            return Err(EncounterError::OnLeave);
        }
        if place.bed_id.is_some() && !visit.admission.class.holds_a_bed() {
            return Err(EncounterError::HoldsNoBed);
        }
        Self::in_order(visit, at, now)?;
        if visit.admission.place().as_ref() == Some(&place) {
            return Ok(vec![]);
        }
        Ok(vec![EncounterEvent::PatientTransferred { place, at }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        EventSourced,
        encounter::{Admission, Disposition, EncounterClass},
    };

    fn at(hour: u32) -> DateTime<Utc> {
        format!("2026-11-20T{hour:02}:00:00Z").parse().unwrap()
    }

    fn admitted() -> Encounter {
        let admission = Admission::of(EncounterClass::Inpatient, at(8)).at(Place::on("A"));
        Encounter::fold(&Encounter::NotAdmitted.admit(admission, at(8)).unwrap())
    }

    fn second() -> Place {
        Place { bed: Some("2".into()), bed_id: Some(BedId(uuid::Uuid::from_u128(2))), ..Place::on("B") }
    }

    #[test]
    fn the_ward_is_the_one_they_were_moved_to() {
        let mut encounter = admitted();
        for event in encounter.transfer(second(), at(9), at(9)).unwrap() {
            encounter.apply(&event);
        }
        let there = encounter.ensure_open().unwrap();
        assert_eq!((there.ward.as_deref(), there.bed.as_deref()), (Some("B"), Some("2")));
        assert_eq!(encounter.holds(), second().bed_id);
        assert_eq!(encounter.transfer(second(), at(10), at(10)), Ok(vec![]));
        let wards: Vec<_> = encounter.visit().unwrap().places.iter().map(|one| (&*one.place.ward, one.since)).collect();
        assert_eq!(wards, [("A", at(8)), ("B", at(9))]);
        assert_eq!(encounter.transfer(Place::on("C"), at(8), at(10)), Err(EncounterError::OutOfOrder(at(9))));
    }

    #[test]
    fn nobody_is_moved_before_they_came_after_they_left_or_in_the_future() {
        let mut encounter = admitted();
        let to = |at, now| admitted().transfer(Place::on("B"), at, now);
        assert!(matches!(to(at(7), at(9)), Err(EncounterError::BeforeAdmission(_))));
        assert_eq!(to(at(11), at(9)), Err(EncounterError::InTheFuture));
        for event in encounter.discharge(Disposition::Home, at(9)).unwrap() {
            encounter.apply(&event);
        }
        assert_eq!(encounter.transfer(Place::on("B"), at(9), at(9)), Err(EncounterError::AlreadyDischarged));
        assert_eq!(encounter.holds(), None);
    }

    #[test]
    fn what_was_stored_before_rooms_were_known_is_still_read() {
        let stored = r#"{"type":"PatientTransferred","ward":"B","bed":"2","at":"2026-11-20T09:00:00Z"}"#;
        let event: EncounterEvent = serde_json::from_str(stored).unwrap();
        let place = Place { bed: Some("2".into()), ..Place::on("B") };
        assert_eq!(event, EncounterEvent::PatientTransferred { place, at: at(9) });
        let stored = r#"{"type":"PatientAdmitted","admission":{"class":"inpatient","started_at":"2026-11-20T08:00:00Z","ward":"A","bed":null,"provider":null}}"#;
        let event: EncounterEvent = serde_json::from_str(stored).unwrap();
        assert_eq!(Encounter::fold([&event]), admitted());
    }
}
