//! By which way a drug is given, as far as its dose depends on it.

use healthcare_domain::code::{Coding, SNOMED};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// By which way a drug reaches the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = DoseRoute)]
pub enum Route {
    /// By mouth, or through a tube into the gut.
    Oral,
    /// Into a vein, a muscle or under the skin.
    Parenteral,
    /// Through the skin.
    Transdermal,
    /// Any other way that was told: rectal, inhaled, under the tongue, beside the spinal cord.
    Other,
}

/// SNOMED CT routes of administration.
const CODES: &[(&str, Route)] = &[
    ("26643006", Route::Oral),
    ("127490009", Route::Oral),
    ("127492001", Route::Oral),
    ("47625008", Route::Parenteral),
    ("78421000", Route::Parenteral),
    ("34206005", Route::Parenteral),
    ("45890007", Route::Transdermal),
    ("37161004", Route::Other),
    ("37839007", Route::Other),
    ("54471007", Route::Other),
    ("46713006", Route::Other),
    ("447694001", Route::Other),
    ("37737002", Route::Other),
    ("72607000", Route::Other),
    ("404820008", Route::Other),
    ("6064005", Route::Other),
];

/// Words of ways that are neither by mouth nor by injection.
const ELSEWHERE: &[&str] = &[
    "transmucosal",
    "buccal",
    "buccally",
    "sublingual",
    "sublingually",
    "sl",
    "rectal",
    "rectally",
    "suppository",
    "inhaled",
    "inhalation",
    "nasal",
    "nasally",
    "intranasal",
    "intranasally",
    "epidural",
    "epidurally",
    "intrathecal",
    "intrathecally",
    "topical",
    "topically",
    "vaginal",
    "vaginally",
];

/// Words of ways into a vein, a muscle or under the skin.
const INJECTED: &[&str] = &[
    "intravenous",
    "intravenously",
    "iv",
    "ivp",
    "ivpb",
    "intramuscular",
    "intramuscularly",
    "im",
    "subcutaneous",
    "subcutaneously",
    "sc",
    "subcut",
    "subq",
    "sq",
    "pca",
    "parenteral",
    "parenterally",
    "injection",
    "injections",
    "injectable",
    "injected",
    "injector",
    "autoinjector",
    "infusion",
    "infusions",
    "infused",
];

/// Words of ways into the gut, the tubes by their abbreviations among them.
const BY_MOUTH: &[&str] = &[
    "oral",
    "orally",
    "po",
    "mouth",
    "enteral",
    "enterally",
    "nasogastric",
    "ng",
    "ngt",
    "orogastric",
    "gastrostomy",
    "peg",
    "jejunostomy",
    "pej",
    "nj",
];

/// The same in more than one word.
const TUBES: &[&str] = &["feeding tube", "per tube", "via tube", "g-tube", "j-tube"];

/// What injections come in; what is to be swallowed may come in a syringe or a vial as well, and then says so.
const CONTAINERS: &[&str] = &[
    "syringe",
    "syringes",
    "cartridge",
    "cartridges",
    "vial",
    "vials",
    "ampule",
    "ampules",
    "ampoule",
    "ampoules",
    "ampul",
    "ampuls",
];

impl Route {
    /// The way that an order names, by code or in words; none where it names none that is known.
    #[must_use]
    pub fn of_order(codings: &[Coding], text: Option<&str>) -> Option<Self> {
        let coded = codings
            .iter()
            .filter(|coding| coding.system == SNOMED)
            .find_map(|coding| CODES.iter().find(|(code, _)| *code == coding.code).map(|(_, route)| *route));
        let displays = codings.iter().filter_map(|coding| coding.display.as_deref());
        coded.or_else(|| displays.chain(text).find_map(Self::of_words))
    }

    /// The way that words name, such as `intravenous`, `by mouth`, `s.c.`
    #[must_use]
    pub fn of_words(words: &str) -> Option<Self> {
        let lower = words.to_lowercase().replace('.', "");
        let told: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
        let any = |of: &[&str]| of.iter().any(|one| told.contains(one));
        // The rarer first: "oral transmucosal" is not swallowed.
        if any(ELSEWHERE) {
            Some(Self::Other)
        } else if any(&["transdermal", "patch", "patches"]) || lower.contains("through the skin") {
            Some(Self::Transdermal)
        } else if any(INJECTED) {
            Some(Self::Parenteral)
        } else if any(BY_MOUTH) || TUBES.iter().any(|tube| lower.contains(tube)) {
            Some(Self::Oral)
        } else if any(CONTAINERS) {
            Some(Self::Parenteral)
        } else {
            None
        }
    }

    /// The way that the name of a product tells by its form, such as "Morphine Sulfate 15 MG Oral Tablet".
    #[must_use]
    pub fn of_product(name: &str) -> Option<Self> {
        let form = |words: &[&str]| words.iter().any(|word| name.to_lowercase().contains(word));
        Self::of_words(name).or_else(|| form(&["tablet", "capsule", "syrup", "oral"]).then_some(Self::Oral))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_the_route_of_an_order_when_read_then_codes_and_words_come_to_the_same() {
        let coded = |code: &str| Route::of_order(&[Coding::new(SNOMED, code, "")], None);
        assert_eq!(coded("26643006"), Some(Route::Oral));
        assert_eq!(coded("47625008"), Some(Route::Parenteral));
        assert_eq!(coded("37161004"), Some(Route::Other));
        assert_eq!(coded("1"), None);
        for (words, route) in [
            ("by mouth", Route::Oral),
            ("PO", Route::Oral),
            ("i.v.", Route::Parenteral),
            ("Subcutaneous route", Route::Parenteral),
            ("transdermal", Route::Transdermal),
            ("oral transmucosal", Route::Other),
            ("rectally", Route::Other),
            ("SL", Route::Other),
            ("subq", Route::Parenteral),
            ("SQ", Route::Parenteral),
            ("subcutaneously", Route::Parenteral),
            ("intramuscularly", Route::Parenteral),
            ("IVPB", Route::Parenteral),
            ("intravenously", Route::Parenteral),
            ("PCA", Route::Parenteral),
            ("via PEG", Route::Oral),
            ("gastrostomy tube", Route::Oral),
            ("NG", Route::Oral),
            ("per G-tube", Route::Oral),
        ] {
            assert_eq!(Route::of_order(&[], Some(words)), Some(route), "{words}");
        }
        assert_eq!(Route::of_order(&[], Some("as directed")), None);
    }

    #[test]
    fn given_the_name_of_a_product_when_read_then_its_form_tells_the_way() {
        for (name, route) in [
            ("Morphine Sulfate 15 MG Oral Tablet", Some(Route::Oral)),
            ("1 ML morphine sulfate 10 MG/ML Injection", Some(Route::Parenteral)),
            ("72 HR Fentanyl 0.075 MG/HR Transdermal System", Some(Route::Transdermal)),
            ("Fentanyl 0.1 MG Buccal Tablet", Some(Route::Other)),
            ("1 ML hydromorphone hydrochloride 2 MG/ML Prefilled Syringe", Some(Route::Parenteral)),
            ("1 ML morphine sulfate 10 MG/ML Cartridge", Some(Route::Parenteral)),
            ("0.7 ML morphine sulfate 14.3 MG/ML Auto-Injector", Some(Route::Parenteral)),
            ("hydromorphone 10 mg/mL vial", Some(Route::Parenteral)),
            ("Morphine Sulfate 20 MG/ML Oral Solution in a syringe", Some(Route::Oral)),
            ("morphine", None),
        ] {
            assert_eq!(Route::of_product(name), route, "{name}");
        }
    }
}
