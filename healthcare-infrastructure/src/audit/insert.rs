//! Entries as rows.

use std::{borrow::Cow, net::IpAddr};

use chrono::{DateTime, Utc};
use healthcare_application::audit::Entry;
use uuid::Uuid;

use crate::projection::Statement;

/// The statement that adds entries, in their order.
pub(super) const INSERT: &str = "insert into audit.entry
    (at, actor, role, session, address, purpose, action, resource, fields, patient, subject, outcome, reason, request, note)
    select * from unnest($1::timestamptz[], $2::uuid[], $3::text[], $4::uuid[], $5::inet[], $6::text[], $7::text[],
        $8::text[], $9::text[], $10::uuid[], $11::uuid[], $12::text[], $13::text[], $14::uuid[], $15::text[])";

/// Adds entries in the transaction it is run in.
pub fn insert(entries: Vec<Entry>) -> Statement {
    let mut columns = Columns::default();
    for entry in entries {
        columns.push(entry);
    }
    Statement::new(INSERT)
        .bind(columns.at)
        .bind(columns.actor)
        .bind(columns.role)
        .bind(columns.session)
        .bind(columns.address)
        .bind(columns.purpose)
        .bind(columns.action)
        .bind(columns.resource)
        .bind(columns.fields)
        .bind(columns.patient)
        .bind(columns.subject)
        .bind(columns.outcome)
        .bind(columns.reason)
        .bind(columns.request)
        .bind(columns.note)
}

#[derive(Default)]
struct Columns {
    at: Vec<DateTime<Utc>>,
    actor: Vec<Uuid>,
    role: Vec<Cow<'static, str>>,
    session: Vec<Option<Uuid>>,
    address: Vec<Option<IpAddr>>,
    purpose: Vec<Cow<'static, str>>,
    action: Vec<Cow<'static, str>>,
    resource: Vec<Option<String>>,
    fields: Vec<&'static str>,
    patient: Vec<Option<Uuid>>,
    subject: Vec<Option<Uuid>>,
    outcome: Vec<&'static str>,
    reason: Vec<Option<Cow<'static, str>>>,
    request: Vec<Uuid>,
    note: Vec<Option<String>>,
}

impl Columns {
    fn push(&mut self, entry: Entry) {
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
        self.at.push(at);
        self.actor.push(actor);
        self.role.push(role);
        self.session.push(session);
        self.address.push(address);
        self.purpose.push(purpose);
        self.action.push(action);
        self.resource.push(resource);
        self.fields.push(fields.as_str());
        self.patient.push(patient.map(|patient| patient.0));
        self.subject.push(subject);
        self.outcome.push(outcome.as_str());
        self.reason.push(reason);
        self.request.push(request);
        self.note.push(note);
    }
}
