//! `read.patient`: the directory, with the words of all names and all identifiers.

use healthcare_application::store::Change;
use healthcare_domain::patient::{Demographics, Standing, Walked};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::{Statement, phone::backwards, sound::sounds, version_after};

/// A patient after a change.
pub struct Person<'a> {
    /// The change.
    pub change: &'a Change,
    /// Who they are.
    pub demographics: &'a Demographics,
    /// Where they stand on their pathways.
    pub pathways: &'a Walked,
    /// Whether the record is in use.
    pub standing: &'a Standing,
}

const UPSERT: &str = "insert into read.patient as p
    (id, version, family, given, gender, birth_date, deceased, pathway_stage, updated_at, status, card)
    select * from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::date[], $7::bool[], $8::text[],
                         $9::timestamptz[], $10::text[], $11::text[])
    on conflict (id) do update set version = excluded.version, family = excluded.family, given = excluded.given,
        gender = excluded.gender, birth_date = excluded.birth_date, deceased = excluded.deceased,
        pathway_stage = excluded.pathway_stage, updated_at = excluded.updated_at, status = excluded.status,
        card = excluded.card
    where p.version < excluded.version";

/// Brings the rows of people, and what they are found by, up to date: a statement each for all of them.
pub fn upsert(people: &[Person<'_>]) -> Vec<Statement> {
    if people.is_empty() {
        return vec![];
    }
    let mut all = vec![rows(people)];
    // Whom nobody has written of before have no rows: theirs go in without looking for each.
    let (mut words, mut sounding) = ([Cards::default(), Cards::default()], [Cards::default(), Cards::default()]);
    let (mut phones, mut numbers, mut systems) = (Found::default(), Found::default(), vec![]);
    for Person { change, demographics, .. } in people {
        let heard = sounds(words_of(demographics).iter().map(String::as_str));
        let found = found_by(demographics);
        let card = card(demographics, &found, &heard);
        let called = phones_of(demographics);
        let identifiers = demographics.identifiers.iter();
        let (values, of): (Vec<_>, Vec<_>) = identifiers.map(|i| (i.value.clone(), i.system.clone())).unzip();
        let written = usize::from(change.expected > 0);
        if change.expected > 0 {
            all.extend(outdated(change, &card, [&found, &heard, &called], &values, &of));
        }
        words[written].add(change, found, &card);
        sounding[written].add(change, heard, &card);
        phones.add(change, called);
        numbers.add(change, values);
        systems.extend(of);
    }
    let [new, written] = words;
    all.extend(new.statement(
        "insert into read.patient_word (patient_id, word, card) select * from unnest($1::uuid[], $2::text[], $3::text[])",
    ));
    all.extend(written.statement(
        "insert into read.patient_word (patient_id, word, card)
        select * from unnest($1::uuid[], $2::text[], $3::text[]) on conflict do nothing",
    ));
    let [new, written] = sounding;
    all.extend(new.statement(
        "insert into read.patient_sound (patient_id, sound, card) select * from unnest($1::uuid[], $2::text[], $3::text[])",
    ));
    all.extend(written.statement(
        "insert into read.patient_sound (patient_id, sound, card)
        select * from unnest($1::uuid[], $2::text[], $3::text[]) on conflict do nothing",
    ));
    let insert = "insert into read.patient_phone (patient_id, backwards)
        select * from unnest($1::uuid[], $2::text[]) on conflict do nothing";
    all.extend(phones.statement(insert));
    let insert = "insert into read.patient_identifier (patient_id, value, system)
        select * from unnest($1::uuid[], $2::text[], $3::text[]) on conflict do nothing";
    all.extend(numbers.statement(insert).map(|statement| statement.bind(systems)));
    all.extend(pathways(people));
    all
}

/// What patients are found by, each with the card it leads to.
#[derive(Default)]
struct Cards {
    found: Found,
    cards: Vec<String>,
}

impl Cards {
    fn add(&mut self, change: &Change, by: Vec<String>, card: &str) {
        self.cards.extend(by.iter().map(|_| card.to_owned()));
        self.found.add(change, by);
    }

    fn statement(self, sql: &'static str) -> Option<Statement> {
        let Self { found, cards } = self;
        found.statement(sql).map(|statement| statement.bind(cards))
    }
}

/// What patients are found by, a pair each.
#[derive(Default)]
struct Found {
    of: Vec<uuid::Uuid>,
    by: Vec<String>,
}

impl Found {
    fn add(&mut self, change: &Change, by: Vec<String>) {
        self.of.extend(by.iter().map(|_| change.id));
        self.by.extend(by);
    }

    /// The statement with the pairs; none where there is no pair.
    fn statement(self, sql: &'static str) -> Option<Statement> {
        (!self.of.is_empty()).then(|| Statement::new(sql).bind(self.of).bind(self.by))
    }
}

/// The rows of the directory.
fn rows(people: &[Person<'_>]) -> Statement {
    let name = |person: &Person<'_>| person.demographics.names.first().cloned();
    let of = |column: &dyn Fn(&Person<'_>) -> Option<String>| people.iter().map(column).collect::<Vec<_>>();
    Statement::new(UPSERT)
        .bind(people.iter().map(|p| p.change.id).collect::<Vec<_>>())
        .bind(people.iter().map(|p| version_after(p.change)).collect::<Vec<_>>())
        .bind(of(&|p| name(p).and_then(|name| name.family)))
        .bind(of(&|p| name(p).map(|name| name.given.join(" "))))
        .bind(of(&|p| Some(text_of(&p.demographics.gender))))
        .bind(people.iter().map(|p| p.demographics.birth_date.map(|d| d.first_day())).collect::<Vec<_>>())
        .bind(people.iter().map(|p| p.demographics.deceased.is_some()).collect::<Vec<_>>())
        .bind(of(&|p| p.pathways.newest().map(|(_, step)| step.stage.clone())))
        .bind(people.iter().map(|p| p.change.events.last().map(|event| event.known_at)).collect::<Vec<_>>())
        .bind(of(&|p| Some(p.standing.as_str().to_owned())))
        .bind(people.iter().map(|person| card_of(person.demographics)).collect::<Vec<_>>())
}

/// Where people stand on their pathways. A row says it of one patient and pathway.
fn pathways(people: &[Person<'_>]) -> Vec<Statement> {
    let (mut of, mut on, mut at, mut since) = (vec![], vec![], vec![], vec![]);
    for Person { change, pathways, .. } in people {
        for (pathway, step) in pathways.all().filter_map(|(id, steps)| Some((id, steps.last()?))) {
            of.push(change.id);
            on.push(pathway.to_owned());
            at.push(step.stage.clone());
            since.push(step.at);
        }
    }
    if of.is_empty() {
        return vec![];
    }
    let upsert = "insert into read.patient_pathway as p (patient_id, pathway, stage, since)
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[])
        on conflict (patient_id, pathway) do update set stage = excluded.stage, since = excluded.since
        where p.stage <> excluded.stage or p.since <> excluded.since";
    vec![Statement::new(upsert).bind(of).bind(on).bind(at).bind(since)]
}

/// The card of a patient.
fn card_of(demographics: &Demographics) -> String {
    let heard = sounds(words_of(demographics).iter().map(String::as_str));
    card(demographics, &found_by(demographics), &heard)
}

/// A patient's card in the directory (migration 0141): the words of their first name, family name first; behind a tab those
/// that only other names have; behind another what all sound like. What lists by name are sorted by, and searches look in.
fn card(demographics: &Demographics, words: &[String], sounds: &[String]) -> String {
    let first: Vec<String> = demographics
        .names
        .first()
        .map(|name| name.family.iter().chain(&name.given).flat_map(|part| fold(part)).collect())
        .unwrap_or_default();
    let mut card: String = first.iter().map(|word| format!(" {word}")).collect();
    let others: String = words.iter().filter(|word| !first.contains(word)).map(|word| format!(" {word}")).collect();
    let heard: String = sounds.iter().map(|code| format!(" ={code}=")).collect();
    for more in [others, heard].into_iter().filter(|more| !more.is_empty()) {
        card.push('\t');
        card += &more;
    }
    if card.len() > LONG {
        card = card.chars().take(KEPT).chain([CUT]).collect();
    }
    card
}

/// A card of more bytes is cut: a row of an index holds 2,704, the card among them.
const LONG: usize = 1_500;
/// So many characters stay of it, of at most four bytes each.
const KEPT: usize = 370;
/// What a card that was cut ends in; no word has it.
pub const CUT: char = '*';

/// The telephone numbers, backwards and sorted.
fn phones_of(demographics: &Demographics) -> Vec<String> {
    let telephones = demographics.telecom.iter().filter(|point| point.is_telephone());
    let mut phones: Vec<String> = telephones.filter_map(|point| backwards(&point.value)).collect();
    phones.sort_unstable();
    phones.dedup();
    phones
}

/// Removes what a patient is no longer called, no longer sounds like, and is no longer reached and numbered by.
fn outdated(
    change: &Change,
    card: &str,
    [words, sounds, phones]: [&Vec<String>; 3],
    values: &[String],
    systems: &[String],
) -> [Statement; 4] {
    [
        Statement::new("delete from read.patient_word where patient_id = $1 and (word <> all($2) or card <> $3)")
            .bind(change.id)
            .bind(words.clone())
            .bind(card.to_owned()),
        Statement::new("delete from read.patient_sound where patient_id = $1 and (sound <> all($2) or card <> $3)")
            .bind(change.id)
            .bind(sounds.clone())
            .bind(card.to_owned()),
        Statement::new("delete from read.patient_phone where patient_id = $1 and backwards <> all($2)")
            .bind(change.id)
            .bind(phones.clone()),
        Statement::new(
            "delete from read.patient_identifier where patient_id = $1
             and (value, system) not in (select * from unnest($2::text[], $3::text[]))",
        )
        .bind(change.id)
        .bind(values.to_vec())
        .bind(systems.to_vec()),
    ]
}

/// An enum as the text it serialises to.
fn text_of(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The words of all names, folded and sorted.
fn words_of(demographics: &Demographics) -> Vec<String> {
    let names = demographics.names.iter().flat_map(|n| n.given.iter().chain(&n.family));
    let mut words: Vec<String> = names.flat_map(|part| fold(part)).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// The words that somebody is found by: those of all names, and how people write them who have no such letters or leave the
/// apostrophe out. Sorted.
fn found_by(demographics: &Demographics) -> Vec<String> {
    let names = demographics.names.iter().flat_map(|n| n.given.iter().chain(&n.family));
    let mut words: Vec<String> = names.flat_map(|part| fold(part).into_iter().chain(other_spellings(part))).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// Other spellings of a name: `mueller` of Müller, `joergensen` of Jørgensen, `obrien` of O'Brien, `isik` of Işık. None of a
/// name that has but one.
fn other_spellings(name: &str) -> Vec<String> {
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-' | b'.')) {
        return vec![];
    }
    let joined: String = name
        .nfc()
        .filter(|c| !matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '\u{2bc}' | '`' | '\u{b4}'))
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'ı' { 'i' } else { c })
        .collect();
    // The letters of two that one with a mark stands for, as German and the languages of the north write them without.
    let two = joined.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace('ø', "oe").replace('å', "aa");
    fold(&joined).into_iter().chain(fold(&two)).collect()
}

/// The words of a text in lower case and without accents, as the directory compares them.
pub fn fold(text: &str) -> Vec<String> {
    let folded: String = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    // Letters that do not decompose.
    let folded = folded
        .replace('ß', "ss")
        .replace('ø', "o")
        .replace('æ', "ae")
        .replace('œ', "oe")
        .replace('đ', "d")
        .replace('ł', "l");
    folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use healthcare_domain::patient::{Demographics, HumanName};

    use super::{card_of, fold, found_by};

    #[test]
    fn a_card_sorts_as_the_first_name_does_and_holds_all_that_is_looked_for() {
        let name = |family: &str, given: &str| HumanName {
            family: Some(family.into()),
            given: vec![given.into()],
            ..HumanName::default()
        };
        let who = |names: Vec<HumanName>| card_of(&Demographics { names, ..Demographics::default() });
        let wed = who(vec![name("Äbi", "Zoë"), name("Meyer", "Zoë")]);
        assert_eq!(wed, " abi zoe\t aebi meyer\t =AP= =MR= =S=", "with the other spelling of an umlaut");
        let only = who(vec![HumanName { family: Some("Äbi".into()), ..HumanName::default() }, name("Zech", "Yo")]);
        assert!(only < wed && wed < who(vec![name("Abicht", "Ada")]), "{only:?}");
        assert_eq!(who(vec![]), "");
        let many: Vec<HumanName> = (0..120)
            .map(|n| name("Lind", &format!("名{}", char::from_u32(0x4E00 + n).unwrap_or('x').to_string().repeat(40))))
            .collect();
        let cut = who(many);
        assert!(cut.len() <= 1_500 && cut.ends_with('*') && cut.starts_with(" lind 名"), "{} bytes: {cut}", cut.len());
        let just: Vec<HumanName> = vec![name("Lind", &"a".repeat(700))];
        assert!(!who(just).ends_with('*'));
    }

    #[test]
    fn a_name_is_found_by_its_other_spellings() {
        let found = |family: &str| {
            let name = HumanName { family: Some(family.into()), ..HumanName::default() };
            let who = Demographics { names: vec![name], ..Demographics::default() };
            (found_by(&who), card_of(&who))
        };
        assert_eq!(found("Müller").0, ["mueller", "muller"]);
        assert_eq!(found("Mu\u{308}ller").0, ["mueller", "muller"], "however its letters are put together");
        assert_eq!(found("O'Brien").0, ["brien", "o", "obrien"]);
        assert_eq!(found("d\u{2019}Arc").0, ["arc", "d", "darc"]);
        assert_eq!(found("Işık").0, ["isik", "isık"]);
        assert_eq!(found("Jørgensen").0, ["joergensen", "jorgensen"]);
        assert_eq!(found("Meyer-Lind").0, ["lind", "meyer"]);
        assert_eq!(found("José").0, ["jose"]);
        assert_eq!(found("Müller").1, " muller\t mueller\t =MLR=", "it sorts as it did, and sounds as it did");
    }

    #[test]
    fn names_are_compared_without_case_and_accents() {
        assert_eq!(fold("Müller-Łukasiewicz"), ["muller", "lukasiewicz"]);
        assert_eq!(fold("O'Brien  José"), ["o", "brien", "jose"]);
        assert_eq!(fold("Ströß"), ["stross"]);
    }
}
