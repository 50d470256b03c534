//! The directory: patients by name, sound, birth date, identifier, telephone; and lists by pathway.

use std::collections::HashMap;

use healthcare_application::{
    StoreError,
    access::Circle,
    read::{Page, PatientSearch, PatientSort},
    view::Kind,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, SelectStatement, SimpleExpr},
};
use uuid::Uuid;

use super::{
    entity::{entry, patient, patient_identifier, patient_pathway, patient_phone, patient_sound, patient_word},
    entries::raw,
    select::select,
};
use crate::{
    database::{Database, Sight, unavailable},
    projection::{Ending, endings_of, fold, sounds},
};

/// A page of the patients that match all that is given.
pub async fn search(db: &Database, search: &PatientSearch) -> Result<Page, StoreError> {
    let nobody = Page { items: vec![], next_cursor: None };
    let Some(query) = matching(search) else { return Ok(nobody) };
    let query = ordered(query, search).limit(u64::from(search.limit) + 1);
    let mut ids: Vec<Uuid> = select(db, &Sight::directory(), query).await?.iter().map(|row| row.get(0)).collect();
    let more = ids.len() > usize::from(search.limit);
    ids.truncate(usize::from(search.limit));
    let next_cursor = ids.last().filter(|_| more).map(Uuid::to_string);
    Ok(Page { items: bodies(db, ids).await?, next_cursor })
}

/// Who matches, in no order yet; `None` where nobody can. What is given without a letter or a digit is nobody's name; it
/// is not everybody's.
fn matching(search: &PatientSearch) -> Option<Select<patient::Entity>> {
    use patient::Column;
    let mut query = patient::Entity::find().select_only().column(Column::Id);
    query = match &search.status {
        Some(status) => query.filter(Column::Status.eq(status.as_str())),
        None => query.filter(Column::Status.ne("entered-in-error")),
    };
    if let Some(born) = search.birth_date {
        query = query.filter(Column::BirthDate.eq(born));
    }
    if let Some(name) = search.name.as_deref().filter(|name| !name.trim().is_empty()) {
        for word in some(fold(name))? {
            query = query.filter(Column::Id.in_subquery(with_word(&word)));
        }
    }
    if let Some(name) = search.sounds_like.as_deref().filter(|name| !name.trim().is_empty()) {
        for word in some(fold(name))? {
            let codes = some(sounds([word.as_str()]))?;
            query = query.filter(Column::Id.in_subquery(sounding(codes)));
        }
    }
    if let Some(identifier) = &search.identifier {
        query = query.filter(Column::Id.in_subquery(with_identifier(identifier)));
    }
    if let Some(phone) = &search.phone {
        query = query.filter(Column::Id.in_subquery(with_phone(phone)?));
    }
    if search.pathway.is_some() || search.stage.is_some() {
        query = query.filter(Column::Id.in_subquery(at_stage(search.pathway.as_deref(), search.stage.as_deref())));
    }
    Some(match &search.within {
        None | Some(Circle::Everybody) => query,
        Some(Circle::Only(patients)) => query.filter(among(patients.iter().map(|patient| &patient.0), true)),
        Some(Circle::Except(patients)) => query.filter(among(patients.iter().map(|patient| &patient.0), false)),
    })
}

/// What is not empty.
fn some(words: Vec<String>) -> Option<Vec<String>> {
    (!words.is_empty()).then_some(words)
}

/// The order of the list, behind the patient of the cursor. A cursor holds an identity alone: names are in no URL.
fn ordered(query: Select<patient::Entity>, search: &PatientSearch) -> Select<patient::Entity> {
    use patient::Column;
    match search.sort {
        PatientSort::Registered => {
            let behind = search.after.map(|after| Column::Id.gt(after));
            behind.into_iter().fold(query, QueryFilter::filter).order_by_asc(Column::Id)
        }
        PatientSort::LatestRegistered => {
            let behind = search.after.map(|after| Column::Id.lt(after));
            behind.into_iter().fold(query, QueryFilter::filter).order_by_desc(Column::Id)
        }
        PatientSort::Name => {
            let behind = search.after.map(|after| {
                let place =
                    "(sort_name, id) > (select last.sort_name, last.id from read.patient last where last.id = $1)";
                Expr::cust_with_values(place, [after])
            });
            behind.into_iter().fold(query, QueryFilter::filter).order_by_asc(Column::SortName).order_by_asc(Column::Id)
        }
    }
}

/// Whether a patient is one of these, or none of them. One parameter, however many they are.
fn among<'a>(patients: impl Iterator<Item = &'a Uuid>, one_of: bool) -> SimpleExpr {
    let list = format!("{{{}}}", patients.map(Uuid::to_string).collect::<Vec<_>>().join(","));
    let is_among = if one_of { "id = any($1::text::uuid[])" } else { "id <> all($1::text::uuid[])" };
    Expr::cust_with_values(is_among, [list])
}

/// Patients one of whose words begins with this one. Compared as a range, which the index serves.
fn with_word(word: &str) -> SelectStatement {
    let range = Condition::all()
        .add(patient_word::Column::Word.gte(word))
        .add(patient_word::Column::Word.lt(format!("{word}\u{10FFFF}")));
    patient_word::Entity::find().select_only().column(patient_word::Column::PatientId).filter(range).into_query()
}

/// Patients one of whose words sounds like one of these codes.
fn sounding(codes: Vec<String>) -> SelectStatement {
    use patient_sound::Column;
    let any = codes.into_iter().fold(Condition::any(), |any, code| any.add(Column::Sound.eq(code)));
    patient_sound::Entity::find().select_only().column(Column::PatientId).filter(any).into_query()
}

/// Patients with a telephone number of which this is the end, or which is the end of this. `None` where it has too few
/// digits to tell.
fn with_phone(phone: &str) -> Option<SelectStatement> {
    use patient_phone::Column;
    let endings = endings_of(phone).into_iter().map(|Ending { telling, whole }| {
        let agree = "(starts_with(backwards, $1::text) or starts_with($1::text, backwards))";
        Condition::all()
            .add(Column::Backwards.gte(telling.as_str()))
            .add(Column::Backwards.lt(format!("{telling}\u{10FFFF}")))
            .add(Expr::cust_with_values(agree, [whole]))
    });
    let any = endings.reduce(|one, other| Condition::any().add(one).add(other))?;
    Some(patient_phone::Entity::find().select_only().column(Column::PatientId).filter(any).into_query())
}

/// Patients who are on a pathway, or stand at a stage.
fn at_stage(pathway: Option<&str>, stage: Option<&str>) -> SelectStatement {
    use patient_pathway::Column;
    let on = pathway.map(|pathway| Column::Pathway.eq(pathway));
    let at = stage.map(|stage| Column::Stage.eq(stage));
    let both = on.into_iter().chain(at).fold(Condition::all(), Condition::add);
    patient_pathway::Entity::find().select_only().column(Column::PatientId).filter(both).into_query()
}

/// Patients with this identifier: `system|value`, or a value of any system.
fn with_identifier(identifier: &str) -> SelectStatement {
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
        .column(entry::Column::Id)
        .column(entry::Column::Body)
        .filter(among(ids.iter(), true))
        .filter(entry::Column::Kind.eq(Kind::Patient.as_str()));
    let rows = select(db, &Sight::directory(), query).await?;
    let body = |row: &tokio_postgres::Row| Ok((row.get(0), row.try_get(1).map_err(unavailable).and_then(raw)?));
    let mut found = rows.iter().map(body).collect::<Result<HashMap<Uuid, _>, StoreError>>()?;
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}
