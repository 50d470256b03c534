//! Whether a search found whom it looked for: one that finds nobody, or anybody, is quick for the wrong reason.

use anyhow::{Context, ensure};
use healthcare_infrastructure::projection::{fold, sounds};
use serde_json::Value;

/// Whom a search has to find.
pub enum Finds {
    /// Somebody, by their identity.
    This(String),
    /// People alone who have a name that begins with each of these words.
    Called(Vec<String>),
    /// People alone who have a name that sounds like each of these words.
    Sounding(Vec<String>),
    /// People alone whose telephone number ends so.
    Reached(String),
}

impl Finds {
    /// Looks at a page of the directory.
    ///
    /// # Errors
    /// When somebody is missing from it, or stands there who does not fit.
    pub fn check(&self, body: &[u8]) -> anyhow::Result<()> {
        let page: Value = serde_json::from_slice(body)?;
        let items = page["items"].as_array().context("no items")?;
        ensure!(!items.is_empty(), "nobody was found");
        ensure!(self.holds(items), "somebody else was found, or somebody is missing");
        Ok(())
    }

    fn holds(&self, items: &[Value]) -> bool {
        match self {
            Self::This(id) => items.iter().any(|item| item["id"] == **id),
            Self::Called(sought) => items.iter().all(|item| {
                let names = words(item);
                sought.iter().all(|word| names.iter().any(|name| name.starts_with(word)))
            }),
            Self::Sounding(sought) => items.iter().all(|item| {
                let heard = sounds(words(item).iter().map(String::as_str));
                sought.iter().all(|word| sounds([word.as_str()]).iter().any(|sound| heard.contains(sound)))
            }),
            Self::Reached(digits) => items.iter().all(|item| {
                let numbers = item["telecom"].as_array().into_iter().flatten();
                numbers.filter_map(|one| one["value"].as_str()).any(|number| number.ends_with(digits))
            }),
        }
    }
}

/// The words of somebody's names as they are searched by.
fn words(item: &Value) -> Vec<String> {
    let names = item["names"].as_array().into_iter().flatten();
    let parts = names.flat_map(|name| name["given"].as_array().into_iter().flatten().chain([&name["family"]]));
    parts.filter_map(Value::as_str).flat_map(fold).collect()
}
