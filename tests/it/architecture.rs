//! The direction of dependencies, as the crates are declared; that no port gives a record out without a permit; and
//! what is asked of every aggregate.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use cargo_metadata::{DependencyKind, MetadataCommand};
use healthcare_domain::StreamType;

/// Each may depend on those before it, and on nothing of ours behind it.
const LAYERS: [&str; 6] = [
    "healthcare-domain",
    "healthcare-dss",
    "healthcare-application",
    "healthcare-infrastructure",
    "healthcare-telemetry-gateway",
    "healthcare-api",
];

/// What has no place where nothing is read or written and no framework speaks.
const OUTSIDE: [&str; 10] = [
    "actix-web",
    "sea-orm",
    "tokio",
    "tokio-postgres",
    "redis",
    "rdkafka",
    "reqwest",
    "deadpool-postgres",
    "rand",
    "jsonwebtoken",
];

#[test]
fn dependencies_point_inwards() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec().expect("cargo metadata");
    let mut met = BTreeSet::new();
    for package in &metadata.packages {
        let name = package.name.to_string();
        let Some(layer) = LAYERS.iter().position(|known| *known == name) else {
            assert_eq!(name, "healthcare-tests", "a crate that has no layer");
            continue;
        };
        met.insert(layer);
        for dependency in package.dependencies.iter().filter(|one| one.kind != DependencyKind::Development) {
            if let Some(other) = LAYERS.iter().position(|known| *known == dependency.name) {
                assert!(other < layer, "{name} depends on {}", dependency.name);
            }
            assert!(dependency.name != "healthcare-tests", "{name} depends on the tests");
            let pure = layer <= 1;
            assert!(!(pure && OUTSIDE.contains(&dependency.name.as_str())), "{name} depends on {}", dependency.name);
        }
    }
    assert_eq!(met.len(), LAYERS.len(), "every layer is there");
}

/// The sources of a module of the domain: those below its folder, or those beside it that begin with its name.
fn sources(module: &Path) -> Vec<String> {
    let (folder, beginning) = match module.is_dir() {
        true => (module.to_owned(), String::new()),
        false => {
            let name = module.file_name().expect("a module").to_string_lossy().into_owned();
            (module.parent().expect("a folder").to_owned(), name)
        }
    };
    let mut all = vec![];
    for entry in fs::read_dir(&folder).expect("a folder") {
        let path: PathBuf = entry.expect("an entry").path();
        if path.is_dir() && beginning.is_empty() {
            all.extend(sources(&path));
        } else if path.is_file() && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&beginning))
        {
            all.push(fs::read_to_string(&path).expect("a source"));
        }
    }
    all
}

/// No sequence of commands reaches an undefined state, and replay equals state: a test of its properties says so of each.
#[test]
fn every_aggregate_has_a_test_of_its_properties() {
    let domain = Path::new(env!("CARGO_MANIFEST_DIR")).join("../healthcare-domain/src");
    let list = fs::read_to_string(domain.join("event.rs")).expect("the list");
    let named = list.lines().filter_map(|line| line.split_once("\": crate::")).map(|(_, rest)| rest);
    let aggregates: Vec<&str> = named.filter_map(|rest| rest.split(',').next()).collect();
    assert_eq!(aggregates.len(), StreamType::ALL.len(), "{aggregates:?}");
    for aggregate in aggregates {
        // Of `Entry<X>` each X is asked for.
        let (of, parameter) = aggregate.split_once('<').unwrap_or((aggregate, ""));
        let (module, name) = of.rsplit_once("::").expect("a module and a type");
        let parameter = parameter.trim_end_matches('>').rsplit("::").next().unwrap_or_default();
        // The log is folded and held against the state: by themselves, or by what does it for every aggregate.
        let folded = [format!("{name}::fold("), format!("{name}::<C>::fold("), "taken(&mut state, &mut log".to_owned()];
        let held = sources(&domain.join(module.replace("::", "/"))).iter().any(|source| {
            source.contains("proptest! {")
                && source.contains(name)
                && source.contains(parameter)
                && folded.iter().any(|how| source.contains(how))
        });
        assert!(held, "{aggregate} has no test of its properties that folds its log");
    }
}

/// The ports that tell something without a permit, and why that opens nobody's record.
const TOLD_TO_ANYBODY: [(&str, &str); 17] = [
    ("AuditTrail::record", "takes an entry, tells nothing"),
    ("CareRelations::circle", "what a permit is decided on"),
    ("CareRelations::identities", "which registrations are one person's: identities alone"),
    ("CareRelations::standing", "what a permit is decided on"),
    ("CareRelations::standings", "what a permit is decided on"),
    ("CareRelations::survivor", "what a permit is decided on"),
    ("CareRelations::very_restricted", "whose records are labelled: identities alone"),
    ("CareRelations::works_on", "of the staff, whose ward is whose: of no patient"),
    ("EventStore::answered", "the answer to a caller's own request, by their account and key"),
    ("EventStore::edition", "rules, which are nobody's"),
    ("EventStore::evaluated", "whose an evaluation is: what a permit is asked for with"),
    ("EventStore::new_patient", "makes an identity"),
    ("EventStore::next_number", "counts"),
    ("EventStore::rule_version", "rules, which are nobody's"),
    ("EventStore::rule_versions", "rules, which are nobody's"),
    ("EventStore::shown", "takes what was shown, tells nothing"),
    ("ReadModel::readings_kept_since", "a day, of no patient"),
];

/// SECURITY 28: what a port tells of a patient it tells to who holds a permit, or sealed until one opens it; without one the
/// call does not compile. Who adds another port is told here.
#[test]
fn no_port_opens_a_record_without_a_permit() {
    let mut sources = vec![];
    gather(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../healthcare-application/src")), &mut sources);
    let (mut asked, mut told) = (0, vec![]);
    for source in sources {
        let source: String =
            source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        for port in source.split("#[async_trait]\npub trait ").skip(1) {
            let name = port.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            let body = port.split("\n}").next().unwrap_or_default();
            for method in body.split("fn ").skip(1) {
                let signature = method.split(';').next().unwrap_or_default();
                if signature.contains("&Permit") || signature.contains("Sealed<") {
                    asked += 1;
                } else {
                    told.push(format!("{name}::{}", signature.split('(').next().unwrap_or_default()));
                }
            }
        }
    }
    told.sort();
    assert_eq!(told, TOLD_TO_ANYBODY.map(|(method, _)| method));
    assert!(asked > 40, "{asked} ports ask for one: they are written in another way now, and this test reads nothing");
}

/// The texts of all sources below a folder.
fn gather(folder: &Path, into: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("the sources").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            gather(&entry, into);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            into.push(fs::read_to_string(entry).expect("a source"));
        }
    }
}
