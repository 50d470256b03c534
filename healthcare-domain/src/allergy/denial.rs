//! What "none known" says of drugs.

use super::{Allergy, AllergyError, Statement, Verification};
use crate::code::SNOMED;

/// SNOMED CT situations that deny an allergy to any drug: no known allergy (716186003), no known drug allergy
/// (409137002), and 160244002, the retired concept that 716186003 replaced. Those that deny an allergy to food
/// (429625007), latex (1003774007), animals, insects or the environment say nothing of drugs.
const OF_DRUGS: [&str; 3] = ["716186003", "409137002", "160244002"];

/// Those of them that deny every allergy: 716186003, and 160244002, which it replaced.
const OF_ALL: [&str; 2] = ["716186003", "160244002"];

/// Those that deny an allergy of some kind: of all, to drugs, to food, to animals, insects, the environment, latex. The
/// descendants of 716186003.
const DENIALS: [&str; 9] = [
    "716186003",
    "160244002",
    "409137002",
    "429625007",
    "428607008",
    "428197003",
    "716220001",
    "716184000",
    "1003774007",
];

/// How people write that no allergy is known, in lower case and without punctuation.
const OF_ALL_IN_WORDS: [&str; 19] = [
    "no known allergies",
    "no known allergy",
    "no allergies",
    "no allergy",
    "no allergies known",
    "no known allergies or intolerances",
    "no known adverse reactions",
    "none",
    "none known",
    "no known",
    "no",
    "nil",
    "nil known",
    "nka",
    "allergies none",
    "denies allergies",
    "denies any allergies",
    "denies known allergies",
    "not allergic",
];

/// The same of drugs.
const OF_DRUGS_IN_WORDS: [&str; 10] = [
    "nkda",
    "nkma",
    "no known drug allergies",
    "no known drug allergy",
    "no drug allergies",
    "no drug allergy",
    "no known medication allergies",
    "no known medication allergy",
    "no medication allergies",
    "no known medicine allergies",
];

/// What words of a substance deny, where they name none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// Every allergy.
    All,
    /// Allergies to drugs.
    Drugs,
}

impl Denied {
    /// Reads what somebody typed for a substance; none where it may be one.
    pub fn in_words(words: &str) -> Option<Self> {
        let apart = |c: char| !c.is_alphanumeric();
        let lower = words.to_lowercase();
        // N.K.D.A. is one word.
        let joined: String = lower.split('.').collect();
        let words: Vec<&str> = joined.split(apart).filter(|word| !word.is_empty()).collect();
        let words = words.join(" ");
        if OF_ALL_IN_WORDS.contains(&words.as_str()) {
            Some(Self::All)
        } else if OF_DRUGS_IN_WORDS.contains(&words.as_str()) {
            Some(Self::Drugs)
        } else {
            None
        }
    }
}

impl Allergy {
    /// Whether what is put down as an allergy names a substance, for what somebody says just now: that none is known is
    /// no substance, and said by [`Statement::NoneKnown`].
    ///
    /// # Errors
    /// When its words or its codes say that there is none, and the statement says that there is one.
    pub fn ensure_stated(&self) -> Result<(), AllergyError> {
        let codings = &self.substance.coding;
        let mut words = self.substance.text.iter().chain(codings.iter().filter_map(|one| one.display.as_ref()));
        let denied = codings.iter().any(|one| one.system == SNOMED && DENIALS.contains(&one.code.as_str()))
            || words.any(|words| Denied::in_words(words).is_some());
        if self.statement == Statement::Allergic && denied { Err(AllergyError::SaysNone) } else { Ok(()) }
    }

    /// Whether this says that the patient was asked and no allergy to a drug is known. A denial of another kind, by its
    /// code or by its categories, leaves allergies to drugs unasked; so does one that was refuted.
    pub fn denies_drug_allergies(&self) -> bool {
        let mut codes = self.substance.coding.iter().filter(|c| c.system == SNOMED).map(|c| c.code.as_str()).peekable();
        let by_code = codes.peek().is_none() || codes.any(|code| OF_DRUGS.contains(&code));
        let by_category = self.categories.is_empty() || self.categories.iter().any(|c| c == "medication");
        self.statement == Statement::NoneKnown && self.verification != Verification::Refuted && by_code && by_category
    }
}

impl Allergy {
    /// Whether this denial and that allergy cannot both be so: an allergy to a drug stands against the denial of those to
    /// drugs; one of a kind that both name stands against that denial. What was refuted stands against nothing.
    pub fn contradicts(&self, other: &Self) -> bool {
        let (denial, allergy) = match (self.statement, other.statement) {
            (Statement::NoneKnown, Statement::Allergic) => (self, other),
            (Statement::Allergic, Statement::NoneKnown) => (other, self),
            (Statement::NoneKnown, Statement::NoneKnown) | (Statement::Allergic, Statement::Allergic) => return false,
        };
        if denial.verification == Verification::Refuted || allergy.verification == Verification::Refuted {
            return false;
        }
        let of_all = denial.categories.is_empty()
            && !denial.substance.coding.iter().any(|c| c.system == SNOMED && !OF_ALL.contains(&c.code.as_str()));
        let of_drugs = denial.denies_drug_allergies() && allergy.categories.iter().any(|c| c == "medication");
        of_all || of_drugs || allergy.categories.iter().any(|kind| denial.categories.contains(kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::{CodeableConcept, Coding};

    fn none(code: Option<&str>, categories: &[&str]) -> Allergy {
        let coding = code.map(|code| Coding { system: SNOMED.into(), code: code.into(), display: None });
        Allergy {
            statement: Statement::NoneKnown,
            categories: categories.iter().map(|&c| c.to_owned()).collect(),
            verification: Verification::Confirmed,
            ..Allergy::to(CodeableConcept { coding: coding.into_iter().collect(), text: Some("none known".into()) })
        }
    }

    #[test]
    fn no_known_allergy_and_no_known_drug_allergy_deny_drug_allergies() {
        for code in ["716186003", "409137002"] {
            assert!(none(Some(code), &[]).denies_drug_allergies(), "{code}");
        }
        assert!(none(None, &[]).denies_drug_allergies() && none(None, &["food", "medication"]).denies_drug_allergies());
    }

    #[test]
    fn no_known_food_latex_or_environmental_allergy_says_nothing_of_drugs() {
        for code in ["429625007", "1003774007", "428607008", "716220001"] {
            assert!(!none(Some(code), &[]).denies_drug_allergies(), "{code}");
        }
        assert!(!none(None, &["food"]).denies_drug_allergies());
        assert!(!none(Some("716186003"), &["food"]).denies_drug_allergies());
    }

    #[test]
    fn that_none_is_known_is_no_substance() {
        let typed = |words: &str| Allergy::to(CodeableConcept::words(words)).ensure_stated();
        for none in
            ["No known allergies", "NKDA", "N.K.D.A.", "nka", "None", " none known. ", "No Known Drug Allergies", "no"]
        {
            assert_eq!(typed(none), Err(AllergyError::SaysNone), "{none}");
        }
        for substance in ["Penicillin", "Nonoxynol", "No. 5 dye", "noni juice", "Nickel", "Novalgin"] {
            assert_eq!(typed(substance), Ok(()), "{substance}");
        }
        assert_eq!((Denied::in_words("NKDA"), Denied::in_words("NKA")), (Some(Denied::Drugs), Some(Denied::All)));
        for code in ["716186003", "429625007"] {
            assert_eq!(none(Some(code), &[]).ensure_stated(), Ok(()), "it is stated");
            let unstated = Allergy { statement: Statement::Allergic, ..none(Some(code), &[]) };
            assert_eq!(unstated.ensure_stated(), Err(AllergyError::SaysNone));
        }
    }

    #[test]
    fn an_allergy_or_a_refuted_denial_denies_nothing() {
        assert!(!Allergy { statement: Statement::Allergic, ..none(None, &[]) }.denies_drug_allergies());
        assert!(!Allergy { verification: Verification::Refuted, ..none(None, &[]) }.denies_drug_allergies());
    }

    #[test]
    fn a_denial_and_an_allergy_of_its_kind_stand_against_each_other() {
        let of = |kind: &str| Allergy { categories: vec![kind.into()], ..Allergy::to(CodeableConcept::words("x")) };
        let (all, drugs) = (none(Some("716186003"), &[]), none(Some("409137002"), &[]));
        assert!(all.contradicts(&of("food")) && of("food").contradicts(&all));
        assert!(drugs.contradicts(&of("medication")) && !drugs.contradicts(&of("food")));
        assert!(none(None, &["food"]).contradicts(&of("food")));
        assert!(!none(Some("429625007"), &[]).contradicts(&of("medication")), "none to food says nothing of drugs");
        let refuted = Allergy { verification: Verification::Refuted, ..of("food") };
        assert!(!all.contradicts(&refuted) && !all.contradicts(&drugs) && !of("food").contradicts(&of("food")));
    }
}
