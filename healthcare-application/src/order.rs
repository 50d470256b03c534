//! The order of a list: the field it goes by, and `-` before it to turn it round. Each list allows its own; the words
//! of an earlier release are still taken.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which way a list goes along its field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Direction {
    /// What is least comes first.
    Up,
    /// What is greatest comes first, as in most lists by time.
    #[default]
    Down,
}

/// By time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum ByTime {
    /// The newest first.
    #[serde(rename = "-at", alias = "newest")]
    Newest,
    /// The oldest first.
    #[serde(rename = "at", alias = "oldest")]
    Oldest,
}

/// By when it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum ByStart {
    /// The earliest first.
    #[serde(rename = "start")]
    Earliest,
    /// The latest first.
    #[serde(rename = "-start", alias = "start_desc")]
    Latest,
}

/// By name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum ByName {
    /// From A to Z.
    #[serde(rename = "name")]
    First,
    /// From Z to A.
    #[serde(rename = "-name")]
    Last,
}

/// By who is asked first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum ByRank {
    /// Who is asked first comes first.
    #[serde(rename = "rank")]
    First,
    /// Who is asked last comes first.
    #[serde(rename = "-rank")]
    Last,
}

/// By how alike two are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum ByScore {
    /// The likeliest first.
    #[serde(rename = "-score")]
    Likeliest,
    /// The least likely first.
    #[serde(rename = "score")]
    Unlikeliest,
}

/// By the number of the version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum ByNumber {
    /// The first version first.
    #[serde(rename = "number")]
    First,
    /// The last version first.
    #[serde(rename = "-number")]
    Last,
}

impl From<ByTime> for Direction {
    fn from(order: ByTime) -> Self {
        match order {
            ByTime::Oldest => Self::Up,
            ByTime::Newest => Self::Down,
        }
    }
}

impl From<ByStart> for Direction {
    fn from(order: ByStart) -> Self {
        match order {
            ByStart::Earliest => Self::Up,
            ByStart::Latest => Self::Down,
        }
    }
}

impl From<ByName> for Direction {
    fn from(order: ByName) -> Self {
        match order {
            ByName::First => Self::Up,
            ByName::Last => Self::Down,
        }
    }
}

impl From<ByRank> for Direction {
    fn from(order: ByRank) -> Self {
        match order {
            ByRank::First => Self::Up,
            ByRank::Last => Self::Down,
        }
    }
}

impl From<ByScore> for Direction {
    fn from(order: ByScore) -> Self {
        match order {
            ByScore::Unlikeliest => Self::Up,
            ByScore::Likeliest => Self::Down,
        }
    }
}

impl From<ByNumber> for Direction {
    fn from(order: ByNumber) -> Self {
        match order {
            ByNumber::First => Self::Up,
            ByNumber::Last => Self::Down,
        }
    }
}

impl Direction {
    /// What was asked for, or else the list's own order.
    pub fn asked<O: Into<Self>>(asked: Option<O>, own: O) -> Self {
        asked.unwrap_or(own).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_an_earlier_release_are_taken_and_the_new_ones_are_written() {
        let read = |word: &str| serde_json::from_value::<ByTime>(word.into());
        assert_eq!(read("oldest").ok(), Some(ByTime::Oldest));
        assert_eq!(read("-at").ok(), Some(ByTime::Newest));
        assert!(read("at desc").is_err());
        let start = serde_json::from_value::<ByStart>("start_desc".into()).unwrap();
        assert_eq!((start, serde_json::to_value(start).unwrap()), (ByStart::Latest, "-start".into()));
        assert_eq!(Direction::asked(None, ByTime::Newest), Direction::Down);
        assert_eq!(Direction::asked(Some(ByName::First), ByName::Last), Direction::Up);
    }
}
