//! Numbers, by who issued them. A state's number names one person for life; a hospital's record number may be one of
//! several of the same person, so that two different ones say nothing.

use super::{
    Field, Reason,
    text::{edits, plain},
};
use crate::reference::Identifier;

/// What the numbers say beside their weight.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Numbered {
    /// One is the same, or almost.
    pub agrees: bool,
    /// One is the same.
    pub exact: bool,
    /// An issuer knows the two under different numbers.
    pub apart: bool,
    /// Each has another one of those of which a person has one.
    pub differs: bool,
}

/// Words in the name of a system whose numbers are a person's own: one for life, and one person each. Cards that
/// families share (insurance, Medicare) are not among them.
const OF_ONE_PERSON: [&str; 22] = [
    "ssn",
    "soc_sec",
    "soc-sec",
    "socsec",
    "social",
    "national",
    "nhs",
    "nino",
    "passport",
    "ppn",
    "bsn",
    "cpf",
    "ihi",
    "personnummer",
    "fodselsnummer",
    "steuer",
    "tax",
    "aadhaar",
    "citizen",
    "identity-card",
    "nationalid",
    "curp",
];

/// Whether a system gives each person one number.
fn is_of_one_person(system: &str) -> bool {
    let system = system.to_lowercase();
    OF_ONE_PERSON.iter().any(|word| system.contains(word))
}

/// Compares the numbers that both have of one system; what speaks loudest for one person counts.
pub(super) fn compare(a: &[Identifier], b: &[Identifier], reasons: &mut Vec<Reason>) -> Numbered {
    let same_system = a.iter().flat_map(|x| b.iter().filter(|y| y.system == x.system).map(move |y| (x, y)));
    let best = same_system.filter_map(|(x, y)| judge(x, y)).max_by(|x, y| x.1.total_cmp(&y.1));
    let Some((says, weight)) = best else { return Numbered::default() };
    reasons.push(Reason::new(Field::Identifier, says, weight));
    Numbered { agrees: weight > 0.0, exact: weight >= EXACT, apart: numbered_apart(a, b), differs: weight < 0.0 }
}

/// Whether an issuer knows the two under different numbers: of one system both have some, and none in common.
pub fn numbered_apart(a: &[Identifier], b: &[Identifier]) -> bool {
    let of = |all: &[Identifier], system: &str| -> Vec<String> {
        all.iter().filter(|one| one.system == system).map(|one| plain(&one.value)).collect()
    };
    a.iter().any(|one| {
        let theirs = of(b, &one.system);
        !theirs.is_empty() && !of(a, &one.system).iter().any(|own| theirs.contains(own))
    })
}

const EXACT: f64 = 18.0;

fn judge(a: &Identifier, b: &Identifier) -> Option<(&'static str, f64)> {
    let (x, y) = (plain(&a.value), plain(&b.value));
    if x.is_empty() || y.is_empty() {
        return None;
    }
    if x == y {
        return Some(("of the same issuer is the same", EXACT));
    }
    if !is_of_one_person(&a.system) {
        return None;
    }
    let length = x.chars().count().min(y.chars().count());
    Some(match edits(&x, &y) {
        1 if length >= 6 => ("of the same issuer differs in one character", 10.0),
        2 if length >= 6 => ("of the same issuer differs in two characters", 5.0),
        3 if length >= 9 => ("of the same issuer differs in three characters", 1.0),
        3 if length >= 7 => ("of the same issuer differs in three characters", -1.0),
        _ => ("that each person has one of differs", -8.0),
    })
}
