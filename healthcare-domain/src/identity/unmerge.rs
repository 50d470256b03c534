//! A merge is taken back.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Identity, IdentityError, IdentityEvent, Standing, merge::Both};
use crate::{id::PatientId, text::Remark};

impl Identity {
    /// Restores `duplicate`, which was merged into this one, `survivor`. `assigned` are streams that were begun for the
    /// survivor since, and go with the restored one; that they were is for the caller to know.
    ///
    /// # Errors
    /// When it is not merged into this one, or this one was itself merged: then that is to be taken back first.
    pub fn let_go(
        &self,
        survivor: PatientId,
        (duplicate, theirs): (PatientId, &Self),
        (reason, assigned): (&Remark, &[Uuid]),
        at: DateTime<Utc>,
    ) -> Result<Both, IdentityError> {
        if let Standing::Merged { into, .. } = self.standing {
            return Err(IdentityError::SurvivorMerged { into });
        }
        match theirs.standing {
            Standing::Merged { into, .. } if into == survivor && self.holds.contains(&duplicate) => {}
            Standing::Merged { .. } | Standing::Own => return Err(IdentityError::NotMerged),
        }
        let (reason, assigned) = (reason.clone(), assigned.to_vec());
        Ok((
            vec![IdentityEvent::LetGo { duplicate, reason: reason.clone(), assigned: assigned.clone(), at }],
            vec![IdentityEvent::Restored { survivor, reason, assigned, at }],
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EventSourced;

    const ANA: PatientId = PatientId(Uuid::from_u128(1));
    const ANNA: PatientId = PatientId(Uuid::from_u128(2));

    #[test]
    fn a_merge_is_taken_back_once_and_where_it_was_made() {
        let (at, why): (_, Remark) = (DateTime::UNIX_EPOCH, Remark::try_from("two sisters".to_owned()).unwrap());
        let (mut kept, mut given) = (Identity::default(), Identity::default());
        let (here, there) = kept.take_in(ANA, (ANNA, &given), &why, at).unwrap();
        here.iter().for_each(|event| kept.apply(event));
        there.iter().for_each(|event| given.apply(event));
        let elsewhere = PatientId(Uuid::from_u128(3));
        let stranger = Identity::default();
        assert_eq!(stranger.let_go(elsewhere, (ANNA, &given), (&why, &[]), at), Err(IdentityError::NotMerged));
        let (here, there) = kept.let_go(ANA, (ANNA, &given), (&why, &[]), at).unwrap();
        here.iter().for_each(|event| kept.apply(event));
        there.iter().for_each(|event| given.apply(event));
        assert_eq!((&kept, &given), (&Identity::default(), &Identity::default()));
        assert_eq!(kept.let_go(ANA, (ANNA, &given), (&why, &[]), at), Err(IdentityError::NotMerged));
    }
}
