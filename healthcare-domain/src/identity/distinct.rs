//! Two registrations that look like one person are of two.

use super::{Identity, IdentityError, IdentityEvent, merge::Both};
use crate::{id::PatientId, text::Remark};

impl Identity {
    /// Notes at both that they are different people.
    ///
    /// # Errors
    /// When it is one and the same, they were merged, or it was noted before.
    pub fn tell_apart(
        &self,
        own: PatientId,
        (other, theirs): (PatientId, &Self),
        reason: &Remark,
    ) -> Result<Both, IdentityError> {
        if own == other {
            return Err(IdentityError::Same);
        }
        for (held, holder, into) in [(other, self, own), (own, theirs, other)] {
            if holder.holds.contains(&held) {
                return Err(IdentityError::AlreadyMerged { into });
            }
        }
        if self.distinct_from.contains(&other) {
            return Err(IdentityError::AlreadyDistinct);
        }
        let note = |other| vec![IdentityEvent::FoundDistinct { other, reason: reason.clone() }];
        Ok((note(other), note(own)))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::EventSourced;

    #[test]
    fn two_people_are_told_apart_once() {
        let (ana, eva) = (PatientId(Uuid::from_u128(1)), PatientId(Uuid::from_u128(2)));
        let why: Remark = Remark::try_from("sisters".to_owned()).unwrap();
        let (here, _) = Identity::default().tell_apart(ana, (eva, &Identity::default()), &why).unwrap();
        let known = Identity::fold(&here);
        assert_eq!(known.tell_apart(ana, (eva, &Identity::default()), &why), Err(IdentityError::AlreadyDistinct));
        assert_eq!(known.tell_apart(ana, (ana, &known), &why), Err(IdentityError::Same));
    }
}
