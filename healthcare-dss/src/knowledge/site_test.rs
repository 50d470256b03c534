use std::collections::BTreeMap;

use super::{SiteChange, SiteError, SiteKnowledge};
use crate::finding::{Finding, Severity};
use crate::knowledge::Knowledge;
use crate::rule::Given;
use crate::{Edition, RuleBook, Trigger};

/// A pair of the site's own: nothing that ships speaks of it.
const PAIR: &str = r#"{
  "reason": "Drug and Therapeutics Committee, 3 March 2026",
  "evidence": { "committee": { "citation": "Minutes of 3 March 2026, item 4", "grade": "local-practice", "source": "checked" } },
  "rows": [ { "id": "house-metformin-amoxicillin", "severity": "critical", "effect": "agreed to be looked at",
    "action": "Ask the pharmacy.", "evidence": "committee", "a": ["ingredient:metformin"], "b": ["ingredient:amoxicillin"] } ]
}"#;

const PAIR_CASE: &str = r#"{ "cases": [ { "rule": "drug-interaction", "name": "metformin and amoxicillin",
    "given": { "draft": "Amoxicillin 500 MG Oral Capsule", "active": ["metformin 500 MG Oral Tablet"] },
    "expect": { "fired": [["critical", "agreed to be looked at"]] } } ] }"#;

/// A shipped pair that interrupts, as a warning.
const MILDER: &str = r#"{
  "reason": "Drug and Therapeutics Committee, 3 March 2026",
  "evidence": { "committee": { "citation": "Minutes of 3 March 2026, item 5", "grade": "local-practice", "source": "checked" } },
  "rows": [ { "id": "statin-cyp3a4", "severity": "warning", "evidence": "committee" } ]
}"#;

const MILDER_CASE: &str = r#"{ "cases": [ { "rule": "drug-interaction", "name": "simvastatin and clarithromycin, as agreed here",
    "given": { "draft": "clarithromycin 500 MG Oral Tablet", "active": ["simvastatin 40 MG Oral Tablet"] },
    "expect": { "fired": [["warning", "rhabdomyolysis"]] } } ] }"#;

const MILDER_MEANT: &str = r#"{ "cases": [ { "rule": "drug-interaction", "name": "simvastatin and clarithromycin, as agreed here",
    "given": { "draft": "clarithromycin 500 MG Oral Tablet", "active": ["simvastatin 40 MG Oral Tablet"] },
    "expect": { "fired": [["warning", "rhabdomyolysis"]] } } ],
  "changed": [ { "rule": "drug-interaction", "case": "simvastatin and clarithromycin", "reason": "Item 5" } ] }"#;

/// A measurement under a code of the house's laboratory.
const CODE: &str = r#"{ "reason": "The laboratory's own code until its next release",
  "rows": [ { "id": "potassium", "loinc": { "99999-9": "potassium of the house" } } ] }"#;

const CODE_CASE: &str = r#"{ "cases": [ { "rule": "critical-potassium-high", "name": "under the code of the house",
    "given": { "observations": [{ "loinc": "99999-9", "value": 7.4, "unit": "mmol/L", "hours_ago": 1 }] },
    "expect": { "fired": [["critical", "Critical"]] } } ] }"#;

fn files(of: &[(&str, &str)]) -> BTreeMap<String, String> {
    of.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn site(of: &[(&str, &str)]) -> Result<SiteKnowledge, SiteError> {
    Knowledge::of_site(&files(of))
}

fn refused(of: &[(&str, &str)]) -> String {
    site(of).expect_err("it is refused").to_string()
}

/// What is told of a pair when the second is ordered.
fn told(book: &RuleBook, active: &str, draft: &str) -> Vec<Finding> {
    let given = Given { active: vec![active.into()], draft: Some(draft.into()), ..Given::default() };
    let evaluation = book.look(Trigger::ORDER_SIGN, &given.facts());
    let findings = evaluation.findings().into_iter().filter(|finding| *finding.rule == *"drug-interaction");
    findings.cloned().collect()
}

fn book(of: &SiteKnowledge) -> RuleBook {
    RuleBook::from_embedded(of.knowledge.clone()).unwrap()
}

#[test]
fn given_a_pair_of_the_site_when_its_second_drug_is_ordered_then_it_interrupts_with_the_evidence_of_the_site() {
    let known = site(&[("interactions.json", PAIR), ("tests.json", PAIR_CASE)]).unwrap();
    let change = &known.changes[0];
    assert_eq!((change.file, change.added, change.changed, change.left_out), ("interactions.json", 1, 0, 0));
    let found = told(&book(&known), "metformin 500 MG Oral Tablet", "Amoxicillin 500 MG Oral Capsule");
    assert_eq!(found.iter().map(|finding| finding.severity).collect::<Vec<_>>(), [Severity::Critical]);
    assert_eq!(found[0].evidence[0].citation.as_str(), "Minutes of 3 March 2026, item 4");
    let shipped = RuleBook::embedded().unwrap();
    assert!(told(&shipped, "metformin 500 MG Oral Tablet", "Amoxicillin 500 MG Oral Capsule").is_empty());
}

/// A case that ships says that the pair interrupts: a site that means another thing says so.
#[test]
fn given_a_shipped_pair_that_is_made_milder_when_the_site_does_not_say_that_it_means_it_then_the_case_is_named() {
    let why = refused(&[("interactions.json", MILDER), ("tests.json", MILDER_CASE)]);
    assert!(why.contains("drug-interaction: simvastatin and clarithromycin: fired: Warning"), "{why}");
    let known = site(&[("interactions.json", MILDER), ("tests.json", MILDER_MEANT)]).unwrap();
    assert_eq!((known.changes[0].added, known.changes[0].changed), (0, 1));
    let found = told(&book(&known), "simvastatin 40 MG Oral Tablet", "clarithromycin 500 MG Oral Tablet");
    assert_eq!(found.iter().map(|finding| finding.severity).collect::<Vec<_>>(), [Severity::Warning]);
    // What the row does not say is as it ships.
    assert!(found[0].summary.contains("rhabdomyolysis"), "{}", found[0].summary);
}

#[test]
fn given_a_code_of_the_site_when_a_value_comes_under_it_then_it_is_known_beside_the_shipped_ones() {
    let known = site(&[("value-sets.json", CODE), ("tests.json", CODE_CASE)]).unwrap();
    let alarms = |loinc: &str| {
        let value = serde_json::json!({ "loinc": loinc, "value": 7.4, "unit": "mmol/L", "hours_ago": 1 });
        let given: Given = serde_json::from_value(serde_json::json!({ "observations": [value] })).unwrap();
        let evaluation = book(&known).review(&given.facts());
        evaluation.findings().iter().any(|finding| *finding.rule == *"critical-potassium-high")
    };
    assert_eq!((alarms("99999-9"), alarms("2823-3"), alarms("99999-8")), (true, true, false));
}

#[test]
fn given_a_row_that_is_left_out_when_its_drugs_meet_then_nothing_is_told() {
    let without = r#"{ "reason": "Committee", "without": { "digoxin-amphotericin": "Told by the ward's own rule" } }"#;
    let tests = r#"{ "cases": [ { "rule": "drug-interaction", "name": "left out",
        "given": { "draft": "amphotericin b", "active": ["digoxin 0.125 MG"] }, "expect": "not_fired" } ],
      "changed": [ { "rule": "drug-interaction", "case": "digoxin and amphotericin B", "reason": "Left out" } ] }"#;
    let known = site(&[("interactions.json", without), ("tests.json", tests)]).unwrap();
    assert_eq!(known.changes[0].left_out, 1);
    assert!(told(&book(&known), "digoxin 0.125 MG", "amphotericin b").is_empty());
}

/// What judged is kept with the words of the site, and is read again without its folder.
#[test]
fn given_an_edition_of_a_site_when_read_where_the_folder_is_gone_then_it_judges_alike() {
    let known = site(&[("interactions.json", PAIR), ("tests.json", PAIR_CASE)]).unwrap();
    let here = book(&known);
    let edition = Edition::of(&here);
    assert!(edition.knowledge.contains("Drug and Therapeutics Committee, 3 March 2026"));
    let shipped = RuleBook::embedded().unwrap();
    assert_ne!(Edition::of(&shipped).sha256, edition.sha256);
    let again = edition.book(&shipped.shared_knowledge()).unwrap();
    assert_eq!(Edition::of(&again), edition);
    let pair = ("metformin 500 MG Oral Tablet", "Amoxicillin 500 MG Oral Capsule");
    assert_eq!(told(&again, pair.0, pair.1), told(&here, pair.0, pair.1));
}

#[test]
fn given_what_changes_nothing_of_the_shipped_rows_when_counted_then_it_is_by_file() {
    let known = site(&[("interactions.json", PAIR), ("value-sets.json", CODE), ("tests.json", PAIR_CASE)]).unwrap();
    let code = SiteChange {
        file: "value-sets.json",
        reason: "The laboratory's own code until its next release".into(),
        added: 0,
        changed: 1,
        left_out: 0,
    };
    assert_eq!(known.changes[1], code);
}

/// Each fault is told with the file, the place in the site's file and the reason.
#[test]
fn given_a_fault_when_the_knowledge_is_read_then_it_is_told_with_its_place() {
    let interactions = |row: &str| {
        format!(
            r#"{{ "reason": "Committee", "evidence": {{ "own": {{ "citation": "Minutes", "grade": "local-practice", "source": "checked" }} }},
              "rows": [ {row} ] }}"#
        )
    };
    let whole = r#"{ "id": "one", "severity": "info", "effect": "e", "action": "a", "evidence": "own",
        "a": ["ingredient:metformin"], "b": ["ingredient:amoxicillin"] }"#;
    let with = |from: &str, to: &str| interactions(&whole.replace(from, to));
    let cases: Vec<(&str, String, &str)> = vec![
        ("interactions.json", "{".into(), "interactions.json: .: EOF"),
        ("interactions.json", r#"{ "rows": [] }"#.into(), "missing field `reason`"),
        ("interactions.json", r#"{ "reason": " ", "rows": [] }"#.into(), "interactions.json: reason: "),
        ("interactions.json", r#"{ "reason": "x" }"#.into(), "interactions.json: rows: nothing is said"),
        ("interactions.json", r#"{ "reason": "x", "row": [] }"#.into(), "unknown field `row`"),
        (
            "interactions.json",
            with("ingredient:metformin", "ingredient:metformine"),
            "interactions.json: rows[0].a[0]: ",
        ),
        ("interactions.json", with("\"info\"", "\"mild\""), "interactions.json: rows[0].severity: "),
        (
            "interactions.json",
            with("\"effect\"", "\"efect\""),
            "interactions.json: rows[0].efect: unknown field `efect`",
        ),
        (
            "interactions.json",
            with("\"own\"", "\"label\""),
            "interactions.json: rows[0].evidence: a source of the site",
        ),
        ("interactions.json", with("\"id\": \"one\",", ""), "interactions.json: rows[0].id: what tells the row"),
        (
            "interactions.json",
            interactions(&format!("{whole}, {}", whole.replace("metformin", "digoxin"))),
            "interactions.json: rows[1].id: a row of this id stands above",
        ),
        (
            "interactions.json",
            interactions(r#"{ "id": "statin-cyp3a4", "severity": null, "evidence": "own" }"#),
            "interactions.json: rows[0].severity: nothing takes a value away",
        ),
        (
            "interactions.json",
            interactions(r#"{ "id": "statin-cyp3a4", "a": "class:statin", "evidence": "own" }"#),
            "interactions.json: rows[0].a: a list is expected",
        ),
        (
            "interactions.json",
            r#"{ "reason": "x", "without": { "no-such-row": "y" } }"#.into(),
            "interactions.json: without.no-such-row: no row of this id ships",
        ),
        (
            "interactions.json",
            interactions(whole).replace("\"own\"", "\"label\""),
            "interactions.json: evidence.label: a source of this name ships",
        ),
        (
            "classes.json",
            r#"{ "reason": "x", "without": { "vka": "not used here" } }"#.into(),
            "unknown class `vka`; this row ships, and refers to what the site changes or leaves out",
        ),
        (
            "value-sets.json",
            r#"{ "reason": "x", "rows": [ { "id": "pregnancy-condition", "icd10cm": ["Z34"] } ] }"#.into(),
            "value-sets.json: rows[0].id: the program reads this row elsewhere as well",
        ),
        ("allergens.json", r#"{ "reason": "x", "without": { "a": "y" } }"#.into(), "rows of this file have no id"),
        ("products.json", "{}".into(), "products.json: .: no knowledge file of this name"),
        ("interaction.json", "{}".into(), "interaction.json: .: no knowledge file of this name"),
    ];
    for (file, text, why) in cases {
        let told = refused(&[(file, &text), ("tests.json", PAIR_CASE)]);
        assert!(told.contains(why), "{file} {text}\n{told}\n{why}");
    }
}

#[test]
fn given_the_cases_of_a_site_when_they_show_nothing_or_do_not_hold_then_it_is_refused() {
    for (tests, why) in [
        (None, "tests.json: .: this file is missing"),
        (Some(r#"{ "cases": [] }"#), "tests.json: cases: a case that shows"),
        (Some(MILDER_CASE), "tests.json: cases: these do not hold: drug-interaction: simvastatin"),
        (Some(MILDER_MEANT), "tests.json: changed[0].case: this case holds as it ships"),
        (
            Some(r#"{ "cases": [{ "rule": "none", "name": "n", "given": {}, "expect": "not_fired" }] }"#),
            "cases[0].rule: no such",
        ),
        (
            Some(r#"{ "cases": [{ "rule": "none", "name": "n", "given": { "drug": 1 }, "expect": "not_fired" }] }"#),
            "cases[0].given.drug",
        ),
        (
            Some(MILDER_MEANT.replace("\"simvastatin and clarithromycin\"", "\"another\"").as_str()),
            "changed[0].case: the rule has no case",
        ),
    ] {
        let mut of = vec![("interactions.json", PAIR)];
        of.extend(tests.map(|tests| ("tests.json", tests)));
        let told = refused(&of);
        assert!(told.contains(why), "{told}\n{why}");
    }
    let empty = refused(&[("tests.json", PAIR_CASE)]);
    assert!(empty.contains("no knowledge file is in it"), "{empty}");
}
