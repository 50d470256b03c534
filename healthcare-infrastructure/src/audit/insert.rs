//! Entries as rows.

use std::error::Error;

use bytes::{BufMut, BytesMut};
use healthcare_application::audit::Entry;
use tokio_postgres::types::{IsNull, Kind, ToSql, Type, to_sql_checked};

use crate::projection::Statement;

/// The statement that adds entries, in their order.
pub(super) const INSERT: &str = "insert into audit.entry
    (at, actor, role, session, address, purpose, action, resource, fields, patient, subject, outcome, reason, request, note)
    select * from unnest($1::audit.line[])";

/// Adds entries in the transaction it is run in.
pub fn insert(entries: Vec<Entry>) -> Statement {
    Statement::new(INSERT).bind(Lines(entries))
}

/// Entries as an array of `audit.line`.
#[derive(Debug)]
struct Lines(Vec<Entry>);

/// The server's type is another one than the migration made.
#[derive(Debug, thiserror::Error)]
#[error("the database's type of an audit entry is not as expected; is the schema up to date? (healthcare migrate)")]
struct OtherType;

impl ToSql for Lines {
    fn to_sql(&self, of: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        let Kind::Array(line) = of.kind() else { return Err(OtherType.into()) };
        // An array in binary form: dimensions, whether there are nulls, the type; of the one dimension its length and
        // where it begins.
        out.put_i32(1);
        out.put_i32(0);
        out.put_u32(line.oid());
        out.put_i32(i32::try_from(self.0.len())?);
        out.put_i32(1);
        for entry in &self.0 {
            sized(out, |out| write(entry, line, out).map(|()| IsNull::No))?;
        }
        Ok(IsNull::No)
    }

    fn accepts(of: &Type) -> bool {
        matches!(of.kind(), Kind::Array(line) if matches!(line.kind(), Kind::Composite(_)))
    }

    to_sql_checked!();
}

/// An entry as a composite in binary form: how many fields, then of each its type, its length and its value.
fn write(entry: &Entry, line: &Type, out: &mut BytesMut) -> Result<(), Box<dyn Error + Sync + Send>> {
    let Entry {
        at,
        actor,
        role,
        session,
        address,
        purpose,
        action,
        resource,
        fields,
        patient,
        subject,
        outcome,
        reason,
        request,
        note,
    } = entry;
    let (role, purpose, action) = (role.as_ref(), purpose.as_ref(), action.as_ref());
    let (fields, outcome) = (fields.as_str(), outcome.as_str());
    let (patient, reason) = (patient.map(|patient| patient.0), reason.as_deref());
    let values: [(&str, &(dyn ToSql + Sync)); 15] = [
        ("at", at),
        ("actor", actor),
        ("role", &role),
        ("session", session),
        ("address", address),
        ("purpose", &purpose),
        ("action", &action),
        ("resource", resource),
        ("fields", &fields),
        ("patient", &patient),
        ("subject", subject),
        ("outcome", &outcome),
        ("reason", &reason),
        ("request", request),
        ("note", note),
    ];
    let Kind::Composite(columns) = line.kind() else { return Err(OtherType.into()) };
    if !columns.iter().map(|column| column.name()).eq(values.iter().map(|(name, _)| *name)) {
        return Err(OtherType.into());
    }
    out.put_i32(i32::try_from(columns.len())?);
    for (column, (_, value)) in columns.iter().zip(values) {
        out.put_u32(column.type_().oid());
        sized(out, |out| value.to_sql_checked(column.type_(), out))?;
    }
    Ok(())
}

/// Writes a value behind its length, -1 for null.
fn sized(
    out: &mut BytesMut,
    value: impl FnOnce(&mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>>,
) -> Result<(), Box<dyn Error + Sync + Send>> {
    let place = out.len();
    out.put_i32(0);
    let length = match value(out)? {
        IsNull::Yes => -1,
        IsNull::No => i32::try_from(out.len() - place - 4)?,
    };
    out[place..place + 4].copy_from_slice(&length.to_be_bytes());
    Ok(())
}
