//! A version of a rule on trial, against another one or alone: what comes of one patient.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Duration, Utc};
use healthcare_domain::{
    DomainEvent, id::PatientId, medication::MedicationOrderEvent, scheduling::zone::Zone, suggestion::SuggestionEvent,
};
use healthcare_dss::{Explanation, RuleBook, Severity};
use uuid::Uuid;

use super::{
    alerted::{Alerted, pseudonym},
    model::JudgedLive,
    report::{Against, Counts, Followed},
    sample::{Change, Sample},
    simulate::{Firing, Simulated, simulate},
    timeline::{RUN_IN_DAYS, in_order},
};
use crate::{
    decision::{Alike, is_hook},
    store::{Recorded, StoreError},
};

/// Within which time what clinicians did counts as what they did then.
const FOLLOWED_WITHIN: Duration = Duration::hours(24);
/// How many moments of one patient may be picked.
const SAMPLES_A_PATIENT: usize = 3;

/// What is on trial.
#[derive(Debug)]
pub struct Trial {
    /// The rule on trial, alone in its book.
    pub candidate: RuleBook,
    /// The version it is compared with, alone in its book.
    pub baseline: Option<RuleBook>,
    /// Versions that fire like these: what was answered to them is answered.
    pub alike: Alike,
    /// The events after which a patient is looked at.
    pub wanted: HashSet<String>,
    /// From when on alerts count.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
    /// By which patients are given pseudonyms and moments are drawn.
    pub salt: Uuid,
    /// The time zone of the site, where the days of an age begin.
    pub zone: Zone,
}

/// What came of a patient.
#[derive(Debug, Default)]
pub struct PatientOutcome {
    /// Events that were read.
    pub events: u64,
    /// Moments that were judged.
    pub judged: u64,
    /// Of these, moments that had been judged live.
    pub judged_live: u64,
    /// Days in the record within the time asked for.
    pub patient_days: f64,
    /// The version on trial.
    pub candidate: Counts,
    /// The version it is compared with.
    pub baseline: Option<Counts>,
    /// The one against the other.
    pub against: Option<Against>,
    /// Moments that may be picked.
    pub samples: Vec<Sample>,
    /// The patient, where a version would have alerted of them.
    pub alerted: Option<Alerted>,
}

/// When, at what, and of which things: what makes two alerts of two versions the same.
type Same = (DateTime<Utc>, String, Vec<(String, String)>);

/// Tries a patient whose events are given in any order.
///
/// # Errors
/// When the history is damaged.
pub fn try_patient(
    trial: &Trial,
    patient: PatientId,
    events: &mut [Recorded],
    live: &[JudgedLive],
) -> Result<PatientOutcome, StoreError> {
    in_order(events);
    let after = After::of(events);
    let candidate = trial.run(&trial.candidate, events, live)?;
    let baseline = trial.baseline.as_ref().map(|book| trial.run(book, events, live)).transpose()?;
    let mut outcome = PatientOutcome {
        events: events.len() as u64,
        judged: candidate.judged,
        judged_live: candidate.judged_live,
        patient_days: trial.days(events),
        ..PatientOutcome::default()
    };
    outcome.candidate = count(&trial.alerts(&candidate), &candidate, (&after, trial.from));
    let others = baseline.as_ref().map(|baseline| {
        let alerts = trial.alerts(baseline);
        outcome.baseline = Some(count(&alerts, baseline, (&after, trial.from)));
        alerts
    });
    let mine = trial.alerts(&candidate);
    let first = mine.iter().chain(others.iter().flatten()).map(|firing| firing.at).min();
    outcome.alerted = first.map(|first| Alerted {
        patient,
        pseudonym: pseudonym(&trial.salt, patient),
        first_on: first.date_naive(),
        candidate: mine.len() as u64,
        baseline: others.as_ref().map(|others| others.len() as u64),
    });
    let key_of = |firing: &&Firing| same(firing);
    let there: Option<HashSet<Same>> = others.as_ref().map(|others| others.iter().map(key_of).collect());
    let here: HashSet<Same> = mine.iter().map(key_of).collect();
    let mut picked: Vec<(Change, &Firing)> = vec![];
    for firing in &mine {
        let change = match &there {
            Some(there) if !there.contains(&same(firing)) => Change::Added,
            _ => Change::Same,
        };
        picked.push((change, firing));
    }
    for firing in others.iter().flatten().filter(|firing| !here.contains(&same(firing))) {
        picked.push((Change::Removed, firing));
    }
    if there.is_some() {
        let of = |change: Change| picked.iter().filter(|(one, _)| *one == change).count() as u64;
        let (any_here, any_there) = (!here.is_empty(), there.as_ref().is_some_and(|there| !there.is_empty()));
        outcome.against = Some(Against {
            same: of(Change::Same),
            added: of(Change::Added),
            removed: of(Change::Removed),
            patients_added: u64::from(any_here && !any_there),
            patients_removed: u64::from(any_there && !any_here),
        });
    }
    let mut lots: Vec<(Uuid, Change, &Firing)> =
        picked.into_iter().map(|(change, firing)| (trial.draw(patient, firing), change, firing)).collect();
    lots.sort_by_key(|(draw, ..)| *draw);
    lots.truncate(SAMPLES_A_PATIENT);
    let sample = |(draw, change, firing): (Uuid, Change, &Firing)| Sample {
        draw,
        patient,
        at: firing.at,
        trigger: firing.trigger.clone(),
        finding: firing.finding.id,
        change,
        followed: after.followed(firing),
        found: Some(firing.finding.clone()),
    };
    outcome.samples = lots.into_iter().map(sample).collect();
    Ok(outcome)
}

impl Trial {
    /// Judges a book over a history that is in order, from the run-in on.
    ///
    /// # Errors
    /// When the history is damaged.
    pub fn run(&self, book: &RuleBook, events: &[Recorded], live: &[JudgedLive]) -> Result<Simulated, StoreError> {
        let from = self.from - Duration::days(RUN_IN_DAYS);
        simulate((book, &self.alike, self.zone), (events, live), &self.wanted, (from, self.to))
    }

    /// The firings within the time asked for that somebody would have been told of.
    fn alerts<'a>(&self, simulated: &'a Simulated) -> Vec<&'a Firing> {
        simulated.firings.iter().filter(|firing| firing.told && firing.at >= self.from).collect()
    }

    fn days(&self, events: &[Recorded]) -> f64 {
        let Some(first) = events.first() else { return 0.0 };
        let seconds = (self.to - self.from.max(first.known_at)).num_seconds().max(0);
        // A hundred years of seconds are far from where a float loses one.
        #[expect(clippy::cast_precision_loss, reason = "days of one patient")]
        let seconds = seconds as f64;
        seconds / 86_400.0
    }

    /// The lot of a moment: the same in every run of this backtest.
    fn draw(&self, patient: PatientId, firing: &Firing) -> Uuid {
        let name = format!("{}\u{1f}{}\u{1f}{}", patient.0, firing.at.timestamp_micros(), firing.finding.id);
        Uuid::new_v5(&self.salt, name.as_bytes())
    }
}

fn same(firing: &Firing) -> Same {
    let mut subjects: Vec<(String, String)> =
        firing.finding.subjects.iter().map(|one| (one.system.clone(), one.code.clone())).collect();
    subjects.sort_unstable();
    (firing.at, firing.trigger.clone(), subjects)
}

fn count(alerts: &[&Firing], simulated: &Simulated, (after, from): (&After, DateTime<Utc>)) -> Counts {
    let before_signing = alerts.iter().filter(|firing| is_hook(&firing.trigger));
    let mut followed = BTreeMap::new();
    for firing in alerts {
        *followed.entry(after.followed(firing)).or_default() += 1;
    }
    Counts {
        alerts: alerts.len() as u64,
        suggestions: alerts.iter().filter(|firing| !is_hook(&firing.trigger)).count() as u64,
        before_signing: before_signing.clone().count() as u64,
        interrupting: before_signing.filter(|firing| firing.finding.severity == Severity::Critical).count() as u64,
        held_back: simulated.firings.iter().filter(|firing| !firing.told && firing.at >= from).count() as u64,
        lacking: simulated.lacking.iter().filter(|at| **at >= from).count() as u64,
        patients: u64::from(!alerts.is_empty()),
        per_1000_patient_days: 0.0,
        followed,
    }
}

/// What clinicians did, by when and to what.
struct After {
    /// Orders that were signed: when, the stream, what.
    signed: Vec<(DateTime<Utc>, Uuid, String)>,
    /// Orders that were stopped.
    stopped: Vec<(DateTime<Utc>, Uuid)>,
    /// Suggestions of a rule that were answered, and whether taken up.
    answered: Vec<(DateTime<Utc>, String, bool)>,
}

impl After {
    fn of(events: &[Recorded]) -> Self {
        let mut after = Self { signed: vec![], stopped: vec![], answered: vec![] };
        let mut rules: HashMap<Uuid, &str> = HashMap::new();
        for one in events {
            match &one.event {
                DomainEvent::MedicationOrder(MedicationOrderEvent::MedicationPrescribed { prescription, .. }) => {
                    after.signed.push((one.known_at, one.stream_id, prescription.medication.label().to_owned()));
                }
                DomainEvent::MedicationOrder(MedicationOrderEvent::MedicationEnded { .. }) => {
                    after.stopped.push((one.known_at, one.stream_id));
                }
                DomainEvent::Suggestion(SuggestionEvent::SuggestionRaised { content, .. }) => {
                    rules.insert(one.stream_id, &content.rule);
                }
                DomainEvent::Suggestion(
                    event @ (SuggestionEvent::SuggestionAccepted { .. } | SuggestionEvent::SuggestionOverridden { .. }),
                ) => {
                    let accepted = matches!(event, SuggestionEvent::SuggestionAccepted { .. });
                    let rule = rules.get(&one.stream_id).copied().unwrap_or_default();
                    after.answered.push((one.known_at, rule.to_owned(), accepted));
                }
                _ => {}
            }
        }
        after
    }

    fn followed(&self, firing: &Firing) -> Followed {
        let within = |at: &DateTime<Utc>| *at > firing.at && *at <= firing.at + FOLLOWED_WITHIN;
        if is_hook(&firing.trigger) {
            return self.signing(firing);
        }
        let mut streams = HashSet::new();
        collect(&firing.finding.explanation, &mut streams);
        let answer = self.answered.iter().find(|(at, rule, _)| within(at) && **rule == *firing.finding.rule);
        match answer {
            Some((_, _, true)) => Followed::Accepted,
            Some((_, _, false)) => Followed::Overridden,
            None if self.stopped.iter().any(|(at, order)| within(at) && streams.contains(order)) => {
                Followed::DrugStopped
            }
            None => Followed::Nothing,
        }
    }

    /// Whether the order was signed in the end: itself, or one that calls the drug alike.
    fn signing(&self, firing: &Firing) -> Followed {
        let mut streams = HashSet::new();
        collect(&firing.finding.explanation, &mut streams);
        let named: HashSet<&str> =
            firing.finding.subjects.iter().filter_map(|subject| subject.display.as_deref()).collect();
        let itself = self.signed.iter().any(|(at, order, what)| {
            let near = *at >= firing.at && *at <= firing.at + FOLLOWED_WITHIN;
            near && (streams.contains(order) || named.iter().any(|name| what.eq_ignore_ascii_case(name)))
        });
        if itself { Followed::Signed } else { Followed::NotSigned }
    }
}

/// The streams that a tree of conditions looked at.
fn collect(explanation: &Explanation, into: &mut HashSet<Uuid>) {
    into.extend(explanation.observed.iter().filter_map(|observed| observed.source).map(|source| source.stream));
    explanation.children.iter().for_each(|child| collect(child, into));
}
