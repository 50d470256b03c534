//! Two registrations become one record.

use chrono::{DateTime, Utc};

use super::{Identity, IdentityError, IdentityEvent, Standing};
use crate::{id::PatientId, text::Remark};

/// What a decision about two registrations brings about: at the survivor, and at the duplicate.
pub type Both = (Vec<IdentityEvent>, Vec<IdentityEvent>);

impl Identity {
    /// Merges `duplicate` into this one, `survivor`. What was merged into either before stays with it: chains are held by
    /// the last survivor.
    ///
    /// # Errors
    /// When it is one and the same, or either of them was merged before.
    pub fn take_in(
        &self,
        survivor: PatientId,
        (duplicate, theirs): (PatientId, &Self),
        reason: &Remark,
        at: DateTime<Utc>,
    ) -> Result<Both, IdentityError> {
        if survivor == duplicate {
            return Err(IdentityError::Same);
        }
        if let Standing::Merged { into, .. } = self.standing {
            return Err(IdentityError::SurvivorMerged { into });
        }
        if let Standing::Merged { into, .. } = theirs.standing {
            return Err(IdentityError::AlreadyMerged { into });
        }
        Ok((
            vec![IdentityEvent::TookIn { duplicate, reason: reason.clone(), at }],
            vec![IdentityEvent::MergedInto { survivor, reason: reason.clone(), at }],
        ))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::EventSourced;

    const ANA: PatientId = PatientId(Uuid::from_u128(1));
    const ANNA: PatientId = PatientId(Uuid::from_u128(2));

    fn why() -> Remark {
        Remark::try_from("the same passport".to_owned()).unwrap()
    }

    #[test]
    fn two_registrations_become_one_record() {
        let (kept, given) =
            Identity::default().take_in(ANA, (ANNA, &Identity::default()), &why(), DateTime::UNIX_EPOCH).unwrap();
        assert!(Identity::fold(&kept).holds.contains(&ANNA));
        assert_eq!(Identity::fold(&given).standing, Standing::Merged { into: ANA, at: DateTime::UNIX_EPOCH });
    }

    #[test]
    fn who_is_merged_is_not_merged_again_and_holds_nobody() {
        let nobody = Identity::default();
        let at = DateTime::UNIX_EPOCH;
        assert_eq!(nobody.take_in(ANA, (ANA, &nobody), &why(), at), Err(IdentityError::Same));
        let merged = Identity { standing: Standing::Merged { into: ANNA, at }, ..Identity::default() };
        let other = PatientId(Uuid::from_u128(3));
        assert_eq!(
            merged.take_in(ANA, (other, &nobody), &why(), at),
            Err(IdentityError::SurvivorMerged { into: ANNA })
        );
        assert_eq!(nobody.take_in(other, (ANA, &merged), &why(), at), Err(IdentityError::AlreadyMerged { into: ANNA }));
    }
}
