use healthcare_domain::code::{Coding, RXNORM};

use super::{PASSED_OVER, normalise};
use crate::knowledge::Knowledge;

fn names(product: &str) -> (Vec<String>, Option<String>) {
    let knowledge = Knowledge::embedded().unwrap();
    let drug = knowledge.map_drug(&[], Some(product));
    let mut names: Vec<String> = knowledge.ingredient_names(&drug).into_iter().map(str::to_owned).collect();
    names.sort();
    (names, drug.unrecognised.map(|words| words.to_string()))
}

#[test]
fn given_product_names_as_rxnorm_writes_them_when_read_then_their_ingredients_are_known() {
    for (product, ingredients) in [
        ("Amoxicillin 250 MG / Clavulanate 125 MG Oral Tablet", vec!["amoxicillin", "clavulanate"]),
        ("Acetaminophen 325 MG Oral Tablet", vec!["acetaminophen"]),
        ("1 ML Epoetin Alfa 4000 UNT/ML Injection [Epogen]", vec!["epoetin alfa"]),
        ("24 HR metoprolol succinate 100 MG Extended Release Oral Tablet", vec!["metoprolol"]),
        ("NDA020800 0.3 ML Epinephrine 1 MG/ML Auto-Injector", vec!["epinephrine"]),
        ("Penicillin V Potassium 250 MG Oral Tablet", vec!["penicillin v"]),
        ("Hydrochlorothiazide 6.25 MG", vec!["hydrochlorothiazide"]),
        ("Vitamin B 12 5 MG/ML Injectable Solution", vec!["cyanocobalamin"]),
        ("Camila 28 Day Pack", vec!["norethindrone"]),
        ("NuvaRing 0.12/0.015 MG per 24HR 21 Day Vaginal Ring", vec!["ethinyl estradiol", "etonogestrel"]),
        ("120 ACTUAT Fluticasone propionate 0.044 MG/ACTUAT Metered Dose Inhaler", vec!["fluticasone"]),
        (
            "Acetaminophen 21.7 MG/ML / Dextromethorphan Hydrobromide 1 MG/ML / doxylamine succinate 0.417 MG/ML Oral Solution",
            vec!["acetaminophen", "dextromethorphan", "doxylamine"],
        ),
        ("diphenhydrAMINE Hydrochloride 25 MG Oral Tablet", vec!["diphenhydramine"]),
        ("3 ML insulin glargine 100 UNT/ML Pen Injector [Lantus]", vec!["insulin glargine"]),
        ("Sulfamethoxazole-Trimethoprim DS", vec!["sulfamethoxazole", "trimethoprim"]),
        ("co-trimoxazole 960 mg tablets", vec!["sulfamethoxazole", "trimethoprim"]),
        (
            "insulin human, isophane 70 UNT/ML / Regular Insulin, Human 30 UNT/ML Injectable Suspension [Humulin]",
            vec!["insulin", "insulin isophane"],
        ),
        ("heparin sodium, porcine 1000 UNT/ML Injectable Solution", vec!["heparin"]),
        ("potassium chloride 20 MEQ Extended Release Oral Tablet", vec!["potassium chloride"]),
        ("paracetamol 500 mg", vec!["acetaminophen"]),
        ("WARFARIN SOD 5MG TAB", vec!["warfarin"]),
        ("salbutamol 100 micrograms/dose inhaler", vec!["albuterol"]),
        ("Metoprolol succ ER 50mg", vec!["metoprolol"]),
        ("furosemide 20mg/2ml inj", vec!["furosemide"]),
        ("Lantus SoloStar", vec!["insulin glargine"]),
        ("Amox/clav 875-125 bd", vec!["amoxicillin", "clavulanate"]),
        ("SMX-TMP DS", vec!["sulfamethoxazole", "trimethoprim"]),
        ("thyroxine 50 micrograms nocte", vec!["levothyroxine"]),
        ("phenobarbitone 30 mg tds", vec!["phenobarbital"]),
        ("KCl 20 mEq", vec!["potassium chloride"]),
        ("sacubitril 24 MG / valsartan 26 MG Oral Tablet [Entresto]", vec!["sacubitril", "valsartan"]),
    ] {
        let (found, unknown) = names(product);
        assert_eq!(found, ingredients, "{product}");
        assert_eq!(unknown, None, "{product}");
    }
}

#[test]
fn given_a_product_known_only_by_its_brand_when_read_then_the_brand_tells_its_ingredient() {
    assert_eq!(names("Coumadin 5 MG Oral Tablet").0, ["warfarin"]);
    assert_eq!(names("5 MG Oral Tablet [Coumadin]").0, ["warfarin"]);
}

#[test]
fn given_an_unknown_drug_when_read_then_its_words_are_told_and_never_passed_over() {
    assert_eq!(names("Zzyxolimab 10 MG Oral Tablet"), (vec![], Some("Zzyxolimab 10 MG Oral Tablet".into())));
    let (known, unknown) = names("Aspirin 81 MG / Zzyxolimab 10 MG Oral Tablet");
    assert_eq!((known, unknown), (vec!["aspirin".into()], Some("zzyxolimab".into())));
}

#[test]
fn given_an_ingredients_rxcui_without_words_when_mapped_then_it_is_known() {
    let knowledge = Knowledge::embedded().unwrap();
    let code = |code: &str| Coding { system: RXNORM.into(), code: code.into(), display: None };
    assert_eq!(knowledge.ingredient_names(&knowledge.map_drug(&[code("11289")], None)), ["warfarin"]);
    assert_eq!(knowledge.map_drug(&[code("999999999")], None).unrecognised.as_deref(), Some("999999999"));
}

#[test]
fn given_the_words_passed_over_when_searched_then_they_are_sorted_and_single() {
    assert!(PASSED_OVER.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn given_odd_spacing_and_case_when_normalised_then_words_are_compared_alike() {
    assert_eq!(normalise("  Estrogens,  Conjugated (USP) "), "estrogens conjugated usp");
}
