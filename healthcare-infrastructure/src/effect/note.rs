//! Who is asked to co-sign is told: when the note is signed, or when they are asked after that.

use healthcare_application::store::Change;
use healthcare_domain::{
    DomainEvent, Event,
    note::{CosignRequest, Note, NoteEvent},
    party::Party,
};
use serde_json::json;
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::version_of;
use crate::projection::Statement;

/// The roles and the accounts among some parties.
pub(super) fn audience<'a>(parties: impl IntoIterator<Item = &'a Party>) -> (Vec<String>, Vec<Uuid>) {
    let (mut roles, mut accounts) = (vec![], vec![]);
    for party in parties {
        match party {
            Party::Role(role) => roles.push(role.0.clone()),
            Party::Account(account) => accounts.push(account.0),
        }
    }
    (roles, accounts)
}

/// Tells of co-signatures that can be given. Neither the title nor a word of the note is told.
pub fn effects(change: &Change, state: &Note) -> Vec<Statement> {
    let (Note::Signed(signed), Some(patient)) = (state, change.patient) else { return vec![] };
    let was_draft =
        change.events.iter().any(|new| matches!(&new.event, DomainEvent::Note(NoteEvent::NoteSigned { .. })));
    let mut all = vec![];
    for (n, new) in change.events.iter().enumerate() {
        let DomainEvent::Note(event) = &new.event else { continue };
        let asked: Vec<&CosignRequest> = match event {
            NoteEvent::NoteSigned { .. } => signed.requests.iter().collect(),
            NoteEvent::CosignRequested { of, .. } if !was_draft => {
                signed.requests.iter().filter(|one| one.of == *of).collect()
            }
            _ => continue,
        };
        if asked.is_empty() {
            continue;
        }
        let (roles, accounts) = audience(asked.iter().map(|one| &one.of));
        let tell = "select live.tell_people($1, 'normal', 'Co-signature', $2, $3, 'note', $4, $5, 'open', $6, $7,
            $8::text[], $9::uuid[])";
        let asker = asked.first().map(|one| one.by);
        all.push(
            Statement::new(tell)
                .bind(if was_draft { "note.cosign.requested" } else { event.kind() })
                .bind("A note waits for your co-signature.".to_owned())
                .bind(patient.0)
                .bind(change.id)
                .bind(version_of(change, n))
                .bind(format!("/api/v1/notes/{}", change.id))
                .bind(Json(json!({ "asked_by": asker })))
                .bind(roles)
                .bind(accounts),
        );
    }
    all
}
