use healthcare_domain::code::{Coding, ICD10CM, RXNORM, SNOMED};

use crate::knowledge::Knowledge;

fn covered(codings: &[Coding], text: Option<&str>, drug: &str) -> bool {
    let knowledge = Knowledge::embedded().unwrap();
    let allergy = knowledge.map_allergy(codings, text);
    let drug = knowledge.map_drug(&[], Some(drug));
    assert!(allergy.recognised);
    drug.ingredients.iter().any(|id| allergy.drugs.contains(id.index()))
}

fn coding(system: &str, code: &str) -> [Coding; 1] {
    [Coding { system: system.into(), code: code.into(), display: None }]
}

#[test]
fn given_a_penicillin_allergy_in_any_coding_when_mapped_then_it_covers_amoxicillin() {
    assert!(covered(&coding(SNOMED, "91936005"), None, "amoxicillin"));
    assert!(covered(&coding(SNOMED, "373270004"), None, "amoxicillin"));
    assert!(covered(&coding(ICD10CM, "Z88.0"), None, "amoxicillin"));
    assert!(covered(&[], Some("PENICILLINS"), "amoxicillin"));
    assert!(covered(&[], Some("Allergy to penicillin (disorder)"), "piperacillin"));
    assert!(covered(&coding(SNOMED, "294505008"), None, "amoxicillin"));
}

#[test]
fn given_an_ingredient_by_rxcui_when_mapped_then_it_covers_that_ingredient_alone() {
    assert!(covered(&coding(RXNORM, "10180"), None, "sulfamethoxazole 400 MG / trimethoprim 80 MG Oral Tablet"));
    assert!(!covered(&coding(RXNORM, "2670"), None, "morphine"));
    assert!(covered(&coding(RXNORM, "2670"), None, "codeine sulfate 30 MG Oral Tablet"));
}

#[test]
fn given_an_allergy_to_food_or_animals_when_mapped_then_it_is_recognised_and_covers_no_drug() {
    let knowledge = Knowledge::embedded().unwrap();
    for words in [
        "House dust mite allergy",
        "Allergy to grass pollen",
        "Dander (animal) allergy",
        "Shellfish allergy",
        "Latex allergy",
        "Allergy to peanuts",
    ] {
        let allergy = knowledge.map_allergy(&[], Some(words));
        assert!(allergy.recognised && allergy.drugs.is_empty(), "{words}");
    }
}

#[test]
fn given_an_unknown_allergen_when_mapped_then_it_is_not_recognised() {
    assert!(!Knowledge::embedded().unwrap().map_allergy(&[], Some("Zzyxolimab")).recognised);
}
