//! Addresses, by their words: people write them in many ways, and move.

use super::{
    Field, Reason,
    street::telling,
    text::{edits, likeness, plain, seen, words},
};
use crate::patient::Address;

/// What the addresses say beside their weight.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Home {
    /// They live in the same house, most likely.
    pub agrees: bool,
}

/// A short name of a town with one slip in it.
const CITY_SIMILAR: f64 = 2.0;

/// Compares all addresses of two people; of several the pair that fits best counts.
pub(super) fn compare(a: &[Address], b: &[Address], reasons: &mut Vec<Reason>) -> Home {
    let pairs = a.iter().flat_map(|one| b.iter().map(move |other| pair(one, other)));
    let total = |reasons: &[Reason]| reasons.iter().map(|reason| reason.weight).sum::<f64>();
    let Some(best) = pairs.max_by(|x, y| total(x).total_cmp(&total(y))) else { return Home::default() };
    let agrees = total(&best) >= 6.0;
    reasons.extend(best);
    Home { agrees }
}

fn pair(a: &Address, b: &Address) -> Vec<Reason> {
    let mut reasons = vec![];
    let street = |address: &Address| address.lines.iter().flat_map(|line| words(line)).collect::<Vec<_>>();
    if let Some((says, weight)) = lines(&street(a), &street(b)) {
        reasons.push(Reason::new(Field::Street, says, weight));
    }
    for (field, x, y, weights) in [
        (Field::City, &a.city, &b.city, (4.0, 3.5, -1.5)),
        (Field::PostalCode, &a.postal_code, &b.postal_code, (4.5, 2.5, -1.5)),
        (Field::State, &a.state, &b.state, (0.7, 0.3, -0.7)),
    ] {
        let (Some(x), Some(y)) = (x.as_deref().map(plain), y.as_deref().map(plain)) else { continue };
        if x.is_empty() || y.is_empty() {
            continue;
        }
        let near = if field == Field::City { likeness(&x, &y) >= 0.88 } else { edits(&x, &y) == 1 };
        let short = x.chars().count().min(y.chars().count()) >= 4 && (edits(&x, &y) == 1 || seen(&x) == seen(&y));
        reasons.push(match (x == y, near) {
            (true, _) => Reason::new(field, "is the same", weights.0),
            (false, true) => Reason::new(field, "is written almost the same", weights.1),
            // Of a short name one slip is much: other towns are as near.
            (false, false) if field == Field::City && short => Reason::new(field, "is written similarly", CITY_SIMILAR),
            (false, false) => Reason::new(field, "differs", weights.2),
        });
    }
    reasons
}

/// How many words of the street meet. Numbers meet only when they are the same.
fn lines(a: &[String], b: &[String]) -> Option<(&'static str, f64)> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let is_long = a.len().min(b.len()) >= 2;
    let (one, other) = (telling(a), telling(b));
    let (few, many) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
    let is_number = |word: &str| word.chars().next().is_some_and(|c| c.is_ascii_digit());
    let mut left: Vec<&String> = many.iter().collect();
    let mut met = 0.0;
    for word in few {
        let fits = |other: &&String| match is_number(word) {
            true => *other == word,
            false => likeness(word, other) >= 0.88 || (word.len() >= 4 && seen(word) == seen(other)),
        };
        if let Some(place) = left.iter().position(fits) {
            left.remove(place);
            met += 1.0;
        }
    }
    let whole = (plain(&a.concat()), plain(&b.concat()));
    let share = met / f64::from(u32::try_from(few.len()).unwrap_or(u32::MAX));
    Some(if whole.0 == whole.1 {
        ("is the same", 6.0)
    } else if share >= 0.75 && is_long || likeness(&whole.0, &whole.1) >= 0.95 {
        ("is almost the same", 5.0)
    } else if share >= 0.5 {
        ("shares most of its words", 2.5)
    } else if share > 0.25 {
        ("shares some of its words", 0.5)
    } else {
        ("differs", -2.0)
    })
}
