//! Who takes part in a visit, as what, from when to when. Taking part is a care relationship.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Encounter, EncounterError, EncounterEvent};
use crate::{care_team::Act, code::Coding, id::AccountId};

/// The most that a visit holds.
const MOST: usize = 200;

/// As what somebody takes part (HL7 v3 ParticipationType).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EncounterRole)]
pub enum ParticipantRole {
    /// ATND: answers for the treatment.
    Attender,
    /// ADM: admitted them.
    Admitter,
    /// CON: was asked for an opinion.
    Consultant,
    /// PPRF: treats or cares for the most part.
    PrimaryPerformer,
    /// SPRF: helps.
    SecondaryPerformer,
    /// REF: sent them.
    Referrer,
    /// DIS: discharges them.
    Discharger,
}

impl ParticipantRole {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Attender,
        Self::Admitter,
        Self::Consultant,
        Self::PrimaryPerformer,
        Self::SecondaryPerformer,
        Self::Referrer,
        Self::Discharger,
    ];

    /// The code of <http://terminology.hl7.org/CodeSystem/v3-ParticipationType>.
    pub fn coding(self) -> Coding {
        let (code, display) = match self {
            Self::Attender => ("ATND", "attender"),
            Self::Admitter => ("ADM", "admitter"),
            Self::Consultant => ("CON", "consultant"),
            Self::PrimaryPerformer => ("PPRF", "primary performer"),
            Self::SecondaryPerformer => ("SPRF", "secondary performer"),
            Self::Referrer => ("REF", "referrer"),
            Self::Discharger => ("DIS", "discharger"),
        };
        Coding::new("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", code, display)
    }
}

/// Somebody who takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = EncounterParticipant)]
pub struct Participant {
    /// Who.
    pub account: AccountId,
    /// As what.
    pub role: ParticipantRole,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when; until the visit ends if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Whether they named themselves who were not that close to the patient: it counts as the whole house does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_themselves: bool,
}

type Decided = Result<Vec<EncounterEvent>, EncounterError>;

impl Encounter {
    /// Lets somebody take part from now on. Who takes over a patient says so themselves; that brings them no closer.
    ///
    /// # Errors
    /// When they do in that role, or the visit takes nobody.
    pub fn join(&self, account: AccountId, (role, act): (ParticipantRole, Act), now: DateTime<Utc>) -> Decided {
        let (visit, _) = self.open()?;
        if visit.team.iter().any(|one| one.account == account && one.role == role && one.until.is_none()) {
            return Err(EncounterError::AlreadyParticipant);
        }
        if visit.team.len() >= MOST {
            return Err(EncounterError::TooMany);
        }
        let participant = Participant { account, role, from: now, until: None, by_themselves: act == Act::Own };
        Ok(vec![EncounterEvent::ParticipantJoined { participant }])
    }

    /// Lets somebody go.
    ///
    /// # Errors
    /// When they do not take part in that role, or the visit is not under way.
    pub fn part(&self, account: AccountId, role: ParticipantRole, now: DateTime<Utc>) -> Decided {
        let (visit, _) = self.open()?;
        if !visit.team.iter().any(|one| one.account == account && one.role == role && one.until.is_none()) {
            return Err(EncounterError::NotParticipant);
        }
        Ok(vec![EncounterEvent::ParticipantLeft { account, role, at: now }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        EventSourced,
        encounter::{Admission, EncounterClass},
    };

    #[test]
    fn somebody_takes_part_once_in_a_role_and_again_after_they_left() {
        let at: DateTime<Utc> = "2026-11-20T08:00:00Z".parse().unwrap();
        let who = AccountId(uuid::Uuid::from_u128(1));
        let admission = Admission::of(EncounterClass::Inpatient, at);
        let mut state = Encounter::fold(&Encounter::NotAdmitted.admit(admission, at).unwrap());
        for event in state.join(who, (ParticipantRole::Attender, Act::Anothers), at).unwrap() {
            state.apply(&event);
        }
        assert_eq!(
            state.join(who, (ParticipantRole::Attender, Act::Anothers), at),
            Err(EncounterError::AlreadyParticipant)
        );
        assert!(state.join(who, (ParticipantRole::Consultant, Act::Anothers), at).is_ok());
        assert_eq!(state.part(who, ParticipantRole::Consultant, at), Err(EncounterError::NotParticipant));
        for event in state.part(who, ParticipantRole::Attender, at).unwrap() {
            state.apply(&event);
        }
        assert_eq!(state.visit().unwrap().team[0].until, Some(at));
        assert!(state.join(who, (ParticipantRole::Attender, Act::Anothers), at).is_ok());
    }

    /// SECURITY 31: who names themselves is told apart from whom another named.
    #[test]
    fn who_takes_over_says_so_themselves() {
        let at: DateTime<Utc> = "2026-11-20T08:00:00Z".parse().unwrap();
        let who = AccountId(uuid::Uuid::from_u128(1));
        let admission = Admission::of(EncounterClass::Inpatient, at);
        let state = Encounter::fold(&Encounter::NotAdmitted.admit(admission, at).unwrap());
        for (act, by_themselves) in [(Act::Own, true), (Act::Anothers, false)] {
            let joined = state.join(who, (ParticipantRole::Attender, act), at).unwrap();
            let expected =
                Participant { account: who, role: ParticipantRole::Attender, from: at, until: None, by_themselves };
            assert_eq!(joined, [EncounterEvent::ParticipantJoined { participant: expected }]);
        }
    }
}
