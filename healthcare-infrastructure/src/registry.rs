//! What the directory stands on when a server starts: the systems of which a number belongs to one patient alone, as the
//! settings name them, and whether everybody is found by sound.

use healthcare_application::StoreError;

use crate::database::{Database, unavailable};

/// Makes the registered systems those of the settings. Numbers of a system that is new to the list go to who carried them
/// first; answers how many others carry one that is another's already: they are duplicates, or were mistyped.
///
/// # Errors
/// When the database does not answer.
pub async fn register_systems(db: &Database, systems: &[String]) -> Result<u64, StoreError> {
    let mut client = db.get().await?;
    let tx = client.transaction().await.map_err(unavailable)?;
    // Several nodes start together; and nobody is registered between the list and its numbers.
    tx.batch_execute("lock table access.identifier_system in access exclusive mode").await.map_err(unavailable)?;
    let known = tx.query("select system from access.identifier_system", &[]).await.map_err(unavailable)?;
    let known: Vec<String> = known.iter().map(|row| row.get(0)).collect();
    let gone: Vec<&String> = known.iter().filter(|system| !systems.contains(system)).collect();
    let new: Vec<&String> = systems.iter().filter(|system| !known.contains(system)).collect();
    if gone.is_empty() && new.is_empty() {
        return Ok(0);
    }
    tx.execute("delete from access.identifier_system where system = any($1)", &[&gone]).await.map_err(unavailable)?;
    tx.execute("delete from access.patient_number where system = any($1)", &[&gone]).await.map_err(unavailable)?;
    tx.execute("insert into access.identifier_system select unnest($1::text[])", &[&new]).await.map_err(unavailable)?;
    let carried = "from read.patient_identifier i join read.patient p on p.id = i.patient_id
        where i.system = any($1) and p.status <> 'entered-in-error'";
    let take = format!(
        "insert into access.patient_number (system, value, patient_id)
         select distinct on (i.system, i.value) i.system, i.value, i.patient_id {carried}
         order by i.system, i.value, i.patient_id"
    );
    let taken = tx.execute(&take, &[&new]).await.map_err(unavailable)?;
    let all = tx.query_one(&format!("select count(*) {carried}"), &[&new]).await.map_err(unavailable)?;
    tx.commit().await.map_err(unavailable)?;
    Ok(u64::try_from(all.get::<_, i64>(0)).unwrap_or(0).saturating_sub(taken))
}

/// Whether patients were registered before the directory knew what names sound like: until `rebuild read` has run, those
/// are found by the letters alone.
///
/// # Errors
/// When the database does not answer.
pub async fn lacks_sounds(db: &Database) -> Result<bool, StoreError> {
    let lacks = "select exists (select from read.patient_word) and not exists (select from read.patient_sound)";
    Ok(db.get().await?.query_one(lacks, &[]).await.map_err(unavailable)?.get(0))
}
