//! The rules that an evaluation passed by.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::RuleRef;

/// The rules of a trigger that did not fire, known by the index without looking at each: a list shared by all
/// evaluations of the trigger, and the places in it that were looked at. Written as a list of the others.
#[derive(Clone, Default)]
pub struct Unmet {
    listed: Arc<[RuleRef]>,
    /// Ascending, each within the list.
    judged: Vec<usize>,
}

impl Unmet {
    /// All that are listed, but for those at these places.
    pub(crate) fn but(listed: Arc<[RuleRef]>, judged: Vec<usize>) -> Self {
        Self { listed, judged }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.listed.len() - self.judged.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rules, ordered by id.
    pub fn iter(&self) -> impl Iterator<Item = &RuleRef> {
        let mut judged = self.judged.iter().copied().peekable();
        self.listed
            .iter()
            .enumerate()
            .filter(move |(place, _)| judged.next_if_eq(place).is_none())
            .map(|(_, rule)| rule)
    }

    /// Whether the rule is one of them.
    #[must_use]
    pub fn contains(&self, rule: &str) -> bool {
        self.listed
            .binary_search_by(|one| one.rule.as_str().cmp(rule))
            .is_ok_and(|place| self.judged.binary_search(&place).is_err())
    }
}

impl FromIterator<RuleRef> for Unmet {
    fn from_iter<I: IntoIterator<Item = RuleRef>>(rules: I) -> Self {
        let mut listed: Vec<RuleRef> = rules.into_iter().collect();
        listed.sort();
        Self { listed: listed.into(), judged: vec![] }
    }
}

impl PartialEq for Unmet {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Unmet {}

impl std::fmt::Debug for Unmet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for Unmet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Unmet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<RuleRef>::deserialize(deserializer).map(Self::from_iter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed() -> Arc<[RuleRef]> {
        ["a", "b", "c", "d"].map(|rule| RuleRef { rule: rule.into(), version: 1 }).into()
    }

    #[test]
    fn given_the_places_that_were_judged_when_listed_then_the_others_are_told() {
        let unmet = Unmet::but(listed(), vec![0, 2]);
        assert_eq!(unmet.iter().map(|one| one.rule.as_str()).collect::<Vec<_>>(), ["b", "d"]);
        assert_eq!((unmet.len(), unmet.is_empty()), (2, false));
        assert!(unmet.contains("b") && unmet.contains("d"));
        assert!(!unmet.contains("a") && !unmet.contains("c") && !unmet.contains("e"));
        assert!(Unmet::but(listed(), vec![0, 1, 2, 3]).is_empty());
    }

    #[test]
    fn given_rules_passed_by_when_written_and_read_then_they_are_the_same() {
        let unmet = Unmet::but(listed(), vec![1]);
        let json = serde_json::to_string(&unmet).unwrap();
        assert_eq!(json, r#"[{"rule":"a","version":1},{"rule":"c","version":1},{"rule":"d","version":1}]"#);
        let read: Unmet = serde_json::from_str(&json).unwrap();
        assert_eq!(read, unmet);
        assert_ne!(read, Unmet::but(listed(), vec![2]));
    }
}
