//! The book that judged, brought back: the rules and the knowledge of then.

use std::{collections::BTreeMap, sync::Arc};

use healthcare_dss::{Edition, RuleBook, rule::RuleDocument};

use crate::{
    App,
    store::{StoreError, StoredEvaluation},
};

/// The book that an evaluation was judged by, as far as it can be had.
#[derive(Debug)]
pub enum BookOfThen {
    /// The very same words.
    Same(Arc<RuleBook>),
    /// From before editions were kept: the rules of the same name and version as they are known now. Whether the
    /// knowledge was the same, nobody can tell.
    ByVersion(Arc<RuleBook>),
    /// What was kept is not read by this program any more; why.
    Unreadable(String),
}

impl BookOfThen {
    /// The book.
    pub fn book(&self) -> Option<&RuleBook> {
        match self {
            Self::Same(book) | Self::ByVersion(book) => Some(book),
            Self::Unreadable(_) => None,
        }
    }
}

/// The book that an evaluation was judged by.
///
/// # Errors
/// When the record cannot be reached.
pub async fn book_of_then(app: &App, stored: &StoredEvaluation) -> Result<BookOfThen, StoreError> {
    let present = &app.rules.library().knowledge;
    let Some(sha256) = &stored.edition else { return by_version(app, stored).await };
    let Some(edition) = app.store.edition(sha256).await? else {
        return Ok(BookOfThen::Unreadable(format!("the edition {sha256} was not kept")));
    };
    Ok(match edition.book(present) {
        // Read with other eyes it would be another edition: then it is not what judged.
        Ok(book) if Edition::of(&book).sha256 == *sha256 => BookOfThen::Same(Arc::new(book)),
        Ok(_) => BookOfThen::Unreadable(format!("this program reads the edition {sha256} otherwise than it was kept")),
        Err(error) => BookOfThen::Unreadable(format!("this program does not read the edition {sha256}: {error}")),
    })
}

/// The versions that an evaluation names, from the present book and from what was kept since.
async fn by_version(app: &App, stored: &StoredEvaluation) -> Result<BookOfThen, StoreError> {
    let lines: Vec<super::RuleOutcome> =
        serde_json::from_value(stored.record.judgements.clone()).map_err(|e| StoreError::Damaged(Box::new(e)))?;
    let named: Vec<(String, u32)> = lines.into_iter().map(|line| (line.rule, line.version)).collect();
    let mut found: BTreeMap<String, RuleDocument> = BTreeMap::new();
    for (id, version) in &named {
        let text = match app.rules.document(id, *version) {
            Some(document) => Some(document.to_string()),
            None => app.store.rule_version(id, *version).await?,
        };
        let document = text.and_then(|text| RuleDocument::read(id, &text).ok());
        if let Some(document) = document {
            found.insert(id.clone(), document);
        }
    }
    let book = RuleBook::from_documents(app.rules.library().knowledge.clone(), found.into_values().collect());
    Ok(match book {
        Ok(book) => BookOfThen::ByVersion(Arc::new(book)),
        Err(error) => BookOfThen::Unreadable(error.to_string()),
    })
}
