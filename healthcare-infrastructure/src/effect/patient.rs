//! Numbers of registered systems: each belongs to one patient alone, and the database holds it.

use healthcare_application::store::Change;
use healthcare_domain::{
    AnyState,
    patient::{Patient, Standing},
};

use crate::projection::Statement;

/// Lets go of what patients no longer carry, then takes what they carry now. A number that is another's is refused by
/// the key of the table; what was entered in error carries none.
pub(super) fn numbers(changes: &[&Change]) -> Vec<Statement> {
    let (mut patients, mut of, mut systems, mut values) = (vec![], vec![], vec![], vec![]);
    for change in changes {
        let AnyState::Patient(Patient::Registered { demographics, standing, .. }) = &change.state else { continue };
        if change.expected > 0 {
            patients.push(change.id);
        }
        if matches!(standing, Standing::EnteredInError { .. }) {
            continue;
        }
        for identifier in &demographics.identifiers {
            of.push(change.id);
            systems.push(identifier.system.clone());
            values.push(identifier.value.clone());
        }
    }
    let mut all = vec![];
    if !patients.is_empty() {
        let let_go = "delete from access.patient_number n where n.patient_id = any($1)
            and not exists (select from unnest($2::uuid[], $3::text[], $4::text[]) c(patient, system, value)
                            where c.patient = n.patient_id and c.system = n.system and c.value = n.value)";
        all.push(Statement::new(let_go).bind(patients).bind(of.clone()).bind(systems.clone()).bind(values.clone()));
    }
    if !of.is_empty() {
        let take = "insert into access.patient_number (patient_id, system, value)
            select distinct c.patient, c.system, c.value from unnest($1::uuid[], $2::text[], $3::text[]) c(patient, system, value)
            where c.system in (select s.system from access.identifier_system s)
                and not exists (select from access.patient_number n
                                where n.system = c.system and n.value = c.value and n.patient_id = c.patient)";
        all.push(Statement::new(take).bind(of).bind(systems).bind(values));
    }
    all
}
