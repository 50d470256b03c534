//! Candidates held against each other. Where what would tell is not known of one registration, and two others fit it that are
//! not one person (a parent and a child of one name, without a birth date; twins, without a given name), it is either's: as
//! likely one as the other.

use super::{Field, Given, Grade, Match, Reason, Traits, birth::Born, compare};

/// A third registration that fits so many bits less still fits.
const AS_WELL: f64 = 6.0;
/// So many at the most are held against all others: what somebody is compared with stays bounded.
const DOUBTED: usize = 16;

/// What of two registrations tells them from their relatives.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Telling {
    /// What the given names say.
    pub given: Given,
    /// What the birth dates say.
    pub birth: Born,
    /// A number that they share says it: no relative has it.
    pub is_numbered: bool,
}

/// What came of comparing somebody with several others.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// What came of each, in their order.
    pub matches: Vec<Match>,
    /// Of each, which of the others fit as well, so that it is unsure.
    pub doubts: Vec<Vec<usize>>,
    /// Pairs of the others that are unsure because of who is compared with them.
    pub unsure: Vec<(usize, usize)>,
}

/// Compares somebody with others, and these with each other where that can tell: at the most [`DOUBTED`] of them, the likeliest
/// of those of whom something is not known, each with whom that would tell it from. Those beyond are doubted unseen wherever
/// another may fit as well.
pub fn rank(sought: &Traits, others: &[Traits]) -> Ranking {
    let first: Vec<Match> = others.iter().map(|other| compare(sought, other)).collect();
    let mut unclear: Vec<usize> = (0..first.len()).filter(|n| first.get(*n).is_some_and(Match::is_unclear)).collect();
    unclear.sort_by(|a, b| first[*b].weight.total_cmp(&first[*a].weight));
    let (mut matches, mut doubts, mut unsure) = (first.clone(), vec![vec![]; first.len()], vec![]);
    for (place, n) in unclear.into_iter().enumerate() {
        let of_pair = &first[n];
        for (m, of_third) in first.iter().enumerate().filter(|(m, _)| *m != n) {
            // Where neither can be, nobody needs to know what the two others have in common.
            let (may_be_either, may_be_other_way) = (of_pair.fits_less(of_third), of_pair.tells_apart(of_third));
            if !may_be_either && !may_be_other_way {
                continue;
            }
            if place >= DOUBTED {
                matches[n].doubt();
                break;
            }
            let between = compare(&others[n], &others[m]);
            // Nobody knows which of two who is looked for is; or which of two the other one is.
            let either = may_be_either && of_pair.tells_apart(&between);
            let other_way = may_be_other_way && of_pair.fits_less(&between);
            if either || other_way {
                if of_pair.weight > 0.0 {
                    doubts[n].push(m);
                }
                matches[n].doubt();
            }
            // Of the two others, the one of whom something is not known may be who is compared with them.
            if may_be_other_way && between.is_unclear() && between.fits_less(of_pair) {
                unsure.push((n, m));
            }
        }
    }
    Ranking { matches, doubts, unsure }
}

impl Match {
    /// What would tell the two apart and is not known.
    pub(super) fn lacks(&self) -> Option<Field> {
        match self.telling {
            Telling { is_numbered: true, .. } => None,
            Telling { birth, .. } if !birth.known => Some(Field::BirthDate),
            Telling { given: Given::Unknown, .. } => Some(Field::GivenName),
            Telling { .. } => None,
        }
    }

    /// Whether it is worth a look, and something that would tell is not known.
    fn is_unclear(&self) -> bool {
        self.grade.is_some() && self.lacks().is_some()
    }

    /// Whether another pair fits as well as this one, or almost.
    fn fits_less(&self, other: &Self) -> bool {
        other.grade.is_some() && other.weight >= self.weight - AS_WELL
    }

    /// Whether another pair is told apart by what is not known of this one.
    fn tells_apart(&self, other: &Self) -> bool {
        let is_another = (!self.telling.birth.known && other.telling.birth.differs)
            || (self.telling.given == Given::Unknown && other.telling.given == Given::Differs);
        is_another && !other.telling.is_numbered
    }

    /// Says that another one fits as well: it is no likelier than not.
    fn doubt(&mut self) {
        let Some(field) = self.lacks().filter(|_| self.weight > 0.0) else { return };
        let says = "is not known, and would tell: another registration fits as well";
        self.reasons.insert(0, Reason::new(field, says, -self.weight));
        (self.weight, self.score, self.same_person) = (0.0, 0.5, false);
        self.grade = self.grade.map(|grade| grade.min(Grade::Possible));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patient::{Address, AdministrativeGender, ContactPoint, HumanName};

    fn person(given: &[&str], born: Option<&str>) -> Traits {
        Traits {
            names: vec![HumanName {
                family: Some("Lindqvist".into()),
                given: given.iter().map(|&name| name.into()).collect(),
                ..HumanName::default()
            }],
            birth_date: born.map(|born| born.parse().unwrap()),
            addresses: vec![Address {
                lines: vec!["12 Church Lane".into()],
                city: Some("Bendigo".into()),
                postal_code: Some("3550".into()),
                ..Address::default()
            }],
            ..Traits::default()
        }
    }

    #[test]
    fn who_may_be_parent_or_child_is_neither_for_sure() {
        let (parent, child) = (person(&["Ana"], Some("1954-03-02")), person(&["Ana"], Some("1981-07-19")));
        let undated = person(&["Ana"], None);
        let alone = rank(&undated, std::slice::from_ref(&parent));
        assert_eq!(alone.matches[0].grade, Some(Grade::Probable), "{alone:?}");
        let both = rank(&undated, &[parent.clone(), child.clone()]);
        for one in &both.matches {
            assert_eq!((one.grade, one.score), (Some(Grade::Possible), 0.5), "{both:?}");
            assert!(one.reasons[0].to_string().contains("another registration fits as well"));
        }
        // As seen by the parent, and by the child who is registered last.
        let seen = rank(&parent, &[undated.clone(), child.clone()]);
        assert_eq!(seen.matches[0].grade, Some(Grade::Possible));
        let last = rank(&child, &[parent, undated]);
        assert_eq!((last.matches[1].grade, last.unsure), (Some(Grade::Possible), vec![(1, 0)]));
    }

    #[test]
    fn it_is_said_who_fits_as_well() {
        let (parent, child, undated) =
            (person(&["Ana"], Some("1954-03-02")), person(&["Ana"], Some("1981-07-19")), person(&["Ana"], None));
        let seen = rank(&undated, &[parent.clone(), child.clone()]);
        assert_eq!(seen.doubts, [vec![1], vec![0]]);
        // The child is told from her parent; what is unsure is the registration without a birth date.
        let seen = rank(&parent, &[child, undated]);
        assert_eq!(seen.doubts, [vec![], vec![0]]);
    }

    /// A hundred registrations of one name without a birth date are no ten thousand comparisons, and none of them is surer for
    /// not having been held against the others.
    #[test]
    fn what_is_compared_is_bounded_and_what_is_not_is_doubted() {
        let mut others = vec![person(&["Ana"], None); 100];
        others.push(person(&["Ana"], Some("1981-07-19")));
        let ranked = rank(&person(&["Ana"], Some("1954-03-02")), &others);
        assert_eq!(ranked.doubts.iter().filter(|doubts| !doubts.is_empty()).count(), DOUBTED);
        for one in &ranked.matches[..100] {
            assert_eq!((one.grade, one.weight, one.same_person), (Some(Grade::Possible), 0.0, false), "{one:?}");
        }
        // As many of whom nobody else is told apart are no surer either; one alone is.
        let few = rank(&person(&["Ana"], Some("1954-03-02")), &others[..DOUBTED]);
        assert!(few.matches.iter().all(|one| one.grade == Some(Grade::Probable)), "{few:?}");
    }

    /// Who fits far less than somebody else makes that pair no less sure; who fits far better does, and is sure themselves.
    #[test]
    fn a_pair_is_unsure_because_of_who_fits_it_as_well_and_of_nobody_else() {
        let reached = |mut who: Traits, phone: &str, mail: &str| {
            let contact = |system: &str, value: &str| ContactPoint {
                system: system.into(),
                value: value.into(),
                ..ContactPoint::default()
            };
            who.telecom = vec![contact("phone", phone), contact("email", mail)];
            who
        };
        let undated = Traits {
            gender: AdministrativeGender::Female,
            ..reached(person(&["Ana"], None), "+351 912 345 678", "ana@example.org")
        };
        let mother = Traits { birth_date: Some("1954-03-02".parse().unwrap()), ..undated.clone() };
        let cousin = reached(person(&["Ana"], Some("1981-07-19")), "+351 877 001 002", "other@example.org");
        let seen = rank(&cousin, &[undated.clone(), mother.clone()]);
        assert_eq!(seen.doubts[0], [1], "she may not be the undated one: {seen:?}");
        assert!(seen.unsure.is_empty(), "the mother is, whoever the cousin is: {seen:?}");
        let seen = rank(&mother, &[undated, cousin]);
        assert_eq!(seen.matches[0].grade, Some(Grade::Probable), "{seen:?}");
        assert!(seen.doubts[0].is_empty(), "{seen:?}");
        assert_eq!(seen.unsure, [(0, 1)], "{seen:?}");
    }

    #[test]
    fn a_newborn_without_a_name_may_be_either_twin() {
        let (eva, ida, nameless) = (
            person(&["Eva"], Some("2026-03-02")),
            person(&["Ida"], Some("2026-03-02")),
            person(&[], Some("2026-03-02")),
        );
        let ranked = rank(&nameless, &[eva.clone(), ida]);
        assert!(ranked.matches.iter().all(|one| one.grade == Some(Grade::Possible)), "{ranked:?}");
        // Two registrations of Eva are one person: nobody else fits.
        let ranked = rank(&nameless, &[eva.clone(), eva]);
        assert!(ranked.matches.iter().all(|one| one.grade == Some(Grade::Probable)), "{ranked:?}");
    }
}
