//! Holding the entities against the database's catalogue.

use deadpool_postgres::GenericClient;
use healthcare_application::StoreError;
use sea_orm::{ColumnTrait, ColumnType, EntityTrait, Iterable, PrimaryKeyToColumn};

use super::{entry, patient, patient_identifier, patient_word};
use crate::database::unavailable;

/// How the entities differ from the tables, in words; empty when they agree.
///
/// # Errors
/// When the database does not answer.
pub async fn differences(client: &impl GenericClient) -> Result<Vec<String>, StoreError> {
    let mut all = Vec::new();
    all.extend(compare(client, entry::Entity).await?);
    all.extend(compare(client, patient::Entity).await?);
    all.extend(compare(client, patient_identifier::Entity).await?);
    all.extend(compare(client, patient_word::Entity).await?);
    Ok(all)
}

async fn compare<E: EntityTrait>(client: &impl GenericClient, entity: E) -> Result<Vec<String>, StoreError> {
    let (schema, table) = (entity.schema_name().unwrap_or("public"), entity.table_name());
    let rows = client
        .query(
            "select a.attname::text, format_type(a.atttypid, null), not a.attnotnull,
                coalesce(a.attnum = any((i.indkey::int2[])[0:i.indnkeyatts - 1]), false)
             from pg_attribute a join pg_class c on c.oid = a.attrelid
             left join pg_index i on i.indrelid = c.oid and i.indisprimary
             where c.relnamespace = to_regnamespace($1) and c.relname = $2::text and a.attnum > 0
                and not a.attisdropped order by a.attname",
            &[&schema, &table],
        )
        .await
        .map_err(unavailable)?;
    let mut there: Vec<String> = rows.iter().map(|row| line(row.get(0), row.get(1), row.get(2), row.get(3))).collect();
    let keys: Vec<String> =
        E::PrimaryKey::iter().map(|key| sea_orm::IdenStatic::as_str(&key.into_column()).to_owned()).collect();
    let mut here: Vec<String> = E::Column::iter()
        .map(|column| {
            let (definition, name) = (column.def(), sea_orm::IdenStatic::as_str(&column));
            let kind = type_name(definition.get_column_type());
            line(name, kind, definition.is_null(), keys.iter().any(|key| key == name))
        })
        .collect();
    there.sort_unstable();
    here.sort_unstable();
    let only = |ones: &[String], others: &[String], whose: &str| {
        let ones: Vec<String> = ones.iter().filter(|one| !others.contains(one)).cloned().collect();
        ones.into_iter().map(|one| format!("{schema}.{table}: only the {whose} says {one}")).collect::<Vec<_>>()
    };
    Ok([only(&here, &there, "entity"), only(&there, &here, "catalogue")].concat())
}

fn line(name: &str, kind: &str, null: bool, key: bool) -> String {
    format!("{name} {kind}{}{}", if null { "" } else { " not null" }, if key { " key" } else { "" })
}

/// The name PostgreSQL has for a type of sea-orm that our entities use.
fn type_name(kind: &ColumnType) -> &'static str {
    match kind {
        ColumnType::Uuid => "uuid",
        ColumnType::Boolean => "boolean",
        ColumnType::SmallInteger => "smallint",
        ColumnType::Integer => "integer",
        ColumnType::BigInteger => "bigint",
        ColumnType::String(_) | ColumnType::Text => "text",
        ColumnType::Date => "date",
        ColumnType::TimestampWithTimeZone => "timestamp with time zone",
        _ => "a type no entity of ours uses",
    }
}
