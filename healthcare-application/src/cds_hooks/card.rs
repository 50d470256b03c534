//! Cards (CDS Hooks 2.0, "CDS Service Response"): what a finding is to another system. Optional members are left out, never
//! null or empty.

use std::{collections::BTreeMap, fmt::Write as _};

use healthcare_dss::{Evidence, Finding, Severity, SourceRead};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Ask, Judged, Noticed, Part,
    markdown::{escaped, tree},
    suggestion,
};
use crate::{clock::Clock, rule::InForce};

/// The names of what we say by ourselves, in the place of a rule's.
const NOT_READ: &str = "(not-read)";
const NOT_TAKEN: &str = "(not-taken)";
const LACKING: &str = "(lacking)";
const NOT_GIVEN: &str = "(not-given)";
/// The systems of our codes.
const RULES: &str = "urn:healthcare:decision-support:rule";
const REASONS: &str = "urn:healthcare:decision-support:override-reason";
/// A summary has fewer than 140 characters.
const SUMMARY: usize = 139;

/// Something to tell a clinician.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CdsCard)]
pub struct Card {
    /// By which feedback names it.
    pub uuid: Uuid,
    /// Under 140 characters.
    pub summary: String,
    /// More, in GitHub-flavoured markdown: the message, why, and on what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// How much it matters.
    pub indicator: Indicator,
    /// What it stands on.
    pub source: Source,
    /// Actions to choose from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<Suggestion>,
    /// How many of them may be chosen; only where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "any")]
    pub selection_behavior: Option<&'static str>,
    /// Reasons to choose from when going on regardless.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub override_reasons: Vec<OverrideReason>,
    /// Where there is more to read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
}

/// How much a card matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = CdsIndicator)]
pub enum Indicator {
    /// Stop and think.
    Critical,
    /// Look at it.
    Warning,
    /// Good to know.
    Info,
}

/// What a card stands on.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CdsSource)]
pub struct Source {
    /// The guidance.
    pub label: String,
    /// Where it is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The rule.
    pub topic: Topic,
}

/// The rule a card comes from.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CdsTopic)]
pub struct Topic {
    /// The names of our rules.
    pub system: &'static str,
    /// The rule.
    pub code: String,
    /// What people call it.
    pub display: String,
}

/// Actions that belong together.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CdsSuggestion)]
pub struct Suggestion {
    /// What a button says.
    pub label: String,
    /// By which feedback names it.
    pub uuid: Uuid,
    /// Whether this is the one that we would choose.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_recommended: bool,
    /// What the client does when it is chosen.
    pub actions: Vec<Action>,
}

/// Something a client does to its own record when a suggestion is chosen.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
#[schema(as = CdsAction)]
pub enum Action {
    /// Make a resource.
    Create {
        /// In words.
        description: String,
        /// The resource, FHIR R4.
        #[schema(value_type = Object)]
        resource: Value,
    },
    /// Replace a resource.
    Update {
        /// In words.
        description: String,
        /// The whole resource, FHIR R4.
        #[schema(value_type = Object)]
        resource: Value,
    },
    /// Take a resource away.
    Delete {
        /// In words.
        description: String,
        /// Which, such as `MedicationRequest/123`.
        #[serde(rename = "resourceId")]
        resource_id: String,
    },
}

/// A reason to go on regardless.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CdsOverrideReason)]
pub struct OverrideReason {
    /// Our code for it, for the feedback.
    pub code: String,
    /// The system of the code.
    pub system: &'static str,
    /// In words.
    pub display: String,
}

/// Where there is more to read.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CdsLink)]
pub struct Link {
    /// What it is.
    pub label: String,
    /// Where.
    pub url: String,
    /// `absolute`: it is opened as it is.
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// What is remembered of a card: enough to know of which rule feedback speaks, nothing of the patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The card.
    pub card: Uuid,
    /// The rule that made it.
    pub rule: String,
    /// Its version.
    pub version: u32,
    /// How much it mattered.
    pub severity: Severity,
    /// Its suggestions.
    pub suggestions: Vec<Uuid>,
    /// The reasons to go on regardless that it offers: their words by their codes.
    pub reasons: BTreeMap<String, String>,
}

/// The cards of what was found, the gravest first, and what is to be remembered of them.
pub fn cards(rules: &InForce, clock: &dyn Clock, ask: &Ask, judged: &Judged) -> (Vec<Card>, Vec<Issued>) {
    let titles = |id: &str| rules.documents().find(|rule| *rule.id == *id).map(|rule| rule.title.to_string());
    let found = judged.noticed.iter().map(|noticed| {
        let card = of_finding(noticed, titles(&noticed.finding.rule), ask, clock);
        (card, noticed.finding.rule.to_string(), noticed.finding.version, noticed.finding.severity)
    });
    let ours = [
        (NOT_READ, Severity::Warning, not_read(judged, clock)),
        (NOT_TAKEN, Severity::Warning, not_taken(ask, clock)),
        (LACKING, Severity::Info, lacking(judged, clock)),
        (NOT_GIVEN, Severity::Info, not_given(ask, clock)),
    ];
    let ours = ours.into_iter().filter_map(|(name, severity, card)| Some((card?, name.to_owned(), 0, severity)));
    let mut all: Vec<_> = found.chain(ours).collect();
    all.sort_by_key(|(card, ..)| card.indicator);
    all.into_iter()
        .map(|(card, rule, version, severity)| {
            let suggestions = card.suggestions.iter().map(|suggestion| suggestion.uuid).collect();
            let offered = card.override_reasons.iter().map(|reason| (reason.code.clone(), reason.display.clone()));
            let issued = Issued { card: card.uuid, rule, version, severity, suggestions, reasons: offered.collect() };
            (card, issued)
        })
        .unzip()
}

fn of_finding(noticed: &Noticed, title: Option<String>, ask: &Ask, clock: &dyn Clock) -> Card {
    let finding = &noticed.finding;
    let suggested = suggestion::of(noticed, ask, clock);
    let title = title.unwrap_or_else(|| finding.rule.to_string());
    Card {
        uuid: clock.new_id(),
        summary: short(&finding.summary, &title),
        detail: Some(detail(finding, &suggested.in_words)),
        indicator: match finding.severity {
            Severity::Critical => Indicator::Critical,
            Severity::Warning => Indicator::Warning,
            Severity::Info => Indicator::Info,
        },
        source: source(finding, &title),
        selection_behavior: (!suggested.actions.is_empty()).then_some("any"),
        suggestions: suggested.actions,
        override_reasons: finding.override_reasons.iter().filter_map(|words| reason(words)).collect(),
        links: links(finding),
    }
}

/// The message, what to consider, why, and on what it stands.
fn detail(finding: &Finding, consider: &[String]) -> String {
    let mut text = escaped(&finding.detail);
    if !consider.is_empty() {
        text.push_str("\n\n**Consider**\n\n");
        for one in consider {
            let _infallible = writeln!(text, "- {}", escaped(one));
        }
    }
    text.push_str("\n\n**Why**\n\n");
    text.push_str(&tree(&finding.explanation));
    if !finding.evidence.is_empty() {
        text.push_str("\n**Evidence**\n\n");
        for evidence in &finding.evidence {
            let read = match evidence.source {
                SourceRead::Checked => "",
                SourceRead::Unchecked => " (the source was not read when the rule was written)",
            };
            let _infallible = writeln!(text, "- {}{read}", escaped(&evidence.citation));
        }
    }
    let _infallible = write!(text, "\nRule {}, version {}.", escaped(&finding.rule), finding.version);
    text
}

fn source(finding: &Finding, title: &str) -> Source {
    let first = finding.evidence.first();
    let label = first.map(|evidence| evidence.citation.trim()).filter(|label| !label.is_empty());
    Source {
        label: label.unwrap_or(title).to_owned(),
        url: first.and_then(web),
        topic: Topic { system: RULES, code: finding.rule.to_string(), display: title.to_owned() },
    }
}

fn web(evidence: &Evidence) -> Option<String> {
    evidence.link.as_deref().filter(|link| link.starts_with("https://")).map(str::to_owned)
}

/// Where there is more to read: what the rule points to, and its evidence; each address once.
fn links(finding: &Finding) -> Vec<Link> {
    let own = finding.links.iter().map(|link| (link.label.to_string(), link.url.to_string()));
    let evidence = finding.evidence.iter().filter_map(|one| Some((one.citation.to_string(), web(one)?)));
    let mut links: Vec<Link> = vec![];
    for (label, url) in own.chain(evidence) {
        if url.starts_with("https://") && !label.trim().is_empty() && links.iter().all(|known| known.url != url) {
            links.push(Link { label, url, kind: "absolute" });
        }
    }
    links
}

/// Words as a code: letters and digits in lower case, joined by hyphens.
fn reason(words: &str) -> Option<OverrideReason> {
    let parts = words.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let code = parts.map(str::to_lowercase).collect::<Vec<_>>().join("-");
    (!code.is_empty()).then(|| OverrideReason { code, system: REASONS, display: words.trim().to_owned() })
}

/// What stands in the record and could not be held against critical limits: for its unit, or because only a bound is known.
fn not_read(judged: &Judged, clock: &dyn Clock) -> Option<Card> {
    let (first, _) = judged.unread.first_key_value()?;
    let mut text = String::from("These values are there, and critical limits could not be held against them:\n\n");
    for (value, rules) in &judged.unread {
        let rules = rules.iter().map(|rule| escaped(rule)).collect::<Vec<_>>().join(", ");
        let _infallible = writeln!(text, "- {}: {rules}", escaped(value));
    }
    let summary = match judged.unread.len() {
        1 => format!("Could not be judged: {first}"),
        more => format!("Could not be judged: {more} results, such as {first}"),
    };
    let card = ours(clock, NOT_READ, "What could not be read", summary, text);
    Some(Card { indicator: Indicator::Warning, ..card })
}

/// What was sent and is not taken at its word, because it says itself that it means something else.
fn not_taken(ask: &Ask, clock: &dyn Clock) -> Option<Card> {
    let modified = &ask.given.modified;
    let first = modified.first()?;
    let mut text = String::from(
        "A `modifierExtension` or `implicitRules` changes what these mean in a way that is not understood here. They were not looked at:\n\n",
    );
    for one in modified {
        let _infallible = writeln!(text, "- {}", escaped(one));
    }
    let summary = match modified.len() {
        1 => format!("Not looked at, for a modifier changes what it means: {first}"),
        more => format!("Not looked at, for modifiers change what they mean: {more} resources, such as {first}"),
    };
    let card = ours(clock, NOT_TAKEN, "What was not taken", summary, text);
    Some(Card { indicator: Indicator::Warning, ..card })
}

/// What could not be told because something is not known of the patient.
fn lacking(judged: &Judged, clock: &dyn Clock) -> Option<Card> {
    if judged.lacking.is_empty() {
        return None;
    }
    let rules = judged.lacking.len();
    let mut text = String::from("These checks concern what is asked, and what they need is not known:\n\n");
    for (rule, missing) in &judged.lacking {
        let missing = missing.iter().map(|one| escaped(one)).collect::<Vec<_>>().join("; ");
        let _infallible = writeln!(text, "- {}: {missing}", escaped(rule));
    }
    let summary = format!("Not told for want of data: {rules} {}", if rules == 1 { "check" } else { "checks" });
    Some(ours(clock, LACKING, "What is lacking", summary, text))
}

/// What nobody gave, so that it was not looked at.
fn not_given(ask: &Ask, clock: &dyn Clock) -> Option<Card> {
    let words = |parts: &[Part]| parts.iter().map(|part| part.words()).collect::<Vec<_>>().join(", ");
    let (missing, cut) = (ask.given.missing(), &ask.given.cut);
    let mut text = String::new();
    if !missing.is_empty() {
        let _infallible = writeln!(text, "Neither sent nor found, so not looked at: {}.", words(&missing));
    }
    if !cut.is_empty() {
        let _infallible = writeln!(text, "Only the first page was looked at: {}.", words(cut));
    }
    if text.is_empty() {
        return None;
    }
    let all: Vec<Part> = missing.iter().chain(cut).copied().collect();
    Some(ours(clock, NOT_GIVEN, "What was not given", format!("Checked without all of: {}", words(&all)), text))
}

fn ours(clock: &dyn Clock, code: &str, display: &str, summary: String, detail: String) -> Card {
    Card {
        uuid: clock.new_id(),
        summary: short(&summary, display),
        detail: Some(detail),
        indicator: Indicator::Info,
        source: Source {
            label: "Healthcare Platform, decision support".into(),
            url: None,
            topic: Topic { system: RULES, code: code.into(), display: display.into() },
        },
        suggestions: vec![],
        selection_behavior: None,
        override_reasons: vec![],
        links: vec![],
    }
}

/// A summary of one line that is neither empty nor too long.
fn short(summary: &str, otherwise: &str) -> String {
    let line = summary.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = if line.is_empty() { otherwise.to_owned() } else { line };
    if line.chars().count() <= SUMMARY {
        return line;
    }
    let mut cut: String = line.chars().take(SUMMARY - 1).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

#[cfg(test)]
#[path = "card_test.rs"]
mod tests;
