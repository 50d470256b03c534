//! From what shipped and what the house keeps to the rules in force, now and at each moment to come.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use healthcare_domain::{
    id::{RuleId, WardId},
    rule::{Holder, Kept, Placement},
};
use healthcare_dss::{RuleBook, RuleError, rule::RuleDocument};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    in_force::{InForce, Plan},
    rules::Library,
};

/// A rule that the house keeps, as it was read.
#[derive(Debug, Clone)]
pub struct StoredRule {
    /// Its stream.
    pub id: RuleId,
    /// The version of the stream.
    pub version: i32,
    /// Its name.
    pub name: String,
    /// What is kept of it; why it cannot be read, where it cannot.
    pub kept: Result<Kept, String>,
}

/// A version that is to be judged somewhere and cannot be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Broken {
    /// The rule.
    pub rule: String,
    /// Its version; 0 where nothing of the rule can be read.
    pub version: u32,
    /// Where in the document, as a JSON path.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// The rules of a node: what is in force, what comes into force later, and what cannot.
#[derive(Debug)]
pub struct Course {
    /// The rules from each moment on, the first from ever.
    phases: Vec<(DateTime<Utc>, Arc<InForce>)>,
    /// What the house keeps, by name.
    pub stored: BTreeMap<String, Arc<StoredRule>>,
    /// What cannot be judged although it should.
    pub broken: Vec<Broken>,
}

type Checked<'a> = HashMap<(&'a str, u32), Result<RuleDocument, Broken>>;

impl Course {
    /// What shipped and nothing else.
    pub(super) fn fixed(in_force: InForce) -> Self {
        let phases = vec![(DateTime::<Utc>::MIN_UTC, Arc::new(in_force))];
        Self { phases, stored: BTreeMap::new(), broken: vec![] }
    }

    /// The rules in force at a moment.
    pub fn at(&self, now: DateTime<Utc>) -> Arc<InForce> {
        let nth = self.phases.partition_point(|(from, _)| *from <= now);
        self.phases[nth.saturating_sub(1)].1.clone()
    }

    /// Puts together what shipped and what is kept. What does not compile is left out and told; the others go on.
    ///
    /// # Errors
    /// When what compiles one by one does not go together.
    pub(super) fn of(
        library: &Library,
        stored: BTreeMap<String, Arc<StoredRule>>,
        now: DateTime<Utc>,
    ) -> Result<Self, RuleError> {
        let mut broken = BTreeSet::new();
        let mut kept: BTreeMap<&str, &Kept> = BTreeMap::new();
        for (name, rule) in &stored {
            match &rule.kept {
                Ok(rule) => _ = kept.insert(name, rule),
                Err(reason) => {
                    let (rule, path) = (name.clone(), ".".to_owned());
                    broken.insert(Broken { rule, version: 0, path, reason: reason.clone() });
                }
            }
        }
        let mut checked = Checked::new();
        let moments: BTreeSet<DateTime<Utc>> = kept.values().flat_map(|rule| rule.moments(now)).collect();
        let mut phases = vec![];
        for (from, at) in std::iter::once((DateTime::<Utc>::MIN_UTC, now)).chain(moments.into_iter().map(|m| (m, m))) {
            let plan = plan(library, &kept, at, &mut checked);
            phases.push((from, Arc::new(plan.compile(&library.knowledge)?)));
        }
        broken.extend(checked.into_values().filter_map(Result::err));
        let broken = broken.into_iter().collect();
        Ok(Self { phases, stored, broken })
    }
}

/// What is judged where at a moment.
fn plan<'a>(
    library: &'a Library,
    kept: &BTreeMap<&'a str, &'a Kept>,
    at: DateTime<Utc>,
    checked: &mut Checked<'a>,
) -> Plan {
    let mut plan = Plan::default();
    let names: BTreeSet<&str> = library.shipped.keys().map(String::as_str).chain(kept.keys().copied()).collect();
    for name in names {
        let rule = kept.get(name).copied();
        let placement = rule.map_or_else(Placement::default, |rule| rule.placement(at));
        let mut document = |version: u32| -> Option<RuleDocument> {
            let of = rule?.versions.get(&version)?;
            let known = checked.entry((name, version)).or_insert_with(|| check(library, name, version, &of.document));
            known.as_ref().ok().cloned()
        };
        let mut held = |holder| match holder {
            Holder::Shipped => library.shipped.get(name).map(|shipped| shipped.document.clone()),
            Holder::Version(version) => document(version),
            Holder::Nobody => None,
        };
        plan.house.extend(held(placement.house));
        for (ward, holder) in placement.wards.iter().filter(|(_, holder)| **holder != placement.house) {
            let (without, also): &mut (HashSet<_>, Vec<_>) = plan.wards.entry(WardId(ward.0)).or_default();
            without.insert(name.into());
            also.extend(held(*holder));
        }
        for version in placement.shadows.keys() {
            plan.shadows.extend(document(*version));
        }
        if !placement.shadows.is_empty() {
            plan.placements.insert(name.into(), placement);
        }
    }
    plan
}

/// Whether a stored document can be judged on the knowledge of now.
fn check(library: &Library, name: &str, version: u32, document: &Value) -> Result<RuleDocument, Broken> {
    let broken = |path: String, reason: String| Broken { rule: name.to_owned(), version, path, reason };
    let book = RuleBook::from_json(library.knowledge.clone(), [(name, document.to_string().as_str())])
        .map_err(|RuleError { path, reason, .. }| broken(path, reason))?;
    let read = book.documents().next().cloned().ok_or_else(|| broken(".".into(), "there is no rule in it".into()))?;
    if read.id.as_str() != name || read.version != version {
        return Err(broken("id".into(), "it is the document of another rule or version".into()));
    }
    Ok(read)
}
