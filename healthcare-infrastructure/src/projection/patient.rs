//! `read.patient`: the directory, with the words of all names and all identifiers.

use healthcare_application::store::Change;
use healthcare_domain::patient::{Demographics, PathwayStage};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::{Statement, version_after};

/// A patient after a change.
pub struct Person<'a> {
    /// The change.
    pub change: &'a Change,
    /// Who they are.
    pub demographics: &'a Demographics,
    /// Where they stand on their pathway.
    pub pathway: Option<PathwayStage>,
}

const UPSERT: &str = "insert into read.patient as p
    (id, version, family, given, gender, birth_date, deceased, pathway_stage, updated_at)
    select * from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::date[], $7::bool[], $8::text[],
                         $9::timestamptz[])
    on conflict (id) do update set version = excluded.version, family = excluded.family, given = excluded.given,
        gender = excluded.gender, birth_date = excluded.birth_date, deceased = excluded.deceased,
        pathway_stage = excluded.pathway_stage, updated_at = excluded.updated_at
    where p.version < excluded.version";

/// Brings the rows, words and identifiers of people up to date: a statement each for all of them.
pub fn upsert(people: &[Person<'_>]) -> Vec<Statement> {
    if people.is_empty() {
        return vec![];
    }
    let mut all = vec![rows(people)];
    let (mut of_word, mut word) = (vec![], vec![]);
    let (mut of_identifier, mut value, mut system) = (vec![], vec![], vec![]);
    for Person { change, demographics, .. } in people {
        let words = words(demographics);
        let identifiers = demographics.identifiers.iter();
        let (values, systems): (Vec<_>, Vec<_>) = identifiers.map(|i| (i.value.clone(), i.system.clone())).unzip();
        if change.expected > 0 {
            all.extend(outdated(change, &words, &values, &systems));
        }
        of_word.extend(words.iter().map(|_| change.id));
        word.extend(words);
        of_identifier.extend(values.iter().map(|_| change.id));
        value.extend(values);
        system.extend(systems);
    }
    let words = "insert into read.patient_word (patient_id, word)
        select * from unnest($1::uuid[], $2::text[]) on conflict do nothing";
    all.push(Statement::new(words).bind(of_word).bind(word));
    if !of_identifier.is_empty() {
        let identifiers = "insert into read.patient_identifier (patient_id, value, system)
            select * from unnest($1::uuid[], $2::text[], $3::text[]) on conflict do nothing";
        all.push(Statement::new(identifiers).bind(of_identifier).bind(value).bind(system));
    }
    all
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
        .bind(of(&|p| p.pathway.map(|stage| text_of(&stage))))
        .bind(people.iter().map(|p| p.change.events.last().map(|event| event.known_at)).collect::<Vec<_>>())
}

/// Removes what a patient is no longer called and no longer numbered.
fn outdated(change: &Change, words: &[String], values: &[String], systems: &[String]) -> [Statement; 2] {
    [
        Statement::new("delete from read.patient_word where patient_id = $1 and word <> all($2)")
            .bind(change.id)
            .bind(words.to_vec()),
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
fn words(demographics: &Demographics) -> Vec<String> {
    let names = demographics.names.iter().flat_map(|n| n.given.iter().chain(&n.family));
    let mut words: Vec<String> = names.flat_map(|part| fold(part)).collect();
    words.sort_unstable();
    words.dedup();
    words
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
    use super::fold;

    #[test]
    fn names_are_compared_without_case_and_accents() {
        assert_eq!(fold("Müller-Łukasiewicz"), ["muller", "lukasiewicz"]);
        assert_eq!(fold("O'Brien  José"), ["o", "brien", "jose"]);
        assert_eq!(fold("Ströß"), ["stross"]);
    }
}
