//! Of whom the versions of a backtest would have alerted.

use chrono::{Datelike, NaiveDate};
use healthcare_domain::id::PatientId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::sample::Change;
use crate::{order::Direction, read::NotACursor};

/// What stands for a patient within one backtest, and for nobody outside of it.
pub(super) fn pseudonym(salt: &Uuid, registration: PatientId) -> Uuid {
    Uuid::new_v5(salt, registration.0.as_bytes())
}

/// A patient of whom a version would have alerted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alerted {
    /// Who held the record when it was tried; who holds it now, where it is read again.
    pub patient: PatientId,
    /// What stands for them within this backtest: made of the registration that was tried.
    pub pseudonym: Uuid,
    /// The day (UTC) of the first alert, of whichever version.
    pub first_on: NaiveDate,
    /// Alerts of the version on trial.
    pub candidate: u64,
    /// Alerts of the version it is compared with, if there is one.
    pub baseline: Option<u64>,
}

/// A place in the list. It says no more than the list shows to everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlertedPlace {
    /// The day of the first alert of the last one seen.
    pub on: NaiveDate,
    /// Their pseudonym.
    pub pseudonym: Uuid,
}

/// Which of them, and which page.
#[derive(Debug, Clone, Copy, Default)]
pub struct AlertedPaging {
    /// Of this side of the comparison.
    pub change: Option<Change>,
    /// Behind this one; from the start if none.
    pub after: Option<AlertedPlace>,
    /// At most this many.
    pub limit: u16,
    /// By the day of the first alert, and on one day by pseudonym.
    pub direction: Direction,
}

/// A patient of whom a version would have alerted, as they are shown: with their identity to who may read their chart, to
/// others under a pseudonym.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BacktestPatient)]
pub struct ShownAlerted {
    /// Stands for the patient within this backtest, as in its samples, and for nobody outside of it.
    pub pseudonym: Uuid,
    /// The day (UTC) of the first alert, of whichever version.
    pub first_on: NaiveDate,
    /// Whether both versions would have alerted of them, the candidate alone, or the baseline alone.
    pub change: Change,
    /// How many alerts by the candidate.
    pub candidate: u64,
    /// How many alerts by the baseline, if there is one.
    pub baseline: Option<u64>,
    /// The patient, for who may read their chart: who holds the record now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient: Option<PatientId>,
}

/// A page of the patients of whom a backtest's versions would have alerted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BacktestPatientList)]
pub struct AlertedList {
    /// Whether the list has everybody. Nobody is in it before the backtest is done; and one that ran under a release that
    /// kept none lacks them for ever.
    pub complete: bool,
    /// The patients.
    pub items: Vec<ShownAlerted>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
}

impl Alerted {
    /// On which side of the comparison they stand, whatever becomes of their single alerts.
    pub const fn change(&self) -> Change {
        match (self.candidate, self.baseline) {
            (_, None) => Change::Same,
            (0, Some(_)) => Change::Removed,
            (_, Some(0)) => Change::Added,
            (_, Some(_)) => Change::Same,
        }
    }

    /// Where they stand in the list.
    pub const fn place(&self) -> AlertedPlace {
        AlertedPlace { on: self.first_on, pseudonym: self.pseudonym }
    }

    /// As a reader sees them: with who it is where `open`.
    pub(super) fn shown(self, open: bool) -> ShownAlerted {
        let change = self.change();
        let Self { patient, pseudonym, first_on, candidate, baseline } = self;
        ShownAlerted { pseudonym, first_on, change, candidate, baseline, patient: open.then_some(patient) }
    }
}

impl std::fmt::Display for AlertedPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.on, self.pseudonym.simple())
    }
}

impl std::str::FromStr for AlertedPlace {
    type Err = NotACursor;
    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let (on, pseudonym) = text.split_once('.').ok_or(NotACursor)?;
        let on: NaiveDate = on.parse().map_err(|_| NotACursor)?;
        // Days can be written that no database knows.
        if !(1..=9_999).contains(&on.year()) {
            return Err(NotACursor);
        }
        Ok(Self { on, pseudonym: pseudonym.parse().map_err(|_| NotACursor)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alerted(candidate: u64, baseline: Option<u64>) -> Alerted {
        Alerted {
            patient: PatientId(Uuid::from_u128(2)),
            pseudonym: Uuid::from_u128(7),
            first_on: "2026-03-04".parse().unwrap(),
            candidate,
            baseline,
        }
    }

    #[test]
    fn a_patient_stands_where_their_alerts_do() {
        assert_eq!(alerted(2, None).change(), Change::Same);
        assert_eq!(alerted(2, Some(0)).change(), Change::Added);
        assert_eq!(alerted(0, Some(1)).change(), Change::Removed);
        assert_eq!(alerted(2, Some(5)).change(), Change::Same);
    }

    #[test]
    fn who_may_not_look_learns_neither_from_the_row_nor_from_the_cursor_who_it_is() {
        let told = serde_json::to_value(alerted(2, None).shown(false)).unwrap();
        let fields: Vec<&String> = told.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["baseline", "candidate", "change", "first_on", "pseudonym"], "{told:#}");
        let open = serde_json::to_value(alerted(2, None).shown(true)).unwrap();
        assert_eq!(open["patient"], Uuid::from_u128(2).to_string());
        let place = alerted(2, None).place();
        assert_eq!(place.to_string(), "2026-03-04.00000000000000000000000000000007");
        assert_eq!(place.to_string().parse(), Ok(place));
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for wrong in [
            "",
            "2026-03-04",
            "2026-03-04.x",
            "x.00000000000000000000000000000007",
            "-0044-03-15.00000000000000000000000000000007",
            "+262142-12-31.00000000000000000000000000000007",
        ] {
            assert_eq!(wrong.parse::<AlertedPlace>(), Err(NotACursor), "{wrong}");
        }
    }
}
