//! `read.patient_match_key`: what leads from one registration to others of the same person.

use healthcare_domain::patient::matching::{Traits, blocking_keys};

use super::{Statement, patient::Person};

/// Brings the keys of people up to date: a statement for those who changed, one for all that is new.
pub fn upsert(people: &[Person<'_>]) -> Vec<Statement> {
    let (mut changed, mut of, mut keys) = (vec![], vec![], vec![]);
    for Person { change, demographics, .. } in people {
        let own = blocking_keys(&Traits::from(*demographics));
        if change.expected > 0 {
            changed.push(change.id);
        }
        of.extend(own.iter().map(|_| change.id));
        keys.extend(own);
    }
    let mut all = vec![];
    if !changed.is_empty() {
        let outdated = "delete from read.patient_match_key m where m.patient_id = any($1) and not exists (
            select from unnest($2::uuid[], $3::bigint[]) k (p, key) where k.p = m.patient_id and k.key = m.key)";
        all.push(Statement::new(outdated).bind(changed).bind(of.clone()).bind(keys.clone()));
    }
    if !keys.is_empty() {
        let insert = "insert into read.patient_match_key (patient_id, key)
            select * from unnest($1::uuid[], $2::bigint[]) on conflict do nothing";
        all.push(Statement::new(insert).bind(of).bind(keys));
    }
    all
}
