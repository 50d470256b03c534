//! What the pages on security and on comparable systems say is there, is there.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const PAGE: &str = "docs/SECURITY.md";
const PEERS: &str = "docs/PEERS.md";

/// The numbers of the checklist that the page answers for.
fn asked() -> BTreeSet<u8> {
    (1..=46).chain(49..=56).chain([62]).collect()
}

/// A row of a table: its first cell, and the tests that its last one names.
struct Row {
    first: String,
    tests: Vec<String>,
}

/// The rows of all tables of the page, without their heads.
fn rows(page: &str) -> Vec<Row> {
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let lines = page.lines().filter(|line| line.starts_with("| ")).map(cells);
    let heads = ["no", "hole", "what"];
    lines
        .filter(|cells| !heads.contains(&cells[0].as_str()))
        .map(|cells| Row { first: cells[0].clone(), tests: cells.last().map(|last| named(last)).unwrap_or_default() })
        .collect()
}

/// The names of tests in a cell: in backticks, in snake case.
fn named(cell: &str) -> Vec<String> {
    let quoted = cell.split('`').skip(1).step_by(2);
    let is_name = |text: &&str| {
        text.contains('_')
            && text.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    quoted.filter(is_name).map(str::to_owned).collect()
}

/// The numbers that a test says it shows: `security_43_…`, `SECURITY 28`, `SECURITY 3, 4 and 5`, `SECURITY 22 to 25`.
fn cited(name: &str, documentation: &str) -> BTreeSet<u8> {
    let of_name = name.strip_prefix("security_").and_then(|rest| rest.split('_').next()?.parse().ok());
    let mut all: BTreeSet<u8> = of_name.into_iter().collect();
    for after in documentation.split("SECURITY").skip(1) {
        let (mut last, mut up_to) = (None, false);
        for word in after.split_whitespace() {
            let bare = word.trim_end_matches([',', '.', ':', ';', ')']);
            match bare.parse::<u8>() {
                Ok(number) => {
                    all.extend(last.filter(|_| up_to).unwrap_or(number)..=number);
                    (last, up_to) = (Some(number), false);
                }
                Err(_) if bare == "to" && last.is_some() => up_to = true,
                Err(_) if bare == "and" && last.is_some() => {}
                Err(_) => break,
            }
            if word.ends_with(['.', ':', ';', ')']) {
                break;
            }
        }
    }
    all
}

/// The tests below a folder, by name, each with what it says of itself.
fn tests_below(folder: &Path, found: &mut BTreeMap<String, Vec<String>>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            tests_below(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            tests_of(&fs::read_to_string(&path).expect("a source"), found);
        }
    }
}

fn tests_of(source: &str, found: &mut BTreeMap<String, Vec<String>>) {
    let (mut documentation, mut is_test) = (String::new(), false);
    for line in source.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("///") {
            documentation.push_str(words);
        } else if line.starts_with("#[") {
            is_test |= line.starts_with("#[test") || line.starts_with("#[tokio::test");
        } else {
            let signature = line.strip_prefix("async fn ").or_else(|| line.strip_prefix("fn "));
            if let Some((name, _)) = signature.and_then(|rest| rest.split_once('(')).filter(|_| is_test) {
                found.entry(name.to_owned()).or_default().push(documentation.clone());
            }
            (documentation, is_test) = (String::new(), false);
        }
    }
}

/// All tests of the house: those of the crates, and those over real parts.
fn tests() -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    let root = Path::new(ROOT);
    tests_below(&root.join("tests/it"), &mut found);
    let crates = fs::read_dir(root).expect("the workspace").map(|entry| entry.expect("an entry").path());
    let is_ours = |path: &std::path::PathBuf| {
        path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("healthcare-"))
    };
    crates.filter(is_ours).for_each(|path| tests_below(&path.join("src"), &mut found));
    assert!(found.len() > 300, "{} tests were found", found.len());
    found
}

/// SECURITY 62: each number of the checklist has one row, each test it names is there, and the test cites the number.
#[test]
fn the_page_on_security_names_what_exists() {
    let page = fs::read_to_string(Path::new(ROOT).join(PAGE)).expect(PAGE);
    let (rows, tests) = (rows(&page), tests());
    let mut wrong = vec![];
    let mut answered = BTreeSet::new();
    for Row { first, tests: names } in &rows {
        let number = first.parse::<u8>().ok();
        if let Some(number) = number {
            if !answered.insert(number) {
                wrong.push(format!("{number} has two rows"));
            }
            if names.is_empty() {
                wrong.push(format!("{number} is shown by no test"));
            }
        }
        for name in names {
            match (tests.get(name), number) {
                (None, _) => wrong.push(format!("{first}: there is no test {name}")),
                (Some(of_name), Some(number)) if !of_name.iter().any(|says| cited(name, says).contains(&number)) => {
                    wrong.push(format!("{name} does not say that it shows SECURITY {number}"));
                }
                (Some(_), _) => {}
            }
        }
    }
    let (missing, more): (Vec<_>, Vec<_>) =
        (asked().difference(&answered).copied().collect(), answered.difference(&asked()).copied().collect());
    assert!(missing.is_empty() && more.is_empty(), "no row for {missing:?}; rows nobody asked for: {more:?}");
    assert!(wrong.is_empty(), "{wrong:#?}");
    let holes = rows.iter().filter(|row| row.first.parse::<u8>().is_err()).count();
    assert!(holes >= 16, "{holes} holes");
}

/// What hurts the users of comparable systems is a test here.
#[test]
fn the_page_on_comparable_systems_names_what_exists() {
    let page = fs::read_to_string(Path::new(ROOT).join(PEERS)).expect(PEERS);
    let (rows, tests) = (rows(&page), tests());
    assert!(rows.len() > 20, "{} rows", rows.len());
    for Row { first, tests: names } in &rows {
        assert!(!names.is_empty(), "{first} is shown by no test");
        for name in names {
            assert!(tests.contains_key(name), "{first}: there is no test {name}");
        }
    }
}

#[test]
fn citations_are_read_as_people_write_them() {
    let read = |says: &str| cited("a_test", says).into_iter().collect::<Vec<_>>();
    assert_eq!(read("SECURITY 22 to 25: sessions end. 7 days"), [22, 23, 24, 25]);
    assert_eq!(read("SECURITY 3, 4, 5: passwords"), [3, 4, 5]);
    assert_eq!(read("SECURITY 43, 44, fault 30: found"), [43, 44]);
    assert_eq!(read("SECURITY 38 and 39: nobody. And SECURITY 12."), [12, 38, 39]);
    assert_eq!(read("The house has 12 rooms."), [0; 0]);
    assert_eq!(cited("security_43_each_change", "").into_iter().collect::<Vec<_>>(), [43]);
    assert_eq!(named("as `a_test` of `make bench` in `access/file.rs` says"), ["a_test"]);
}
