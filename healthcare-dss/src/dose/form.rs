//! In which form a drug comes, as far as it matters for how long it acts.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::text::Text;

/// The form of a drug that acts for long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DrugForm {
    /// Tablets and capsules that give off what they hold over half a day or more.
    ExtendedRelease,
    /// A patch, through the skin.
    Patch,
}

/// What stands before "release" where it is slow.
const SLOWLY: &[&str] = &["extended", "sustained", "controlled", "prolonged", "modified", "slow"];

/// Abbreviations of the same.
const EXTENDED: &[&str] = &["er", "xr", "sr", "cr", "xl"];

impl DrugForm {
    /// In words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::ExtendedRelease => "of extended release",
            Self::Patch => "as a patch",
        }
    }

    /// Whether a name tells extended release: "12 HR Oxycodone Hydrochloride 10 MG Extended Release Oral Tablet"; "MS Contin",
    /// where `contin` is one of the words that are those of extended release alone.
    pub(crate) fn is_extended_release(name: &str, alone: &[Text]) -> bool {
        let lower = name.to_lowercase();
        let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        words.iter().any(|word| EXTENDED.contains(word) || alone.iter().any(|one| one.as_str() == *word))
            || words.windows(2).any(|pair| pair[1] == "release" && SLOWLY.contains(&pair[0]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_the_name_of_a_product_when_read_then_extended_release_is_known() {
        for (name, extended) in [
            ("12 HR Oxycodone Hydrochloride 10 MG Extended Release Oral Tablet", true),
            ("morphine sulfate ER 15 mg", true),
            ("MS Contin", true),
            ("tramadol controlled-release", true),
            ("Oxycodone Hydrochloride 5 MG Oral Tablet", false),
            ("immediate release morphine 15 MG", false),
            ("oxycodone", false),
        ] {
            assert_eq!(DrugForm::is_extended_release(name, &["contin".into()]), extended, "{name}");
        }
    }
}
