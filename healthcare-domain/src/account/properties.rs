//! Whatever is asked of an account in whatever order.

use chrono::Duration;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::taken::taken;

const ADA: AccountId = AccountId(Uuid::from_u128(1));
const ROLES: [&str; 4] = ["nurse", "doctor", "patient", "device"];

fn why() -> Remark {
    Remark::try_from("on leave".to_owned()).unwrap()
}

fn profile(n: usize) -> StaffProfile {
    let name = if n == 0 { " ".to_owned() } else { format!("Ada {n}") };
    StaffProfile { name, profession: None, licence_number: None, wards: vec![], teams: vec![] }
}

proptest! {
    /// Who an account is never changes and belongs to its role; nobody gives or takes their own rights; an account that is
    /// disabled gets no password, and one that was activated stays so.
    #[test]
    fn no_sequence_of_commands_reaches_an_undefined_state(
        commands in proptest::collection::vec((0u8..14, 1u128..3, 0usize..4, any::<bool>()), 0..60)
    ) {
        let (mut state, mut log) = (Account::default(), vec![]);
        for (n, (command, by, role, owned)) in commands.into_iter().enumerate() {
            let (was, who) = (state.clone(), Between { by: AccountId(Uuid::from_u128(by)), on: ADA });
            let now = DateTime::UNIX_EPOCH + Duration::minutes(i64::try_from(n).unwrap());
            let decided = match command {
                0 => state.create(NewAccount {
                    username: if role == 0 { "a b".into() } else { format!("Ada.{n}") },
                    role: RoleName(ROLES[role].into()),
                    profile: (!owned).then(|| profile(role)),
                    patient: owned.then_some(PatientId(Uuid::from_u128(7))),
                    device: (owned && role == 3).then_some(DeviceId(Uuid::from_u128(8))),
                }, now),
                1 => state.disable(who, why()),
                2 => state.enable(who, why()),
                3 | 4 => state.change_role(who, RoleName(ROLES[role].into()), why()),
                5 => state.change_profile(who, profile(role)),
                6 => state.issue_activation(now + Duration::hours(1)),
                7 | 8 => state.activate(),
                9 => state.change_password(None),
                10 | 11 => state.enrol_second_factor(),
                12 => state.remove_second_factor(who, why()),
                _ => state.end_sessions(None),
            };
            let moved = taken(&mut state, &mut log, decided);
            let Account::Known(known) = &state else { continue };
            prop_assert_eq!(known.patient.is_some(), known.role.is_of_a_patient());
            prop_assert!(known.device.is_none() || known.role.is_of_a_device());
            prop_assert!(known.profile.as_ref().is_none_or(|one| known.role.is_of_staff() && !one.name.trim().is_empty()));
            let Account::Known(before) = &was else {
                prop_assert!(command == 0 && !known.activated && !known.second_factor && known.disabled.is_none());
                continue;
            };
            prop_assert!(!(moved && command == 0), "made once");
            let who_it_is = |one: &Known| (one.username.clone(), one.patient, one.device, one.created_at);
            prop_assert_eq!(who_it_is(before), who_it_is(known));
            let rights = |one: &Known| (one.role.clone(), one.disabled.clone(), one.second_factor);
            if rights(before) != rights(known) {
                let enrolled = !before.second_factor && known.second_factor;
                prop_assert!(enrolled || who.by != ADA, "nobody gives or takes their own");
            }
            prop_assert!(known.activated || !before.activated);
            prop_assert!(!(moved && before.disabled.is_some() && (6..=9).contains(&command)), "a password of what is disabled");
        }
        prop_assert_eq!(state == Account::Unknown, log.is_empty());
    }
}
