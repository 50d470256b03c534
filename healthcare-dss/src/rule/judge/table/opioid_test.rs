use super::*;
use crate::knowledge::Knowledge;
use crate::rule::Given;

/// What the total of one draft comes to, where a row is reached, and what is said to be lacking.
fn told(words: &str, route: Option<Route>) -> (Option<String>, String) {
    let knowledge = Knowledge::embedded().unwrap();
    let mut facts = Given { draft: Some(words.to_owned()), ..Given::default() }.facts();
    if let Some(draft) = &mut facts.draft {
        draft.route = route;
    }
    let mut matches = vec![];
    let rows = evaluate(&Scene::new(&facts, &knowledge), &mut matches);
    let total = matches.first().map(|found| found.other.as_str().trim_end_matches(" MME a day").to_owned());
    (total, rows.lacking.map(|words| words.as_str().to_owned()).unwrap_or_default())
}

#[test]
fn given_a_way_without_a_factor_when_summed_then_it_counts_as_by_mouth_at_least_and_that_is_said() {
    let (total, lacking) = told("morphine @ 20 mg every 4 hours", Some(Route::Other));
    assert_eq!(total.as_deref(), Some("120"));
    assert!(lacking.contains("no accepted factor"), "{lacking}");
    let (total, lacking) = told("tramadol @ 100 mg every 6 hours", Some(Route::Parenteral));
    assert_eq!(total.as_deref(), Some("80"));
    assert!(lacking.contains("by injection"), "{lacking}");
    let (total, lacking) = told("Fentanyl 0.1 MG Buccal Tablet @ 1 tablet 4 times daily", None);
    assert_eq!(total, None);
    assert!(lacking.contains("not in the total"), "{lacking}");
}

#[test]
fn given_a_syringe_when_summed_then_it_counts_as_an_injection() {
    let syringe = "1 ML hydromorphone hydrochloride 2 MG/ML Prefilled Syringe @ 2 mg every 4 hours";
    assert_eq!(told(syringe, None), (Some("240".into()), String::new()));
}

#[test]
fn given_fentanyl_by_the_hour_when_summed_then_only_a_patch_counts_as_one() {
    let by_the_hour = "fentanyl @ 50 mcg/h";
    assert_eq!(told(by_the_hour, Some(Route::Parenteral)), (Some("360".into()), String::new()));
    assert_eq!(told("fentanyl 50 mcg/h infusion", None), (Some("360".into()), String::new()));
    assert_eq!(told(by_the_hour, Some(Route::Transdermal)), (Some("120".into()), String::new()));
    let (total, lacking) = told("fentanyl @ 25 mcg/h", None);
    assert_eq!(total.as_deref(), Some("60"));
    assert!(lacking.contains("counts as a patch") && lacking.contains("180 MME"), "{lacking}");
    assert!(!lacking.contains("not in the total"), "{lacking}");
    assert_eq!(told("morphine @ 2 mg/h", Some(Route::Parenteral)), (Some("144".into()), String::new()));
}

#[test]
fn given_a_way_that_is_not_told_when_summed_then_what_it_comes_to_by_injection_is_told() {
    let (total, lacking) = told("morphine @ 10 mg every 6 hours", None);
    assert_eq!(total, None);
    assert!(lacking.contains("counts as by mouth") && lacking.contains("120 MME"), "{lacking}");
    let (total, lacking) = told("fentanyl @ 0.1 mg every 4 hours", None);
    assert_eq!(total, None);
    assert!(lacking.contains("not in the total") && lacking.contains("180 MME"), "{lacking}");
    let (_, lacking) = told("fentanyl", None);
    assert!(lacking.contains("not in the total"), "{lacking}");
}

#[test]
fn given_the_code_of_a_product_alone_when_summed_then_its_strength_and_way_are_known() {
    // Oxycodone 10 mg, two tablets four times: 80 mg by 1.5.
    assert_eq!(told("rxnorm|1049502 @ 2 tablets 4 times daily", None), (Some("120".into()), String::new()));
    // Hydrocodone 10 mg beside acetaminophen, twice three times a day.
    assert_eq!(told("rxnorm|856999 @ 2 tablets 3 times daily", None), (Some("60".into()), String::new()));
    // Fentanyl 75 ug/h by 2.4.
    assert_eq!(told("rxnorm|197696 @ 1 patch every 72 hours", None), (Some("180".into()), String::new()));
    // Morphine 10 mg in 5 ml by mouth, 10 ml six times a day.
    assert_eq!(told("rxnorm|892589 @ 10 mL every 4 hours", None), (Some("120".into()), String::new()));
    // What no table names is told as not summed.
    let (total, lacking) = told("rxnorm|7804 @ 2 tablets 4 times daily", None);
    assert_eq!(total, None);
    assert!(lacking.contains("is not known"), "{lacking}");
}

#[test]
fn given_words_and_a_code_of_two_strengths_when_summed_then_the_higher_counts() {
    let total = |words: &str, code: &str, dose: &str| {
        let knowledge = Knowledge::embedded().unwrap();
        let mut facts = Given { draft: Some(format!("rxnorm|{code} @ {dose}")), ..Given::default() }.facts();
        facts.draft.as_mut().unwrap().text = Some(words.into());
        let mut matches = vec![];
        evaluate(&Scene::new(&facts, &knowledge), &mut matches);
        matches.first().map(|found| found.other.as_str().to_owned()).unwrap_or_default()
    };
    // The code is of 30 mg: four a day, by 1.5.
    assert_eq!(total("Oxycodone 10 MG Oral Tablet", "1049618", "1 tablet 4 times daily"), "180 MME a day");
    assert_eq!(total("Oxycodone 60 MG Oral Tablet", "1049618", "1 tablet 4 times daily"), "360 MME a day");
    // Of a liquid it is what is in a millilitre; what is in a tablet is another thing.
    assert_eq!(total("Morphine 100 MG/5 ML Oral Solution", "892589", "10 mL 2 times daily"), "400 MME a day");
    assert_eq!(total("Morphine 100 MG Oral Tablet", "892589", "10 mL 6 times daily"), "120 MME a day");
}
