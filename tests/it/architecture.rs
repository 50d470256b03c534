//! The direction of dependencies, as the crates are declared.

use std::collections::BTreeSet;

use cargo_metadata::{DependencyKind, MetadataCommand};

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
