//! Why two registrations were scored as they were.

use serde::{Deserialize, Serialize};

/// What was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Field {
    /// Names as a whole.
    Name,
    /// The given name.
    GivenName,
    /// The family name.
    FamilyName,
    /// The date of birth.
    BirthDate,
    /// A number that a hospital or state issued.
    Identifier,
    /// Street and house.
    Street,
    /// The town.
    City,
    /// The postal code.
    PostalCode,
    /// State or region.
    State,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// Administrative gender.
    Gender,
    /// A third registration.
    Registration,
}

impl Field {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::GivenName => "given name",
            Self::FamilyName => "family name",
            Self::BirthDate => "birth date",
            Self::Identifier => "identifier",
            Self::Street => "street",
            Self::City => "city",
            Self::PostalCode => "postal code",
            Self::State => "state",
            Self::Phone => "phone",
            Self::Email => "e-mail",
            Self::Gender => "gender",
            Self::Registration => "another registration",
        }
    }
}

/// What a field says for or against one person.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// What was compared.
    pub field: Field,
    /// How it agrees or differs, in words.
    pub says: &'static str,
    /// In bits: above zero speaks for one person, below for two.
    pub weight: f64,
}

impl Reason {
    pub(super) const fn new(field: Field, says: &'static str, weight: f64) -> Self {
        Self { field, says, weight }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.field.as_str(), self.says)
    }
}
