//! Doses in words. What cannot be read is left out.

use rust_decimal::Decimal;

use super::{Amount, DoseFact};

impl DoseFact {
    /// Reads a dose from words: an amount with its unit, how often, a limit a day, whether as needed.
    ///
    /// ```
    /// use healthcare_dss::DoseFact;
    /// let dose = DoseFact::from_words("1-2 tablets every 4 to 6 hours as needed, max 8 tablets a day");
    /// assert_eq!(dose.amount.unwrap().to_string(), "2 tablet");
    /// assert_eq!(dose.times_per_day, Some(6.into()));
    /// assert!(dose.as_needed);
    /// ```
    #[must_use]
    pub fn from_words(words: &str) -> Self {
        let owned = tokens(words);
        let tokens: Vec<&str> = owned.iter().map(String::as_str).collect();
        let mut dose = Self { as_needed: as_needed(&tokens), ..Self::default() };
        let limits = |at: usize, token: &str| match token {
            "max" | "maximum" | "up" => true,
            // "Not more than", "do not exceed"; and not "do not crush".
            "not" => matches!(tokens.get(at + 1), Some(&("more" | "exceed" | "exceeding" | "to"))),
            _ => false,
        };
        let limit = tokens.iter().enumerate().position(|(at, token)| limits(at, token));
        let (before, after) = tokens.split_at(limit.unwrap_or(tokens.len()));
        dose.amount = amount(before).map(|(amount, _)| amount);
        dose.times_per_day = times_per_day(before);
        if let Some((most, used)) = amount(after) {
            let daily = after
                .get(used..)
                .is_some_and(|rest| rest.iter().any(|token| matches!(*token, "day" | "daily" | "24" | "d")));
            match (after.first(), daily) {
                // "up to 4 g daily" without an amount before it is a dose; with one, or "max", it is the limit.
                (Some(&"up"), _) if dose.amount.is_none() => dose.amount = Some(most),
                (_, true) => dose.max_per_day = Some(most),
                _ => {}
            }
        }
        if dose.times_per_day.is_none() && limit.is_some() {
            dose.times_per_day = times_per_day(after).filter(|_| dose.max_per_day.is_none());
        }
        dose.unread = dose.amount.is_some()
            && dose.times_per_day.is_none()
            && dose.max_per_day.is_none()
            && owned.iter().any(|one| recurs(one));
        // "4000 mg daily" is a dose once a day; "4000 mg per day" in divided doses is not told apart, and need not be:
        // the sum of the day is the same.
        dose
    }
}

/// Whether words of a frequency tell how often at all: what is given once, or at once, is no frequency.
pub(super) fn tells_how_often(words: &str) -> bool {
    let tokens = tokens(words);
    let once = |token: &String| {
        matches!(
            token.as_str(),
            "once"
                | "stat"
                | "now"
                | "immediately"
                | "single"
                | "dose"
                | "one-off"
                | "as"
                | "needed"
                | "prn"
                | "if"
                | "required"
                | "when"
                | "a"
                | "one"
                | "time"
                | "only"
                | "-"
                | "off"
                | "at"
        )
    };
    !tokens.is_empty() && !tokens.iter().all(once)
}

/// Whether a word speaks of doses that recur.
fn recurs(word: &str) -> bool {
    matches!(
        word,
        "every"
            | "q"
            | "times"
            | "x"
            | "per"
            | "daily"
            | "day"
            | "days"
            | "hourly"
            | "hours"
            | "week"
            | "weekly"
            | "directed"
            | "mane"
            | "nocte"
            | "morning"
            | "evening"
            | "noon"
            | "night"
            | "meals"
            | "breakfast"
            | "lunch"
            | "dinner"
            | "usual"
            | "instructed"
    )
}

/// Numbers, words and signs in lower case: `500mg` is two, `1-2` is three; `1,000`, `2,5`, `.5`, `1/2` are numbers.
fn tokens(words: &str) -> Vec<String> {
    let mut found: Vec<String> = vec![];
    let characters: Vec<char> = words.chars().flat_map(char::to_lowercase).collect();
    let digit = |at: usize| characters.get(at).is_some_and(char::is_ascii_digit);
    let mut at = 0;
    while at < characters.len() {
        let start = at;
        let first = characters[at];
        if digit(at) || (first == '.' && digit(at + 1)) {
            let mut number = String::new();
            loop {
                let point = characters.get(at) == Some(&'.') && digit(at + 1);
                let comma = characters.get(at) == Some(&',') && digit(at + 1);
                let thousands = comma && number != "0" && (1..4).all(|nth| digit(at + nth)) && !digit(at + 4);
                match characters.get(at) {
                    Some(c) if digit(at) || point => number.push(*c),
                    _ if thousands => {}
                    _ if comma => number.push('.'),
                    _ => break,
                }
                at += 1;
            }
            if number == "1" && characters.get(at) == Some(&'/') && !digit(at + 2) {
                let part = match characters.get(at + 1) {
                    Some('2') => Some("0.5"),
                    Some('4') => Some("0.25"),
                    _ => None,
                };
                if let Some(part) = part {
                    number = part.to_owned();
                    at += 2;
                }
            }
            found.push(number);
        } else if first == '-' || first == '–' {
            found.push("-".to_owned());
            at += 1;
        } else if first.is_whitespace() || matches!(first, ',' | ';' | ':' | '(' | ')' | '{' | '}' | '[' | ']') {
            at += 1;
        } else {
            let ends = |c: char| {
                c.is_whitespace()
                    || c.is_ascii_digit()
                    || matches!(c, ',' | ';' | ':' | '(' | ')' | '{' | '}' | '[' | ']' | '-' | '–')
            };
            while characters.get(at).is_some_and(|c| !ends(*c)) {
                at += 1;
            }
            let word: String = characters[start..at].iter().collect();
            let word = word.trim_end_matches('.');
            if !word.is_empty() {
                found.push(word.to_owned());
            }
        }
    }
    found
}

fn number(token: &str) -> Option<Decimal> {
    let worded = match token {
        "one" | "once" | "a" | "an" => 1,
        "two" | "twice" => 2,
        "three" | "thrice" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        "eight" => 8,
        "twelve" => 12,
        _ => return token.parse().ok().filter(|value: &Decimal| *value > Decimal::ZERO),
    };
    Some(Decimal::from(worded))
}

/// The first amount, the larger number of a range; and how many words it took.
fn amount(tokens: &[&str]) -> Option<(Amount, usize)> {
    for at in 0..tokens.len() {
        let Some(mut value) = number(tokens[at]) else { continue };
        let mut next = at + 1;
        if matches!(tokens.get(next), Some(&("-" | "to" | "or")))
            && let Some(upper) = tokens.get(next + 1).and_then(|token| number(token))
        {
            value = value.max(upper);
            next += 2;
        }
        if let Some(unit) = tokens.get(next).and_then(|token| known_unit(token)) {
            // "mg/kg" and "ug/h" are other units than "mg" and "ug".
            return Some((Amount { value, unit }, next + 1));
        }
    }
    None
}

/// The UCUM code of a unit as people write it; anything else as it stands.
pub(super) fn unit(written: &str) -> String {
    known_unit(written.trim()).unwrap_or_else(|| written.trim().to_owned())
}

fn known_unit(written: &str) -> Option<String> {
    let lower = written.to_lowercase();
    let counted = |what: &str| Some(format!("{{{what}}}"));
    let ucum = match lower.trim_matches(['{', '}']) {
        "mg" | "mgs" | "milligram" | "milligrams" => "mg",
        "g" | "gm" | "gram" | "grams" => "g",
        "kg" => "kg",
        "ug" | "mcg" | "µg" | "μg" | "microgram" | "micrograms" => "ug",
        "ng" => "ng",
        "ml" | "milliliter" | "milliliters" | "millilitre" | "millilitres" => "mL",
        "l" | "liter" | "litre" => "L",
        "meq" => "meq",
        "mmol" => "mmol",
        "unit" | "units" | "iu" | "[iu]" | "[usp'u]" | "unt" | "iu]" => "[iU]",
        "mg/kg" => "mg/kg",
        "ug/kg" | "mcg/kg" => "ug/kg",
        "unit/kg" | "units/kg" | "iu/kg" | "[iu]/kg" => "[iU]/kg",
        "meq/kg" => "meq/kg",
        "mmol/kg" => "mmol/kg",
        "ug/h" | "mcg/h" | "mcg/hr" | "ug/hr" | "mcg/hour" | "ug/hour" => "ug/h",
        "mg/h" | "mg/hr" | "mg/hour" => "mg/h",
        "tablet" | "tablets" | "tab" | "tabs" | "tbl" => return counted("tablet"),
        "capsule" | "capsules" | "cap" | "caps" => return counted("capsule"),
        "puff" | "puffs" | "inhalation" | "inhalations" | "actuation" | "actuations" => return counted("puff"),
        "drop" | "drops" => return counted("drop"),
        "patch" | "patches" => return counted("patch"),
        "suppository" | "suppositories" => return counted("suppository"),
        "lozenge" | "lozenges" => return counted("lozenge"),
        "spray" | "sprays" => return counted("spray"),
        _ => return None,
    };
    Some(ucum.to_owned())
}

fn as_needed(tokens: &[&str]) -> bool {
    tokens.iter().any(|token| matches!(*token, "prn" | "needed" | "required"))
}

/// How often a day: "twice daily", "every 4 to 6 hours", "q8h", "3x/day", "1 time(s) every 1 d", "tds", "weekly".
fn times_per_day(words: &[&str]) -> Option<Decimal> {
    for at in 0..words.len() {
        let before = at.checked_sub(1).and_then(|before| words.get(before)).copied();
        let rest = words.get(at + 1..).unwrap_or_default();
        let found = match words[at] {
            "every" | "q" => every(rest, before_count(&words[..at])),
            "qd" | "od" | "qam" | "qpm" | "qhs" | "daily" | "nightly" | "hs" | "bedtime" | "qod" => {
                if words[at] == "qod" {
                    Some(Decimal::new(5, 1))
                } else {
                    Some(before_count(&words[..at]).unwrap_or(Decimal::ONE))
                }
            }
            "bid" | "bd" | "b.i.d" => Some(Decimal::TWO),
            "tid" | "tds" | "t.i.d" => Some(Decimal::from(3)),
            "qid" | "qds" | "q.i.d" => Some(Decimal::from(4)),
            "once" | "twice" | "thrice" if per_day(rest) => number(words[at]),
            "once" | "twice" | "thrice" if per_week(rest) => number(words[at])?.checked_div(Decimal::from(7)),
            "times" | "time" | "x" | "×" | "doses" if per_day(rest) => number(before?),
            "times" | "time" | "x" | "doses" if per_week(rest) => number(before?)?.checked_div(Decimal::from(7)),
            "x/day" | "times/day" | "/day" | "/d" => number(before?),
            "weekly" => before_count(&words[..at]).unwrap_or(Decimal::ONE).checked_div(Decimal::from(7)),
            "monthly" => Decimal::ONE.checked_div(Decimal::from(30)),
            "day" if matches!(before, Some("per" | "a" | "each")) => Some(Decimal::ONE),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// "twice" of "twice daily", "3" of "3 times daily".
fn before_count(words: &[&str]) -> Option<Decimal> {
    let last = words.iter().rev().find(|word| !matches!(**word, "time" | "times" | "time(s" | "x" | "s" | "doses"))?;
    let counted = words.last().is_some_and(|word| matches!(*word, "time" | "times" | "x" | "s" | "doses"));
    (counted || matches!(*last, "once" | "twice" | "thrice")).then(|| number(last)).flatten()
}

fn per_day(rest: &[&str]) -> bool {
    matches!(
        rest,
        ["daily" | "/day" | "/d" | "nightly", ..]
            | ["a" | "per" | "each" | "every" | "in" | "/", "day" | "d" | "24", ..]
    )
}

fn per_week(rest: &[&str]) -> bool {
    matches!(rest, ["weekly" | "/week", ..] | ["a" | "per" | "each" | "every" | "/", "week" | "wk", ..])
}

/// "every 4 to 6 hours": the shorter interval, the most doses.
fn every(rest: &[&str], count: Option<Decimal>) -> Option<Decimal> {
    let count = count.unwrap_or(Decimal::ONE);
    let (interval, mut rest) = match rest {
        ["other", "day", ..] => return count.checked_div(Decimal::TWO),
        ["morning" | "evening" | "night" | "day" | "am" | "pm", ..] => return Some(count),
        ["week", ..] => return count.checked_div(Decimal::from(7)),
        ["month", ..] => return count.checked_div(Decimal::from(30)),
        ["hour", ..] => (Decimal::ONE, rest),
        [first, rest @ ..] => (number(first)?, rest),
        [] => return None,
    };
    if let ["-" | "to" | "or", upper, after @ ..] = rest
        && number(upper).is_some()
    {
        rest = after;
    }
    let day_over = |units: i64| Decimal::from(units).checked_div(interval)?.checked_mul(count);
    match rest.first().copied() {
        Some("h" | "hr" | "hrs" | "hour" | "hours" | "hourly" | "hora") => day_over(24),
        Some("min" | "minute" | "minutes") => day_over(1440),
        Some("d" | "day" | "days") => day_over(1),
        Some("wk" | "week" | "weeks") => day_over(1)?.checked_div(Decimal::from(7)),
        Some("mo" | "month" | "months") => day_over(1)?.checked_div(Decimal::from(30)),
        _ => None,
    }
}

#[cfg(test)]
#[path = "words_test.rs"]
mod tests;
