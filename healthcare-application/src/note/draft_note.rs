//! Begins a note, goes on writing it, throws it away.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    code::CodeableConcept,
    id::{EncounterId, NoteId, PatientId, TemplateId},
    note::{FromTemplate, Note, NoteContent, NoteError, NoteEvent, Section},
    party::Party,
    template::{NoteTemplate, Prompt, Template, TemplateContent},
};

use super::Changed;
use crate::{
    App, CommandError,
    access::{Call, Permission, Permit},
    entry::{Touches, transact_entry},
    transact::{Loaded, Target, replay, transact_from},
};

/// A note as somebody sends it. What a template says need not be said.
#[derive(Debug, Clone, Default)]
pub struct NewNote {
    /// What kind of document; the template's if absent.
    pub note_type: Option<CodeableConcept>,
    /// Its title; the template's if absent.
    pub title: Option<String>,
    /// The language (BCP 47); English if absent.
    pub language: Option<String>,
    /// The time it tells of; now if absent.
    pub told_of_at: Option<DateTime<Utc>>,
    /// During which visit.
    pub encounter: Option<EncounterId>,
    /// Begun from this one.
    pub template: Option<TemplateId>,
    /// Its parts; those of the template, blank, if none are sent.
    pub sections: Vec<Section>,
    /// Who is asked to co-sign.
    pub cosigners: Vec<Party>,
    /// Whether it is signed at once.
    pub sign: bool,
}

/// The content of a new note: what was sent, and what its template says.
pub(crate) async fn begun(
    app: &App,
    permit: &Permit,
    patient: PatientId,
    new: NewNote,
) -> Result<NoteContent, CommandError<NoteError>> {
    let NewNote { note_type, title, language, told_of_at, encounter, template, sections, .. } = new;
    app.ensure_encounter(patient, encounter, "/encounter").await?;
    let (template, of) = match template {
        None => (None, None),
        Some(id) => {
            let loaded = app.load::<Template>(id).await?.open(permit).await?;
            match loaded.state.offered() {
                Ok((TemplateContent::Note(of), revision)) => (Some(FromTemplate { id, revision }), Some(of.clone())),
                Ok((TemplateContent::Plan(_), _)) | Err(_) => {
                    return Err(CommandError::Refused(NoteError::NoSuchTemplate));
                }
            }
        }
    };
    let (its_type, its_title, its_sections) = match of {
        Some(NoteTemplate { title, note_type, sections }) => (note_type, title, prompts(sections)),
        None => (CodeableConcept::default(), String::new(), vec![]),
    };
    Ok(NoteContent {
        note_type: note_type.unwrap_or(its_type),
        title: title.unwrap_or(its_title),
        language: language.unwrap_or_else(|| "en".to_owned()),
        told_of_at: told_of_at.unwrap_or_else(|| app.clock.now()),
        encounter,
        template,
        sections: if sections.is_empty() { its_sections } else { sections },
        elsewhere: None,
    })
}

fn prompts(all: Vec<Prompt>) -> Vec<Section> {
    let section = |Prompt { title, code, prompt, required }| {
        let title = Some(title);
        Section { title, code, prompt, required, text: String::new() }
    };
    all.into_iter().map(section).collect()
}

/// Makes sure that each of them can be asked to co-sign.
pub(crate) async fn asked(app: &App, permit: &Permit, cosigners: &[Party]) -> Result<(), CommandError<NoteError>> {
    if app.can_all_be_asked(permit, cosigners, Permission::CosignNote).await? {
        Ok(())
    } else {
        Err(CommandError::Refused(NoteError::NoSuchCosigner))
    }
}

/// All that is decided of a new note: the draft, who is to co-sign, and the signature if it is signed at once.
pub(crate) fn decide_new(
    note: &Note,
    content: &NoteContent,
    (cosigners, sign): (&[Party], bool),
    call: &Call,
    now: DateTime<Utc>,
) -> Result<Vec<NoteEvent>, NoteError> {
    use healthcare_domain::EventSourced;
    let by = call.actor.account;
    let mut note = note.clone();
    let mut all = vec![];
    let mut take = |note: &mut Note, events: Vec<NoteEvent>| {
        events.iter().for_each(|event| note.apply(event));
        all.extend(events);
    };
    let drafted = note.draft(content.clone(), by, now)?;
    take(&mut note, drafted);
    for party in cosigners {
        let requested = note.request_cosign(party.clone(), by, now)?;
        take(&mut note, requested);
    }
    if sign {
        let signed = note.sign(by, now)?;
        take(&mut note, signed);
    }
    Ok(all)
}

/// Begins a note about a patient; it is its author's until it is signed.
///
/// # Errors
/// When the caller may not, there is no such patient, template or co-signer, the visit is another patient's, the note
/// cannot be, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn draft_note(app: &App, call: &Call, patient: PatientId, new: NewNote) -> Changed {
    let permit = app.authorise(call, Permission::WriteNote, Some(patient)).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    app.ensure_patient(patient).await?;
    asked(app, &permit, &new.cosigners).await?;
    let (cosigners, sign) = (new.cosigners.clone(), new.sign);
    let content = begun(app, &permit, patient, new).await?;
    let now = app.clock.now();
    let target = Target::of(NoteId(app.clock.new_id()), patient, content.told_of_at);
    let decide = |note: &Note| decide_new(note, &content, (&cosigners, sign), call, now);
    transact_from(app, &permit, call, target, Loaded::unwritten(), decide).await
}

/// Goes on writing a draft; its template, and whom it is about, stay.
///
/// # Errors
/// When the caller is not its author, it is signed, the version is stale, the visit is another patient's, the note cannot
/// be, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(note.id = %id))]
pub async fn change_draft(app: &App, call: &Call, id: NoteId, new: NewNote) -> Changed {
    let sealed = app.load::<Note>(id).await?;
    let permit = app.authorise(call, Permission::WriteNote, sealed.patient()).await?;
    let loaded = sealed.open(&permit).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    let (Note::Draft(draft), Some(patient)) = (&loaded.state, loaded.holder.or(loaded.patient)) else {
        let refusal = loaded.state.discard(call.actor.account, app.clock.now()).err().unwrap_or(NoteError::Unwritten);
        return Err(CommandError::Refused(refusal));
    };
    app.ensure_encounter(patient, new.encounter, "/encounter").await?;
    let was = draft.content.clone();
    let content = NoteContent {
        note_type: new.note_type.unwrap_or(was.note_type),
        title: new.title.unwrap_or(was.title),
        language: new.language.unwrap_or(was.language),
        told_of_at: new.told_of_at.unwrap_or(was.told_of_at),
        encounter: new.encounter,
        template: was.template,
        sections: new.sections,
        elsewhere: was.elsewhere,
    };
    let now = app.clock.now();
    let target = Target::of(id, patient, content.told_of_at);
    let decide = |note: &Note| note.change(content.clone(), call.actor.account, now);
    transact_from(app, &permit, call, target, loaded, decide).await
}

/// Throws a draft away.
///
/// # Errors
/// When the caller is not its author, it is signed, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(note.id = %id))]
pub async fn discard_draft(app: &App, call: &Call, id: NoteId) -> Changed {
    let now = app.clock.now();
    let decide = |note: &Note| note.discard(call.actor.account, now);
    transact_entry(app, call, Permission::WriteNote, id, (now, Touches::Nothing), decide).await
}
