//! What a reader sees of a note: in brief in lists, and whole by its identity.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    id::EncounterId,
    note::{Author, Draft, Note, NoteContent, Signed, Version},
};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Kind, Row, View,
    render::{Of, row},
};

/// How many characters of a note stand in lists.
const BRIEF: usize = 280;

/// A note in brief.
#[derive(Serialize)]
struct InBrief<'a> {
    note_type: &'a healthcare_domain::code::CodeableConcept,
    title: &'a str,
    language: &'a str,
    told_of_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encounter: Option<EncounterId>,
    authors: &'a [Author],
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_at: Option<DateTime<Utc>>,
    versions: usize,
    cosignatures_wanted: usize,
    cosignatures: usize,
    excerpt: String,
}

impl<'a> InBrief<'a> {
    fn of(content: &'a NoteContent, authors: &'a [Author]) -> Self {
        let NoteContent { note_type, title, language, told_of_at, encounter, .. } = content;
        let text = content.text();
        let mut excerpt: String = text.chars().take(BRIEF).collect();
        if excerpt.len() < text.len() {
            excerpt.push('…');
        }
        Self {
            note_type,
            title,
            language,
            told_of_at: *told_of_at,
            encounter: *encounter,
            authors,
            signed_at: None,
            versions: 0,
            cosignatures_wanted: 0,
            cosignatures: 0,
            excerpt,
        }
    }

    fn signed(signed: &'a Signed) -> Self {
        let current = signed.current();
        Self {
            signed_at: Some(current.at),
            versions: signed.versions().count(),
            cosignatures_wanted: signed.requests.len(),
            // Of the words that count: who co-signed those of before has not seen these.
            cosignatures: signed.cosignatures.iter().filter(|one| one.version == current.number).count(),
            ..Self::of(&current.content, &current.authors)
        }
    }
}

/// The row of a note. A draft stands under a kind of its own: it is in nobody's list but its author's and theirs who are
/// to co-sign.
pub(super) fn note(state: &Note, of: Of) -> Vec<Row> {
    let coded = |content: &NoteContent, row: Row| Row { code: code(content), ..row };
    match state {
        Note::Unwritten => vec![],
        Note::Draft(draft) => {
            let authors = [Author::Account(draft.author)];
            let brief = InBrief { cosignatures_wanted: draft.requests.len(), ..InBrief::of(&draft.content, &authors) };
            let at = Some(draft.content.told_of_at);
            vec![coded(&draft.content, row(Kind::NoteDraft, of, status(state), true, at, brief))]
        }
        // Nothing of it is shown any more.
        Note::Discarded => {
            vec![Row { struck: true, ..row(Kind::NoteDraft, of, status(state), false, None, json!({})) }]
        }
        Note::Signed(signed) | Note::EnteredInError { was: signed, .. } => {
            let content = &signed.current().content;
            let at = Some(content.told_of_at);
            vec![coded(content, row(Kind::Note, of, status(state), false, at, InBrief::signed(signed)))]
        }
    }
}

fn code(content: &NoteContent) -> Option<String> {
    let concept = &content.note_type;
    let code = concept.coding.first().map(|coding| coding.code.as_str()).unwrap_or_else(|| concept.label());
    // No column takes a NUL.
    Some(code.replace('\0', ""))
}

/// Where a note stands.
fn status(state: &Note) -> &'static str {
    match state {
        Note::Unwritten | Note::Draft(_) => "draft",
        Note::Discarded => "discarded",
        Note::Signed(signed) if signed.versions().count() > 1 => "amended",
        Note::Signed(_) => "signed",
        Note::EnteredInError { .. } => "entered-in-error",
    }
}

/// A note whole: the version that counts, the list of all, who is to co-sign and who did. None where nothing was written
/// or it was thrown away.
pub fn whole_note(state: &Note, of: Of) -> Option<View<Value>> {
    let content = match state {
        Note::Unwritten | Note::Discarded => return None,
        Note::Draft(draft) => drafted(draft),
        Note::Signed(signed) => as_signed(signed),
        Note::EnteredInError { was, reason } => {
            let mut whole = as_signed(was);
            whole["entered_in_error_because"] = json!(reason);
            whole
        }
    };
    Some(View { id: of.id, version: of.version, status: status(state), patient: of.patient, content })
}

fn drafted(draft: &Draft) -> Value {
    let mut whole = json!(draft.content);
    whole["authors"] = json!([Author::Account(draft.author)]);
    whole["begun_at"] = json!(draft.begun_at);
    whole["cosign_requests"] = json!(draft.requests);
    whole
}

fn as_signed(signed: &Signed) -> Value {
    let current = signed.current();
    let mut whole = json!(current.content);
    whole["authors"] = json!(current.authors);
    whole["signed_at"] = json!(current.at);
    whole["hash"] = json!(current.hash);
    whole["intact"] = json!(current.is_intact());
    whole["versions"] = signed.versions().map(in_short).collect();
    whole["cosign_requests"] = json!(signed.requests);
    whole["cosignatures"] = json!(signed.cosignatures);
    whole
}

/// A version without its words.
fn in_short(version: &Version) -> Value {
    let Version { number, authors, at, reason, hash, content: _ } = version;
    json!({ "number": number, "authors": authors, "at": at, "reason": reason, "hash": hash })
}
