//! Whatever is asked of a rule in whatever order.

use proptest::prelude::*;

use super::{tests::*, *};

proptest! {
    /// No order of commands puts a version in the shadow or into force that its author alone approved, or that did not
    /// pass its tests; what is past the draft never changes; what was decided folds to the state it led to.
    #[test]
    fn a_rule_keeps_its_life_cycle(
        commands in proptest::collection::vec((0u8..7, 1u32..5, 1u8..4, 0u8..3, any::<bool>()), 0..60)
    ) {
        let shipped_document = document(1);
        let shipped = Some(Shipped { version: 1, document: &shipped_document });
        let (mut rule, mut log) = (Rule::default(), vec![]);
        for (n, (command, version, who, place, good)) in commands.into_iter().enumerate() {
            let minutes = i64::try_from(n).unwrap();
            let by = signed(who, minutes);
            let scope = if place == 0 { RuleScope::House } else { wards(&[place]) };
            let proven = if good { Proven::Yes } else { Proven::No };
            let later = Activation { scope: scope.clone(), effective_at: (!good).then(|| at(minutes + 7)) };
            let before = rule.clone();
            let decided = match command {
                0 => rule.draft(draft(version), Some(1), by),
                1 => {
                    let document = serde_json::json!({ "id": "high-potassium", "version": version, "n": n });
                    rule.revise(version, Draft { document, ..draft(version) }, by)
                }
                2 => rule.test(version, report(good), by),
                3 => rule.shadow(version, scope, (shipped, proven), by),
                4 | 5 => rule.activate(version, later, (shipped, Proven::Yes), by),
                _ => rule.retire(version, shipped, by),
            };
            let Ok(events) = decided else { continue };
            for event in &events {
                let stored = serde_json::to_vec(event).unwrap();
                prop_assert_eq!(&serde_json::from_slice::<RuleEvent>(&stored).unwrap(), event);
                rule.apply(event);
                if let RuleEvent::RuleShadowed { version, signed, .. } | RuleEvent::RuleActivated { version, signed, .. } = event {
                    let of = rule.version(*version).unwrap();
                    prop_assert!(!of.authors.contains(&signed.by));
                    prop_assert!(of.origin == Origin::Shipped || of.tested.as_ref().is_some_and(TestReport::passed));
                }
            }
            log.extend(events);
            prop_assert_eq!(&Rule::fold(&log), &rule);
            let Some(kept) = rule.kept() else { continue };
            let stored = serde_json::to_string(kept).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Kept>(&stored).unwrap(), kept);
            for (number, now) in &kept.versions {
                if let Ok(then) = before.version(*number)
                    && then.stage != Stage::Draft
                {
                    prop_assert_eq!(&then.document, &now.document, "past the draft");
                }
                let somewhere = kept.standing(*number, at(minutes), Some(1));
                prop_assert!(somewhere.is_some());
                // What was never in the shadow is in force nowhere, now or later.
                if !now.stage.is_proven() {
                    let placement = kept.placement(at(minutes + 100));
                    prop_assert!(placement.house != Holder::Version(*number) && !placement.shadows.contains_key(number));
                    prop_assert!(placement.wards.values().all(|holder| *holder != Holder::Version(*number)));
                }
            }
        }
    }
}
