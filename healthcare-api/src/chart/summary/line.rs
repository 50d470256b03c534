//! An entry of the chart as a line on paper: what, more of it, and when.

use serde_json::Value;

use super::words::{Paper, amount, day, joined, label, list, listed, moment, text, unless_active};

/// A line of a section.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub what: String,
    /// More of it.
    pub detail: String,
    /// What stands beneath, each by itself: the parts of a plan, the further doses of an order.
    pub parts: Vec<String>,
    /// When, as the record has it; empty where it does not say.
    pub at: String,
}

/// How an entry of a section is read.
pub type Read = fn(&Value, &Paper) -> Line;

/// An allergy.
pub fn allergy(entry: &Value, on: &Paper) -> Line {
    let reactions = list(&entry["reactions"], |reaction| {
        joined([label(&reaction["manifestation"]), text(&reaction["severity"])], " ")
    });
    let denied = entry["statement"] == "none-known";
    let what = label(&entry["substance"]);
    Line {
        what: if denied { format!("None known: {what}") } else { what },
        detail: joined([reactions, criticality(entry), text(&entry["verification"]), unless_active(entry)], "; "),
        at: day(&entry["onset_at"], on),
        ..Line::default()
    }
}

/// A problem.
pub fn problem(entry: &Value, on: &Paper) -> Line {
    Line {
        what: label(&entry["code"]),
        detail: joined([text(&entry["verification"]), label(&entry["severity"]), unless_active(entry)], "; "),
        at: day(&entry["onset_at"], on),
        ..Line::default()
    }
}

/// An order of medication: every dose of it, and whether it is taken at all.
pub fn medication(entry: &Value, on: &Paper) -> Line {
    let taken = match entry["taking"].as_str() {
        Some("on-hold") => "ON HOLD",
        Some("unknown") => "NOT KNOWN WHETHER TAKEN",
        _ => "",
    };
    let reported = if entry["reported"] == true { "reported, not ordered here" } else { "" };
    let ended = moment(&entry["ended_at"], on);
    let ended = if ended.is_empty() { ended } else { format!("since {ended}") };
    let end = joined([unless_active(entry), ended, text(&entry["end_reason"])], " ");
    let why = list(&entry["reasons"], label);
    let why = if why.is_empty() { why } else { format!("for {why}") };
    let further = entry["further"].as_array().into_iter().flatten();
    let further = further.map(|one| format!("{} {}", if one["then"] == true { "then" } else { "and" }, dosage(one)));
    let details = entry["details"].as_array().into_iter().flatten().map(text);
    Line {
        what: joined([label(&entry["medication"]), taken.to_owned()], " – "),
        detail: joined([dosage(entry), why, reported.to_owned(), end], ", "),
        parts: further.chain(details).filter(|part| !part.is_empty()).collect(),
        at: day(&entry["authored_at"], on),
    }
}

/// How much, by which way, how often.
fn dosage(of: &Value) -> String {
    let as_needed = if of["as_needed"] == true { "as needed" } else { "" };
    joined([amount(&of["dose"]), label(&of["route"]), text(&of["frequency"]), as_needed.to_owned()], ", ")
}

/// The latest value of a vital sign.
pub fn vital(entry: &Value, on: &Paper) -> Line {
    let measured = &entry["measurement"];
    if measured.is_null() {
        return result(entry, on);
    }
    Line {
        what: text(&measured["sign"]).replace('_', " "),
        detail: joined([text(&measured["value"]), text(&measured["unit"])], " "),
        at: moment(&entry["measured_at"], on),
        ..Line::default()
    }
}

/// A laboratory result or another observation.
pub fn result(entry: &Value, on: &Paper) -> Line {
    let parts = list(&entry["components"], |part| joined([label(&part["code"]), value(&part["value"])], " "));
    let flags = list(&entry["interpretation"], label);
    let range = text(&entry["reference_range"]);
    let range = if range.is_empty() { range } else { format!("({range})") };
    let unread = if entry["status"] == "unread" { "NOT YET SEEN".to_owned() } else { String::new() };
    Line {
        what: label(&entry["code"]),
        detail: joined([value(&entry["value"]), parts, flags, range, unread], " "),
        at: moment(&entry["effective_at"], on),
        ..Line::default()
    }
}

/// A visit.
pub fn encounter(entry: &Value, on: &Paper) -> Line {
    let place = joined([text(&entry["ward"]), text(&entry["bed"])], ", bed ");
    Line {
        what: joined([text(&entry["class"]), unless_active(entry)], ", "),
        detail: joined([place, list(&entry["reasons"], label), text(&entry["disposition"])], "; "),
        at: moment(&entry["started_at"], on),
        ..Line::default()
    }
}

/// What an alert or a suggestion says.
pub fn warning(entry: &Value, on: &Paper) -> Line {
    let first = |names: [&str; 2]| names.into_iter().map(|name| text(&entry[name])).find(|text| !text.is_empty());
    Line {
        what: first(["title", "summary"]).unwrap_or_default(),
        detail: first(["message", "detail"]).unwrap_or_default(),
        at: moment(&entry["raised_at"], on),
        ..Line::default()
    }
}

/// A signed note: by whom, when, and how it begins.
pub fn note(entry: &Value, on: &Paper) -> Line {
    let authors = list(&entry["authors"], |author| on.somebody(author));
    let by = if authors.is_empty() { authors } else { format!("by {authors}") };
    let signed = moment(&entry["signed_at"], on);
    let signed = if signed.is_empty() { signed } else { format!("signed {signed}") };
    let amended = if entry["status"] == "amended" { "amended" } else { "" };
    let (wanted, given) = (entry["cosignatures_wanted"].as_u64(), entry["cosignatures"].as_u64());
    let waits = match (wanted, given) {
        (Some(wanted), given) if wanted > given.unwrap_or(0) => {
            format!("{} of {wanted} co-signatures", given.unwrap_or(0))
        }
        _ => String::new(),
    };
    let title = text(&entry["title"]);
    let kind = label(&entry["note_type"]);
    let excerpt = text(&entry["excerpt"]);
    Line {
        what: if title.is_empty() { kind } else { title },
        detail: joined([by, signed, amended.to_owned(), waits], ", "),
        parts: excerpt.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect(),
        at: moment(&entry["told_of_at"], on),
    }
}

/// What was consented to, or refused, and whether it was taken back.
pub fn consent(entry: &Value, on: &Paper) -> Line {
    let decision = match entry["decision"].as_str() {
        Some("permit") => "PERMITTED",
        Some("deny") => "REFUSED",
        _ => "",
    };
    let by = &entry["given_by"];
    let by = joined([text(&by["name"]), label(&by["relationship"])], ", ");
    let by = if by.is_empty() { by } else { format!("by {by}") };
    let withdrawn = &entry["withdrawn"];
    let withdrawn = match withdrawn.is_object() {
        true => joined(["WITHDRAWN".to_owned(), moment(&withdrawn["at"], on), text(&withdrawn["reason"])], " "),
        false => String::new(),
    };
    let decided = [moment(&entry["decided_at"], on), text(&entry["decided_on"])].into_iter();
    Line {
        what: joined([label(&entry["scope"]), decision.to_owned()], " – "),
        detail: joined([list(&entry["categories"], label), by, period(&entry["period"]), withdrawn], "; "),
        at: decided.into_iter().find(|at| !at.is_empty()).unwrap_or_default(),
        ..Line::default()
    }
}

/// From when to when, by days.
fn period(of: &Value) -> String {
    let side = |word: &str, name: &str| {
        let day = text(&of[name]);
        if day.is_empty() { day } else { format!("{word} {day}") }
    };
    joined([side("from", "start"), side("to", "end")], " ")
}

/// A plan with what it aims at and what is to be done.
pub fn plan(entry: &Value, on: &Paper) -> Line {
    let content = if entry["content"].is_object() { &entry["content"] } else { entry };
    let goals = content["goals"].as_array().into_iter().flatten().map(|goal| goal_of(goal, on));
    let activities = content["activities"].as_array().into_iter().flatten().map(|one| activity(one, on));
    let waits = |review: &&Value| review["held"].is_null();
    let reviews = content["reviews"].as_array().into_iter().flatten().filter(waits).map(|review| {
        joined([format!("Review on {}", text(&review["due"])), on.somebody(&review["responsible"])], ", ")
    });
    let title = text(&content["title"]);
    let began = [day(&content["starts_at"], on), day(&content["started_at"], on)].into_iter();
    Line {
        what: if title.is_empty() { list(&content["categories"], label) } else { title },
        detail: joined([text(&content["status"]), text(&content["reason"]), text(&content["description"])], "; "),
        parts: goals.chain(activities).chain(reviews).filter(|part| !part.is_empty()).collect(),
        at: began.into_iter().find(|day| !day.is_empty()).unwrap_or_default(),
    }
}

/// What is aimed at. A plan of another system names its goals only.
fn goal_of(goal: &Value, on: &Paper) -> String {
    let words = [label(&goal["description"]), text(&goal["display"])].into_iter().find(|words| !words.is_empty());
    let Some(words) = words else { return String::new() };
    let target = &goal["target"];
    let range = &target["range"];
    let side = |word: &str, bound: &Value| match bound.is_object() {
        true => format!("{word} {}", amount(bound)),
        false => String::new(),
    };
    let target = joined([amount(&target["value"]), side("from", &range["low"]), side("to", &range["high"])], " ");
    let due = text(&goal["due"]);
    let due = if due.is_empty() { due } else { format!("by {due}") };
    let stands = joined([text(&goal["status"]), text(&goal["reason"])], ": ");
    let since = day(&goal["since"], on);
    let stands = match stands.is_empty() || since.is_empty() {
        true => stands,
        false => format!("{stands} since {since}"),
    };
    format!("Goal: {}", joined([words, label(&goal["measure"]), target, due, stands], ", "))
}

/// What is to be done, or was, or is not to be done.
fn activity(of: &Value, on: &Paper) -> String {
    let what = [label(&of["what"]), label(&of["code"])].into_iter().find(|words| !words.is_empty());
    let Some(what) = what else { return String::new() };
    let begins = if of["prohibited"] == true { "NOT to be done" } else { "To be done" };
    let told = [
        what,
        text(&of["instructions"]),
        on.somebody(&of["assigned_to"]),
        moment(&of["scheduled_at"], on),
        joined([text(&of["status"]), moment(&of["at"], on)], " "),
        text(&of["reason"]),
        text(&of["note"]),
    ];
    format!("{begins}: {}", joined(told, ", "))
}

/// An entry that holds what it says under `content`: procedures, immunisations, reports, relatives.
pub fn held(entry: &Value, on: &Paper) -> Line {
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
        at: dated.map(|name| day(&content[name], on)).find(|day| !day.is_empty()).unwrap_or_default(),
        ..Line::default()
    }
}

/// What came from another system and is only kept: of what type.
pub fn kept(entry: &Value, on: &Paper) -> Line {
    Line { what: text(&entry["resource_type"]), at: day(&entry["at"], on), ..Line::default() }
}

fn value(of: &Value) -> String {
    let known = [amount(&of["quantity"]), label(&of["concept"]), text(&of["text"]), text(&of["flag"])];
    listed(known.into_iter(), " ")
}

fn criticality(entry: &Value) -> String {
    let level = text(&entry["criticality"]);
    if level.is_empty() { level } else { format!("criticality {level}") }
}

#[cfg(test)]
#[path = "line_test.rs"]
mod tests;
