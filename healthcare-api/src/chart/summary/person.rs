//! Who it is, and how they and theirs are reached.

use serde_json::Value;

use super::words::{Paper, joined, label, list, list_with, listed, moment, name, text};

/// Who it is.
pub fn about(patient: &Value, on: &Paper) -> String {
    let born = text(&patient["birth_date"]);
    let numbers = list(&patient["identifiers"], |number| text(&number["value"]));
    let deceased = &patient["deceased"];
    let died = match deceased.is_object() {
        true => joined(["DECEASED".to_owned(), moment(&deceased["at"], on)], " "),
        false => String::new(),
    };
    let spoken = [text(&patient["language"]), list(&patient["other_languages"], text)];
    let spoken = joined(spoken, ", ");
    let spoken = if spoken.is_empty() { spoken } else { format!("speaks {spoken}") };
    joined([format!("born {born}"), text(&patient["gender"]), numbers, spoken, died], " · ")
}

/// Where they live, how they are reached, and whom to call for them: a line each.
pub fn reached(patient: &Value) -> Vec<String> {
    let addresses = patient["addresses"].as_array().into_iter().flatten().map(address);
    let contacts = patient["contacts"].as_array().into_iter().flatten().map(contact);
    let lines = [telecom(&patient["telecom"])].into_iter().chain(addresses).chain(contacts);
    lines.filter(|line| !line.is_empty()).collect()
}

/// Telephone numbers and the like, what they are for, and until when.
fn telecom(of: &Value) -> String {
    list_with(of, |point| joined([text(&point["value"]), told(point)], " "), " · ")
}

fn told(of: &Value) -> String {
    let until = text(&of["period"]["end"]);
    let until = if until.is_empty() { until } else { format!("until {until}") };
    let told = joined([text(&of["use"]), until], ", ");
    if told.is_empty() { told } else { format!("({told})") }
}

fn address(of: &Value) -> String {
    let lines = list(&of["lines"], text);
    let place = joined([text(&of["postal_code"]), text(&of["city"])], " ");
    let where_to = joined([lines, place, text(&of["state"]), text(&of["country"])], ", ");
    if where_to.is_empty() { where_to } else { joined([where_to, told(of)], " ") }
}

fn contact(of: &Value) -> String {
    let who = [name(&of["name"]), text(&of["organization"])];
    let relation = list(&of["relationships"], label);
    let relation = if relation.is_empty() { relation } else { format!("({relation})") };
    let whole = [joined(who, ", "), relation, telecom(&of["telecom"]), address(&of["address"]), told(of)];
    let whole = listed(whole.into_iter(), " ");
    if whole.is_empty() { whole } else { format!("Contact: {whole}") }
}
