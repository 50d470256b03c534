//! What was found of somebody's standing, for a second at the most: a chart is opened by several requests at once.
//!
//! Only what opens a record is kept, so that whoever comes to care for somebody is let in at once. What this process
//! changes it forgets before it answers; what others change is forgotten with the second.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use healthcare_application::{
    access::{Closeness, Standing},
    store::Change,
};
use healthcare_domain::{
    AnyState,
    id::{AccountId, PatientId},
};
use moka::sync::Cache;

/// How long a standing is kept.
const KEPT: Duration = Duration::from_secs(1);
/// How many standings are kept.
const MANY: u64 = 100_000;
/// Counters of changes; patients share them.
const COUNTERS: usize = 1_024;

/// The standings that were looked up lately. Cheap to clone.
#[derive(Clone)]
pub struct Standings {
    kept: Cache<(AccountId, PatientId), Kept>,
    changes: Arc<[AtomicU64]>,
}

#[derive(Clone, Copy)]
struct Kept {
    standing: Standing,
    at: DateTime<Utc>,
    changes: u64,
}

/// A question to send, and how much had changed by then.
pub(super) struct Asked {
    of: (AccountId, PatientId),
    at: DateTime<Utc>,
    changes: u64,
}

impl Default for Standings {
    fn default() -> Self {
        let kept = Cache::builder().max_capacity(MANY).time_to_live(KEPT).build();
        Self { kept, changes: (0..COUNTERS).map(|_| AtomicU64::new(0)).collect() }
    }
}

impl Standings {
    /// What was found within the last second, or the question to ask.
    pub(super) fn lately(&self, account: AccountId, patient: PatientId, now: DateTime<Utc>) -> Result<Standing, Asked> {
        let (of, changes) = ((account, patient), self.counter(patient).load(Ordering::Acquire));
        match self.kept.get(&of) {
            // By the clock that judges, too: it may have been set meanwhile.
            Some(kept) if kept.changes == changes && (now - kept.at).abs().to_std().is_ok_and(|age| age < KEPT) => {
                Ok(kept.standing)
            }
            Some(_) | None => Err(Asked { of, at: now, changes }),
        }
    }

    /// Keeps an answer. What changed while it was on its way makes it of no use: it bears the count from before.
    pub(super) fn keep(&self, asked: Asked, standing: Standing) {
        // What does not open the record may open it in the next moment, by what another node does.
        if standing.survivor.is_none() && standing.closeness >= Closeness::needed(standing.label) {
            let Asked { of, at, changes } = asked;
            self.kept.insert(of, Kept { standing, at, changes });
        }
    }

    /// Forgets whose standing these changes may have ended. To be called when they are stored, before that is told.
    pub fn forget(&self, changes: &[Change]) {
        for change in changes {
            match (&change.state, change.patient) {
                (
                    AnyState::CareTeam(_) | AnyState::Encounter(_) | AnyState::BreakGlass(_) | AnyState::Identity(_),
                    Some(patient),
                ) => {
                    self.counter(patient).fetch_add(1, Ordering::AcqRel);
                }
                // Somebody's wards.
                (AnyState::Account(_), _) => self.forget_all(),
                _ => {}
            }
        }
    }

    /// Forgets everything.
    pub fn forget_all(&self) {
        for counter in self.changes.iter() {
            counter.fetch_add(1, Ordering::AcqRel);
        }
    }

    fn counter(&self, patient: PatientId) -> &AtomicU64 {
        let [.., high, low] = patient.0.into_bytes();
        &self.changes[usize::from(u16::from_be_bytes([high, low])) % COUNTERS]
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use healthcare_domain::care_team::Confidentiality;
    use uuid::Uuid;

    use super::*;

    const NEAR: Standing =
        Standing { closeness: Closeness::Ward, label: Confidentiality::Normal, grant: None, survivor: None };

    fn whose() -> (AccountId, PatientId) {
        (AccountId(Uuid::from_u128(1)), PatientId(Uuid::from_u128(2)))
    }

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::milliseconds(millis)
    }

    fn asked(standings: &Standings, millis: i64) -> Option<Asked> {
        let (account, patient) = whose();
        standings.lately(account, patient, at(millis)).err()
    }

    /// SECURITY 34: what is not known, not lately, or by a clock that was set, is asked for.
    #[test]
    fn a_standing_is_known_for_a_second() {
        let standings = Standings::default();
        let question = asked(&standings, 0).expect("nothing is known yet");
        standings.keep(question, NEAR);
        assert!(asked(&standings, 999).is_none());
        assert!(asked(&standings, 1_000).is_some());
        assert!(asked(&standings, -1_000).is_some());
    }

    /// SECURITY 31: what was asked before something changed is not believed after it.
    #[test]
    fn a_change_overtakes_the_answer() {
        let standings = Standings::default();
        let question = asked(&standings, 0).expect("nothing is known yet");
        standings.forget_all();
        standings.keep(question, NEAR);
        let question = asked(&standings, 1).expect("the answer is from before");
        standings.keep(question, NEAR);
        assert!(asked(&standings, 2).is_none());
        standings.forget_all();
        assert!(asked(&standings, 3).is_some());
    }

    #[test]
    fn what_opens_nothing_is_looked_up_anew() {
        let standings = Standings::default();
        let question = asked(&standings, 0).expect("nothing is known yet");
        standings.keep(question, Standing { closeness: Closeness::None, ..NEAR });
        let question = asked(&standings, 1).expect("it was not kept");
        standings.keep(question, Standing { label: Confidentiality::VeryRestricted, ..NEAR });
        assert!(asked(&standings, 2).is_some(), "nor was what is not close enough for the label");
    }
}
