//! The chart on paper, for when the screens are dark: one page of HTML that needs nothing else.

mod line;
mod person;
mod words;

use std::sync::LazyLock;

use actix_web::http::header::{Accept, Header};
use actix_web::{HttpRequest, mime};
use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use healthcare_application::chart::{AllergyStatus, Chart, Section, Summary};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;
use sha2::{Digest, Sha256};

use line::{Line, Read};
use words::{Paper, joined, name};

const STYLE: &str = include_str!("style.css");

/// What a browser may do with the page: show it in its own style, and nothing else.
pub static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
});

/// Whether a page is asked for rather than data: `Accept` names `text/html` before `application/json`.
pub fn is_asked_for(request: &HttpRequest) -> bool {
    let Ok(accept) = Accept::parse(request) else { return false };
    let known = |mime: &mime::Mime| *mime == mime::TEXT_HTML || *mime == mime::APPLICATION_JSON;
    accept.ranked().into_iter().find(known) == Some(mime::TEXT_HTML)
}

/// The page.
pub fn page(summary: &Summary) -> String {
    let Summary { chart, names, at, zone } = summary;
    let on = &Paper { zone: *zone, names };
    let patient: Value = serde_json::from_str(chart.patient.get()).unwrap_or_default();
    let who = patient["names"].get(0).map(name).unwrap_or_default();
    let sections: [(&str, &Section, Read); 17] = [
        ("Alerts", &chart.alerts, line::warning),
        ("Allergies", &chart.allergies, line::allergy),
        ("Problems", &chart.problems, line::problem),
        ("Medication", &chart.medications, line::medication),
        ("Latest vital signs", &chart.latest_vitals, line::vital),
        ("Laboratory", &chart.laboratory, line::result),
        ("Suggestions of decision support", &chart.suggestions, line::warning),
        ("Visits", &chart.encounters, line::encounter),
        ("Plans", &chart.plans, line::plan),
        ("Notes", &chart.notes, line::note),
        ("Consents", &chart.consents, line::consent),
        ("Procedures", &chart.procedures, line::held),
        ("Immunisations", &chart.immunizations, line::held),
        ("Reports", &chart.reports, line::held),
        ("Family", &chart.family_history, line::held),
        ("How they live", &chart.social_history, line::result),
        ("Kept from other systems", &chart.kept, line::kept),
    ];
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { "Summary" } style { (PreEscaped(STYLE)) } }
            body {
                h1 { (who) }
                p { (person::about(&patient, on)) }
                @for line in person::reached(&patient) { p { (line) } }
                p.quiet { (dated(chart, *at, on)) }
                p.loud { (allergies_asked(chart.allergy_status)) }
                @for (title, section, read) in &sections { (printed_section(title, section, *read, on)) }
            }
        }
    };
    page.into_string()
}

fn dated(chart: &Chart, printed: DateTime<Utc>, on: &Paper) -> String {
    let known = chart.as_of.map(|then| format!("As it was known at {}.", on.clock(then))).unwrap_or_default();
    let zone = format!("All times are those of {}.", on.zone.name());
    let standing = "A copy: what was recorded since is not on it.".to_owned();
    joined([format!("Printed {}.", on.clock(printed)), known, zone, standing], " ")
}

/// "None known" is knowledge, "not asked" is a gap: the page says which.
fn allergies_asked(status: AllergyStatus) -> &'static str {
    match status {
        AllergyStatus::Unknown => "ALLERGIES: NOT ASKED, OR NOT OF DRUGS",
        AllergyStatus::NoneKnown => "ALLERGIES: NO DRUG ALLERGY KNOWN",
        AllergyStatus::Known => "ALLERGIES: SEE BELOW",
    }
}

fn printed_section(title: &str, section: &Section, read: Read, on: &Paper) -> Markup {
    let lines: Vec<Line> = section
        .items
        .iter()
        .filter_map(|item| serde_json::from_str::<Value>(item.get()).ok())
        .map(|v| read(&v, on))
        .collect();
    let left_out = section.devices.filter(|devices| !devices.told);
    html! {
        @if !lines.is_empty() || left_out.is_some() {
            h2 { (title) }
            table {
                @for line in &lines {
                    tr {
                        td { (line.what) }
                        td { (line.detail) @for part in &line.parts { div { (part) } } }
                        td { (line.at) }
                    }
                }
            }
            @if left_out.is_some() { p.quiet { "What devices had measured by then is not kept, and not on it." } }
            @if section.next.is_some() { p.quiet { "There are more of these in the record." } }
        }
    }
}

#[cfg(test)]
#[path = "page_test.rs"]
mod tests;
