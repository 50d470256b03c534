//! What a site lays over the shipped knowledge: rows of its own, rows that say more or otherwise, rows that are left out,
//! and the cases that show them.

mod layout;
mod overlay;
mod proof;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Knowledge, KnowledgeSource};
use crate::rule::{CaseFailure, RuleError};
use layout::Layout;
use overlay::Laid;

/// The file of a site that holds its cases.
const TESTS: &str = "tests.json";

/// The knowledge of a site, loaded and shown to hold.
#[derive(Debug)]
pub struct SiteKnowledge {
    /// What rules look into.
    pub knowledge: Arc<Knowledge>,
    /// What the site says in each of its files.
    pub changes: Vec<SiteChange>,
}

/// What a file of the site changes in the shipped one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteChange {
    /// The file.
    pub file: &'static str,
    /// Who decided it, and why.
    pub reason: String,
    /// How many rows it adds.
    pub added: usize,
    /// How many shipped rows say more or otherwise.
    pub changed: usize,
    /// How many shipped rows are left out.
    pub left_out: usize,
}

/// Why the knowledge of a site is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SiteError {
    /// A file is malformed, or refers to what is not there: the file, the JSON path and the reason.
    #[error(transparent)]
    Fault(#[from] RuleError),
    /// Cases of shipped rules come out otherwise, and the site does not say that it means that.
    #[error("tests.json: changed: cases of shipped rules no longer hold; name each that is meant to change: {}", list(.0))]
    Shipped(Vec<CaseFailure>),
    /// Cases of the site do not hold.
    #[error("tests.json: cases: these do not hold: {}", list(.0))]
    Own(Vec<CaseFailure>),
}

fn list(failures: &[CaseFailure]) -> String {
    failures.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl Knowledge {
    /// Lays the files of a site, by their names, over the shipped ones, loads them and runs the cases of the shipped rules and
    /// of the site.
    ///
    /// A row whose id does not ship is added. A row whose id ships is laid over the shipped row: codes, drugs and other
    /// lists are added to those that are there, a single value takes the place of the shipped one, and what the row does
    /// not name stays. A row is left out by its id, with a reason. Nothing else is taken away.
    ///
    /// # Errors
    /// The first fault with its place, or all cases that do not hold. Nothing of the site is in force then.
    pub fn of_site(files: &BTreeMap<String, String>) -> Result<SiteKnowledge, SiteError> {
        let mut texts: BTreeMap<String, String> =
            KnowledgeSource::EMBEDDED.files().into_iter().map(|(name, text)| (name.into(), text.into())).collect();
        let mut laid = vec![];
        for (name, text) in files.iter().filter(|(name, _)| *name != TESTS) {
            let layout = Layout::of(name)?;
            let over = Laid::over(layout, texts.get(name).map_or("", String::as_str), text)?;
            texts.insert(name.clone(), over.text.clone());
            laid.push(over);
        }
        if laid.is_empty() {
            let reason = format!("no knowledge file is in it; those that can be laid over are {}", Layout::names());
            return Err(RuleError::at("the folder", ".", reason).into());
        }
        // What the site said is kept with the edition, word for word.
        let said = serde_json::to_string(files).unwrap_or_default();
        let source = KnowledgeSource { site: Some(&said), ..KnowledgeSource::of_files(&texts)? };
        let knowledge = Arc::new(Self::load(&source).map_err(|fault| overlay::placed(&laid, fault))?);
        proof::hold(&knowledge, files.get(TESTS).map(String::as_str))?;
        Ok(SiteKnowledge { knowledge, changes: laid.into_iter().map(|over| over.change).collect() })
    }
}

#[cfg(test)]
#[path = "site_test.rs"]
mod tests;
