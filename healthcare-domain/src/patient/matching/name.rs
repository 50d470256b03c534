//! Names: alike by letters or sound, shortened, or with given and family name exchanged.

use super::{
    Field, Reason,
    text::{edits, likeness, seen, sound, words},
};
use crate::patient::HumanName;

/// What the names say beside their weight.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Named {
    /// The family names are alike.
    pub family_agrees: bool,
    /// What the given names say.
    pub given: Given,
    /// Given and family name are the same.
    pub exact: bool,
}

/// Whether the given names are alike.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Given {
    /// One of the two is not known, or no more than its initial.
    #[default]
    Unknown,
    /// They are.
    Agrees,
    /// They have nothing in common.
    Differs,
}

/// How alike two parts of a name are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Different,
    Unknown,
    /// One is the beginning, or the initial, of the other.
    Short,
    /// They sound alike, or share most of their letters.
    Similar,
    /// A letter or two apart.
    Near,
    Exact,
}

/// Compares all names of two people; of several the pair that fits best counts.
pub(super) fn compare(a: &[HumanName], b: &[HumanName], reasons: &mut Vec<Reason>) -> Named {
    let pairs = a.iter().flat_map(|one| b.iter().map(move |other| pair(one, other)));
    let Some((_, of_pair, named)) = pairs.max_by(|x, y| x.0.total_cmp(&y.0)) else { return Named::default() };
    reasons.extend(of_pair);
    named
}

fn pair(a: &HumanName, b: &HumanName) -> (f64, Vec<Reason>, Named) {
    let parts = |name: &HumanName| {
        let given: Vec<String> = name.given.iter().flat_map(|part| words(part)).collect();
        (given, name.family.as_deref().map(words).unwrap_or_default())
    };
    let ((given, family), (other_given, other_family)) = (parts(a), parts(b));
    let straight = (level(&given, &other_given, Held::ByLetters), level(&family, &other_family, Held::BySight));
    let crossed = (level(&given, &other_family, Held::ByLetters), level(&family, &other_given, Held::ByLetters));
    let total = |(g, f): (Level, Level)| weight_of_given(g) + weight_of_family(f);
    // Exchanged only where it fits far better: both parts, or the one that is known.
    let exchanged = total(crossed) > total(straight) + 3.0 && crossed.0.max(crossed.1) >= Level::Near;
    let (levels, penalty) = if exchanged { (crossed, -1.0) } else { (straight, 0.0) };
    let mut reasons = vec![];
    if exchanged {
        reasons.push(Reason::new(Field::Name, "has given and family name exchanged", penalty));
    }
    for (field, level, weight) in [
        (Field::GivenName, levels.0, weight_of_given(levels.0)),
        (Field::FamilyName, levels.1, weight_of_family(levels.1)),
    ] {
        if level != Level::Unknown {
            reasons.push(Reason::new(field, level.says(), weight));
        }
    }
    let alike = |level: Level| level >= Level::Similar;
    let given = match levels.0 {
        // Of one part that meets another nobody knows whether it is the given or the family name.
        _ if exchanged && !(alike(levels.0) && alike(levels.1)) => match levels.0.min(levels.1) {
            Level::Different => Given::Differs,
            _ => Given::Unknown,
        },
        Level::Different => Given::Differs,
        Level::Unknown | Level::Short => Given::Unknown,
        Level::Similar | Level::Near | Level::Exact => Given::Agrees,
    };
    let named = Named {
        family_agrees: levels.1 >= Level::Short || (exchanged && alike(levels.0)),
        given,
        exact: levels == (Level::Exact, Level::Exact) && !exchanged,
    };
    (total(levels) + penalty, reasons, named)
}

impl Level {
    const fn says(self) -> &'static str {
        match self {
            Self::Exact => "is the same",
            Self::Near => "is written almost the same",
            Self::Similar => "is similar or sounds alike",
            Self::Short => "is the beginning of the other",
            Self::Unknown => "is not known",
            Self::Different => "differs",
        }
    }
}

const fn weight_of_given(level: Level) -> f64 {
    match level {
        Level::Exact => 5.5,
        Level::Near => 5.0,
        Level::Similar => 3.0,
        Level::Short => 1.5,
        Level::Unknown => 0.0,
        Level::Different => -4.5,
    }
}

const fn weight_of_family(level: Level) -> f64 {
    match level {
        Level::Exact => 7.0,
        Level::Near => 6.5,
        Level::Similar => 3.5,
        Level::Short => 1.5,
        Level::Unknown => 0.0,
        // Names change with marriage.
        Level::Different => -3.5,
    }
}

/// By what words are held to be alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    /// By their letters and their sound alone. So are given names: those are what tells twins apart, and Clara and Dara are two.
    ByLetters,
    /// Those too are alike that are read for each other in bad print.
    BySight,
}

/// Compares two parts of a name as a whole and word by word: of several words the best that meet count.
fn level(a: &[String], b: &[String], held: Held) -> Level {
    if a.is_empty() || b.is_empty() {
        return Level::Unknown;
    }
    let whole = of_words(&a.concat(), &b.concat(), held);
    if a.len() == 1 && b.len() == 1 {
        return whole;
    }
    let best = a.iter().flat_map(|x| b.iter().map(move |y| of_words(x, y, held))).max().unwrap_or(Level::Different);
    // One of several names that is the same is not yet the same name.
    whole.max(best.min(Level::Near))
}

fn of_words(a: &str, b: &str, held: Held) -> Level {
    if a == b {
        return Level::Exact;
    }
    let (short, long) = if a.chars().count() <= b.chars().count() { (a, b) } else { (b, a) };
    let (length, edits, likeness) = (short.chars().count(), edits(a, b), likeness(a, b));
    // Of three letters one was left out.
    let is_clipped = edits == 1 && length == 2 && long.chars().count() == 3;
    if (edits == 1 && length >= 4) || (likeness >= 0.93 && length >= 5 && edits <= 2) {
        Level::Near
    } else if (edits == 1 && length >= 3)
        || is_clipped
        || likeness >= 0.86
        || (edits == 2 && length >= 6)
        || (held == Held::BySight && length >= 4 && seen(a) == seen(b))
        || (likeness >= 0.72 && !sound(a).is_empty() && sound(a) == sound(b))
    {
        Level::Similar
    } else if long.starts_with(short) {
        Level::Short
    } else {
        Level::Different
    }
}
