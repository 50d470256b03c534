//! Whether patients are pregnant, as far as their problem lists say: NEWS2 is not made for pregnancy.

use std::{collections::HashSet, sync::LazyLock};

use deadpool_postgres::GenericClient;
use healthcare_domain::problem::Problem;
use healthcare_dss::knowledge::Knowledge;
use tokio_postgres::Error;
use uuid::Uuid;

/// What says so. A test of its crate keeps knowledge that does not load from being shipped.
static KNOWLEDGE: LazyLock<Option<Knowledge>> = LazyLock::new(|| Knowledge::embedded().ok());

/// Those of these patients whom an active condition calls pregnant.
///
/// # Errors
/// When the database does not answer.
pub async fn look_up(client: &impl GenericClient, patients: &[Uuid]) -> Result<HashSet<Uuid>, Error> {
    if patients.is_empty() {
        return Ok(HashSet::new());
    }
    let problems = client
        .prepare_cached(
            "select patient_id, body from read.entry
             where kind = 'problem' and active and not struck and patient_id = any($1)",
        )
        .await?;
    let rows = client.query(&problems, &[&patients]).await?;
    let pregnant = rows.iter().filter(|row| says_so(row.get(1))).map(|row| row.get(0));
    Ok(pregnant.collect())
}

/// Whether a problem, as the chart holds it, says that the patient is pregnant.
fn says_so(body: &str) -> bool {
    let problem: Option<Problem> = serde_json::from_str(body).ok();
    problem
        .zip(KNOWLEDGE.as_ref())
        .is_some_and(|(problem, knowledge)| problem.holds() && knowledge.says_pregnant(&problem.code.coding))
}

/// Has these patients' pregnancy looked up anew before they are scored next.
///
/// # Errors
/// When the database does not answer.
pub async fn forget(client: &impl GenericClient, patient: Uuid) -> Result<(), Error> {
    let forget = client
        .prepare_cached("update telemetry.monitor set pregnant = null where patient_id = $1 and pregnant is not null")
        .await?;
    client.execute(&forget, &[&patient]).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(code: &str, verification: &str) -> String {
        serde_json::json!({ "id": Uuid::nil(), "version": 1, "status": "active", "verification": verification,
            "code": { "coding": [{ "system": "http://snomed.info/sct", "code": code }] } })
        .to_string()
    }

    #[test]
    fn a_pregnancy_on_the_problem_list_says_so_and_a_refuted_one_or_another_problem_does_not() {
        assert!(says_so(&problem("77386006", "confirmed")));
        assert!(says_so(&problem("72892002", "provisional")));
        assert!(!says_so(&problem("77386006", "refuted")));
        assert!(!says_so(&problem("195967001", "confirmed")));
        assert!(!says_so("not a problem"));
    }
}
