//! FHIR DocumentReference: a signed note in plain text; one that came as a Composition goes out as one. A draft leaves the
//! house for nobody.

use base64::{Engine, engine::general_purpose::STANDARD};
use healthcare_domain::{
    note::{Author, Note, NoteContent, Section, Version},
    reference::Reference,
};

use super::{
    Of, composition,
    element::{Element, concept, identifiers, moment, reference, refers},
};

/// The version of a note that counts; read again it says the same, but for what a template asked.
pub fn write(state: &Note, of: &Of) -> Option<Element> {
    let (version, struck) = match state {
        Note::Unwritten | Note::Draft(_) | Note::Discarded => return None,
        Note::Signed(signed) => (signed.current(), false),
        Note::EnteredInError { was, .. } => (was.current(), true),
    };
    let NoteContent { note_type, title, language, told_of_at, encounter, sections, template: _, elsewhere } =
        &version.content;
    if let Some(came) = elsewhere.as_ref().and_then(|there| there.composition.as_ref()) {
        return Some(composition::write(version, came, struck, of));
    }
    let written = sections.iter().filter(|section| !section.is_blank());
    let visit = encounter.map(|encounter| [refers(encounter)]);
    let period = Element::new().with("start", moment(*told_of_at));
    Some(
        of.resource("DocumentReference")
            .with("identifier", elsewhere.as_ref().map(|there| identifiers(&there.identifiers)))
            .with("language", language)
            .with("status", if struck { "entered-in-error" } else { "current" })
            .with("docStatus", standing(version, struck))
            .with("type", concept(note_type))
            .with("subject", of.subject())
            .with("date", moment(version.at))
            .with("author", version.authors.iter().map(author).collect::<Vec<_>>())
            .with("description", title)
            .with("content", written.map(|section| attached(section, language)).collect::<Vec<_>>())
            .with("context", Element::new().with("encounter", visit).with("period", period)),
    )
}

fn standing(version: &Version, struck: bool) -> &'static str {
    match (struck, version.number) {
        (true, _) => "entered-in-error",
        (false, 1) => "final",
        (false, _) => "amended",
    }
}

/// Who signed.
pub(super) fn author(of: &Author) -> Element {
    match of {
        Author::Account(account) => reference(&Reference { id: Some(account.0), ..Reference::default() }),
        Author::Elsewhere(elsewhere) => reference(elsewhere),
    }
}

/// A section as plain text.
fn attached(of: &Section, language: &str) -> Element {
    let attachment = Element::new()
        .with("contentType", "text/plain; charset=utf-8")
        .with("language", language)
        .with("title", &of.title)
        .with("data", STANDARD.encode(&of.text));
    Element::new().with("attachment", attachment)
}
