//! Words of the record as a person reads them on paper.

use std::collections::HashMap;

use chrono::{DateTime, NaiveTime, Utc};
use healthcare_domain::scheduling::zone::Zone;
use serde_json::Value;
use uuid::Uuid;

/// How times and people are written on a page.
#[derive(Debug)]
pub struct Paper<'a> {
    /// The time zone of the site.
    pub zone: Zone,
    /// What people of the house are called.
    pub names: &'a HashMap<Uuid, String>,
}

impl Paper<'_> {
    /// Who something is asked of, or who wrote it: somebody of the house, whoever has a role, or whom another system names.
    pub fn somebody(&self, of: &Value) -> String {
        if let Some(account) = of["account"].as_str() {
            let name = account.parse().ok().and_then(|account: Uuid| self.names.get(&account));
            return name.cloned().unwrap_or_else(|| "somebody of the house".to_owned());
        }
        let elsewhere = &of["elsewhere"];
        let told = [text(&of["role"]), text(&elsewhere["display"]), text(&elsewhere["source"])];
        told.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
    }

    /// A moment to the minute, as the clocks of the site show it. In the hour that comes twice it is said which.
    pub fn clock(&self, at: DateTime<Utc>) -> String {
        let local = self.zone.local(at);
        let shown = local.format("%Y-%m-%d %H:%M").to_string();
        match (self.zone.begins(local), self.zone.ends(local)) {
            (first, second) if first == second => shown,
            (first, _) if first == at => format!("{shown} (first)"),
            _ => format!("{shown} (second)"),
        }
    }
}

/// To the minute, by the clocks of the site.
pub fn moment(of: &Value, on: &Paper) -> String {
    time(of).map(|at| on.clock(at)).unwrap_or_default()
}

/// By the calendar of the site. A day that is known without its time is held as midnight UTC, and stays that day.
pub fn day(of: &Value, on: &Paper) -> String {
    let date = |at: DateTime<Utc>| match at.time() == NaiveTime::MIN {
        true => at.date_naive(),
        false => on.zone.local(at).date(),
    };
    time(of).map_or_else(|| text(of), |at| date(at).to_string())
}

fn time(of: &Value) -> Option<DateTime<Utc>> {
    of.as_str()?.parse().ok()
}

/// What a person reads of a concept, or of plain words.
pub fn label(concept: &Value) -> String {
    let coding = &concept["coding"][0];
    [concept, &concept["text"], &coding["display"], &coding["code"]]
        .into_iter()
        .find_map(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// A name of a person in the order it is spoken.
pub fn name(of: &Value) -> String {
    joined([list_with(&of["given"], text, " "), text(&of["family"])], " ")
}

/// A list of things, each as it is read, with a comma between them.
pub fn list(of: &Value, read: impl Fn(&Value) -> String) -> String {
    list_with(of, read, ", ")
}

/// A list of things with something between them.
pub fn list_with(of: &Value, read: impl Fn(&Value) -> String, between: &str) -> String {
    listed(of.as_array().into_iter().flatten().map(read), between)
}

/// What is said of several things, the empty left out.
pub fn listed(parts: impl Iterator<Item = String>, between: &str) -> String {
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(between)
}

/// As [`listed`].
pub fn joined<const N: usize>(parts: [String; N], between: &str) -> String {
    listed(parts.into_iter(), between)
}

/// Text, a number or a word of the record; nothing for what is not there.
pub fn text(of: &Value) -> String {
    match of {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
    }
}

/// An amount with its unit.
pub fn amount(of: &Value) -> String {
    joined([text(&of["value"]), text(&of["unit"])], " ")
}

/// Where an entry stands, unless it simply stands.
pub fn unless_active(entry: &Value) -> String {
    let status = text(&entry["status"]);
    if matches!(status.as_str(), "active" | "in-progress") { String::new() } else { status }
}
