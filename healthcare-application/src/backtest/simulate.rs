//! A book of rules, judged over a patient's history by the same functions as live.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Duration, Utc};
use healthcare_domain::{
    DomainEvent, medication::MedicationOrderEvent, scheduling::zone::Zone, suggestion::SuggestionEvent,
};
use healthcare_dss::{Evaluation, EventRef, Facts, Finding, RuleBook, Trigger, Verdict};
use uuid::Uuid;

use super::{model::JudgedLive, timeline::Known};
use crate::{
    decision::{Alike, Open, Reading, Told, grave, holding, is_hook, medication_fact, news, overridden, puts_right},
    store::{Recorded, StoreError},
};

/// How long after an event the reviewer may have looked for the look to be that event's.
const LIVE_WITHIN: Duration = Duration::minutes(10);

/// A finding at a moment.
#[derive(Debug, Clone)]
pub struct Firing {
    /// The moment that was judged.
    pub at: DateTime<Utc>,
    /// What asked: an event type or a hook.
    pub trigger: String,
    /// The entry of the justification log, where the moment was judged live.
    pub evaluation: Option<Uuid>,
    /// The event that asked, where it was not.
    pub event: Option<EventRef>,
    /// What was found.
    pub finding: Finding,
    /// Whether somebody would have been told: it is shown before signing, or raised as a suggestion that is not open,
    /// answered lately, or for information alone.
    pub told: bool,
}

/// What came of a patient.
#[derive(Debug, Default)]
pub struct Simulated {
    /// All that was found, in order.
    pub firings: Vec<Firing>,
    /// How many moments were judged.
    pub judged: u64,
    /// How many of them had been judged live.
    pub judged_live: u64,
    /// When a judgement lacked data.
    pub lacking: Vec<DateTime<Utc>>,
}

/// One thing after the other.
enum Step<'a> {
    Event(&'a Recorded, bool),
    Live(&'a JudgedLive),
}

/// Judges a patient's history, whose events are in the order in which they became known. The moments that were judged
/// live are judged again, on the facts that were kept; every other event that is looked at live, at the moment it became
/// known, on what was known then; every order that was signed elsewhere, before it was.
///
/// # Errors
/// When the history is damaged.
pub fn simulate(
    (book, alike, zone): (&RuleBook, &Alike, Zone),
    (events, live): (&[Recorded], &[JudgedLive]),
    wanted: &HashSet<String>,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Simulated, StoreError> {
    let mut run = Run {
        book,
        alike,
        zone,
        known: Known::default(),
        told: Told::default(),
        raised: HashMap::new(),
        out: Simulated::default(),
    };
    let signed_live: HashSet<Uuid> =
        live.iter().filter_map(|one| one.facts.draft.as_ref()).map(|draft| draft.source.stream).collect();
    for step in steps(events, live, wanted) {
        match step {
            Step::Live(one) => {
                if (from..=to).contains(&one.facts.at) {
                    run.out.judged_live += 1;
                    run.judge(&one.trigger, &one.facts, (Some(one.id), None))?;
                }
            }
            Step::Event(one, look) => {
                let within = (from..=to).contains(&one.known_at);
                if within && !signed_live.contains(&one.stream_id) {
                    run.before_signing(one)?;
                }
                run.known.take(one);
                run.answered(one);
                if puts_right(one, events) {
                    run.told.put_right.insert(one.stream_id, one.known_at);
                }
                if within && look {
                    let facts = run.facts(one.known_at)?;
                    let event = EventRef { stream: one.stream_id, version: one.version };
                    run.judge(one.event.kind(), &facts, (None, Some(event)))?;
                }
            }
        }
    }
    Ok(run.out)
}

/// A step with its place: the moment, events before looks, and the position in the log.
type Placed<'a> = ((DateTime<Utc>, u8, i64), Step<'a>);

/// Events and live looks in order. An event is looked at where the reviewer would have, unless the look was live, or
/// another event became known at the same moment and is looked at after it.
fn steps<'a>(events: &'a [Recorded], live: &'a [JudgedLive], wanted: &HashSet<String>) -> Vec<Step<'a>> {
    let reviews: Vec<&JudgedLive> = live.iter().filter(|one| !is_hook(&one.trigger)).collect();
    let was_live = |event: &Recorded| {
        let near =
            |one: &&JudgedLive| one.position >= event.seq && (one.facts.at - event.known_at).abs() <= LIVE_WITHIN;
        reviews.iter().any(near)
    };
    let mut looks: Vec<bool> = events.iter().map(|one| wanted.contains(one.event.kind()) && !was_live(one)).collect();
    for n in 1..events.len() {
        if looks[n - 1] && events[n - 1].known_at == events[n].known_at {
            (looks[n - 1], looks[n]) = (false, true);
        }
    }
    let mut steps: Vec<Placed<'a>> = events
        .iter()
        .zip(looks)
        .map(|(one, look)| ((one.known_at, 0, one.seq), Step::Event(one, look)))
        .chain(live.iter().map(|one| ((one.facts.at, 1, one.position), Step::Live(one))))
        .collect();
    steps.sort_by_key(|(place, _)| *place);
    steps.into_iter().map(|(_, step)| step).collect()
}

struct Run<'a> {
    book: &'a RuleBook,
    alike: &'a Alike,
    /// Where the days of an age begin.
    zone: Zone,
    known: Known,
    /// What is open and what was answered, as a review finds it.
    told: Told,
    /// The rule of each finding that is open.
    raised: HashMap<String, String>,
    out: Simulated,
}

impl Run<'_> {
    /// What was known at a moment.
    fn facts(&mut self, at: DateTime<Utc>) -> Result<Facts, StoreError> {
        self.known.facts(Reading { knowledge: self.book.knowledge(), zone: self.zone }, at)
    }

    /// An order that was signed without this engine, judged before it was.
    fn before_signing(&mut self, one: &Recorded) -> Result<(), StoreError> {
        let DomainEvent::MedicationOrder(MedicationOrderEvent::MedicationPrescribed { prescription, .. }) = &one.event
        else {
            return Ok(());
        };
        if !self.book.listens_to(Trigger::ORDER_SIGN) {
            return Ok(());
        }
        let source = EventRef { stream: one.stream_id, version: one.version };
        let mut facts = self.facts(one.known_at)?;
        facts.draft = Some(medication_fact(prescription, source, one.known_at));
        self.judge(Trigger::ORDER_SIGN.0, &facts, (None, Some(source)))
    }

    /// What clinicians answered to the same finding.
    fn answered(&mut self, one: &Recorded) {
        let DomainEvent::Suggestion(event) = &one.event else { return };
        match event {
            SuggestionEvent::SuggestionRaised { content, .. } => {
                self.told.named.insert(one.stream_id, (content.finding.clone(), grave(content.severity)));
            }
            SuggestionEvent::SuggestionAccepted { .. } | SuggestionEvent::SuggestionOverridden { .. } => {
                if let Some((finding, severity)) = self.told.named.get(&one.stream_id).cloned() {
                    self.told.answer(finding, severity, one.occurred_at);
                }
            }
            // Put off it is open; and whether it is withdrawn is judged here.
            SuggestionEvent::SuggestionSnoozed { .. }
            | SuggestionEvent::SuggestionReturned { .. }
            | SuggestionEvent::SuggestionWithdrawn { .. } => {}
        }
    }

    fn judge(
        &mut self,
        trigger: &str,
        facts: &Facts,
        (evaluation, event): (Option<Uuid>, Option<EventRef>),
    ) -> Result<(), StoreError> {
        let judged = self.book.look(Trigger(trigger), facts);
        self.out.judged += 1;
        let lacking = judged.judgements.iter().filter(|one| matches!(one.verdict, Verdict::Lacking { .. }));
        self.out.lacking.extend(lacking.map(|_| facts.at));
        let told: HashSet<Uuid> = if is_hook(trigger) {
            judged.findings().iter().map(|finding| finding.id).collect()
        } else {
            self.review(&judged, facts.at)?
        };
        self.out.firings.extend(judged.findings().into_iter().map(|finding| Firing {
            at: facts.at,
            trigger: trigger.to_owned(),
            evaluation,
            event,
            told: told.contains(&finding.id),
            finding: finding.clone(),
        }));
        Ok(())
    }

    /// Raises what is news and withdraws what no longer holds, as a review does.
    fn review(&mut self, judged: &Evaluation, at: DateTime<Utc>) -> Result<HashSet<Uuid>, StoreError> {
        let found = judged.findings();
        // Most looks find nothing: then nobody asks what orders were signed against.
        if found.is_empty() && self.raised.is_empty() {
            return Ok(HashSet::new());
        }
        self.told.signed = if found.is_empty() { HashMap::new() } else { overridden(&self.known.rows(at))? };
        let raised: Vec<&Finding> = news(&self.told, (judged, self.alike), at);
        let holds = holding(&self.told, (judged, self.alike));
        let lacking = crate::decision::lacking(judged);
        let gone: Vec<String> = self
            .raised
            .iter()
            .filter(|(finding, rule)| !holds.contains(*finding) && !lacking.contains(rule.as_str()))
            .map(|(finding, _)| finding.clone())
            .collect();
        for finding in gone {
            self.raised.remove(&finding);
            self.told.open.remove(&finding);
        }
        for finding in &raised {
            self.raised.insert(finding.id.to_string(), finding.rule.to_string());
            self.told.open.insert(finding.id.to_string(), Open::of(finding)?);
        }
        Ok(raised.into_iter().map(|finding| finding.id).collect())
    }
}
