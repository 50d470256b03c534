//! Why a rule judged as it did: a tree of every condition with what was observed.

use std::fmt::Write as _;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

use crate::fact::EventRef;
use crate::text::Text;

/// The three values of a condition. Missing data is never taken for a normal value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Truth {
    /// The condition holds.
    Met,
    /// The condition does not hold.
    NotMet,
    /// It cannot be told: data is missing, too old or not comparable.
    Missing,
}

impl std::ops::Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Met => Self::NotMet,
            Self::NotMet => Self::Met,
            Self::Missing => Self::Missing,
        }
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::Met } else { Self::NotMet }
    }
}

/// How an explanation says that a value is there and cannot be held against the limits.
pub(crate) const INCOMPARABLE: &str = "cannot be compared";

/// One condition of a rule, its outcome and what it was judged on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Explanation {
    /// The condition in clinicians' words.
    pub condition: Text,
    /// Met, not met or missing.
    pub outcome: Truth,
    /// The values it was judged on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observed: Vec<Observed>,
    /// Why the outcome is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacking: Option<Text>,
    /// The conditions this one is made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Explanation>, no_recursion)]
    pub children: Vec<Tree>,
}

/// An explanation that is made once and held by many: by every rule that asks for the same, and by every finding of a rule.
/// It is read, compared and written as the explanation itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Tree(Arc<Explanation>);

impl From<Explanation> for Tree {
    fn from(explanation: Explanation) -> Self {
        Self(Arc::new(explanation))
    }
}

impl std::ops::Deref for Tree {
    type Target = Explanation;

    fn deref(&self) -> &Explanation {
        &self.0
    }
}

impl std::fmt::Debug for Tree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(&*self.0, f)
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Explanation::deserialize(deserializer).map(Self::from)
    }
}

/// A value that a condition looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Observed {
    /// What it is: a drug, a condition, a measurement.
    pub what: Text,
    /// Its value, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<ObservedValue>,
    /// The UCUM unit of the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Text>,
    /// The event it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<EventRef>,
    /// When it was measured or recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    /// Its age in seconds at the moment of the evaluation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_seconds: Option<i64>,
}

/// A number (a decimal string in JSON), a flag or words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObservedValue {
    /// A number.
    Number(Decimal),
    /// Yes or no.
    Flag(bool),
    /// Words.
    Words(Text),
}

impl Explanation {
    /// The tree in words, one condition a line, indented by depth.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = String::new();
        self.write_words(0, &mut words);
        words
    }

    fn write_words(&self, depth: usize, words: &mut String) {
        let outcome = match self.outcome {
            Truth::Met => "met",
            Truth::NotMet => "not met",
            Truth::Missing => "missing",
        };
        let _infallible = write!(words, "{:depth$}{outcome}: {}", "", self.condition, depth = depth * 2);
        if let Some(lacking) = &self.lacking {
            let _infallible = write!(words, " ({lacking})");
        }
        for (nth, observed) in self.observed.iter().enumerate() {
            let _infallible = write!(words, "{}{observed}", if nth == 0 { " – " } else { "; " });
        }
        words.push('\n');
        for child in &self.children {
            child.write_words(depth + 1, words);
        }
    }

    /// How many conditions the tree has.
    pub(crate) fn size(&self) -> usize {
        1 + self.children.iter().map(|child| child.size()).sum::<usize>()
    }

    /// The values in the tree that are there and could not be held against the limits of a condition, each with why: its
    /// unit is not known, or only a bound that settles nothing.
    #[must_use]
    pub fn unreadable(&self) -> Vec<(&Observed, &Text)> {
        let own = self.lacking.as_ref().filter(|why| self.outcome == Truth::Missing && why.contains(INCOMPARABLE));
        let own = own.and_then(|why| Some((self.observed.first()?, why)));
        own.into_iter().chain(self.children.iter().flat_map(|child| child.unreadable())).collect()
    }

    /// Every reason for missing data in the tree, in order.
    pub(crate) fn collect_lacking(&self, into: &mut Vec<Text>) {
        if self.outcome != Truth::Missing {
            return;
        }
        if let Some(lacking) = &self.lacking
            && !into.contains(lacking)
        {
            into.push(lacking.clone());
        }
        for child in &self.children {
            child.collect_lacking(into);
        }
    }
}

impl std::fmt::Display for Observed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what)?;
        match &self.value {
            Some(ObservedValue::Number(number)) => write!(f, " {}", number.normalize())?,
            Some(ObservedValue::Flag(flag)) => write!(f, " {}", if *flag { "yes" } else { "no" })?,
            Some(ObservedValue::Words(words)) => write!(f, " {words}")?,
            None => {}
        }
        if let Some(unit) = &self.unit {
            write!(f, " {unit}")?;
        }
        match self.age_seconds {
            Some(seconds) => write!(f, ", {} ago", Age(seconds)),
            None => Ok(()),
        }
    }
}

/// An age in the coarsest unit that still tells something.
struct Age(i64);

impl std::fmt::Display for Age {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            seconds @ ..120 => write!(f, "{seconds} s"),
            seconds @ 120..7200 => write!(f, "{} min", seconds / 60),
            seconds @ 7200..172_800 => write!(f, "{} h", seconds / 3600),
            seconds => write!(f, "{} days", seconds / 86_400),
        }
    }
}
