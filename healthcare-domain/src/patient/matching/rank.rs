//! Candidates held against each other. Where what would tell is not known of one registration, and two others fit it that are
//! not one person (a parent and a child of one name, without a birth date; twins, without a given name), it is either's: as
//! likely one as the other.

use super::{Field, Given, Grade, Match, Reason, Traits, birth::Born, compare};

/// A third registration that fits so many bits less still fits.
const AS_WELL: f64 = 6.0;

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
    /// Pairs of the others that are unsure because of who is compared with them.
    pub unsure: Vec<(usize, usize)>,
}

/// Compares somebody with others, and these with each other where that tells.
pub fn rank(sought: &Traits, others: &[Traits]) -> Ranking {
    let first: Vec<Match> = others.iter().map(|other| compare(sought, other)).collect();
    let mut unsure = vec![];
    let mut matches = first.clone();
    for (n, of_pair) in first.iter().enumerate().filter(|(_, one)| one.grade.is_some() && one.lacks().is_some()) {
        for (m, of_third) in first.iter().enumerate().filter(|(m, _)| *m != n) {
            let (Some(one), Some(third)) = (others.get(n), others.get(m)) else { continue };
            let between = compare(one, third);
            // Nobody knows which of two who is looked for is; or which of two the other one is.
            let (either, other_way) = (of_pair.is_unsure(of_third, &between), of_pair.is_unsure(&between, of_third));
            if (either || other_way)
                && let Some(doubtful) = matches.get_mut(n)
            {
                doubtful.doubt();
            }
            if other_way {
                unsure.push((n, m));
            }
        }
    }
    Ranking { matches, unsure }
}

impl Match {
    /// What would tell the two apart and is not known.
    fn lacks(&self) -> Option<Field> {
        match self.telling {
            Telling { is_numbered: true, .. } => None,
            Telling { birth, .. } if !birth.known => Some(Field::BirthDate),
            Telling { given: Given::Unknown, .. } => Some(Field::GivenName),
            Telling { .. } => None,
        }
    }

    /// Whether a third registration fits one of these two as well, and is told from the other by what is not known of the one.
    fn is_unsure(&self, with_third: &Self, between: &Self) -> bool {
        let is_another = (!self.telling.birth.known && between.telling.birth.differs)
            || (self.telling.given == Given::Unknown && between.telling.given == Given::Differs);
        is_another
            && !between.telling.is_numbered
            && with_third.grade.is_some()
            && with_third.weight >= self.weight - AS_WELL
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
    use crate::patient::{Address, HumanName};

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
