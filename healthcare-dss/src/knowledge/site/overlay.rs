//! A file of the site over the shipped one.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Layout, SiteChange};
use crate::rule::{RuleError, read_json};

/// A file of the site. Its rows have the shape of those of the shipped file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Overlay {
    /// Who decided it, and why.
    reason: String,
    /// The site's own sources, by the names that its rows give them.
    #[serde(default)]
    evidence: Map<String, Value>,
    #[serde(default)]
    rows: Vec<Map<String, Value>>,
    /// Shipped rows that are left out, each with the reason.
    #[serde(default)]
    without: BTreeMap<String, String>,
}

/// A shipped file with what the site says over it.
pub(super) struct Laid {
    pub(super) text: String,
    pub(super) change: SiteChange,
    /// The member that holds the rows.
    list: &'static str,
    /// Of each row, which of the site's it is from.
    origin: Vec<Option<usize>>,
}

impl Laid {
    /// Lays a file of the site over the shipped one.
    ///
    /// # Errors
    /// The first fault, with its place in the site's file.
    pub(super) fn over(layout: &'static Layout, shipped: &str, site: &str) -> Result<Self, RuleError> {
        let file = layout.file;
        let fault = |path: &str, reason: &str| RuleError::at(file, path, reason.to_owned());
        let overlay: Overlay = read_json(file, site)?;
        if overlay.reason.trim().is_empty() {
            return Err(fault("reason", "who decided this, and why, is expected"));
        }
        if overlay.rows.is_empty() && overlay.without.is_empty() {
            return Err(fault("rows", "nothing is said: rows, or rows that are left out, are expected"));
        }
        let mut document: Value = read_json(file, shipped)?;
        if !layout.sourced && !overlay.evidence.is_empty() {
            return Err(fault("evidence", "rows of this file name no source"));
        }
        for (name, source) in &overlay.evidence {
            let ships = document["evidence"].as_object_mut().and_then(|all| all.insert(name.clone(), source.clone()));
            if ships.is_some() {
                return Err(fault(&format!("evidence.{name}"), "a source of this name ships: choose another"));
            }
        }
        let rows = match layout.list {
            Some(member) => document.get_mut(member),
            None => Some(&mut document),
        };
        let rows = rows.and_then(Value::as_array_mut).ok_or_else(|| fault(".", "the shipped file has no rows"))?;
        let left_out = leave_out(layout, rows, &overlay)?;
        let mut origin = vec![None; rows.len()];
        let mut change = SiteChange { file, reason: overlay.reason.clone(), added: 0, changed: 0, left_out };
        for (nth, row) in overlay.rows.iter().enumerate() {
            let at = |member: &str, reason: &str| fault(&format!("rows[{nth}].{member}"), reason);
            let source = row.get("evidence").and_then(Value::as_str);
            if layout.sourced && source.is_none_or(|source| !overlay.evidence.contains_key(source)) {
                return Err(at("evidence", "a source of the site, named in this file under `evidence`, is expected"));
            }
            let place = match layout.key {
                None => None,
                Some(key) => {
                    let id = row.get(key).and_then(Value::as_str);
                    let id = id.ok_or_else(|| at(key, "what tells the row from others is expected"))?;
                    if overlay.without.contains_key(id) {
                        return Err(at(key, "this row is left out as well: say one of the two"));
                    }
                    if layout.fixed == Some(id) {
                        return Err(at(key, "the program reads this row elsewhere as well: it comes with the program"));
                    }
                    rows.iter().position(|shipped| shipped[key] == *id)
                }
            };
            match place {
                Some(place) if origin[place].is_some() => {
                    return Err(at(layout.key.unwrap_or_default(), "a row of this id stands above"));
                }
                Some(place) => {
                    lay_over(&mut rows[place], row).map_err(|(member, reason)| at(member, reason))?;
                    origin[place] = Some(nth);
                    change.changed += 1;
                }
                None => {
                    rows.push(Value::Object(row.clone()));
                    origin.push(Some(nth));
                    change.added += 1;
                }
            }
        }
        Ok(Self { text: document.to_string(), change, list: layout.list.unwrap_or_default(), origin })
    }
}

/// Takes out the rows that the site leaves out, and answers how many.
fn leave_out(layout: &Layout, rows: &mut Vec<Value>, overlay: &Overlay) -> Result<usize, RuleError> {
    for (id, reason) in &overlay.without {
        let at = |reason: &str| RuleError::at(layout.file, &format!("without.{id}"), reason.to_owned());
        let key = layout.key.ok_or_else(|| at("rows of this file have no id: none can be left out"))?;
        if reason.trim().is_empty() {
            return Err(at("why it is left out is expected"));
        }
        if layout.fixed == Some(id.as_str()) {
            return Err(at("the program reads this row elsewhere as well: it comes with the program"));
        }
        let place = rows.iter().position(|row| row[key] == *id.as_str());
        rows.remove(place.ok_or_else(|| at("no row of this id ships"))?);
    }
    Ok(overlay.without.len())
}

/// Lays a row over the shipped one: lists and codes are added to, a single value takes the place of the shipped one.
fn lay_over<'a>(shipped: &mut Value, row: &'a Map<String, Value>) -> Result<(), (&'a str, &'static str)> {
    for (member, says) in row {
        let member = member.as_str();
        if says.is_null() {
            return Err((member, "nothing takes a value away: leave the row out and add another"));
        }
        let Some(there) = shipped.get_mut(member) else {
            shipped[member] = says.clone();
            continue;
        };
        match (there, says) {
            (Value::Array(there), Value::Array(more)) => {
                let new: Vec<Value> = more.iter().filter(|one| !there.contains(one)).cloned().collect();
                there.extend(new);
            }
            (Value::Object(there), Value::Object(more)) => there.extend(more.clone()),
            (Value::Array(_), _) => return Err((member, "a list is expected")),
            (Value::Object(_), _) => return Err((member, "an object is expected")),
            (_, Value::Array(_) | Value::Object(_)) => return Err((member, "a single value is expected")),
            (there, says) => *there = says.clone(),
        }
    }
    Ok(())
}

/// A fault of what was laid over, at its place in the site's file. One of a shipped row says whose doing it is.
pub(super) fn placed(laid: &[Laid], fault: RuleError) -> RuleError {
    let RuleError { document, path, reason } = fault;
    let Some((member, number, rest)) = item(&path) else { return RuleError { document, path, reason } };
    let over = laid.iter().find(|over| over.change.file == document);
    // A loader tells the place within the list, or in the file.
    let over = over.filter(|over| member.is_empty() || member == over.list);
    match over.and_then(|over| over.origin.get(number).copied().flatten()) {
        Some(of_site) => RuleError { document, path: format!("rows[{of_site}]{rest}"), reason },
        None => {
            let reason = format!("{reason}; this row ships, and refers to what the site changes or leaves out");
            RuleError { document, path, reason }
        }
    }
}

/// The first item of a list in a path: the list, the number, and what follows.
fn item(path: &str) -> Option<(&str, usize, &str)> {
    let (member, rest) = path.split_once('[')?;
    let (number, rest) = rest.split_once(']')?;
    Some((member, number.parse().ok()?, rest))
}
