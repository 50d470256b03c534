use chrono::{DateTime, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{DomainEvent, account::RoleName, code::CodeableConcept};

const ANN: AccountId = AccountId(Uuid::from_u128(1));
const BEN: AccountId = AccountId(Uuid::from_u128(2));
const CAY: AccountId = AccountId(Uuid::from_u128(3));

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + chrono::Duration::minutes(minutes)
}

fn role(name: &str) -> RoleName {
    RoleName(name.to_owned())
}

fn because(words: &str) -> Remark {
    Remark::try_from(words.to_owned()).unwrap()
}

fn section(text: &str) -> Section {
    Section { title: Some("Assessment".into()), text: text.into(), ..Section::default() }
}

fn content(text: &str) -> NoteContent {
    NoteContent {
        note_type: CodeableConcept::words("Progress note"),
        title: "Day 2".into(),
        language: "en".into(),
        told_of_at: at(0),
        encounter: None,
        template: None,
        sections: vec![section(text)],
        elsewhere: None,
    }
}

fn amendment(text: &str) -> Amendment {
    Amendment { title: "Day 2".into(), sections: vec![section(text)], reason: because("laterality") }
}

fn after(note: &Note, events: Vec<NoteEvent>) -> Note {
    let mut note = note.clone();
    for event in events {
        note.apply(&event);
    }
    note
}

fn drafted() -> Note {
    after(&Note::Unwritten, Note::Unwritten.draft(content("Stable."), ANN, at(0)).unwrap())
}

fn signed() -> Note {
    after(&drafted(), drafted().sign(ANN, at(1)).unwrap())
}

fn standing(note: &Note) -> &Signed {
    match note {
        Note::Signed(signed) => signed,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_draft_is_its_authors_and_changes_until_it_is_signed() {
    let draft = drafted();
    assert_eq!(draft.change(content("Better."), BEN, at(1)), Err(NoteError::NotTheAuthor));
    assert_eq!(draft.change(content("Stable."), ANN, at(1)), Ok(vec![]));
    let better = after(&draft, draft.change(content("Better."), ANN, at(1)).unwrap());
    assert_eq!(better.sign(BEN, at(2)), Err(NoteError::NotTheAuthor));
    let signed = after(&better, better.sign(ANN, at(2)).unwrap());
    assert_eq!(standing(&signed).current().content, content("Better."));
    assert_eq!(signed.change(content("Worse."), ANN, at(3)), Err(NoteError::Signed));
    assert_eq!(signed.discard(ANN, at(3)), Err(NoteError::Signed));
    assert_eq!(signed.sign(ANN, at(3)), Err(NoteError::Signed));
}

#[test]
fn what_says_nothing_or_leaves_out_what_is_required_is_not_signed() {
    let blank = after(&Note::Unwritten, Note::Unwritten.draft(content(" "), ANN, at(0)).unwrap());
    assert_eq!(blank.sign(ANN, at(1)), Err(NoteError::SaysNothing));
    let required = Section { required: true, ..section("") };
    let partial = NoteContent { sections: vec![section("Stable."), required], ..content("") };
    let partial = after(&Note::Unwritten, Note::Unwritten.draft(partial, ANN, at(0)).unwrap());
    assert_eq!(partial.sign(ANN, at(1)), Err(NoteError::Incomplete(1)));
    let nameless = NoteContent { note_type: CodeableConcept::default(), ..content("Stable.") };
    assert_eq!(Note::Unwritten.draft(nameless, ANN, at(0)), Err(NoteError::NoType));
    let untitled = NoteContent { title: " ".into(), ..content("Stable.") };
    assert_eq!(Note::Unwritten.draft(untitled, ANN, at(0)), Err(NoteError::NoTitle));
    let endless = content(&"x".repeat(CHARACTERS + 1));
    assert_eq!(Note::Unwritten.draft(endless, ANN, at(0)), Err(NoteError::TooLong));
}

#[test]
fn a_draft_thrown_away_is_gone() {
    let draft = drafted();
    assert_eq!(draft.discard(BEN, at(1)), Err(NoteError::NotTheAuthor));
    let gone = after(&draft, draft.discard(ANN, at(1)).unwrap());
    assert_eq!(gone.sign(ANN, at(2)), Err(NoteError::NotInForce));
    assert!(!gone.is_shown_to(ANN, &role("doctor")));
    assert_eq!(drafted().enter_in_error(because("wrong patient")), Err(NoteError::NotSigned));
}

#[test]
fn an_amendment_is_a_further_version_with_its_author_and_reason() {
    let first = signed();
    assert_eq!(first.amend(amendment("Stable."), BEN, at(2)), Err(NoteError::NothingAmended));
    assert_eq!(first.amend(amendment(""), BEN, at(2)), Err(NoteError::SaysNothing));
    assert_eq!(drafted().amend(amendment("Left."), ANN, at(2)), Err(NoteError::NotSigned));
    let amended = after(&first, first.amend(amendment("Left."), BEN, at(2)).unwrap());
    let versions: Vec<_> = standing(&amended).versions().collect();
    assert_eq!(versions.len(), 2);
    assert_eq!((versions[0].content.clone(), &versions[0].authors), (content("Stable."), &vec![Author::Account(ANN)]));
    assert_eq!((versions[1].number, versions[1].at, &versions[1].authors), (2, at(2), &vec![Author::Account(BEN)]));
    assert_eq!(versions[1].reason, Some(because("laterality")));
    assert!(versions.iter().all(|version| version.is_intact()));
    assert_ne!(versions[0].hash, versions[1].hash);
}

#[test]
fn a_co_signature_is_asked_for_and_given_once_by_whom_it_was_asked() {
    let note = signed();
    assert_eq!(note.cosign(BEN, &role("doctor"), at(2)), Err(NoteError::NotAsked));
    assert_eq!(note.request_cosign(Party::Account(ANN), ANN, at(2)), Err(NoteError::OwnNote));
    let seniors = Party::Role(role("senior_clinician"));
    // Whose words they are asks, and nobody in their place.
    assert_eq!(note.request_cosign(seniors.clone(), CAY, at(2)), Err(NoteError::NotTheAuthor));
    let asked = after(&note, note.request_cosign(seniors.clone(), ANN, at(2)).unwrap());
    assert_eq!(asked.withdraw_request(&seniors, CAY, at(2)), Err(NoteError::NotTheAuthor));
    let asked = after(&asked, asked.request_cosign(Party::Account(BEN), ANN, at(2)).unwrap());
    assert_eq!(asked.request_cosign(seniors.clone(), ANN, at(2)), Err(NoteError::AlreadyAsked));
    assert_eq!(asked.cosign(ANN, &role("senior_clinician"), at(3)), Err(NoteError::OwnNote));
    assert_eq!(asked.cosign(CAY, &role("doctor"), at(3)), Err(NoteError::NotAsked));
    let by_name = after(&asked, asked.cosign(BEN, &role("senior_clinician"), at(3)).unwrap());
    let open: Vec<_> = standing(&by_name).requests.iter().map(|one| one.of.clone()).collect();
    assert_eq!(open, [seniors], "who is asked by name answers that first");
    let both = after(&by_name, by_name.cosign(CAY, &role("senior_clinician"), at(4)).unwrap());
    let cosigned = &standing(&both).cosignatures;
    assert_eq!(cosigned.iter().map(|one| (one.by, one.version)).collect::<Vec<_>>(), [(BEN, 1), (CAY, 1)]);
    assert_eq!(cosigned[0].hash, standing(&both).current().hash);
    assert_eq!(both.cosign(CAY, &role("senior_clinician"), at(5)), Err(NoteError::NotAsked));
}

#[test]
fn who_is_to_co_sign_may_read_the_draft_and_nobody_else() {
    let draft = drafted();
    assert!(draft.is_shown_to(ANN, &role("doctor")) && !draft.is_shown_to(BEN, &role("doctor")));
    assert_eq!(draft.request_cosign(Party::Account(BEN), CAY, at(1)), Err(NoteError::NotTheAuthor));
    let asked = after(&draft, draft.request_cosign(Party::Account(BEN), ANN, at(1)).unwrap());
    assert!(asked.is_shown_to(BEN, &role("doctor")) && !asked.is_shown_to(CAY, &role("doctor")));
    assert_eq!(asked.cosign(BEN, &role("doctor"), at(2)), Err(NoteError::NotSigned));
    let back = after(&asked, asked.withdraw_request(&Party::Account(BEN), ANN, at(2)).unwrap());
    assert_eq!(back, draft);
    assert_eq!(back.withdraw_request(&Party::Account(BEN), ANN, at(2)), Err(NoteError::NotAsked));
}

#[test]
fn what_was_struck_out_stays_readable_and_takes_nothing_more() {
    let note = signed();
    let struck = after(&note, note.enter_in_error(because("wrong patient")).unwrap());
    let Note::EnteredInError { was, .. } = &struck else { panic!("{struck:?}") };
    assert_eq!(&**was, standing(&note));
    assert_eq!(struck.amend(amendment("Left."), ANN, at(3)), Err(NoteError::NotInForce));
    assert_eq!(struck.enter_in_error(because("again")), Err(NoteError::NotInForce));
    assert_eq!(struck.request_cosign(Party::Account(BEN), ANN, at(3)), Err(NoteError::NotInForce));
}

#[test]
fn what_another_system_says_anew_is_a_further_version() {
    let there = vec![Author::Elsewhere(Reference { display: Some("Dr Elsewhere".into()), ..Reference::default() })];
    let import = |note: &Note, text: &str| note.import(content(text), there.clone(), at(5), because("its source"));
    let taken = after(&Note::Unwritten, import(&Note::Unwritten, "Stable.").unwrap());
    assert_eq!(import(&taken, "Stable."), Ok(vec![]));
    let again = after(&taken, import(&taken, "Worse.").unwrap());
    assert_eq!(standing(&again).versions().count(), 2);
    assert_eq!(import(&drafted(), "Stable."), Err(NoteError::AlreadyWritten));
    assert_eq!(import(&Note::Unwritten, " "), Err(NoteError::SaysNothing));
}

#[test]
fn what_its_source_tells_of_a_struck_note_is_kept_and_it_stays_struck() {
    let struck = after(&signed(), signed().enter_in_error(because("wrong patient")).unwrap());
    let tell = |note: &Note, text: &str| note.import_struck(content(text), vec![], at(5), because("its source"));
    let told = after(&struck, tell(&struck, "Another number.").unwrap());
    let Note::EnteredInError { was, reason } = &told else { panic!("{told:?}") };
    assert_eq!((was.versions().count(), was.current().number, reason), (2, 2, &because("wrong patient")));
    assert_eq!(tell(&told, "Another number."), Ok(vec![]));
    assert_eq!(tell(&signed(), "Left."), Err(NoteError::Signed));
    assert_eq!(tell(&drafted(), "Left."), Err(NoteError::NotSigned));
    assert_eq!(tell(&Note::Unwritten, "Left."), Err(NoteError::Unwritten));
}

fn decided(note: &Note, command: u8, who: u8, text: u8, time: i64) -> Result<Vec<NoteEvent>, NoteError> {
    let by = [ANN, BEN, CAY][usize::from(who % 3)];
    let words = ["Stable.", "Better.", "Worse.", ""][usize::from(text % 4)];
    let party = if text.is_multiple_of(2) { Party::Account(BEN) } else { Party::Role(role("doctor")) };
    match command {
        0 => note.draft(content(words), by, at(time)),
        1 => note.change(content(words), by, at(time)),
        2 => note.discard(by, at(time)),
        3 => note.sign(by, at(time)),
        4 => note.request_cosign(party, by, at(time)),
        5 => note.withdraw_request(&party, by, at(time)),
        6 => note.cosign(by, &role("doctor"), at(time)),
        7 => note.amend(amendment(words), by, at(time)),
        8 => note.enter_in_error(because("why")),
        9 => note.import_struck(content(words), vec![], at(time), because("its source")),
        _ => note.import(content(words), vec![], at(time), because("its source")),
    }
}

fn versions(note: &Note) -> Vec<Version> {
    match note {
        Note::Signed(signed) | Note::EnteredInError { was: signed, .. } => signed.versions().cloned().collect(),
        Note::Unwritten | Note::Draft(_) | Note::Discarded => vec![],
    }
}

proptest! {
    /// Whatever is asked for, by whomever: what was decided folds to the state it led to, and what was signed is there
    /// for ever, word by word.
    #[test]
    fn no_sequence_of_commands_changes_what_was_signed(
        commands in proptest::collection::vec((0u8..10, 0u8..3, 0u8..4, 0i64..99), 0..60)
    ) {
        let (mut note, mut log) = (Note::default(), vec![]);
        for (command, who, text, time) in commands {
            let before = versions(&note);
            let Ok(events) = decided(&note, command, who, text, time) else { continue };
            note = after(&note, events.clone());
            log.extend(events);
            prop_assert_eq!(&Note::fold(&log), &note);
            for event in log.iter().cloned().map(DomainEvent::from) {
                let stored = event.encode().unwrap();
                prop_assert_eq!(DomainEvent::decode(StreamType::Note, &stored).unwrap(), event);
            }
            let now = versions(&note);
            prop_assert_eq!(&now[..before.len()], &before[..], "versions are only added to");
            prop_assert!(now.iter().all(Version::is_intact));
            let numbers: Vec<_> = now.iter().map(|one| one.number as usize).collect();
            prop_assert_eq!(numbers, (1..=now.len()).collect::<Vec<_>>());
        }
    }

    /// Not by events either, in whatever order they are applied: no event reaches into a signed version.
    #[test]
    fn no_event_changes_what_was_signed(events in proptest::collection::vec((0u8..10, 0u8..3, 0u8..4), 0..40)) {
        let donors = [Note::Unwritten, drafted(), signed()];
        let mut note = signed();
        for (command, who, text) in events {
            for event in donors.iter().filter_map(|one| decided(one, command, who, text, 7).ok()).flatten() {
                let before = versions(&note);
                note.apply(&event);
                prop_assert_eq!(&versions(&note)[..before.len()], &before[..]);
            }
        }
    }
}
