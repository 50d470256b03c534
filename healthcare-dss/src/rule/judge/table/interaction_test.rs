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

/// A pair of each of 15 classes of the ONC high-priority list (Phansalkar 2012) as we remember it, unchecked, in both orders.
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

/// The row by which two drugs meet, and how grave it is.
fn row_of(book: &RuleBook, draft: &str, active: &str) -> Option<Severity> {
    let given = Given { draft: Some(draft.into()), active: vec![active.into()], ..Given::default() };
    let evaluation = book.evaluate(Trigger::ORDER_SIGN, &given.facts());
    evaluation.findings().iter().filter(|one| &*one.rule == "drug-interaction").map(|one| one.severity).min()
}

/// Where a drug is known but meets nothing, silence would read as "checked": each is told beside those it is like.
#[test]
fn given_drugs_of_europe_when_they_meet_what_their_like_meets_then_they_are_told_as_gravely() {
    let book = RuleBook::embedded().unwrap();
    let (critical, warning) = (Some(Severity::Critical), Some(Severity::Warning));
    for (a, b, severity) in [
        ("josamycin", "ergotamine", critical),
        ("josamycin", "simvastatin", critical),
        ("josamycin", "ivabradine", critical),
        ("josamycin", "pimozide", critical),
        ("josamycin", "cisapride", critical),
        ("josamycin", "colchicine", warning),
        ("josamycin", "tacrolimus", critical),
        ("josamycin", "carbamazepine", critical),
        ("josamycin", "atorvastatin", warning),
        ("simvastatin", "bezafibrate", warning),
        ("rosuvastatin", "ciprofibrate", warning),
        ("theophylline", "pefloxacin", warning),
        ("tizanidine", "pefloxacin", warning),
        ("manidipine", "itraconazole", warning),
        ("nitrendipine", "clarithromycin", warning),
        ("manidipine", "rifampin", warning),
        ("nitrendipine", "carbamazepine", warning),
        ("flunitrazepam", "ritonavir", warning),
        ("levodopa", "zuclopenthixol", warning),
        ("levodopa", "flupentixol", warning),
        ("levodopa", "sulpiride", warning),
        ("levodopa", "amisulpride", warning),
        ("levodopa", "levomepromazine", warning),
        ("levomepromazine", "azithromycin", warning),
        ("levomepromazine", "amiodarone", critical),
    ] {
        assert_eq!(row_of(&book, a, b), severity, "{a} with {b}");
    }
}

/// What the label forbids interrupts; what it answers with a dose is shown with it.
#[test]
fn given_pairs_that_a_dose_or_a_milder_drug_answers_when_prescribed_then_they_are_as_grave_as_their_label_says() {
    let book = RuleBook::embedded().unwrap();
    let (critical, warning) = (Some(Severity::Critical), Some(Severity::Warning));
    for (a, b, severity) in [
        ("mavacamten", "omeprazole", warning),
        ("mavacamten", "verapamil", warning),
        ("mavacamten", "ticlopidine", critical),
        ("mavacamten", "efavirenz", critical),
        ("oxcarbazepine", "rilpivirine", critical),
        ("oxcarbazepine", "dolutegravir", critical),
        ("oxcarbazepine", "lenacapavir", critical),
        ("oxcarbazepine", "palbociclib", warning),
        ("oxcarbazepine", "ivacaftor", warning),
        ("oxcarbazepine", "fostemsavir", warning),
        ("dolutegravir", "rifampin", warning),
        ("dolutegravir", "carbamazepine", warning),
        ("dolutegravir", "phenytoin", critical),
        ("palbociclib", "enzalutamide", critical),
        ("rilpivirine", "apalutamide", critical),
        ("eliglustat", "quinidine", critical),
        ("eliglustat", "sotalol", critical),
        ("eliglustat", "paroxetine", warning),
        ("sumatriptan", "selegiline", critical),
        ("sumatriptan", "rasagiline", warning),
        ("sumatriptan", "safinamide", None),
        ("cyclosporine", "sirolimus", warning),
        ("cyclosporine", "everolimus", warning),
        ("cyclosporine", "fluvastatin", warning),
        ("dolutegravir", "enzalutamide", warning),
        ("dolutegravir", "apalutamide", warning),
        ("raltegravir", "rifampin", warning),
        ("clopidogrel", "omeprazole", critical),
        ("clopidogrel", "rabeprazole", None),
        ("oxycodone", "clarithromycin", critical),
        ("oxycodone", "erythromycin", warning),
        ("buprenorphine", "ketoconazole", warning),
        ("simvastatin", "amiodarone", warning),
        ("methadone", "ritonavir", warning),
        ("lovastatin", "amiodarone", warning),
        ("simvastatin", "fluconazole", warning),
        ("pravastatin", "fusidic acid", critical),
        ("codeine", "paroxetine", warning),
        ("triazolam", "clarithromycin", critical),
        ("midazolam", "clarithromycin", warning),
        ("sumatriptan", "rizatriptan", critical),
        ("phenelzine", "entacapone", critical),
        ("rasagiline", "entacapone", None),
        ("artemether", "carbamazepine", critical),
        ("venetoclax", "fluconazole", warning),
        ("budesonide", "itraconazole", warning),
    ] {
        assert_eq!(row_of(&book, a, b), severity, "{a} with {b}");
    }
}

/// A row of two drugs gives each the dose that is its own.
#[test]
fn given_rows_with_a_dose_when_told_then_the_words_are_of_the_very_drug() {
    let book = RuleBook::embedded().unwrap();
    let says = |draft: &str, active: &str, words: &str| {
        let given = Given { draft: Some(draft.into()), active: vec![active.into()], ..Given::default() };
        let evaluation = book.evaluate(Trigger::ORDER_SIGN, &given.facts());
        evaluation.findings().iter().any(|one| &*one.rule == "drug-interaction" && one.detail.contains(words))
    };
    assert!(says("dolutegravir", "rifampin", "50 mg twice a day"));
    assert!(says("fluvastatin", "cyclosporine", "fluvastatin at most 20 mg twice a day"));
    assert!(says("sirolimus", "cyclosporine", "four hours after") && !says("everolimus", "cyclosporine", "four hours"));
    assert!(
        says("alteplase", "warfarin", "systemic thrombolysis") && says("alteplase", "apixaban", "catheter with 2 mg")
    );
}

/// Of what is called an alcohol only ethanol sedates, and what is wiped on the skin does not.
#[test]
fn given_alcohols_that_are_not_drunk_when_an_opioid_is_prescribed_then_nothing_interrupts() {
    let book = RuleBook::embedded().unwrap();
    let opioid = "oxycodone 5 MG Oral Tablet";
    assert!(interrupts(&book, opioid, "ethanol 50 % Oral Solution"));
    assert!(interrupts(&book, opioid, "alcohol"));
    for other in [
        "isopropyl alcohol 70 % Medicated Pad",
        "Isopropyl Alcohol 0.7 ML/ML",
        "benzyl alcohol 50 MG/ML Lotion",
        "polyvinyl alcohol 14 MG/ML Ophthalmic Solution",
        "cetyl alcohol",
        "docetaxel 20 MG/ML Injection (non-alcohol formula)",
        "acetaminophen 32 MG/ML alcohol-free elixir",
        "guaifenesin 20 MG/ML Syrup, without alcohol",
    ] {
        assert_eq!(row_of(&book, opioid, other), None, "{other}");
    }
    for pad in ["alcohol prep pads", "Alcohol 70 % Swab"] {
        assert!(!interrupts(&book, opioid, pad), "{pad}");
    }
    // Absolute alcohol, injected into a nerve, by its codes alone.
    for injected in ["581957", "616501", "616765", "616768", "616770"] {
        let row = row_of(&book, opioid, &format!("rxnorm|{injected}"));
        assert_eq!(row, Some(Severity::Warning), "{injected}");
    }
    let of = |name: &str| {
        let mapped = book.knowledge().map_drug(&[], Some(name));
        (book.knowledge().ingredient_names(&mapped).join(" / "), mapped.unrecognised)
    };
    assert_eq!(of("docetaxel 20 MG/ML Injection (non-alcohol formula)"), ("docetaxel".to_owned(), None));
    assert_eq!(of("alcohol prep pads"), ("alcohol".to_owned(), None));
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
