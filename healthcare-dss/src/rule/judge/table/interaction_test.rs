use crate::book::{RuleBook, Trigger};
use crate::finding::Severity;
use crate::rule::Given;

/// Whether prescribing one with the other active interrupts.
fn interrupts(book: &RuleBook, draft: &str, active: &str) -> bool {
    let given = Given { draft: Some(draft.into()), active: vec![active.into()], ..Given::default() };
    let evaluation = book.evaluate(Trigger::ORDER_SIGN, &given.facts());
    evaluation
        .findings()
        .iter()
        .any(|finding| &*finding.rule == "drug-interaction" && finding.severity == Severity::Critical)
}

/// A pair of each of the 15 classes of the ONC high-priority list (Phansalkar 2012), in both orders.
#[test]
fn given_a_pair_of_each_high_priority_class_when_prescribed_then_it_interrupts_in_either_order() {
    let book = RuleBook::embedded().unwrap();
    for (a, b) in [
        ("phenelzine", "dextroamphetamine"),
        ("atazanavir", "omeprazole"),
        ("azathioprine", "febuxostat"),
        ("irinotecan", "ketoconazole"),
        ("tranylcypromine", "meperidine"),
        ("phenelzine", "amitriptyline"),
        ("phenelzine", "fluoxetine"),
        ("amiodarone", "haloperidol"),
        ("ramelteon", "fluvoxamine"),
        ("rifampin", "ritonavir"),
        ("simvastatin", "ritonavir"),
        ("ergotamine", "clarithromycin"),
        ("tizanidine", "ciprofloxacin"),
        ("tranylcypromine", "procarbazine"),
        ("sumatriptan", "phenelzine"),
    ] {
        assert!(interrupts(&book, a, b), "{a} with {b}");
        assert!(interrupts(&book, b, a), "{b} with {a}");
    }
}

#[test]
fn given_common_serious_pairs_when_prescribed_then_they_interrupt() {
    let book = RuleBook::embedded().unwrap();
    for (a, b) in [
        ("methotrexate", "trimethoprim"),
        ("warfarin", "fluconazole"),
        ("sildenafil", "isosorbide mononitrate"),
        ("sacubitril / valsartan", "lisinopril"),
        ("morphine", "diazepam"),
        ("colchicine", "clarithromycin"),
        ("linezolid", "citalopram"),
        ("spironolactone", "potassium chloride"),
        ("apixaban", "enoxaparin"),
        ("valproate", "meropenem"),
        ("allopurinol", "mercaptopurine"),
    ] {
        assert!(interrupts(&book, a, b), "{a} with {b}");
    }
}

#[test]
fn given_pairs_that_belong_together_or_only_need_watching_when_prescribed_then_they_do_not_interrupt() {
    let book = RuleBook::embedded().unwrap();
    for (a, b) in [
        ("lisinopril", "hydrochlorothiazide"),
        ("lisinopril", "metformin"),
        ("aspirin", "atorvastatin"),
        ("aspirin", "clopidogrel"),
        ("metoprolol", "amlodipine"),
        ("furosemide", "spironolactone"),
        ("lisinopril", "furosemide"),
        ("amoxicillin", "acetaminophen"),
        ("omeprazole", "levothyroxine"),
        ("sertraline", "ibuprofen"),
        ("insulin glargine", "metformin"),
        ("albuterol", "prednisone"),
        ("gabapentin", "acetaminophen"),
        ("atorvastatin", "amlodipine"),
        ("warfarin", "acetaminophen"),
    ] {
        assert!(!interrupts(&book, a, b), "{a} with {b}");
        assert!(!interrupts(&book, b, a), "{b} with {a}");
    }
}

#[test]
fn given_the_same_drug_twice_when_prescribed_then_it_is_no_interaction() {
    let book = RuleBook::embedded().unwrap();
    assert!(!interrupts(&book, "amiodarone 200 MG Oral Tablet", "amiodarone 100 MG Oral Tablet"));
}

/// Of a cream hardly anything reaches the blood; a patch or a spray is meant for the whole body.
#[test]
fn given_a_local_form_when_prescribed_then_it_is_shown_and_does_not_interrupt() {
    let book = RuleBook::embedded().unwrap();
    assert!(interrupts(&book, "simvastatin 40 MG Oral Tablet", "ketoconazole 200 MG Oral Tablet"));
    assert!(!interrupts(&book, "simvastatin 40 MG Oral Tablet", "ketoconazole 20 MG/ML Medicated Shampoo"));
    assert!(!interrupts(&book, "erythromycin 5 MG/ML Ophthalmic Ointment", "pimozide 1 MG"));
    assert!(interrupts(&book, "sildenafil 50 MG", "nitroglycerin 0.02 MG/MG Topical Ointment"));
    // Ketoconazole 200 MG tablets, by their code alone.
    assert!(interrupts(&book, "rxnorm|197853", "simvastatin"));
}

/// By the codes of a salt, of a product of two, and of an ingredient.
#[test]
fn given_codes_alone_when_prescribed_then_they_are_known_by_their_ingredients() {
    let book = RuleBook::embedded().unwrap();
    let names = |code: &str| {
        let coding = healthcare_domain::code::Coding {
            system: healthcare_domain::code::RXNORM.into(),
            code: code.into(),
            display: None,
        };
        let mapped = book.knowledge().map_drug(&[coding], None);
        assert_eq!(mapped.unrecognised, None, "{code}");
        book.knowledge().ingredient_names(&mapped).join(" / ")
    };
    assert_eq!(names("6918"), "metoprolol");
    assert_eq!(names("221124"), "metoprolol", "metoprolol succinate");
    assert_eq!(names("866412"), "metoprolol", "metoprolol succinate 100 MG tablets");
    assert_eq!(names("214621"), "hydrochlorothiazide / metoprolol");
    assert_eq!(names("866482"), "hydrochlorothiazide / metoprolol");
}
