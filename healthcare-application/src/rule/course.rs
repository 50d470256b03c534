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
    in_force::{InForce, Plan, Unjudged},
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
        check_all(library, (name, rule), &placement, checked);
        let held = |holder| match holder {
            Holder::Shipped => library.shipped.get(name).map(|shipped| shipped.document.clone()),
            Holder::Version(version) => checked.get(&(name, version)).and_then(|known| known.as_ref().ok()).cloned(),
            Holder::Nobody => None,
        };
        plan.house.extend(held(placement.house));
        for (ward, holder) in placement.wards.iter().filter(|(_, holder)| **holder != placement.house) {
            let (without, also): &mut (HashSet<_>, Vec<_>) = plan.wards.entry(WardId(ward.0)).or_default();
            without.insert(name.into());
            also.extend(held(*holder));
        }
        let in_force = std::iter::once((None, placement.house));
        let other = placement.wards.iter().filter(|(_, holder)| **holder != placement.house);
        for (ward, holder) in in_force.chain(other.map(|(ward, holder)| (Some(*ward), *holder))) {
            plan.unjudged.extend(unjudged(rule, (name, ward), holder, checked));
        }
        for version in placement.shadows.keys() {
            let known = checked.get(&(name, *version));
            plan.shadows.extend(known.and_then(|known| known.as_ref().ok()).cloned());
        }
        if !placement.shadows.is_empty() {
            plan.placements.insert(name.into(), placement);
        }
    }
    plan
}

/// Checks the versions of a rule that are to be judged anywhere.
fn check_all<'a>(
    library: &Library,
    (name, rule): (&'a str, Option<&'a Kept>),
    placement: &Placement,
    checked: &mut Checked<'a>,
) {
    let held = std::iter::once(&placement.house).chain(placement.wards.values());
    let in_force = held.filter_map(|holder| if let Holder::Version(version) = holder { Some(version) } else { None });
    for version in in_force.chain(placement.shadows.keys()) {
        if let Some(of) = rule.and_then(|rule| rule.versions.get(version)) {
            checked.entry((name, *version)).or_insert_with(|| check(library, name, *version, &of.document));
        }
    }
}

/// A version that is in force and cannot be judged, where its shape can be read.
fn unjudged(
    rule: Option<&Kept>,
    (name, ward): (&str, Option<WardId>),
    holder: Holder,
    checked: &Checked<'_>,
) -> Option<Unjudged> {
    let Holder::Version(version) = holder else { return None };
    let broken = checked.get(&(name, version))?.as_ref().err()?;
    let document = serde_json::from_value(rule?.versions.get(&version)?.document.clone()).ok()?;
    Some(Unjudged { ward, document, reason: format!("{}: {}", broken.path, broken.reason) })
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
