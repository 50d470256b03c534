//! FHIR DocumentReference, where it is a note in plain text.

use base64::{Engine, engine::general_purpose::STANDARD};
use healthcare_domain::note::{Author, Elsewhere, Note, NoteContent, NoteError, Section};
use serde::Deserialize;

use super::{
    Reading, Refused,
    datatypes::{CodeableConcept, Identifier, Meta, Period, Reference, identifiers},
    date_time::FhirDateTime,
    parse::{one_of, resource},
    reference::{Target, held},
    said::{Dated, Import, Moments, Taking, Times, remark},
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    #[serde(default)]
    meta: Meta,
    language: Option<String>,
    master_identifier: Option<Identifier>,
    #[serde(default)]
    identifier: Vec<Identifier>,
    status: String,
    doc_status: Option<String>,
    r#type: Option<CodeableConcept>,
    subject: Option<Reference>,
    date: Option<FhirDateTime>,
    #[serde(default)]
    author: Vec<Reference>,
    authenticator: Option<Reference>,
    description: Option<String>,
    #[serde(default)]
    content: Vec<Content>,
    #[serde(default)]
    context: Context,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Content {
    attachment: Attachment,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Attachment {
    content_type: Option<String>,
    language: Option<String>,
    data: Option<String>,
    title: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Context {
    encounter: Vec<Reference>,
    period: Option<Period>,
}

/// What a DocumentReference says.
#[derive(Debug, Clone, PartialEq)]
pub struct NoteSaid {
    /// What the note says.
    pub content: NoteContent,
    /// Who signed it.
    pub authors: Vec<Author>,
    /// When it happened and was known.
    pub times: Times,
    /// Whether its source struck it out.
    pub struck: bool,
}

/// Reads a DocumentReference. `None` for what is no signed note in plain text: a draft of another system, what another
/// document has replaced, what names no patient or no type, and whatever is kept elsewhere or in another form.
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines.
pub fn read(raw: &str, reading: &Reading<'_>) -> Result<Option<NoteSaid>, Refused> {
    let r: Resource = resource(raw)?;
    one_of("status", &r.status, &["current", "superseded", "entered-in-error"])?;
    if let Some(status) = &r.doc_status {
        one_of("docStatus", status, &["preliminary", "final", "amended", "entered-in-error"])?;
    }
    let draft = r.doc_status.as_deref() == Some("preliminary");
    let note_type = r.r#type.map(|kind| kind.to_domain()).filter(|kind| !kind.is_empty());
    let of_a_patient = match r.subject.as_ref().map(Target::of) {
        None => false,
        Some(Some(Target::Relative { resource, .. } | Target::Absolute { resource, .. })) => resource == "Patient",
        Some(_) => true,
    };
    let (Some(note_type), true, false) = (note_type, of_a_patient, draft || r.status == "superseded") else {
        return Ok(None);
    };
    let mut sections = vec![];
    for Content { attachment } in &r.content {
        let Some(text) = plain_text(attachment) else { return Ok(None) };
        let title = attachment.title.clone().filter(|title| !title.trim().is_empty());
        sections.push(Section { title, text, ..Section::default() });
    }
    if sections.iter().all(Section::is_blank) {
        return Ok(None);
    }
    let told = r.context.period.and_then(|period| period.start).or(r.date).map(|t| t.earliest());
    let times = Moments { clinical: told, known: r.date, meta: &r.meta, now: reading.now }.times();
    let language = r.language.or_else(|| r.content.iter().find_map(|one| one.attachment.language.clone()));
    let title = r.description.filter(|title| !title.trim().is_empty());
    let mut numbers = identifiers(r.master_identifier.as_slice());
    for one in identifiers(&r.identifier) {
        if !numbers.contains(&one) {
            numbers.push(one);
        }
    }
    let content = NoteContent {
        title: title.unwrap_or_else(|| note_type.label().to_owned()),
        note_type,
        language: language.unwrap_or_else(|| "en".to_owned()),
        told_of_at: times.occurred_at,
        encounter: r.context.encounter.first().and_then(|e| reading.references.encounter(e)),
        template: None,
        sections,
        elsewhere: (!numbers.is_empty()).then(|| Box::new(Elsewhere { identifiers: numbers, composition: None })),
    };
    let signed = if r.author.is_empty() { r.authenticator.as_slice() } else { &r.author };
    let authors = signed.iter().filter_map(|one| held(one, reading.references)).map(Author::Elsewhere).collect();
    let struck = r.status == "entered-in-error" || r.doc_status.as_deref() == Some("entered-in-error");
    Ok(Some(NoteSaid { content, authors, times, struck }))
}

/// The text of an attachment that stands in it in plain text; none where it is of another kind or elsewhere.
fn plain_text(of: &Attachment) -> Option<String> {
    let kind = of.content_type.as_deref()?;
    let mut parts = kind.split(';').map(|part| part.trim().to_ascii_lowercase());
    if parts.next().as_deref() != Some("text/plain") {
        return None;
    }
    let charset = parts.find_map(|part| part.strip_prefix("charset=").map(str::to_owned));
    if charset.is_some_and(|set| !matches!(set.trim_matches('"'), "utf-8" | "us-ascii")) {
        return None;
    }
    let data: String = of.data.as_deref()?.split_whitespace().collect();
    String::from_utf8(STANDARD.decode(data).ok()?).ok()
}

impl NoteSaid {
    /// The events that bring `state` to it.
    pub(super) fn decide(&self, state: &Note, import: &Import) -> Result<Vec<Dated>, Refused> {
        let refused = |error: NoteError| Refused::at("", error.to_string());
        let mut taking = Taking::from(state);
        let is_struck_already = self.struck && matches!(state, Note::EnteredInError { .. });
        let fresh = *state == Note::Unwritten;
        let times = if fresh { self.times } else { import.correction(self.times) };
        let (content, authors) = (self.content.clone(), self.authors.clone());
        let why = remark("as its source says now")?;
        // What its source struck out stays struck out, whatever it tells of it later.
        let events = match is_struck_already {
            true => taking.state.import_struck(content, authors, times.known_at, why),
            false => taking.state.import(content, authors, times.known_at, why),
        };
        taking.take(events.map_err(refused)?, times);
        if self.struck && !is_struck_already {
            let events = taking.state.enter_in_error(remark("marked as entered in error by its source")?);
            taking.take(events.map_err(refused)?, times);
        }
        Ok(taking.events)
    }
}
