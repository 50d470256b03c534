//! The rules of a node, swapped as a whole whenever one of them changes.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, PoisonError, RwLock},
};

use chrono::{DateTime, Utc};
use healthcare_dss::{RuleBook, RuleError, knowledge::Knowledge, rule::RuleDocument};
use serde_json::Value;
use tokio::sync::Mutex;

use super::{Course, StoredRule, in_force::InForce};
use crate::{
    App, StoreError,
    access::{Call, Permission, Permit},
};

/// What shipped, and what is known of medicine.
#[derive(Debug)]
pub struct Library {
    /// The knowledge that rules look into.
    pub knowledge: Arc<Knowledge>,
    /// The shipped rules, by name.
    pub shipped: BTreeMap<String, ShippedRule>,
}

/// A rule as it ships.
#[derive(Debug)]
pub struct ShippedRule {
    /// As it is judged.
    pub document: RuleDocument,
    /// As it is kept.
    pub text: Value,
}

/// The rules of a node.
#[derive(Debug)]
pub struct Rules {
    library: Library,
    course: RwLock<Arc<Course>>,
    /// One reading at a time.
    reading: Mutex<()>,
    /// Which versions fire alike, with the mark of the rules they were found among.
    alike: RwLock<Likenesses>,
}

/// By rule and version, the other versions that fire alike, each with the mark of its time.
type Likenesses = HashMap<(String, u32), ((i64, i64), Vec<u32>)>;

impl Rules {
    /// What shipped, until what the house keeps is read.
    ///
    /// # Errors
    /// When a shipped rule refers to what this knowledge does not hold.
    pub fn shipped(knowledge: Arc<Knowledge>) -> Result<Self, RuleError> {
        let book = RuleBook::from_embedded(knowledge.clone())?;
        let mut shipped = BTreeMap::new();
        for document in book.documents() {
            // A document holds text, numbers and lists alone; writing it cannot fail.
            let text = serde_json::to_value(document).unwrap_or_default();
            shipped.insert(document.id.to_string(), ShippedRule { document: document.clone(), text });
        }
        let course = RwLock::new(Arc::new(Course::fixed(InForce::of(book))));
        Ok(Self {
            library: Library { knowledge, shipped },
            course,
            reading: Mutex::default(),
            alike: RwLock::default(),
        })
    }

    /// What shipped, over the knowledge that shipped.
    ///
    /// # Errors
    /// A fault in what was shipped; a test keeps that from happening.
    pub fn embedded() -> Result<Self, RuleError> {
        Self::shipped(Arc::new(Knowledge::embedded()?))
    }

    /// The rules in force at a moment.
    pub fn at(&self, now: DateTime<Utc>) -> Arc<InForce> {
        self.course().at(now)
    }

    /// All that is known of the rules on this node.
    pub fn course(&self) -> Arc<Course> {
        self.course.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What shipped, and what is known.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// What is known of medicine.
    pub fn knowledge(&self) -> &Knowledge {
        &self.library.knowledge
    }

    /// The document of a version, of the house or shipped, whether it is in force or not.
    pub fn document(&self, rule: &str, version: u32) -> Option<Value> {
        let course = self.course();
        let kept = course.stored.get(rule).and_then(|stored| stored.kept.as_ref().ok());
        if let Some(of) = kept.and_then(|kept| kept.versions.get(&version)) {
            return Some(of.document.clone());
        }
        let shipped = self.library.shipped.get(rule).filter(|shipped| shipped.document.version == version);
        shipped.map(|shipped| shipped.text.clone())
    }

    /// All versions of a rule, of the house and the shipped one, with their documents.
    pub fn documents(&self, rule: &str) -> Vec<(u32, Value)> {
        let course = self.course();
        let kept = course.stored.get(rule).and_then(|stored| stored.kept.as_ref().ok());
        let kept =
            kept.into_iter().flat_map(|kept| &kept.versions).map(|(version, of)| (*version, of.document.clone()));
        let shipped = self.library.shipped.get(rule).map(|shipped| (shipped.document.version, shipped.text.clone()));
        kept.chain(shipped).collect()
    }

    /// The other versions of a rule that fire alike, where that was found among the rules as they are.
    pub(crate) fn alike(&self, known: &(String, u32)) -> Option<Vec<u32>> {
        let all = self.alike.read().unwrap_or_else(PoisonError::into_inner);
        all.get(known).filter(|(of, _)| *of == mark(&self.course())).map(|(_, versions)| versions.clone())
    }

    /// Remembers which versions fire alike, until a rule changes.
    pub(crate) fn remember_alike(&self, known: (String, u32), versions: Vec<u32>) {
        let found = (mark(&self.course()), versions);
        self.alike.write().unwrap_or_else(PoisonError::into_inner).insert(known, found);
    }

    /// A book of exactly these versions, for replaying what they judged; what is not known or cannot be judged any more
    /// is left out.
    ///
    /// # Errors
    /// When they do not go together.
    pub fn book_of<'a>(&self, versions: impl IntoIterator<Item = (&'a str, u32)>) -> Result<RuleBook, RuleError> {
        let known = versions.into_iter().filter_map(|(rule, version)| {
            let text = self.document(rule, version)?.to_string();
            let book = RuleBook::from_json(self.library.knowledge.clone(), [(rule, text.as_str())]).ok()?;
            book.documents().next().cloned()
        });
        RuleBook::from_documents(self.library.knowledge.clone(), known.collect())
    }
}

/// Reads what of the rules has changed, and has it judged from now on. Answers what is known then; where nothing changed
/// it costs one small look.
///
/// # Errors
/// When the record cannot be reached, or the rules do not go together: then what was in force goes on.
pub async fn refresh(app: &App) -> Result<Arc<Course>, StoreError> {
    let rules = &app.rules;
    let permit = system(app).await?;
    let known = rules.course();
    if app.read.rule_mark(&permit).await? == mark(&known) {
        return Ok(known);
    }
    let _one_at_a_time = rules.reading.lock().await;
    let known = rules.course();
    let seen: Vec<_> = known.stored.values().map(|one| (one.id, one.version)).collect();
    let found = app.read.stored_rules(&permit, &seen).await?;
    let mut stored = BTreeMap::new();
    for (name, changed) in found {
        let rule = match changed {
            Some(changed) => Arc::new(changed),
            // It is as it was seen.
            None => match known.stored.get(&name) {
                Some(seen) => seen.clone(),
                None => continue,
            },
        };
        stored.insert(name, rule);
    }
    let course = Course::of(&rules.library, stored, app.clock.now()).map_err(|e| StoreError::Damaged(Box::new(e)))?;
    report(&known, &course);
    let course = Arc::new(course);
    *rules.course.write().unwrap_or_else(PoisonError::into_inner) = course.clone();
    Ok(course)
}

/// How many rules are kept, and the sum of their versions: it grows with each change.
fn mark(course: &Course) -> (i64, i64) {
    let sum = course.stored.values().map(|one| i64::from(one.version)).sum();
    (i64::try_from(course.stored.len()).unwrap_or(i64::MAX), sum)
}

/// Tells operators what cannot be judged: each once in the log, and how many in the metrics.
fn report(before: &Course, now: &Course) {
    metrics::gauge!("healthcare_rules_broken").set(u32::try_from(now.broken.len()).unwrap_or(u32::MAX));
    for broken in now.broken.iter().filter(|one: &&super::Broken| !before.broken.contains(one)) {
        let super::Broken { rule, version, path, reason } = broken;
        tracing::error!(rule, version, path, reason, "a rule that should be judged cannot be");
    }
}

async fn system(app: &App) -> Result<Permit, StoreError> {
    let call = Call::system(app.clock.new_id());
    app.authorise(&call, Permission::ReadRules, None).await.map_err(|why| StoreError::Damaged(Box::new(why)))
}

impl StoredRule {
    /// Reads a row.
    pub fn read(id: healthcare_domain::id::RuleId, version: i32, name: String, body: &str) -> Self {
        let kept = serde_json::from_str(body).map_err(|error| format!("what is stored cannot be read: {error}"));
        Self { id, version, name, kept }
    }
}
