//! FHIR Composition, where its sections can be read: a signed note. What the record has no place for goes with it as it
//! came, so that it goes out again as it was.

use healthcare_domain::note::{Author, CameAs, Elsewhere, NoteContent, Section};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Reading, Refused,
    datatypes::{CodeableConcept, Identifier, Meta, Period, Reference, identifiers},
    date_time::FhirDateTime,
    document_reference::NoteSaid,
    narrative::text_of,
    parse::{one_of, resource},
    reference::{Target, held},
    said::Moments,
};

/// What the record itself holds of a Composition, and writes anew; its encounter and authors too, where all are known here.
const OURS: [&str; 4] = ["resourceType", "id", "subject", "implicitRules"];
/// What of `meta` is its server's.
const OF_THE_SERVER: [&str; 3] = ["lastUpdated", "versionId", "source"];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    #[serde(default)]
    meta: Meta,
    language: Option<String>,
    identifier: Option<Identifier>,
    status: String,
    r#type: Option<CodeableConcept>,
    subject: Option<Reference>,
    encounter: Option<Reference>,
    date: Option<FhirDateTime>,
    #[serde(default)]
    author: Vec<Reference>,
    title: Option<String>,
    #[serde(default)]
    attester: Vec<Attester>,
    #[serde(default)]
    event: Vec<Event>,
    text: Option<Narrative>,
    #[serde(default)]
    section: Vec<Part>,
}

#[derive(Debug, Deserialize)]
struct Attester {
    party: Option<Reference>,
}

#[derive(Debug, Deserialize)]
struct Event {
    period: Option<Period>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Narrative {
    status: String,
    div: String,
}

#[derive(Debug, Deserialize)]
struct Part {
    title: Option<String>,
    code: Option<CodeableConcept>,
    text: Option<Narrative>,
    #[serde(default)]
    section: Vec<Part>,
}

/// Reads a Composition. `None` for what is no signed note that can be read: a draft of another system, what names no patient
/// no type or no time, and what has no words, or words that are not well-formed.
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines.
pub fn read(raw: &str, reading: &Reading<'_>) -> Result<Option<NoteSaid>, Refused> {
    let r: Resource = resource(raw)?;
    one_of("status", &r.status, &["preliminary", "final", "amended", "entered-in-error"])?;
    let note_type = r.r#type.map(|kind| kind.to_domain()).filter(|kind| !kind.is_empty());
    let of_a_patient = match r.subject.as_ref().map(Target::of) {
        None => false,
        Some(Some(Target::Relative { resource, .. } | Target::Absolute { resource, .. })) => resource == "Patient",
        Some(_) => true,
    };
    // Numbers are kept as numbers: what would go out as another text than it came is kept whole.
    if !numbers_go_out_as_they_came(raw) {
        return Ok(None);
    }
    let (Some(note_type), Some(date), true, false) = (note_type, r.date, of_a_patient, r.status == "preliminary")
    else {
        return Ok(None);
    };
    let mut sections = vec![];
    if parts(&r.section, "", &mut sections).is_none() {
        return Ok(None);
    }
    // What has no parts that can be read may have a summary.
    if sections.is_empty() {
        let Some(text) = r.text.as_ref().and_then(words) else { return Ok(None) };
        sections.push(Section { text, ..Section::default() });
    }
    if sections.iter().all(Section::is_blank) {
        return Ok(None);
    }
    let told = r.event.iter().find_map(|event| event.period.as_ref()?.start).map(|t| t.earliest());
    let clinical = told.or(Some(date.earliest()));
    let times = Moments { clinical, known: Some(date), meta: &r.meta, now: reading.now }.times();
    let wrote: Vec<&Reference> = match r.author.is_empty() {
        true => r.attester.iter().filter_map(|one| one.party.as_ref()).collect(),
        false => r.author.iter().collect(),
    };
    let title = r.title.as_deref().map(str::trim).unwrap_or_default();
    let encounter = r.encounter.as_ref().and_then(|e| reading.references.encounter(e));
    let authors: Vec<Author> =
        wrote.iter().filter_map(|one| held(one, reading.references)).map(Author::Elsewhere).collect();
    let mut ours = OURS.to_vec();
    ours.extend(encounter.map(|_| "encounter"));
    ours.extend((authors.len() == wrote.len()).then_some("author"));
    let composition = as_it_came(resource(raw)?, &ours);
    let elsewhere = Elsewhere { identifiers: identifiers(r.identifier.as_slice()), composition };
    let content = NoteContent {
        title: if title.is_empty() { note_type.label().to_owned() } else { title.to_owned() },
        note_type,
        language: r.language.unwrap_or_else(|| "en".to_owned()),
        told_of_at: times.occurred_at,
        encounter,
        template: None,
        sections,
        elsewhere: Some(Box::new(elsewhere)),
    };
    Ok(Some(NoteSaid { content, authors, times, struck: r.status == "entered-in-error" }))
}

/// The parts with words, one after the other; those within another one under its heading and theirs. `None` where one has
/// words that cannot be read.
fn parts(of: &[Part], within: &str, into: &mut Vec<Section>) -> Option<()> {
    for part in of {
        let heading = part.title.as_deref().map(str::trim).unwrap_or_default();
        let title = match (within, heading) {
            ("", heading) => heading.to_owned(),
            (within, "") => within.to_owned(),
            (within, heading) => format!("{within} / {heading}"),
        };
        if let Some(narrative) = part.text.as_ref().filter(|text| text.status != "empty") {
            let text = words(narrative)?;
            let code = part.code.as_ref().map(CodeableConcept::to_domain).filter(|code| !code.is_empty());
            let title = Some(title.clone()).filter(|title| !title.is_empty());
            let section = Section { title, code, text, ..Section::default() };
            into.extend(Some(section).filter(|section| !section.is_blank()));
        }
        parts(&part.section, &title, into)?;
    }
    Some(())
}

fn words(of: &Narrative) -> Option<String> {
    text_of(&of.div)
}

/// All of it but what the record itself holds.
fn as_it_came(mut composition: Value, ours: &[&str]) -> Option<CameAs> {
    if let Some(members) = composition.as_object_mut() {
        members.retain(|name, _| !ours.contains(&name.as_str()));
        if let Some(meta) = members.get_mut("meta").and_then(Value::as_object_mut) {
            meta.retain(|name, _| !OF_THE_SERVER.contains(&name.as_str()));
        }
        members.retain(|name, value| name != "meta" || value.as_object().is_some_and(|meta| !meta.is_empty()));
    }
    CameAs::of(composition)
}

/// Whether every number of a JSON text is written as it would be written again: `1.50` says more than `1.5`.
fn numbers_go_out_as_they_came(json: &str) -> bool {
    let (mut quoted, mut escaped) = (false, false);
    let outside = |letter: char| {
        let was = quoted;
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        if was || quoted { ' ' } else { letter }
    };
    let bare: String = json.chars().map(outside).collect();
    let tokens = bare.split(|c: char| !(c.is_ascii_alphanumeric() || ['.', '-', '+'].contains(&c)));
    let numbers = tokens.filter(|token| token.starts_with(|c: char| c == '-' || c.is_ascii_digit()));
    numbers.into_iter().all(|number| {
        let again = serde_json::from_str::<Value>(number).map(|value| value.to_string());
        again.is_ok_and(|again| again == number)
    })
}

#[cfg(test)]
mod tests {
    use super::numbers_go_out_as_they_came as exact;

    #[test]
    fn a_number_that_would_be_written_otherwise_is_noticed() {
        assert!(exact(r#"{"a": [1.5, -3, 0.1], "b": "1.50 \"2.0\" x", "c": 12}"#));
        for other in ["[1.50]", r#"{"a": 2.0e3}"#, "[123456789012345678901]", "[0.1000000000000000055]"] {
            assert!(!exact(other), "{other}");
        }
    }
}
