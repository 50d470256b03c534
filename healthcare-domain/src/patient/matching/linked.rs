//! One person by a third registration. Two records that were written badly may share too little to meet, or to be alike, and both
//! be very likely one person with a third: then they are one. One of the two shares a number with the third; without, relatives
//! whose names are alike would be drawn together with all their records.

use super::{Field, Grade, Match, PROBABLE, Reason};

/// So many bits may speak against the two. Below lie those who are told apart by nearly all: of these the third is not both.
const AGAINST: f64 = -10.0;

/// What a pair is by a third registration, compared with the one and the other. Nothing where the pair is likely by itself, where
/// the third is not very likely both and by a number one, or where what tells relatives apart is not known of it and one of them: a
/// registration without a birth date may be the parent's or the child's, and is no bridge between the two.
pub fn linked(pair: Match, by: [&Match; 2]) -> Option<Match> {
    let is_both = by.iter().all(|leg| leg.grade >= Some(Grade::Probable) && leg.lacks().is_none());
    let is_numbered = by.iter().any(|leg| leg.telling.is_numbered);
    if !is_both || !is_numbered || pair.grade >= Some(Grade::Probable) || pair.weight < AGAINST {
        return None;
    }
    let says = "is very likely the same person as each of the two";
    let mut reasons = pair.reasons;
    reasons.insert(0, Reason::new(Field::Registration, says, PROBABLE - pair.weight));
    let score = (10_000.0 / (1.0 + (-PROBABLE).exp2())).round() / 10_000.0;
    Some(Match { score, weight: PROBABLE, grade: Some(Grade::Probable), reasons, ..pair })
}

#[cfg(test)]
mod tests {
    use super::{super::compare, *};
    use crate::{
        patient::{Address, HumanName, matching::Traits},
        reference::Identifier,
    };

    fn ana(born: Option<&str>, card: Option<&str>, street: Option<&str>) -> Traits {
        Traits {
            names: vec![HumanName {
                family: Some("Lindqvist".into()),
                given: vec!["Ana".into()],
                ..HumanName::default()
            }],
            birth_date: born.map(|born| born.parse().unwrap()),
            identifiers: card
                .map(|card| Identifier { system: "urn:card".into(), value: card.into() })
                .into_iter()
                .collect(),
            addresses: street
                .map(|street| Address {
                    lines: vec![street.into()],
                    city: Some("Bendigo".into()),
                    postal_code: Some("3550".into()),
                    ..Address::default()
                })
                .into_iter()
                .collect(),
            ..Traits::default()
        }
    }

    const BORN: Option<&str> = Some("1954-03-02");
    const CARD: Option<&str> = Some("4711-0815");
    const HOME: Option<&str> = Some("12 Church Lane");

    #[test]
    fn who_is_both_makes_two_one() {
        let (whole, by_card) = (ana(BORN, CARD, HOME), ana(BORN, CARD, None));
        let mistyped = ana(Some("1964-03-20"), None, HOME);
        let (one, other) = (compare(&whole, &by_card), compare(&whole, &mistyped));
        assert_eq!((one.grade, other.grade >= Some(Grade::Probable)), (Some(Grade::Certain), true), "{other:?}");
        // As far as the two themselves go, they are namesakes.
        let pair = compare(&by_card, &mistyped);
        assert!(pair.grade < Some(Grade::Probable), "{pair:?}");
        let made = linked(pair.clone(), [&one, &other]).expect("one person");
        assert_eq!((made.grade, made.same_person), (Some(Grade::Probable), false));
        assert_eq!(
            made.reasons[0].to_string(),
            "another registration is very likely the same person as each of the two"
        );

        // Neither shares a number with the third; or one is no more than possible.
        assert_eq!(linked(pair.clone(), [&other, &other]), None);
        assert_eq!(linked(pair, [&one, &Match { grade: Some(Grade::Possible), ..other.clone() }]), None);
        // What is likely by itself needs no third.
        assert_eq!(linked(one.clone(), [&one, &other]), None);
    }

    #[test]
    fn relatives_are_not_made_one_by_a_third() {
        let parent = ana(BORN, CARD, HOME);
        let child = ana(Some("1981-07-19"), None, HOME);
        let sure = compare(&parent, &parent);
        let pair = compare(&parent, &child);
        assert!(pair.grade < Some(Grade::Probable), "{pair:?}");
        // Of a registration without a birth date nobody knows whose it is.
        let undated = ana(None, None, HOME);
        let leg = compare(&undated, &child);
        assert!(leg.grade >= Some(Grade::Probable), "{leg:?}");
        assert_eq!(linked(pair.clone(), [&sure, &leg]), None);
        // However sure, nobody is two who have nothing in common.
        let names =
            vec![HumanName { family: Some("Okafor".into()), given: vec!["Zoe".into()], ..HumanName::default() }];
        let stranger = Traits { names, ..ana(Some("1990-11-30"), None, None) };
        let apart = compare(&parent, &stranger);
        assert!(apart.weight < AGAINST, "{apart:?}");
        assert_eq!(linked(apart, [&sure, &sure]), None);
    }
}
