//! How somebody stands to a patient: what a permit is decided on beside the role.

use std::collections::HashSet;

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use healthcare_domain::{
    care_team::Confidentiality,
    id::{AccountId, BreakGlassId, PatientId},
};

use super::{Actor, Denied, Permit, Strength};
use crate::{
    read::{Page, Paging},
    store::StoreError,
};

/// How close somebody stands to a patient; the closest relationship counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Closeness {
    /// No relationship.
    None,
    /// Of a service of the whole house, of those who cared until a short while ago (the grace after discharge), or by an
    /// act of their own, such as an admission.
    House,
    /// On the ward the patient is on, or of a ward that belongs to the care team.
    Ward,
    /// By name, and named by somebody else: of the care team, referred to, or of those who take part in a visit.
    Personal,
}

impl Closeness {
    /// Reads what an adapter counted.
    pub fn from_rank(rank: i32) -> Self {
        match rank {
            i32::MIN..=0 => Self::None,
            1 => Self::House,
            2 => Self::Ward,
            3.. => Self::Personal,
        }
    }

    /// How close one has to stand to a record of a label.
    pub fn needed(label: Confidentiality) -> Self {
        match label {
            Confidentiality::Normal => Self::House,
            Confidentiality::Restricted => Self::Ward,
            Confidentiality::VeryRestricted => Self::Personal,
        }
    }
}

/// How an account stands to a patient at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Its closest relationship.
    pub closeness: Closeness,
    /// The label of the patient's record.
    pub label: Confidentiality,
    /// Its last break-glass grant for this patient, and until when that holds (which may be over).
    pub grant: Option<(BreakGlassId, DateTime<Utc>)>,
    /// The record that holds the patient's since a merge.
    pub survivor: Option<PatientId>,
}

/// How long a relationship and a grant last, as the house decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessPolicy {
    /// How long those who cared for a patient may still look after the discharge. 30 days by default: results and
    /// letters that were pending at discharge, and the window in which a readmission counts as one of the same illness.
    pub grace: Duration,
    /// How long a break-glass grant lasts.
    pub break_glass: Duration,
    /// Whether who breaks the glass, or overrides decision support, has to have shown a second factor.
    pub second_factor: bool,
}

impl Default for AccessPolicy {
    fn default() -> Self {
        Self { grace: Duration::days(30), break_glass: Duration::minutes(60), second_factor: true }
    }
}

impl AccessPolicy {
    /// From when on an ended relationship still counts.
    pub fn ended_after(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - self.grace
    }
}

/// What opens a record: a relationship, or a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opened {
    ByRelationship,
    ByGrant(BreakGlassId),
}

impl Standing {
    /// Whether it opens the record now.
    ///
    /// # Errors
    /// What is missing.
    pub(super) fn judge(&self, actor: &Actor, now: DateTime<Utc>) -> Result<Opened, Denied> {
        // A program was let into the whole house by its scopes, but not behind a label.
        let of_a_program = if actor.scopes.is_some() { Closeness::House } else { Closeness::None };
        let closeness = self.closeness.max(of_a_program);
        let known_well = self.label < Confidentiality::VeryRestricted || actor.strength != Strength::Password;
        if closeness >= Closeness::needed(self.label) && known_well {
            return Ok(Opened::ByRelationship);
        }
        match self.grant {
            Some((grant, until)) if until > now => Ok(Opened::ByGrant(grant)),
            _ if closeness >= Closeness::needed(self.label) => Err(Denied::Strength),
            Some(_) => Err(Denied::BreakGlassExpired),
            None if closeness > Closeness::None => Err(Denied::Label),
            None => Err(Denied::Relationship),
        }
    }
}

/// Whose data a caller may follow, as it stood a moment ago. For lists and live connections, which show of each
/// patient only what a permit for that patient would open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Circle {
    /// Everybody's: the system.
    Everybody,
    /// Everybody's but these patients', whose label asks for more: a service of the whole house.
    Except(HashSet<PatientId>),
    /// These patients'.
    Only(HashSet<PatientId>),
}

impl Circle {
    /// Whether a patient is of it. What is nobody's is everybody's to hear.
    pub fn has(&self, patient: Option<PatientId>) -> bool {
        match (self, patient) {
            (Self::Everybody, _) | (_, None) => true,
            (Self::Except(patients), Some(patient)) => !patients.contains(&patient),
            (Self::Only(patients), Some(patient)) => patients.contains(&patient),
        }
    }
}

/// Whose data an account may follow, and of whom it may by a break-glass grant alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// All of them.
    pub circle: Circle,
    /// Those whom no relationship opens as their label asks: a grant does.
    pub by_grant: HashSet<PatientId>,
}

/// Which break-glass grants to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantState {
    /// Nobody has looked at them: the review queue.
    Unreviewed,
    /// Somebody has.
    Reviewed,
}

/// Who cares for whom.
#[async_trait]
pub trait CareRelations: Send + Sync {
    /// How an account stands to a patient at a moment; relationships that were discharged after `ended_after` count
    /// as the grace does.
    async fn standing(
        &self,
        account: AccountId,
        patient: PatientId,
        now: DateTime<Utc>,
        ended_after: DateTime<Utc>,
    ) -> Result<Standing, StoreError>;

    /// The same to each of several patients, asked at once; nothing that is kept is asked.
    async fn standings(
        &self,
        account: AccountId,
        patients: &[PatientId],
        now: DateTime<Utc>,
        ended_after: DateTime<Utc>,
    ) -> Result<Vec<(PatientId, Standing)>, StoreError>;

    /// The registrations whose record is very restricted, each with the patient who holds the record now.
    async fn very_restricted(&self) -> Result<Vec<(PatientId, PatientId)>, StoreError>;

    /// Whether an account works on a ward at a moment.
    async fn works_on(&self, account: AccountId, ward: &str, now: DateTime<Utc>) -> Result<bool, StoreError>;

    /// The record that holds a patient's now: their own, or that of a merge's survivor.
    async fn survivor(&self, patient: PatientId) -> Result<PatientId, StoreError>;

    /// The registrations whose record a patient's is now: their own, and those merged into it.
    async fn identities(&self, patient: PatientId) -> Result<Vec<PatientId>, StoreError>;

    /// Whose data an account may follow; `known_well` when a second factor was shown.
    async fn circle(
        &self,
        account: AccountId,
        known_well: bool,
        now: DateTime<Utc>,
        ended_after: DateTime<Utc>,
    ) -> Result<Followed, StoreError>;

    /// Break-glass grants, by when they were opened; for who may review.
    async fn grants(&self, permit: &Permit, state: Option<GrantState>, page: &Paging) -> Result<Page, StoreError>;
}

#[cfg(test)]
mod tests {
    use healthcare_domain::id::AccountId;
    use uuid::Uuid;

    use super::*;
    use crate::access::Role;

    fn doctor(strength: Strength) -> Actor {
        Actor { strength, ..Actor::of(AccountId(Uuid::nil()), Role::Doctor) }
    }

    fn judged(closeness: Closeness, label: Confidentiality, grant_for: Option<i64>) -> Result<Opened, Denied> {
        let now = DateTime::UNIX_EPOCH;
        let grant = grant_for.map(|minutes| (BreakGlassId(Uuid::nil()), now + Duration::minutes(minutes)));
        Standing { closeness, label, grant, survivor: None }.judge(&doctor(Strength::Password), now)
    }

    /// SECURITY 31: without a relationship the record stays closed, and a label asks for a closer one.
    #[test]
    fn the_label_says_how_close_one_has_to_stand() {
        use Closeness as C;
        use Confidentiality as L;
        let opened = Ok(Opened::ByRelationship);
        assert_eq!(judged(C::None, L::Normal, None), Err(Denied::Relationship));
        assert_eq!(judged(C::House, L::Normal, None), opened);
        assert_eq!(judged(C::House, L::Restricted, None), Err(Denied::Label));
        assert_eq!(judged(C::Ward, L::Restricted, None), opened);
        assert_eq!(judged(C::Ward, L::VeryRestricted, None), Err(Denied::Label));
        assert_eq!(judged(C::Personal, L::VeryRestricted, None), Err(Denied::Strength));
        let at = DateTime::UNIX_EPOCH;
        let standing = Standing { closeness: C::Personal, label: L::VeryRestricted, grant: None, survivor: None };
        assert_eq!(standing.judge(&doctor(Strength::SecondFactor { at }), at), opened);
    }

    /// SECURITY 32: a grant opens whatever the label, for its time and no longer.
    #[test]
    fn a_grant_opens_until_its_end() {
        let label = Confidentiality::VeryRestricted;
        assert!(matches!(judged(Closeness::None, label, Some(1)), Ok(Opened::ByGrant(_))));
        assert_eq!(judged(Closeness::None, label, Some(0)), Err(Denied::BreakGlassExpired));
    }
}
