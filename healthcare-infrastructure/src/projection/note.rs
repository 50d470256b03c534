//! `read.note`: notes as they are listed and found.

use healthcare_application::store::Change;
use healthcare_domain::{
    AnyState,
    id::AccountId,
    note::{Author, CosignRequest, Draft, Note, NoteContent, Signed},
    party::Party,
};
use uuid::Uuid;

use super::{Statement, version_after};
use crate::views::excerpt::fold_words;

/// PostgreSQL's dictionaries, by the first part of a language tag (BCP 47).
const LANGUAGES: [(&str, &str); 16] = [
    ("en", "english"),
    ("de", "german"),
    ("fr", "french"),
    ("es", "spanish"),
    ("pt", "portuguese"),
    ("it", "italian"),
    ("nl", "dutch"),
    ("da", "danish"),
    ("sv", "swedish"),
    ("nb", "norwegian"),
    ("no", "norwegian"),
    ("fi", "finnish"),
    ("hu", "hungarian"),
    ("ro", "romanian"),
    ("ru", "russian"),
    ("tr", "turkish"),
];

/// The dictionary that a language is stemmed with; `simple`, which stems nothing, for one there is none of.
pub fn dictionary(language: &str) -> &'static str {
    let primary = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    LANGUAGES.iter().find(|(tag, _)| *tag == primary).map_or("simple", |(_, dictionary)| dictionary)
}

const UPSERT: &str = "insert into read.note as n
    (id, version, patient_id, status, note_type, authors, readers, reader_roles, encounter, told_of_at, text, words)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
        setweight(to_tsvector('simple', $12) || to_tsvector($14::text::regconfig, $12), 'A')
            || to_tsvector('simple', $13) || to_tsvector($14::text::regconfig, $13))
    on conflict (id) do update set version = excluded.version, status = excluded.status,
        note_type = excluded.note_type, authors = excluded.authors, readers = excluded.readers,
        reader_roles = excluded.reader_roles, encounter = excluded.encounter, told_of_at = excluded.told_of_at,
        text = excluded.text, words = excluded.words
    where n.version < excluded.version";

/// The statements for all notes of some changes.
pub fn upsert(changes: &[&Change]) -> Vec<Statement> {
    let of_note = |change: &&&Change| matches!(change.state, AnyState::Note(_));
    changes.iter().filter(of_note).filter_map(|change| one(change)).collect()
}

/// What the row of a note is made from.
struct Shown<'a> {
    status: &'static str,
    content: Option<&'a NoteContent>,
    authors: Vec<Uuid>,
    requests: &'a [CosignRequest],
}

fn shown(state: &Note) -> Option<Shown<'_>> {
    match state {
        Note::Unwritten => None,
        Note::Discarded => Some(Shown { status: "discarded", content: None, authors: vec![], requests: &[] }),
        Note::Draft(draft) => {
            let Draft { content, author, requests, .. } = &**draft;
            Some(Shown { status: "draft", content: Some(content), authors: vec![author.0], requests })
        }
        Note::Signed(signed) => {
            let status = if signed.versions().count() > 1 { "amended" } else { "signed" };
            Some(of_signed(signed, status))
        }
        Note::EnteredInError { was, .. } => Some(of_signed(was, "entered-in-error")),
    }
}

/// Everybody who signed a version is an author of it.
fn of_signed<'a>(signed: &'a Signed, status: &'static str) -> Shown<'a> {
    let accounts = signed.versions().flat_map(|version| version.authors.iter().filter_map(Author::account));
    let mut authors: Vec<Uuid> = accounts.map(|AccountId(account)| account).collect();
    authors.sort_unstable();
    authors.dedup();
    Shown { status, content: Some(&signed.current().content), authors, requests: &signed.requests }
}

fn one(change: &Change) -> Option<Statement> {
    let AnyState::Note(state) = &change.state else { return None };
    let Shown { status, content, authors, requests } = shown(state)?;
    let last = change.events.last()?;
    let (mut readers, mut roles) = (vec![], vec![]);
    for request in requests {
        match &request.of {
            Party::Account(account) => readers.push(account.0),
            Party::Role(role) => roles.push(role.0.clone()),
        }
    }
    // What was thrown away leaves nothing of its words.
    let text = content.map(NoteContent::text).unwrap_or_default().replace('\0', " ");
    let title = content.map(|content| content.title.replace('\0', " ")).unwrap_or_default();
    let coded = content.map(|content| &content.note_type);
    let note_type = coded.and_then(|concept| {
        concept
            .coding
            .first()
            .map(|coding| coding.code.replace('\0', ""))
            .or_else(|| Some(concept.label().replace('\0', "")))
    });
    let statement = Statement::new(UPSERT)
        .bind(change.id)
        .bind(version_after(change))
        .bind(change.patient?.0)
        .bind(status)
        .bind(note_type)
        .bind(authors)
        .bind(readers)
        .bind(roles)
        .bind(content.and_then(|content| content.encounter).map(|encounter| encounter.0))
        .bind(content.map_or(last.occurred_at, |content| content.told_of_at))
        .bind(text.clone())
        .bind(fold_words(&title))
        .bind(fold_words(&text))
        .bind(dictionary(content.map_or("", |content| &content.language)));
    Some(statement)
}

#[cfg(test)]
mod tests {
    use super::dictionary;

    #[test]
    fn a_language_is_stemmed_by_its_dictionary() {
        assert_eq!((dictionary("en"), dictionary("de-AT"), dictionary("pt_BR")), ("english", "german", "portuguese"));
        assert_eq!((dictionary("tlh"), dictionary("")), ("simple", "simple"));
    }
}
