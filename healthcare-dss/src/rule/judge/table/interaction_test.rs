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
