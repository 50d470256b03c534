//! The directory: patients by name, birth date, identifier.

use healthcare_application::{
    StoreError,
    read::{Page, PatientSearch},
    view::Kind,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::{
    entity::{entry, patient, patient_identifier, patient_word},
    entries::raw,
    select::select,
};
use crate::{
    database::{Database, Sight, unavailable},
    projection::fold,
};

/// A page of the patients that match all that is given, oldest registration first.
pub async fn search(db: &Database, search: &PatientSearch) -> Result<Page, StoreError> {
    let mut query = patient::Entity::find().select_only().column(patient::Column::Id);
    if let Some(born) = search.birth_date {
        query = query.filter(patient::Column::BirthDate.eq(born));
    }
    if let Some(name) = search.name.as_deref().filter(|name| !name.trim().is_empty()) {
        let words = fold(name);
        // Without a letter or a digit it is nobody's name; it is not everybody's.
        if words.is_empty() {
            return Ok(Page { items: vec![], next_cursor: None });
        }
        for word in words {
            query = query.filter(patient::Column::Id.in_subquery(with_word(&word)));
        }
    }
    if let Some(identifier) = &search.identifier {
        query = query.filter(patient::Column::Id.in_subquery(with_identifier(identifier)));
    }
    if let Some(after) = search.after {
        query = query.filter(patient::Column::Id.gt(after));
    }
    let query = query.order_by_asc(patient::Column::Id).limit(u64::from(search.limit) + 1);
    let mut ids: Vec<Uuid> = select(db, &Sight::directory(), query).await?.iter().map(|row| row.get(0)).collect();
    let more = ids.len() > usize::from(search.limit);
    ids.truncate(usize::from(search.limit));
    let next_cursor = ids.last().filter(|_| more).map(Uuid::to_string);
    Ok(Page { items: bodies(db, ids).await?, next_cursor })
}

/// Patients one of whose words begins with this one. Compared as a range, which the index serves.
fn with_word(word: &str) -> sea_orm::sea_query::SelectStatement {
    let range = Condition::all()
        .add(patient_word::Column::Word.gte(word))
        .add(patient_word::Column::Word.lt(format!("{word}\u{10FFFF}")));
    patient_word::Entity::find().select_only().column(patient_word::Column::PatientId).filter(range).into_query()
}

/// Patients with this identifier: `system|value`, or a value of any system.
fn with_identifier(identifier: &str) -> sea_orm::sea_query::SelectStatement {
    use patient_identifier::Column;
    let (system, value) = match identifier.split_once('|') {
        Some((system, value)) => (Some(system), value),
        None => (None, identifier),
    };
    let mut query =
        patient_identifier::Entity::find().select_only().column(Column::PatientId).filter(Column::Value.eq(value));
    if let Some(system) = system {
        query = query.filter(Column::System.eq(system));
    }
    query.into_query()
}

/// The views of these patients, in the same order.
async fn bodies(db: &Database, ids: Vec<Uuid>) -> Result<Vec<Box<serde_json::value::RawValue>>, StoreError> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let query = entry::Entity::find()
        .select_only()
        .column(entry::Column::Body)
        .filter(entry::Column::Id.is_in(ids))
        .filter(entry::Column::Kind.eq(Kind::Patient.as_str()))
        .order_by_asc(entry::Column::Id);
    let rows = select(db, &Sight::directory(), query).await?;
    rows.iter().map(|row| row.try_get(0).map_err(unavailable).and_then(raw)).collect()
}
