//! `read.inbox`: what notes and plans ask of people. What is dealt with is gone.

use chrono::{DateTime, Utc};
use healthcare_application::{
    inbox::{Asked, items},
    store::Change,
};
use healthcare_domain::{AnyState, party::Party};
use uuid::Uuid;

use super::{Statement, version_after};

/// The columns of what is asked.
#[derive(Default)]
struct Rows {
    id: Vec<Uuid>,
    item: Vec<i16>,
    kind: Vec<&'static str>,
    version: Vec<i32>,
    patient: Vec<Uuid>,
    account: Vec<Option<Uuid>>,
    role: Vec<Option<String>>,
    title: Vec<String>,
    since: Vec<DateTime<Utc>>,
    due: Vec<Option<DateTime<Utc>>>,
}

/// Takes away what the streams asked before, and writes what they ask now.
pub fn replace(changes: &[&Change]) -> Vec<Statement> {
    let mut rows = Rows::default();
    let (mut ids, mut versions) = (vec![], vec![]);
    for change in changes {
        let (AnyState::Note(_) | AnyState::Plan(_), Some(patient)) = (&change.state, change.patient) else { continue };
        ids.push(change.id);
        versions.push(version_after(change));
        for asked in items(&change.state) {
            rows.push(change, patient.0, asked);
        }
    }
    if ids.is_empty() {
        return vec![];
    }
    let gone = "delete from read.inbox i using unnest($1::uuid[], $2::int[]) c(id, v)
        where i.id = c.id and i.version < c.v";
    let mut all = vec![Statement::new(gone).bind(ids).bind(versions)];
    if !rows.id.is_empty() {
        all.push(rows.statement());
    }
    all
}

impl Rows {
    fn push(&mut self, change: &Change, patient: Uuid, asked: Asked) {
        let Asked { kind, item, of, title, since, due_at } = asked;
        let (account, role) = match of {
            Party::Account(account) => (Some(account.0), None),
            Party::Role(role) => (None, Some(role.0)),
        };
        self.id.push(change.id);
        self.item.push(item);
        self.kind.push(kind.as_str());
        self.version.push(version_after(change));
        self.patient.push(patient);
        self.account.push(account);
        self.role.push(role);
        self.title.push(title.replace('\0', " "));
        self.since.push(since);
        self.due.push(due_at);
    }

    fn statement(self) -> Statement {
        let Self { id, item, kind, version, patient, account, role, title, since, due } = self;
        let insert = "insert into read.inbox as i
                (id, item, kind, version, patient_id, account_id, role, title, since, due_at)
            select * from unnest($1::uuid[], $2::int2[], $3::text[], $4::int[], $5::uuid[], $6::uuid[], $7::text[],
                                 $8::text[], $9::timestamptz[], $10::timestamptz[])
            on conflict (id, item) do nothing";
        let insert = Statement::new(insert).bind(id).bind(item).bind(kind).bind(version).bind(patient);
        insert.bind(account).bind(role).bind(title).bind(since).bind(due)
    }
}
