//! The person behind an account of the staff.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::AccountError;

/// The person behind an account of the staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffProfile {
    /// The full name.
    #[schema(min_length = 1, max_length = 200, example = "Dr. Ada Placeholt")]
    pub name: String,
    /// The profession, e.g. `physician`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200, example = "physician")]
    pub profession: Option<String>,
    /// The number of the licence to practise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200, example = "7601000000000")]
    pub licence_number: Option<String>,
    /// The wards the person works on.
    #[serde(default)]
    #[schema(max_items = 50, example = json!(["4 West"]))]
    pub wards: Vec<String>,
    /// The teams the person belongs to.
    #[serde(default)]
    #[schema(max_items = 50, example = json!(["sepsis team"]))]
    pub teams: Vec<String>,
}

impl StaffProfile {
    const LONG: usize = 200;
    const MANY: usize = 50;

    /// The wards and the teams, in whatever order they are named.
    pub(super) fn places(&self) -> (BTreeSet<&str>, BTreeSet<&str>) {
        (self.wards.iter().map(String::as_str).collect(), self.teams.iter().map(String::as_str).collect())
    }

    /// Checks that nothing is blank or endless.
    pub(super) fn check(&self) -> Result<(), AccountError> {
        let fits = |text: &String| !text.trim().is_empty() && text.chars().count() <= Self::LONG;
        let few = |list: &[String]| list.len() <= Self::MANY && list.iter().all(fits);
        let fit = fits(&self.name)
            && self.profession.as_ref().is_none_or(fits)
            && self.licence_number.as_ref().is_none_or(fits)
            && few(&self.wards)
            && few(&self.teams);
        if fit { Ok(()) } else { Err(AccountError::BadProfile) }
    }
}

/// What an account is in the house, by the name of the role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct RoleName(pub String);

impl RoleName {
    /// Whether such an account belongs to a patient.
    pub fn is_of_a_patient(&self) -> bool {
        self.0 == "patient"
    }

    /// Whether such an account belongs to a device or a gateway.
    pub fn is_of_a_device(&self) -> bool {
        self.0 == "device"
    }

    /// Whether a person of the staff stands behind such an account.
    pub fn is_of_staff(&self) -> bool {
        !self.is_of_a_patient() && !self.is_of_a_device()
    }
}

impl std::fmt::Display for RoleName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
