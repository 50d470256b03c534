//! Whether two registrations are one person: a probabilistic score with its reasons, after Fellegi and Sunter (A Theory
//! for Record Linkage, JASA 64, 1969). Each field that both know adds a weight, in bits: the logarithm of how much more
//! often it agrees (or differs) so in two registrations of one person than in those of two people. Where one does not
//! know a field nothing is added. Pure: who is compared with whom is found by [`blocking_keys`].

mod address;
mod birth;
mod blocking;
#[cfg(test)]
mod dsgen;
#[cfg(test)]
mod febrl;
#[cfg(test)]
mod fieldwise;
#[cfg(test)]
mod generated;
mod identifier;
mod linked;
mod name;
#[cfg(test)]
mod quality;
mod rank;
mod reason;
mod street;
pub mod text;

use self::{
    address::Home,
    birth::Born,
    identifier::Numbered,
    name::{Given, Named},
    rank::Telling,
};
pub use blocking::{KEY_EDITION, blocking_keys, number_keys};
pub use identifier::numbered_apart;
pub use linked::linked;
pub use rank::{Ranking, rank};
pub use reason::{Field, Reason};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Address, AdministrativeGender, ContactPoint, Demographics, HumanName};
use crate::{partial_date::PartialDate, reference::Identifier};

/// What is compared of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traits {
    /// Numbers issued by hospitals and states.
    #[serde(default)]
    pub identifiers: Vec<Identifier>,
    /// Names.
    #[serde(default)]
    pub names: Vec<HumanName>,
    /// Administrative gender.
    #[serde(default)]
    pub gender: AdministrativeGender,
    /// Date of birth, as precisely as known.
    #[serde(default)]
    pub birth_date: Option<PartialDate>,
    /// Telephone and e-mail.
    #[serde(default)]
    pub telecom: Vec<ContactPoint>,
    /// Where they live.
    #[serde(default)]
    pub addresses: Vec<Address>,
}

impl From<&Demographics> for Traits {
    fn from(person: &Demographics) -> Self {
        Self {
            identifiers: person.identifiers.clone(),
            names: person.names.clone(),
            gender: person.gender,
            birth_date: person.birth_date,
            telecom: person.telecom.clone(),
            addresses: person.addresses.clone(),
        }
    }
}

/// How sure it is that two registrations are one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// Worth a look: more likely two people than one, or too little is known.
    Possible,
    /// Very likely one person: somebody should decide.
    Probable,
    /// One person beyond reasonable doubt. Never where the given name or the birth date of one is not known.
    Certain,
}

impl Grade {
    /// The name it is stored and listed under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Probable => "probable",
            Self::Certain => "certain",
        }
    }
}

/// The text names no grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a grade is one of certain, probable, possible")]
pub struct UnknownGrade;

impl std::str::FromStr for Grade {
    type Err = UnknownGrade;
    fn from_str(text: &str) -> Result<Self, UnknownGrade> {
        [Self::Possible, Self::Probable, Self::Certain]
            .into_iter()
            .find(|grade| grade.as_str() == text)
            .ok_or(UnknownGrade)
    }
}

/// What came of comparing two registrations.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The probability, 0 to 1, that they are one person.
    pub score: f64,
    /// How far, in bits, the evidence lies above what two registrations begin with: what lists sort by.
    pub weight: f64,
    /// What it amounts to; none when it is not worth a look.
    pub grade: Option<Grade>,
    /// Why, the weightiest first. Words only: no value of anybody is in them.
    pub reasons: Vec<Reason>,
    /// Whether a number of one issuer, the name and the birth date are all the same, and no issuer knows the two under
    /// different numbers: nobody enters that by chance.
    pub same_person: bool,
    telling: Telling,
}

/// How unlikely it is, in bits, that two registrations that were brought together are one person, before anything is
/// compared: one in 2^17, some 130,000.
const PRIOR: f64 = 17.0;
/// From how many bits above the prior on a pair is of a grade.
const CERTAIN: f64 = 12.0;
/// Below this lie twins, spouses and parents of one name who share all that a household shares.
const PROBABLE: f64 = 2.5;
const POSSIBLE: f64 = -2.0;

/// Compares two registrations.
pub fn compare(a: &Traits, b: &Traits) -> Match {
    let mut reasons = Vec::new();
    let name = name::compare(&a.names, &b.names, &mut reasons);
    let birth = birth::compare(a.birth_date, b.birth_date, &mut reasons);
    let number = identifier::compare(&a.identifiers, &b.identifiers, &mut reasons);
    let home = address::compare(&a.addresses, &b.addresses, &mut reasons);
    reachable(&a.telecom, &b.telecom, home, &mut reasons);
    gender(a.gender, b.gender, &mut reasons);
    // What members of one family share tells nothing of which of them it is. A number that is the same does.
    if !number.agrees {
        reasons.extend(relatives(name, birth, home, number));
    }
    let margin = reasons.iter().map(|reason| reason.weight).sum::<f64>() - PRIOR;
    reasons.sort_by(|x, y| y.weight.abs().total_cmp(&x.weight.abs()));
    let grade = [(CERTAIN, Grade::Certain), (PROBABLE, Grade::Probable), (POSSIBLE, Grade::Possible)]
        .into_iter()
        .find(|(from, _)| margin >= *from)
        .map(|(_, grade)| grade)
        // Newborn twins without a given name share all else that a desk writes down; a parent and a child of one name all
        // but the birth date. Where one of the two is missing nobody is sure.
        .map(|grade| if name.given == Given::Unknown || !birth.known { grade.min(Grade::Probable) } else { grade });
    let score = 1.0 / (1.0 + (-margin).exp2());
    let same_person = number.exact && !number.apart && name.exact && birth.exact && grade == Some(Grade::Certain);
    let telling = Telling { given: name.given, birth, is_numbered: number.agrees };
    Match { score: (score * 10_000.0).round() / 10_000.0, weight: margin, grade, reasons, same_person, telling }
}

/// What is said against one person by how a family is alike. Twins share birth, family name and home, and are told apart
/// by the given name; a parent and a child of one name by the birth date; where that is not known, nothing tells.
fn relatives(name: Named, birth: Born, home: Home, number: Numbered) -> Option<Reason> {
    let family = name.family_agrees && home.agrees;
    let (says, weight) = match name.given {
        Given::Differs if birth.near && (name.family_agrees || home.agrees) => {
            ("differs as that of twins would: born and living together", -16.0)
        }
        Given::Differs if family => ("differs as that of relatives would, who live together", -12.0),
        Given::Unknown if family && birth.near && !number.differs => {
            ("is not known of both, who live together and were born together, as one person or as twins", -5.0)
        }
        Given::Unknown if family => ("is not known of both, who may be relatives that live together", -8.0),
        Given::Agrees if family && birth.differs => ("may be that of a relative: the same home, born apart", -6.0),
        Given::Agrees if family && !birth.known => {
            ("may be that of a relative: the same home, and a birth date is not known", -1.5)
        }
        _ => return None,
    };
    // Beside all that each has a number of their own.
    Some(Reason::new(Field::Name, says, if number.differs { weight * 1.25 } else { weight }))
}

/// Telephone numbers by their last nine digits (without the prefixes of countries and exchanges), e-mail without case. Who
/// lives together is often reached together: that tells little more than the home.
fn reachable(a: &[ContactPoint], b: &[ContactPoint], home: Home, reasons: &mut Vec<Reason>) {
    let (phones, mails) = (|c: &[ContactPoint]| text::phones(c), |c: &[ContactPoint]| text::mails(c));
    for (a, b, what) in [(phones(a), phones(b), Field::Phone), (mails(a), mails(b), Field::Email)] {
        if a.is_empty() || b.is_empty() {
            continue;
        }
        if a.iter().any(|one| b.contains(one)) {
            reasons.push(Reason::new(what, "is the same", if home.agrees { 2.5 } else { 6.0 }));
        } else if a.iter().any(|one| b.iter().any(|other| text::edits(one, other) == 1)) {
            reasons.push(Reason::new(what, "differs in one character", if home.agrees { 2.0 } else { 4.0 }));
        } else {
            reasons.push(Reason::new(what, "differs", -0.5));
        }
    }
}

fn gender(a: AdministrativeGender, b: AdministrativeGender, reasons: &mut Vec<Reason>) {
    use AdministrativeGender as G;
    match (a, b) {
        (G::Unknown, _) | (_, G::Unknown) => {}
        _ if a == b => reasons.push(Reason::new(Field::Gender, "is the same", 1.0)),
        _ => reasons.push(Reason::new(Field::Gender, "differs", -3.5)),
    }
}
