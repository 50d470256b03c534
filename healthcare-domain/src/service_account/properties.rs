//! Whatever is asked of an account of a program in whatever order.

use chrono::Duration;
use proptest::prelude::*;

use super::*;
use crate::taken::taken;

fn why() -> Remark {
    Remark::try_from("rolled out".to_owned()).unwrap()
}

proptest! {
    /// Two secrets are valid at a time at the most and none for longer than 400 days; what is disabled gets nothing, and is
    /// what it was when it may again; a certificate is a fingerprint, and tokens are bound to one alone.
    #[test]
    fn no_sequence_of_commands_reaches_an_undefined_state(
        commands in proptest::collection::vec((0u8..9, 0u128..5, 0i64..60, -10i64..450), 0..60)
    ) {
        let (mut state, mut log, mut now) = (ServiceAccount::default(), vec![], DateTime::UNIX_EPOCH);
        for (command, n, hours, days) in commands {
            now += Duration::hours(hours);
            let (was, id) = (state.clone(), Uuid::from_u128(n));
            let decided = match command {
                0 => state.create(NewServiceAccount {
                    name: if n == 0 { " ".into() } else { format!("Laboratory {n}") },
                    purpose: "Results of the analysers".into(),
                    role: "lab_technician".into(),
                    scopes: (1..n).map(|n| format!("scope_{n}")).collect(),
                    device: None,
                }),
                1..=3 => state.issue_secret(id, now + Duration::days(days), now),
                4 => state.revoke_secret(id),
                5 => state.bind_certificate((n > 0).then(|| ["AB"; 33][..30 + usize::try_from(n).unwrap() % 4].join(":")), id),
                6 => state.disable(why()),
                _ => state.enable(why()),
            };
            let moved = taken(&mut state, &mut log, decided);
            let Some(details) = state.details() else { continue };
            prop_assert!(!details.name.trim().is_empty() && !details.scopes.is_empty());
            let valid = details.secrets.keys().filter(|secret| details.takes_secret(**secret, now)).count();
            prop_assert!(valid <= SECRETS_AT_ONCE, "{} at once", valid);
            prop_assert!(details.secrets.values().all(|until| *until <= now + Duration::days(400)));
            prop_assert_eq!(details.certificate.is_some(), details.binding.is_some());
            if let Some(fingerprint) = &details.certificate {
                prop_assert!(fingerprint.len() == 64 && details.takes_certificate(fingerprint));
            }
            match (&was, &state) {
                (ServiceAccount::Uncreated, _) => prop_assert!(command == 0),
                (ServiceAccount::Enabled(before), ServiceAccount::Disabled(now))
                | (ServiceAccount::Disabled(before), ServiceAccount::Enabled(now)) => prop_assert_eq!(before, now),
                (ServiceAccount::Disabled(before), ServiceAccount::Disabled(now)) => {
                    prop_assert!(!moved || command == 4, "what is disabled gets nothing");
                    prop_assert!(now.secrets.keys().all(|secret| before.secrets.contains_key(secret)));
                }
                (ServiceAccount::Enabled(_), ServiceAccount::Enabled(_)) => {}
                (_, ServiceAccount::Uncreated) => prop_assert!(false, "it was made"),
            }
        }
        prop_assert_eq!(state == ServiceAccount::Uncreated, log.is_empty());
    }
}
