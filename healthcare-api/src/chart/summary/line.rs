//! An entry of the chart as a line on paper: what, more of it, and when.

use serde_json::Value;

/// A line of a section.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub what: String,
    /// More of it.
    pub detail: String,
    /// When, as the record has it; empty where it does not say.
    pub at: String,
}

/// How an entry of a section is read.
pub type Read = fn(&Value) -> Line;

/// An allergy.
pub fn allergy(entry: &Value) -> Line {
    let reactions = list(&entry["reactions"], |reaction| {
        joined([label(&reaction["manifestation"]), text(&reaction["severity"])], " ")
    });
    let denied = entry["statement"] == "none-known";
    let what = label(&entry["substance"]);
    Line {
        what: if denied { format!("None known: {what}") } else { what },
        detail: joined([reactions, criticality(entry), text(&entry["verification"]), unless_active(entry)], "; "),
        at: day(&entry["onset_at"]),
    }
}

/// A problem.
pub fn problem(entry: &Value) -> Line {
    Line {
        what: label(&entry["code"]),
        detail: joined([text(&entry["verification"]), label(&entry["severity"]), unless_active(entry)], "; "),
        at: day(&entry["onset_at"]),
    }
}

/// An order of medication.
pub fn medication(entry: &Value) -> Line {
    let as_needed = if entry["as_needed"] == true { "as needed".to_owned() } else { String::new() };
    let how =
        [amount(&entry["dose"]), label(&entry["route"]), text(&entry["frequency"]), as_needed, unless_active(entry)];
    Line { what: label(&entry["medication"]), detail: joined(how, ", "), at: day(&entry["authored_at"]) }
}

/// The latest value of a vital sign.
pub fn vital(entry: &Value) -> Line {
    let measured = &entry["measurement"];
    if measured.is_null() {
        return result(entry);
    }
    Line {
        what: text(&measured["sign"]).replace('_', " "),
        detail: joined([text(&measured["value"]), text(&measured["unit"])], " "),
        at: moment(&entry["measured_at"]),
    }
}

/// A laboratory result or another observation.
pub fn result(entry: &Value) -> Line {
    let parts = list(&entry["components"], |part| joined([label(&part["code"]), value(&part["value"])], " "));
    let flags = list(&entry["interpretation"], label);
    let range = text(&entry["reference_range"]);
    let range = if range.is_empty() { range } else { format!("({range})") };
    let unread = if entry["status"] == "unread" { "NOT YET SEEN".to_owned() } else { String::new() };
    Line {
        what: label(&entry["code"]),
        detail: joined([value(&entry["value"]), parts, flags, range, unread], " "),
        at: moment(&entry["effective_at"]),
    }
}

/// A visit.
pub fn encounter(entry: &Value) -> Line {
    let place = joined([text(&entry["ward"]), text(&entry["bed"])], ", bed ");
    Line {
        what: joined([text(&entry["class"]), unless_active(entry)], ", "),
        detail: joined([place, list(&entry["reasons"], label), text(&entry["disposition"])], "; "),
        at: moment(&entry["started_at"]),
    }
}

/// What an alert or a suggestion says.
pub fn warning(entry: &Value) -> Line {
    let first = |names: [&str; 2]| names.into_iter().map(|name| text(&entry[name])).find(|text| !text.is_empty());
    Line {
        what: first(["title", "summary"]).unwrap_or_default(),
        detail: first(["message", "detail"]).unwrap_or_default(),
        at: moment(&entry["raised_at"]),
    }
}

/// An entry that holds what it says under `content`: procedures, immunisations, reports, plans.
pub fn held(entry: &Value) -> Line {
    let content = if entry["content"].is_object() { &entry["content"] } else { entry };
    let named = ["code", "vaccine", "title", "type", "relationship"].into_iter().map(|name| label(&content[name]));
    let dated = ["started_at", "given_at", "effective_at", "signed_at", "recorded_at"].into_iter();
    Line {
        what: named.into_iter().find(|label| !label.is_empty()).unwrap_or_else(|| list(&content["categories"], label)),
        detail: joined(
            [
                text(&content["status"]),
                text(&content["conclusion"]),
                list(&content["conditions"], |one| label(&one["code"])),
                label(&content["status_reason"]),
            ],
            "; ",
        ),
        at: dated.map(|name| day(&content[name])).find(|day| !day.is_empty()).unwrap_or_default(),
    }
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

fn list_with(of: &Value, read: impl Fn(&Value) -> String, between: &str) -> String {
    let read: Vec<String> = of.as_array().into_iter().flatten().map(read).filter(|text| !text.is_empty()).collect();
    read.join(between)
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

/// What is said of several things, the empty left out.
pub fn joined<const N: usize>(parts: [String; N], between: &str) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(between)
}

fn amount(of: &Value) -> String {
    joined([text(&of["value"]), text(&of["unit"])], " ")
}

fn value(of: &Value) -> String {
    let known = [amount(&of["quantity"]), label(&of["concept"]), text(&of["text"]), text(&of["flag"])];
    joined(known, " ")
}

fn criticality(entry: &Value) -> String {
    let level = text(&entry["criticality"]);
    if level.is_empty() { level } else { format!("criticality {level}") }
}

/// Where an entry stands, unless it simply stands.
fn unless_active(entry: &Value) -> String {
    let status = text(&entry["status"]);
    if matches!(status.as_str(), "active" | "in-progress") { String::new() } else { status }
}

fn day(of: &Value) -> String {
    text(of).chars().take(10).collect()
}

/// To the minute, in UTC as the record keeps it.
fn moment(of: &Value) -> String {
    let text: String = text(of).chars().take(16).collect();
    if text.is_empty() { text } else { text.replace('T', " ") + " UTC" }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_order_says_how_it_is_taken_and_that_it_was_stopped() {
        let order = json!({ "status": "stopped", "medication": { "text": "Amoxicillin" }, "route": { "text": "oral" },
            "dose": { "value": "500", "unit": "mg" }, "frequency": "every 8 hours", "as_needed": true,
            "authored_at": "2026-11-22T01:40:57Z" });
        let line = medication(&order);
        assert_eq!(line.what, "Amoxicillin");
        assert_eq!(line.detail, "500 mg, oral, every 8 hours, as needed, stopped");
        assert_eq!(line.at, "2026-11-22");
    }

    #[test]
    fn a_result_nobody_has_seen_says_so() {
        let result = result(&json!({ "status": "unread", "code": { "coding": [{ "code": "2823-3" }] },
            "value": { "quantity": { "value": "6.80", "unit": "mmol/L" } }, "reference_range": "3.5 – 5.1",
            "interpretation": [{ "text": "HH" }], "effective_at": "2026-11-22T01:40:57Z" }));
        assert_eq!(result.detail, "6.80 mmol/L HH (3.5 – 5.1) NOT YET SEEN");
        assert_eq!(result.at, "2026-11-22 01:40 UTC");
    }

    #[test]
    fn a_denial_is_not_an_allergy() {
        let none = allergy(&json!({ "status": "active", "statement": "none-known", "substance": { "text": "drugs" } }));
        assert_eq!(none.what, "None known: drugs");
    }
}
