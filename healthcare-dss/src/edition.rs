//! The very words of the rules and the knowledge that judge, under one name: what is kept so that a judgement can be
//! repeated after either has changed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::book::RuleBook;
use crate::knowledge::{Knowledge, KnowledgeSource};
use crate::rule::{RuleDocument, RuleError};

/// A rule as it was written, in its canonical form: the document's fields in their order, without blanks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleText {
    /// Its name.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// SHA-256 of the document, in hexadecimal digits.
    pub sha256: String,
    /// The document, as JSON.
    pub document: String,
}

/// Rules and knowledge together, and the one name for both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// SHA-256 over the names of all rules, the hashes of their documents, and that of the knowledge.
    pub sha256: String,
    /// The rules, by id.
    pub rules: Vec<RuleText>,
    /// SHA-256 of the knowledge.
    pub knowledge_sha256: String,
    /// The knowledge: a JSON object of the text of each file by its name.
    pub knowledge: Arc<str>,
}

impl RuleText {
    /// The canonical form of a document.
    #[must_use]
    pub fn of(document: &RuleDocument) -> Self {
        // A document holds text, numbers and lists alone; writing it cannot fail.
        let text = serde_json::to_string(document).unwrap_or_default();
        Self {
            id: document.id.to_string(),
            version: document.version,
            sha256: digest(&[text.as_bytes()]),
            document: text,
        }
    }
}

impl Edition {
    /// The edition that a book judges by.
    #[must_use]
    pub fn of(book: &RuleBook) -> Self {
        Self::of_documents(book.documents(), book.knowledge())
    }

    /// The edition of these rules, each of another id, over a body of knowledge.
    #[must_use]
    pub fn of_documents<'a>(documents: impl IntoIterator<Item = &'a RuleDocument>, knowledge: &Knowledge) -> Self {
        let mut rules: Vec<RuleText> = documents.into_iter().map(RuleText::of).collect();
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        let (knowledge_sha256, knowledge) = (knowledge.sha256().to_owned(), knowledge.words().clone());
        let mut named = String::new();
        for rule in &rules {
            let _infallible = writeln!(named, "{} {} {}", rule.id, rule.version, rule.sha256);
        }
        Self { sha256: digest(&[named.as_bytes(), knowledge_sha256.as_bytes()]), rules, knowledge_sha256, knowledge }
    }

    /// The book of this edition. The knowledge is shared with `present` where it is the same.
    ///
    /// # Errors
    /// When this program no longer reads documents or knowledge as they were written then.
    pub fn book(&self, present: &Arc<Knowledge>) -> Result<RuleBook, RuleError> {
        let knowledge = if present.sha256() == self.knowledge_sha256 {
            present.clone()
        } else {
            Arc::new(read_knowledge(&self.knowledge)?)
        };
        let read = |rule: &RuleText| RuleDocument::read(&rule.id, &rule.document);
        RuleBook::from_documents(knowledge, self.rules.iter().map(read).collect::<Result<_, _>>()?)
    }
}

/// Knowledge from the object of its files.
fn read_knowledge(words: &str) -> Result<Knowledge, RuleError> {
    let files: BTreeMap<String, String> = serde_json::from_str(words).map_err(|fault| RuleError {
        document: "knowledge".to_owned(),
        path: ".".to_owned(),
        reason: fault.to_string(),
    })?;
    Knowledge::load(&KnowledgeSource::of_files(&files)?)
}

/// SHA-256 of parts, each told apart from the next, in hexadecimal digits.
pub(crate) fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let mut digits = String::with_capacity(64);
    for byte in hash.finalize() {
        let _infallible = write!(digits, "{byte:02x}");
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Trigger;
    use crate::rule::Given;

    #[test]
    fn given_an_edition_when_made_into_a_book_then_it_is_the_same_edition_and_judges_alike() {
        let present = RuleBook::embedded().unwrap();
        let edition = Edition::of(&present);
        let again = edition.book(&present.shared_knowledge()).unwrap();
        assert_eq!(Edition::of(&again), edition);
        let facts = Given { draft: Some("Ibuprofen 200 MG Oral Tablet".into()), ..Given::default() }.facts();
        assert_eq!(present.evaluate(Trigger::ORDER_SIGN, &facts), again.evaluate(Trigger::ORDER_SIGN, &facts));
    }

    #[test]
    fn given_other_words_when_named_then_the_name_is_another() {
        let present = RuleBook::embedded().unwrap();
        let edition = Edition::of(&present);
        let mut documents: Vec<RuleDocument> = present.documents().cloned().collect();
        documents[0].title = "another".into();
        let other = RuleBook::from_documents(present.shared_knowledge(), documents).unwrap();
        assert_ne!(Edition::of(&other).sha256, edition.sha256);
    }

    /// What was judged before units were read as people write them is judged again as it was: the sets stood alone in their
    /// file then.
    #[test]
    fn given_an_edition_of_before_spellings_when_judged_again_then_a_spelling_is_no_unit() {
        let present = RuleBook::embedded().unwrap();
        let mut files: BTreeMap<String, String> = serde_json::from_str(present.knowledge().words()).unwrap();
        let sets: serde_json::Value = serde_json::from_str(&files["value-sets.json"]).unwrap();
        files.insert("value-sets.json".into(), sets["sets"].to_string());
        let words: Arc<str> = serde_json::to_string(&files).unwrap().into();
        let old = Edition { knowledge: words, knowledge_sha256: "old".into(), ..Edition::of(&present) };
        let old = old.book(&present.shared_knowledge()).unwrap();
        let told = |book: &RuleBook, loinc: &str, value: &str, unit: &str| {
            let observation = serde_json::json!({ "loinc": loinc, "value": value, "unit": unit, "hours_ago": 1 });
            let given = serde_json::json!({ "age": 76, "allergies": [], "observations": [observation] });
            let facts = serde_json::from_value::<Given>(given).unwrap().facts();
            let evaluation = book.look(Trigger("patient.viewed"), &facts);
            evaluation.findings().iter().any(|finding| finding.rule.starts_with("critical-"))
        };
        for (loinc, value, spelled, ucum) in
            [("2823-3", "7.5", "mmol/l", "mmol/L"), ("718-7", "5", "g/dl", "g/dL"), ("777-3", "8", "K/uL", "10*9/L")]
        {
            assert_eq!(
                (told(&present, loinc, value, spelled), told(&old, loinc, value, spelled)),
                (true, false),
                "{spelled}"
            );
            assert_eq!((told(&present, loinc, value, ucum), told(&old, loinc, value, ucum)), (true, true), "{ucum}");
        }
    }

    /// What was judged before strengths were compared and abbreviations were read is judged again as it was.
    #[test]
    fn given_an_edition_of_before_when_judged_again_then_names_and_strengths_are_read_as_they_were() {
        let present = Knowledge::embedded().unwrap();
        let mut files: BTreeMap<String, String> = serde_json::from_str(present.words()).unwrap();
        for (file, without) in [
            ("ingredients.json", "    \"sod\": [],\n"),
            ("dose-limits.json", "  \"strengths\": \"highest\",\n"),
            ("opioids.json", "  \"named_once\": true,\n"),
        ] {
            let text = files.get_mut(file).unwrap();
            assert!(text.contains(without), "{file}");
            *text = text.replace(without, "");
        }
        let old = read_knowledge(&serde_json::to_string(&files).unwrap()).unwrap();
        let unread =
            |knowledge: &Knowledge| knowledge.map_drug(&[], Some("WARFARIN SOD 5MG TAB")).unrecognised.is_some();
        assert_eq!((unread(&present), unread(&old)), (false, true));
        let book = RuleBook::embedded().unwrap();
        let documents: Vec<RuleDocument> = book.documents().cloned().collect();
        let before = RuleBook::from_documents(old.into(), documents).unwrap();
        // The code is of 30 mg, the words of 10: four times a day 180 or 60 MME.
        let given = Given { draft: Some("rxnorm|1049618 @ 1 tablet 4 times daily".into()), ..Given::default() };
        let mut facts = given.facts();
        facts.draft.as_mut().unwrap().text = Some("Oxycodone 10 MG Oral Tablet".into());
        let tells = |book: &RuleBook, total: &str| {
            book.judge_one("opioid-total", &facts).unwrap().explanation().unwrap().words().contains(total)
        };
        assert!(tells(&book, "180 MME a day") && tells(&before, "60 MME a day"));
    }

    #[test]
    fn given_kept_knowledge_when_read_then_it_is_the_same_knowledge() {
        let present = RuleBook::embedded().unwrap();
        let read = read_knowledge(present.knowledge().words()).unwrap();
        assert_eq!(read.sha256(), present.knowledge().sha256());
        assert_eq!(read.size(), present.knowledge().size());
    }
}
