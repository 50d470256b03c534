//! Versions of a rule that fire alike. What was answered to one of them is answered: a change of words disturbs nobody who
//! has dealt with it.

use std::collections::{BTreeMap, HashMap};

use healthcare_dss::{Evaluation, Finding, Severity, rule::RuleDocument};

use crate::{App, rule::InForce, store::StoreError};

/// By rule and version, the other versions of the rule that fire alike.
#[derive(Debug, Clone, Default)]
pub struct Alike(HashMap<(String, u32), Vec<u32>>);

impl Alike {
    /// Of the rules of some documents.
    ///
    /// # Errors
    /// When the record cannot be reached.
    pub async fn of(app: &App, documents: &[&RuleDocument]) -> Result<Self, StoreError> {
        let mut all = Self::default();
        for document in documents {
            let known = (document.id.to_string(), document.version);
            all.0.insert(known, alike(app, document).await?);
        }
        Ok(all)
    }

    /// Of the rules that found what somebody is to be told.
    ///
    /// # Errors
    /// When the record cannot be reached.
    pub async fn of_found(app: &App, rules: &InForce, found: &Evaluation) -> Result<Self, StoreError> {
        let mut all = Self::default();
        for finding in found.findings().into_iter().filter(|finding| finding.severity != Severity::Info) {
            let known = (finding.rule.to_string(), finding.version);
            if all.0.contains_key(&known) {
                continue;
            }
            let versions = match app.rules.alike(&known) {
                Some(versions) => versions,
                None => {
                    let document = rules.documents().find(|one| *one.id == *known.0 && one.version == known.1);
                    let versions = match document {
                        Some(document) => alike(app, document).await?,
                        // What is told beside the rules has no versions.
                        None => vec![],
                    };
                    app.rules.remember_alike(known.clone(), versions.clone());
                    versions
                }
            };
            all.0.insert(known, versions);
        }
        Ok(all)
    }

    /// The ids under which a finding may have been told and answered.
    pub(crate) fn ids(&self, finding: &Finding) -> Vec<String> {
        let versions = self.0.get(&(finding.rule.to_string(), finding.version)).map_or(&[][..], Vec::as_slice);
        finding.known_as(versions).iter().map(ToString::to_string).collect()
    }
}

#[cfg(test)]
impl<const N: usize> From<[((String, u32), Vec<u32>); N]> for Alike {
    fn from(known: [((String, u32), Vec<u32>); N]) -> Self {
        Self(HashMap::from(known))
    }
}

/// The other versions of a rule that fire alike, among those of the house, the one that ships, and those that have judged.
/// A version whose words were changed without a new number, or cannot be read, fires like no other.
async fn alike(app: &App, document: &RuleDocument) -> Result<Vec<u32>, StoreError> {
    let judged = app.store.rule_versions(&document.id).await?;
    let mut known: BTreeMap<u32, bool> = BTreeMap::new();
    let mut hold = |version: u32, other: Option<&RuleDocument>| {
        let fires_alike = other.is_some_and(|other| document.fires_like(other));
        known.entry(version).and_modify(|so_far| *so_far &= fires_alike).or_insert(fires_alike);
    };
    for (version, text) in judged {
        hold(version, RuleDocument::read(&document.id, &text).ok().as_ref());
    }
    for (version, value) in app.rules.documents(&document.id) {
        hold(version, serde_json::from_value(value).ok().as_ref());
    }
    known.remove(&document.version);
    Ok(known.into_iter().filter_map(|(version, fires_alike)| fires_alike.then_some(version)).collect())
}
