//! The folder of a site's knowledge.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use healthcare_application::rule::Rules;
use healthcare_dss::{
    RuleError,
    knowledge::{Knowledge, SiteChange, SiteError, SiteKnowledge},
};

/// Why the knowledge of a site cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SiteFolderError {
    /// The folder, or a file in it, cannot be read.
    #[error("{0} cannot be read")]
    Unreadable(PathBuf, #[source] io::Error),
    /// What it says is refused: the file, the JSON path and the reason.
    #[error("the knowledge in {0} is refused: {1}")]
    Refused(PathBuf, SiteError),
    /// The shipped rules do not load over it.
    #[error("the shipped rules do not load over the knowledge in {0}: {1}")]
    Rules(PathBuf, RuleError),
}

/// Reads the folder of a site: each of its JSON files, laid over the shipped one of the same name, and the cases that show
/// them. Other files are left alone.
///
/// # Errors
/// When a file cannot be read, or what it says is refused.
pub fn read_site(folder: &Path) -> Result<SiteKnowledge, SiteFolderError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |error| SiteFolderError::Unreadable(path, error)
    };
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
        let path = entry.map_err(unreadable(folder))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.insert(name, fs::read_to_string(&path).map_err(unreadable(&path))?);
        }
    }
    Knowledge::of_site(&files).map_err(|why| SiteFolderError::Refused(folder.to_owned(), why))
}

/// The shipped rules over the knowledge of a site; what the site changes is said in the log.
///
/// # Errors
/// As [`read_site`].
pub fn site_rules(folder: &Path) -> Result<Arc<Rules>, SiteFolderError> {
    let SiteKnowledge { knowledge, changes } = read_site(folder)?;
    for SiteChange { file, reason, added, changed, left_out } in changes {
        tracing::info!(file, reason, added, changed, left_out, "the knowledge of the site is laid over what ships");
    }
    tracing::info!(sha256 = knowledge.sha256(), "rules look into the knowledge of the site");
    let rules = Rules::shipped(knowledge).map_err(|why| SiteFolderError::Rules(folder.to_owned(), why))?;
    Ok(Arc::new(rules))
}
