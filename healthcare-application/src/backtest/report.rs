//! What a backtest tells: counts, added up patient by patient.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Sample, trial::PatientOutcome};

/// What clinicians did within a day of a moment at which the rule would have spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Followed {
    /// They accepted a suggestion of this rule, in whichever version.
    Accepted,
    /// They overrode one.
    Overridden,
    /// A drug that the finding stands on was stopped.
    DrugStopped,
    /// The order was not signed, nor one of the same drug.
    NotSigned,
    /// The order was signed.
    Signed,
    /// None of these.
    Nothing,
}

impl Followed {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Accepted, Self::Overridden, Self::DrugStopped, Self::NotSigned, Self::Signed, Self::Nothing];

    /// The name it is stored under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Overridden => "overridden",
            Self::DrugStopped => "drug_stopped",
            Self::NotSigned => "not_signed",
            Self::Signed => "signed",
            Self::Nothing => "nothing",
        }
    }
}

/// How often a version of a rule would have spoken, and to what end.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Counts {
    /// How often somebody would have been told: raised as a suggestion, or shown before signing.
    pub alerts: u64,
    /// Of these, raised after the event.
    pub suggestions: u64,
    /// Of these, shown before signing.
    pub before_signing: u64,
    /// Of those before signing, critical ones, which interrupt.
    pub interrupting: u64,
    /// How often the finding held and nobody would have been told: it was open already, answered lately, or for
    /// information alone.
    pub held_back: u64,
    /// How often it could not be told, for lack of data.
    pub lacking: u64,
    /// How many patients would have been alerted.
    pub patients: u64,
    /// Alerts by 1,000 patient-days.
    pub per_1000_patient_days: f64,
    /// What clinicians did within a day.
    pub followed: BTreeMap<Followed, u64>,
}

/// The candidate against the baseline: the same alert is at the same moment, of the same things.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Against {
    /// Alerts of both.
    pub same: u64,
    /// Alerts of the candidate alone.
    pub added: u64,
    /// Alerts of the baseline alone.
    pub removed: u64,
    /// Patients whom only the candidate alerts of.
    pub patients_added: u64,
    /// Patients whom only the baseline alerts of.
    pub patients_removed: u64,
}

/// All that is counted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Tally {
    /// Patients whose history was judged.
    pub patients: u64,
    /// Patients whose history could not be read, e.g. because their key was destroyed.
    pub unreadable: u64,
    /// Events that were read.
    pub events: u64,
    /// Moments that were judged.
    pub judged: u64,
    /// Of these, moments that had been judged live, on the facts that were kept then.
    pub judged_live: u64,
    /// Days of patients in the record within the time that was asked for, from the first event that is known of each.
    pub patient_days: f64,
    /// The version on trial.
    pub candidate: Counts,
    /// The version it is compared with, if there is one.
    pub baseline: Option<Counts>,
    /// The one against the other.
    pub against: Option<Against>,
    /// Moments picked to be looked at; they are kept by themselves.
    #[serde(skip)]
    pub samples: Vec<Sample>,
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.alerts += other.alerts;
        self.suggestions += other.suggestions;
        self.before_signing += other.before_signing;
        self.interrupting += other.interrupting;
        self.held_back += other.held_back;
        self.lacking += other.lacking;
        self.patients += other.patients;
        for (what, times) in &other.followed {
            *self.followed.entry(*what).or_default() += times;
        }
    }

    fn rate(&mut self, patient_days: f64) {
        // Counts of alerts are far from where a float loses them.
        #[expect(clippy::cast_precision_loss, reason = "a rate for people, not a sum")]
        let alerts = self.alerts as f64;
        self.per_1000_patient_days =
            if patient_days > 0.0 { (alerts * 1_000.0 / patient_days * 1_000.0).round() / 1_000.0 } else { 0.0 };
    }
}

impl Against {
    fn add(&mut self, other: &Self) {
        self.same += other.same;
        self.added += other.added;
        self.removed += other.removed;
        self.patients_added += other.patients_added;
        self.patients_removed += other.patients_removed;
    }
}

impl Tally {
    /// An empty one, with or without a baseline.
    pub fn begin(with_baseline: bool) -> Self {
        Self {
            baseline: with_baseline.then(Counts::default),
            against: with_baseline.then(Against::default),
            ..Self::default()
        }
    }

    /// Adds what was counted of other patients; of the samples, the `keep` of the smallest draw stay.
    pub fn absorb(&mut self, other: Self, keep: usize) {
        self.patients += other.patients;
        self.unreadable += other.unreadable;
        self.events += other.events;
        self.judged += other.judged;
        self.judged_live += other.judged_live;
        self.patient_days += other.patient_days;
        self.candidate.add(&other.candidate);
        if let (Some(mine), Some(other)) = (&mut self.baseline, &other.baseline) {
            mine.add(other);
        }
        if let (Some(mine), Some(other)) = (&mut self.against, &other.against) {
            mine.add(other);
        }
        self.samples.extend(other.samples);
        self.samples.sort_by_key(|sample| sample.draw);
        self.samples.truncate(keep);
        self.rate();
    }

    fn rate(&mut self) {
        let days = self.patient_days;
        self.candidate.rate(days);
        if let Some(baseline) = &mut self.baseline {
            baseline.rate(days);
        }
    }

    /// Adds what came of a patient; of the samples, the `keep` of the smallest draw stay.
    pub fn add(&mut self, outcome: PatientOutcome, keep: usize) {
        let PatientOutcome {
            events,
            judged,
            judged_live,
            patient_days,
            candidate,
            baseline,
            against,
            samples,
            alerted: _,
        } = outcome;
        let one = Self {
            patients: 1,
            unreadable: 0,
            events,
            judged,
            judged_live,
            patient_days,
            candidate,
            baseline,
            against,
            samples,
        };
        self.absorb(one, keep);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_two_patients_when_added_then_counts_add_up_and_the_rate_is_of_all_days() {
        let mut tally = Tally::begin(false);
        let one = |alerts, patient_days| PatientOutcome {
            events: 3,
            patient_days,
            candidate: Counts {
                alerts,
                patients: u64::from(alerts > 0),
                followed: [(Followed::Nothing, alerts)].into(),
                ..Counts::default()
            },
            ..PatientOutcome::default()
        };
        tally.add(one(3, 1_500.0), 0);
        tally.add(one(0, 500.0), 0);
        assert_eq!((tally.patients, tally.events, tally.candidate.alerts, tally.candidate.patients), (2, 6, 3, 1));
        assert!((tally.candidate.per_1000_patient_days - 1.5).abs() < f64::EPSILON);
        assert_eq!(tally.candidate.followed[&Followed::Nothing], 3);
        let written = serde_json::to_value(&tally).unwrap();
        assert_eq!(serde_json::from_value::<Tally>(written).unwrap(), tally);
    }
}
