//! On whom a device was, stretch by stretch.

use chrono::{DateTime, Utc};

use super::DeviceEvent;
use crate::id::PatientId;

/// A stretch of time for which what a device measures is a patient's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// On whom it was.
    pub patient: PatientId,
    /// From when, included.
    pub since: DateTime<Utc>,
    /// Until when, excluded; it is on them still, if absent.
    pub until: Option<DateTime<Utc>>,
}

/// The stretches that events of a device tell of, in their order. Of the events known by a moment, they are what was known then:
/// who took it off them later, and since when, does not count.
pub fn stretches<'a>(events: impl IntoIterator<Item = &'a DeviceEvent>) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = vec![];
    for event in events {
        match event {
            DeviceEvent::DeviceRegistered { .. } => {}
            DeviceEvent::DeviceAssigned { patient, at } => {
                all.push(Stretch { patient: *patient, since: *at, until: None });
            }
            DeviceEvent::DeviceUnassigned { at, .. } => {
                if let Some(last) = all.last_mut() {
                    last.until = Some(*at);
                }
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::device::DeviceDescription;

    #[test]
    fn each_patient_has_it_until_it_is_taken_off_them() {
        let at = |hours: i64| DateTime::UNIX_EPOCH + Duration::hours(hours);
        let (ana, bo) = (PatientId(uuid::Uuid::from_u128(1)), PatientId(uuid::Uuid::from_u128(2)));
        let description = DeviceDescription { serial: "MON-1".into(), kind: "monitor".into(), model: None };
        let told = [
            DeviceEvent::DeviceRegistered { description },
            DeviceEvent::DeviceAssigned { patient: ana, at: at(1) },
            DeviceEvent::DeviceUnassigned { patient: ana, at: at(3) },
            DeviceEvent::DeviceAssigned { patient: bo, at: at(4) },
        ];
        let (of_ana, of_bo) = (
            Stretch { patient: ana, since: at(1), until: Some(at(3)) },
            Stretch { patient: bo, since: at(4), until: None },
        );
        assert_eq!(stretches(&told), [of_ana, of_bo]);
        // Before anybody knew that it was taken off.
        assert_eq!(stretches(&told[..2]), [Stretch { until: None, ..of_ana }]);
        assert_eq!(stretches(&told[..1]), []);
    }
}
