//! FHIR resources imported a second, by the command as a person types it.

use std::{fs, path::Path, process::Command, time::Instant};

use anyhow::{Context, ensure};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    hospital::{Hospital, healthcare},
    report::{Goal, Item},
    rounds::median,
};

const PART: &str = "import";
const ROUNDS: usize = 3;
/// Copies of each fixture bundle in a round, each of other people.
const COPIES: usize = 50;

/// Imports new bundles each round, beside the running server; the process's start is in the time.
pub async fn measure(hospital: &Hospital) -> anyhow::Result<Vec<Item>> {
    let bundles = fixtures()?;
    let (mut rates, mut again) = (vec![], vec![]);
    for round in 0..=ROUNDS {
        let directory = tempfile::tempdir()?;
        for copy in 0..COPIES {
            for (n, bundle) in bundles.iter().enumerate() {
                let file = directory.path().join(format!("{copy}-{n}.json"));
                fs::write(file, of_other_people(bundle, round * COPIES + copy)?)?;
            }
        }
        let (read, stored, seconds) = import(hospital, directory.path()).await?;
        ensure!(read == stored, "{stored} of {read} resources were stored");
        // The first round warms up.
        if round > 0 {
            rates.push(read as f64 / seconds);
            let (read, stored, seconds) = import(hospital, directory.path()).await?;
            ensure!(stored == 0, "{stored} resources were stored a second time");
            again.push(read as f64 / seconds);
        }
    }
    Ok(vec![
        Item::figure(PART, "FHIR R4 resources imported", "/s", median(rates), Some(Goal::AtLeast(3_000.0))),
        Item::figure(PART, "the same again, known already", "/s", median(again), None),
    ])
}

/// The bundles of `tests/fixtures/carebundle`.
fn fixtures() -> anyhow::Result<Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/carebundle");
    let mut files: Vec<_> =
        fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?.into_iter().map(|f| f.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    files.iter().map(|file| Ok(fs::read_to_string(file)?)).collect()
}

/// The same bundle of other people: every identity in it is another one.
fn of_other_people(bundle: &str, copy: usize) -> anyhow::Result<String> {
    let mut parsed: Value = serde_json::from_str(bundle)?;
    let entries = parsed["entry"].as_array_mut().context("a bundle has entries")?;
    let mut urls = vec![];
    for entry in entries {
        urls.push(entry["fullUrl"].as_str().context("an entry has a URL")?.to_owned());
        for identifier in entry["resource"].get_mut("identifier").and_then(Value::as_array_mut).into_iter().flatten() {
            let value = identifier["value"].as_str().unwrap_or_default();
            identifier["value"] = format!("{value}-{copy}").into();
        }
    }
    let mut text = parsed.to_string();
    for url in urls {
        let other = Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("{copy} {url}").as_bytes());
        text = text.replace(&url, &format!("urn:uuid:{other}"));
    }
    Ok(text)
}

/// Runs `healthcare import`: resources read and stored, and the seconds it took.
async fn import(hospital: &Hospital, folder: &Path) -> anyhow::Result<(u64, u64, f64)> {
    let report = tempfile::NamedTempFile::new()?;
    let mut command: Command = healthcare(hospital.data_dir())?;
    command.arg("import").arg(folder).arg("--report").arg(report.path());
    let begun = Instant::now();
    let output = tokio::task::spawn_blocking(move || command.output()).await??;
    let seconds = begun.elapsed().as_secs_f64();
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&fs::read(report.path())?)?;
    let resources = report["resources"].as_object().context("the report counts resources")?;
    let sum = |what: &str| resources.values().filter_map(|counts| counts[what].as_u64()).sum::<u64>();
    Ok((sum("read"), sum("stored") + sum("kept"), seconds))
}
