//! Finding the server programs of an installed PostgreSQL.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::EmbeddedError;

/// Where Debian keeps its versions, each in `N/bin`.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The folder of `initdb` and `postgres` for this cluster: of the major version that made it, else the newest.
pub(super) fn find(data_dir: &Path, cluster: &Path) -> Result<PathBuf, EmbeddedError> {
    let candidates = candidates();
    let Ok(wanted) = std::fs::read_to_string(cluster.join("PG_VERSION")) else {
        return candidates.into_iter().next().ok_or(EmbeddedError::NotInstalled);
    };
    let wanted = wanted.trim().to_owned();
    if candidates.is_empty() {
        return Err(EmbeddedError::NotInstalled);
    }
    candidates
        .into_iter()
        .find(|bin| major_version(bin).is_some_and(|major| major == wanted))
        .ok_or(EmbeddedError::OtherVersion { data_dir: data_dir.to_owned(), wanted })
}

/// Debian's versions, newest first, then what PATH has.
fn candidates() -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir(DEBIAN)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort_by_key(|(major, _)| std::cmp::Reverse(*major));
    let path = std::env::var_os("PATH").unwrap_or_default();
    versions
        .into_iter()
        .map(|(_, bin)| bin)
        .chain(std::env::split_paths(&path))
        .filter(|bin| bin.join("initdb").is_file() && bin.join("postgres").is_file())
        .collect()
}

/// The major version of these programs: told by Debian's folder, else asked of `postgres --version`.
fn major_version(bin: &Path) -> Option<String> {
    if let Some(folder) = bin.strip_prefix(DEBIAN).ok().and_then(|rest| rest.iter().next()) {
        return folder.to_str().map(str::to_owned);
    }
    let output = Command::new(bin.join("postgres")).arg("--version").output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?; // "postgres (PostgreSQL) 15.14 (Debian …)"
    let number = version.split_whitespace().find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
    number.split('.').next().map(str::to_owned)
}
