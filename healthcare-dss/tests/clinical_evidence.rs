//! The codes the rules stand on: each has a right check digit, and what has been held against a published list is kept
//! apart from what has not. `docs/CLINICAL-EVIDENCE.md` is written from the same files; `UPDATE_EVIDENCE=1` writes it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// Code → what our files call it.
type Codes = BTreeMap<String, String>;
/// Code → the list it was found in under the same name.
type Checked = BTreeMap<String, BTreeMap<String, String>>;

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The codes of one terminology in the value sets and allergens, and in what rules propose.
fn codes(field: &str, system: &str) -> Codes {
    let mut all = Codes::new();
    for file in ["value-sets.json", "allergens.json"] {
        let document = read(&here("knowledge").join(file));
        for row in document.get("sets").unwrap_or(&document).as_array().unwrap() {
            let title = row["title"].as_str().map(|title| format!("{title}: ")).unwrap_or_default();
            for (code, name) in row[field].as_object().into_iter().flatten() {
                all.insert(code.clone(), format!("{title}{}", name.as_str().unwrap_or_default()));
            }
        }
    }
    for file in fs::read_dir(here("rules")).unwrap() {
        proposed(&read(&file.unwrap().path()), system, &mut all);
    }
    all
}

fn proposed(value: &Value, system: &str, into: &mut Codes) {
    match value {
        Value::Object(fields) => {
            if let (Some(of), Some(code)) = (fields.get("system"), fields.get("code"))
                && of == system
            {
                let name = fields.get("display").and_then(Value::as_str).unwrap_or_default();
                into.entry(code.as_str().unwrap_or_default().to_owned()).or_insert_with(|| name.to_owned());
            }
            fields.values().for_each(|field| proposed(field, system, into));
        }
        Value::Array(items) => items.iter().for_each(|item| proposed(item, system, into)),
        _ => {}
    }
}

fn snomed() -> Codes {
    codes("snomed", "http://snomed.info/sct")
}

fn loinc() -> Codes {
    codes("loinc", "http://loinc.org")
}

/// SNOMED CT identifiers end with a Verhoeff check digit: the dihedral group D5, and a permutation by place.
fn is_snomed(code: &str) -> bool {
    let permute = |digit: u32, times: usize| (0..times).fold(digit, |d, _| [1, 5, 7, 6, 2, 8, 3, 0, 9, 4][d as usize]);
    let multiply = |a: u32, b: u32| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b - 5) % 5,
        (false, true) => 5 + (a - 5 + 5 - b) % 5,
        (false, false) => (a + 5 - b) % 5,
    };
    let digits: Option<Vec<u32>> = code.chars().rev().map(|c| c.to_digit(10)).collect();
    digits.is_some_and(|digits| {
        let sum = digits.iter().enumerate().fold(0, |sum, (place, digit)| multiply(sum, permute(*digit, place % 8)));
        (6..=18).contains(&digits.len()) && sum == 0
    })
}

/// LOINC numbers end with a modulus-10 check digit: every second digit from the right is doubled.
fn is_loinc(code: &str) -> bool {
    let Some((number, check)) = code.split_once('-') else { return false };
    let sum: Option<u32> = number
        .chars()
        .rev()
        .enumerate()
        .map(|(place, c)| {
            let digit = c.to_digit(10)?;
            let doubled = digit * 2;
            Some(if place % 2 == 1 { digit } else { doubled / 10 + doubled % 10 })
        })
        .sum();
    sum.is_some_and(|sum| check == ((10 - sum % 10) % 10).to_string())
}

#[test]
fn every_code_has_a_right_check_digit() {
    assert!(is_snomed("716186003") && !is_snomed("716186004") && !is_snomed("293601000"));
    assert!(is_loinc("8867-4") && !is_loinc("8867-5") && !is_loinc("3150-7"));
    let wrong: Vec<String> = snomed().into_keys().filter(|code| !is_snomed(code)).collect();
    assert!(wrong.is_empty(), "no SNOMED CT identifiers: {wrong:?}");
    let wrong: Vec<String> = loinc().into_keys().filter(|code| !is_loinc(code)).collect();
    assert!(wrong.is_empty(), "no LOINC codes: {wrong:?}");
}

/// Codes that were mixed up once: each stands for its own drug, as in HL7's value set allergyintolerance-code.
#[test]
fn allergies_that_were_once_mixed_up_stand_for_their_drug() {
    let document = read(&here("knowledge/allergens.json"));
    let of = |code: &str| -> Vec<String> {
        let rows = document.as_array().unwrap().iter().filter(|row| row["snomed"].get(code).is_some());
        rows.flat_map(|row| row["drugs"].as_array().cloned().unwrap_or_default())
            .map(|drug| drug.as_str().unwrap_or_default().to_owned())
            .collect()
    };
    for (code, drug) in [
        ("294499007", "class:penicillin"),
        ("293601001", "ingredient:morphine"),
        ("293610009", "class:nsaid"),
        ("293619005", "ingredient:ibuprofen"),
        ("294462007", "class:aminoglycoside"),
        ("294592000", "class:tetracycline"),
        ("294970008", "class:statin"),
    ] {
        assert_eq!(of(code), [drug], "{code}");
    }
    assert_eq!(of("294463002"), ["ingredient:amikacin"], "it was taken for tetracycline");
    assert_eq!(of("293598006"), [] as [&str; 0], "diamorphine was taken for morphine");
}

#[test]
fn the_page_of_evidence_says_what_the_files_say() {
    let path = here("../docs/CLINICAL-EVIDENCE.md");
    let page = page();
    if std::env::var_os("UPDATE_EVIDENCE").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == page, "docs/CLINICAL-EVIDENCE.md is out of date: run this test with UPDATE_EVIDENCE=1");
}

/// The page, whole.
fn page() -> String {
    let checked: Checked = serde_json::from_value(read(&here("knowledge/codes-checked.json"))).unwrap();
    let mut text =
        "# Clinical evidence\n\nWritten by `healthcare-dss/tests/clinical_evidence.rs` from the knowledge and \
        the rules; do not edit. A code is\nchecked when it was found under the same meaning in a list that others \
        publish or in data they made; its check digit\nis right for every code. What is unchecked was written from \
        memory, and has to be held against the terminology's own\nbrowser before anybody relies on it.\n"
            .to_owned();
    for (name, field, codes) in [("SNOMED CT", "snomed", snomed()), ("LOINC", "loinc", loinc())] {
        let found = |code: &String| checked[field].contains_key(code);
        let sources: BTreeSet<&String> = codes.keys().filter_map(|code| checked[field].get(code)).collect();
        let unchecked: Vec<(&String, &String)> = codes.iter().filter(|(code, _)| !found(code)).collect();
        let done = codes.len() - unchecked.len();
        writeln!(text, "\n## {name}\n\n{done} of {} codes are checked, against:\n", codes.len()).unwrap();
        for source in sources {
            let count = codes.keys().filter(|code| checked[field].get(*code) == Some(source)).count();
            writeln!(text, "- {source} ({count})").unwrap();
        }
        writeln!(text, "\nUnchecked:\n\n| code | as we call it |\n|---|---|").unwrap();
        for (code, label) in unchecked {
            writeln!(text, "| {code} | {label} |").unwrap();
        }
    }
    text.push_str("\n## RxNorm and ICD-10-CM\n\n");
    text.push_str(
        "Ingredients, salts and products have their RxCUIs from NLM's names (20,000 of them, read by\n\
         scripts/drug-names.py). Codes newer than that list are from memory and unchecked, among them those of apixaban,\n\
         dolutegravir, empagliflozin, finerenone, ivabradine, riociguat, semaglutide, sofosbuvir, suvorexant, tirzepatide,\n\
         tofacitinib, venetoclax and vortioxetine. ICD-10-CM categories are unchecked but for E11 and N18.3.\n",
    );
    text.push_str("\n## Rules\n\n| rule | citation | grade | source |\n|---|---|---|---|\n");
    let mut rules: Vec<_> = fs::read_dir(here("rules")).unwrap().map(|file| file.unwrap().path()).collect();
    rules.sort();
    for rule in rules.iter().map(|path| read(path)) {
        for evidence in rule["evidence"].as_array().into_iter().flatten() {
            let of = |field: &str| evidence[field].as_str().unwrap_or_default().replace('|', "/");
            let id = rule["id"].as_str().unwrap_or_default();
            writeln!(text, "| {id} | {} | {} | {} |", of("citation"), of("grade"), of("source")).unwrap();
        }
    }
    text.push_str("\n## Tables\n\n| table | rows | source | grade | read |\n|---|---|---|---|---|\n");
    for table in TABLES {
        let document = read(&here("knowledge").join(format!("{table}.json")));
        let rows = document["rows"].as_array().map(Vec::as_slice).unwrap_or_default();
        for (key, source) in document["evidence"].as_object().into_iter().flatten() {
            let count = rows.iter().filter(|row| row["evidence"] == *key).count();
            let of = |field: &str| source[field].as_str().unwrap_or_default().replace('|', "/");
            writeln!(text, "| {table} | {count} | {} | {} | {} |", of("citation"), of("grade"), of("source")).unwrap();
        }
    }
    text
}

/// The tables whose rows name a source.
const TABLES: [&str; 11] = [
    "age-cautions",
    "contraindications",
    "cross-reactions",
    "dose-limits",
    "duplicates",
    "interactions",
    "lactation",
    "monitoring",
    "opioids",
    "pregnancy",
    "renal-limits",
];
