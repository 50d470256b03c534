//! `read.patient`: the directory, with the words of all names and all identifiers.

use healthcare_application::store::Change;
use healthcare_domain::patient::{Demographics, Patient};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::{Statement, version_after};

/// Brings a patient's row, words and identifiers up to date.
pub fn upsert(change: &Change, state: &Patient) -> Vec<Statement> {
    let Patient::Registered { demographics, pathway } = state else { return vec![] };
    let name = demographics.names.first();
    let row = Statement::new(
        "insert into read.patient as p (id, version, family, given, gender, birth_date, deceased, pathway_stage, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (id) do update set version = excluded.version, family = excluded.family, given = excluded.given,
             gender = excluded.gender, birth_date = excluded.birth_date, deceased = excluded.deceased,
             pathway_stage = excluded.pathway_stage, updated_at = excluded.updated_at
         where p.version < excluded.version",
    )
    .bind(change.id)
    .bind(version_after(change))
    .bind(name.and_then(|n| n.family.clone()))
    .bind(name.map(|n| n.given.join(" ")))
    .bind(text_of(&demographics.gender))
    .bind(demographics.birth_date.map(|d| d.first_day()))
    .bind(demographics.deceased.is_some())
    .bind(pathway.map(|(stage, _)| text_of(&stage)))
    .bind(change.events.last().map(|event| event.known_at));
    let (systems, values): (Vec<_>, Vec<_>) =
        demographics.identifiers.iter().map(|i| (i.system.clone(), i.value.clone())).unzip();
    let mut all = vec![row];
    if change.expected > 0 {
        all.push(
            Statement::new("delete from read.patient_word where patient_id = $1 and word <> all($2)")
                .bind(change.id)
                .bind(words(demographics)),
        );
        all.push(
            Statement::new(
                "delete from read.patient_identifier where patient_id = $1
                 and (value, system) not in (select * from unnest($2::text[], $3::text[]))",
            )
            .bind(change.id)
            .bind(values.clone())
            .bind(systems.clone()),
        );
    }
    all.push(
        Statement::new(
            "insert into read.patient_word (patient_id, word) select $1, unnest($2::text[]) on conflict do nothing",
        )
        .bind(change.id)
        .bind(words(demographics)),
    );
    if !values.is_empty() {
        all.push(
            Statement::new(
                "insert into read.patient_identifier (patient_id, value, system)
                 select $1, * from unnest($2::text[], $3::text[]) on conflict do nothing",
            )
            .bind(change.id)
            .bind(values)
            .bind(systems),
        );
    }
    all
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
