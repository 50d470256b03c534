//! Who takes care of a patient, and how closely their record is kept: whoever opens it is held against this.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    Event, EventSourced, StreamType,
    id::{AccountId, CareTeamId, PatientId},
    text::Remark,
};

/// Somebody of a care team: one account, or whoever works on a ward.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Member {
    /// One account.
    Account(AccountId),
    /// The staff of a ward, by its name.
    Ward(String),
}

/// How somebody came to a care team (FHIR CareTeam, ServiceRequest).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Membership {
    /// They belong to the team that treats the patient.
    Team,
    /// The patient was referred to them.
    Referral,
}

/// From when to when, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Care {
    /// How they came to it.
    #[serde(rename = "as")]
    pub membership: Membership,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when; open if absent.
    #[serde(default)]
    pub until: Option<DateTime<Utc>>,
}

/// By whose act somebody comes to care for a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// By that of somebody else, or of who stands that close to the patient already.
    Anothers,
    /// By their own, or for their own ward: it makes nobody closer than they stand.
    Own,
}

/// How closely a record is kept (HL7 v3 ActCode, Confidentiality).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub enum Confidentiality {
    /// Normal: whoever cares for the patient.
    #[default]
    #[serde(rename = "N")]
    Normal,
    /// Restricted: whoever cares for the patient now, as one of the team or on their ward.
    #[serde(rename = "R")]
    Restricted,
    /// Very restricted: who is named, and has shown a second factor.
    #[serde(rename = "V")]
    VeryRestricted,
}

impl Confidentiality {
    /// The code of HL7 v3.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "N",
            Self::Restricted => "R",
            Self::VeryRestricted => "V",
        }
    }
}

/// The text is no code of confidentiality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such confidentiality")]
pub struct UnknownConfidentiality;

impl std::str::FromStr for Confidentiality {
    type Err = UnknownConfidentiality;
    fn from_str(text: &str) -> Result<Self, UnknownConfidentiality> {
        let all = [Self::Normal, Self::Restricted, Self::VeryRestricted];
        all.into_iter().find(|one| one.as_str() == text).ok_or(UnknownConfidentiality)
    }
}

/// The care team of one patient, with the label of their record.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CareTeam {
    /// Who belongs to it, or did until a moment that was said beforehand.
    pub members: BTreeMap<Member, Care>,
    /// How closely the record is kept.
    pub label: Confidentiality,
}

/// What can happen to a care team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum CareTeamEvent {
    /// Somebody takes part in a patient's care.
    MemberAdded {
        /// Who.
        member: Member,
        /// How, and from when to when.
        care: Care,
        /// Why, for a referral.
        #[serde(default)]
        reason: Option<Remark>,
    },
    /// Somebody no longer does.
    MemberRemoved {
        /// Who.
        member: Member,
        /// When.
        at: DateTime<Utc>,
    },
    /// How closely the record is kept was decided.
    RecordLabelled {
        /// How closely.
        label: Confidentiality,
        /// Why.
        reason: Remark,
    },
}

/// Why a decision about a care team is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CareTeamError {
    /// They belong to it already.
    #[error("they belong to the care team already")]
    AlreadyMember,
    /// They do not belong to it.
    #[error("they do not belong to the care team")]
    NotAMember,
    /// It would end before it begins, or has ended already.
    #[error("it would end before it begins")]
    EndsTooEarly,
    /// A ward has a name of 1 to 100 characters, and `*` is none.
    #[error("a ward has a name of 1 to 100 characters")]
    NotAWard,
    /// It would be by their own act.
    #[error("nobody takes themselves or their own ward in who is not that close already; ask somebody else to")]
    Oneself,
}

impl Event for CareTeamEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::MemberAdded { care: Care { membership: Membership::Team, .. }, .. } => "careteam.member-added",
            Self::MemberAdded { care: Care { membership: Membership::Referral, .. }, .. } => "careteam.referred",
            Self::MemberRemoved { .. } => "careteam.member-removed",
            Self::RecordLabelled { .. } => "careteam.record-labelled",
        }
    }
    fn fhir_type(&self) -> &'static str {
        "CareTeam"
    }
}

impl EventSourced for CareTeam {
    type Id = CareTeamId;
    type Event = CareTeamEvent;
    type Error = CareTeamError;
    const STREAM: StreamType = StreamType::CareTeam;

    fn apply(&mut self, event: &CareTeamEvent) {
        match event {
            CareTeamEvent::MemberAdded { member, care, reason: _ } => drop(self.members.insert(member.clone(), *care)),
            CareTeamEvent::MemberRemoved { member, at: _ } => drop(self.members.remove(member)),
            CareTeamEvent::RecordLabelled { label, reason: _ } => self.label = *label,
        }
    }
}

/// The namespace of the identities of care teams: a patient has one, and it is known by theirs.
const NAMESPACE: Uuid = Uuid::from_u128(0x7d0a_3c52_1f8b_4d0e_8a53_6f0d_91c4_2e67);

impl CareTeamId {
    /// The care team of a patient.
    pub fn of(patient: PatientId) -> Self {
        Self(Uuid::new_v5(&NAMESPACE, patient.0.as_bytes()))
    }
}

impl CareTeam {
    /// Takes somebody in. Who belonged to it until a moment that has passed may be taken in anew.
    ///
    /// # Errors
    /// When they belong to it, it would be over at once, the ward has no name, or it is by their own act.
    pub fn add(
        &self,
        (member, act): (Member, Act),
        care: Care,
        reason: Option<Remark>,
        now: DateTime<Utc>,
    ) -> Result<Vec<CareTeamEvent>, CareTeamError> {
        if let Member::Ward(name) = &member {
            let length = name.trim().chars().count();
            if length == 0 || length > 100 || name == "*" {
                return Err(CareTeamError::NotAWard);
            }
        }
        if care.until.is_some_and(|until| until <= care.from || until <= now) {
            return Err(CareTeamError::EndsTooEarly);
        }
        match self.members.get(&member) {
            Some(known) if known.until.is_none_or(|until| until > now) => Err(CareTeamError::AlreadyMember),
            _ if act == Act::Own => Err(CareTeamError::Oneself),
            _ => Ok(vec![CareTeamEvent::MemberAdded { member, care, reason }]),
        }
    }

    /// Lets somebody go.
    ///
    /// # Errors
    /// When they do not belong to it.
    pub fn remove(&self, member: &Member, at: DateTime<Utc>) -> Result<Vec<CareTeamEvent>, CareTeamError> {
        if !self.members.contains_key(member) {
            return Err(CareTeamError::NotAMember);
        }
        Ok(vec![CareTeamEvent::MemberRemoved { member: member.clone(), at }])
    }

    /// Decides how closely the record is kept. The same again is no change.
    ///
    /// # Errors
    /// Never.
    pub fn label(&self, label: Confidentiality, reason: Remark) -> Result<Vec<CareTeamEvent>, CareTeamError> {
        Ok(if self.label == label { vec![] } else { vec![CareTeamEvent::RecordLabelled { label, reason }] })
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: u32) -> DateTime<Utc> {
        format!("2026-11-21T{hour:02}:00:00Z").parse().unwrap()
    }

    fn care(from: u32, until: Option<u32>) -> Care {
        Care { membership: Membership::Team, from: at(from), until: until.map(at) }
    }

    fn someone() -> Member {
        Member::Account(AccountId(Uuid::from_u128(1)))
    }

    #[test]
    fn somebody_is_taken_in_once_and_anew_when_it_is_over() {
        let team = CareTeam::fold(
            &CareTeam::default().add((someone(), Act::Anothers), care(8, Some(10)), None, at(8)).unwrap(),
        );
        assert_eq!(team.add((someone(), Act::Anothers), care(9, None), None, at(9)), Err(CareTeamError::AlreadyMember));
        assert!(team.add((someone(), Act::Anothers), care(11, None), None, at(11)).is_ok());
    }

    #[test]
    fn who_does_not_belong_to_it_is_not_let_go() {
        let team =
            CareTeam::fold(&CareTeam::default().add((someone(), Act::Anothers), care(8, None), None, at(8)).unwrap());
        let gone = CareTeam::fold(
            &[
                CareTeam::default().add((someone(), Act::Anothers), care(8, None), None, at(8)).unwrap(),
                team.remove(&someone(), at(9)).unwrap(),
            ]
            .concat(),
        );
        assert_eq!(gone.remove(&someone(), at(10)), Err(CareTeamError::NotAMember));
    }

    /// SECURITY 31: nobody comes closer to a patient by their own act, whoever they were to them before.
    #[test]
    fn nobody_takes_themselves_or_their_ward_in() {
        let team = CareTeam::fold(
            &CareTeam::default().add((someone(), Act::Anothers), care(8, Some(10)), None, at(8)).unwrap(),
        );
        assert_eq!(team.add((someone(), Act::Own), care(11, None), None, at(11)), Err(CareTeamError::Oneself));
        let ward = Member::Ward("East".into());
        assert_eq!(team.add((ward.clone(), Act::Own), care(9, None), None, at(9)), Err(CareTeamError::Oneself));
        assert!(team.add((ward, Act::Anothers), care(9, None), None, at(9)).is_ok());
    }

    #[test]
    fn care_does_not_end_before_it_begins_and_a_ward_has_a_name() {
        let team = CareTeam::default();
        assert_eq!(
            team.add((someone(), Act::Anothers), care(9, Some(9)), None, at(8)),
            Err(CareTeamError::EndsTooEarly)
        );
        assert_eq!(
            team.add((someone(), Act::Anothers), care(7, Some(8)), None, at(8)),
            Err(CareTeamError::EndsTooEarly)
        );
        for none in ["", "  ", "*"] {
            let ward = Member::Ward(none.into());
            assert_eq!(team.add((ward, Act::Anothers), care(8, None), None, at(8)), Err(CareTeamError::NotAWard));
        }
    }

    #[test]
    fn a_label_is_kept_until_another_is_given() {
        let why = || Remark::try_from("asked for by the patient".to_owned()).unwrap();
        let events = CareTeam::default().label(Confidentiality::Restricted, why()).unwrap();
        let team = CareTeam::fold(&events);
        assert_eq!(team.label, Confidentiality::Restricted);
        assert_eq!(team.label(Confidentiality::Restricted, why()), Ok(vec![]));
    }
}
