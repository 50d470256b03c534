//! `read.patient_match_key`: what leads from one registration to others of the same person.

use healthcare_domain::patient::matching::{Traits, blocking_keys};
use uuid::Uuid;

use super::{Statement, patient::Person};

/// Brings the keys of people up to date: of who changed, what they have no longer goes and what is new comes; who is new
/// has none yet.
pub fn upsert(people: &[Person<'_>]) -> Vec<Statement> {
    let (mut new, mut written) = (Keys::default(), Keys::default());
    let mut changed = vec![];
    for Person { change, demographics, .. } in people {
        let own = blocking_keys(&Traits::from(*demographics));
        if change.expected > 0 {
            changed.push(change.id);
            written.add(change.id, own);
        } else {
            new.add(change.id, own);
        }
    }
    let mut all = vec![];
    if !changed.is_empty() {
        let outdated = "delete from read.patient_match_key m where m.patient_id = any($1) and not exists (
            select from unnest($2::uuid[], $3::bigint[]) k (p, key) where k.p = m.patient_id and k.key = m.key)";
        all.push(Statement::new(outdated).bind(changed).bind(written.of.clone()).bind(written.keys.clone()));
    }
    all.extend(new.statement(
        "insert into read.patient_match_key (patient_id, key) select * from unnest($1::uuid[], $2::bigint[])",
    ));
    all.extend(written.statement(
        "insert into read.patient_match_key (patient_id, key)
        select * from unnest($1::uuid[], $2::bigint[]) on conflict do nothing",
    ));
    all
}

/// Keys of people, a pair each.
#[derive(Default)]
struct Keys {
    of: Vec<Uuid>,
    keys: Vec<i64>,
}

impl Keys {
    fn add(&mut self, of: Uuid, keys: Vec<i64>) {
        self.of.extend(keys.iter().map(|_| of));
        self.keys.extend(keys);
    }

    /// The statement with the pairs; none where there is no pair.
    fn statement(self, sql: &'static str) -> Option<Statement> {
        (!self.of.is_empty()).then(|| Statement::new(sql).bind(self.of).bind(self.keys))
    }
}
