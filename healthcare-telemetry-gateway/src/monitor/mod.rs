//! One patient at the bedside: what is known, which alarms stand, and what each new fact leads to.
//!
//! Pure and deterministic: the same facts in the same order at the same times give the same state and the same
//! effects. The state is kept as JSON in `telemetry.monitor`, locked while it changes.

mod judge;
mod over;
mod technical;
mod told;

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use healthcare_domain::{
    alert::{AlertContent, Priority},
    id::{DeviceId, PatientId, VitalsId},
    score::ScoreContent,
    vitals::Vitals,
};
use healthcare_dss::score::news2::News2;
use serde::{Deserialize, Serialize};

use crate::{
    alert::{Alarm, LimitOverride, Policy, Rule},
    enrich::{Assignment, Enriched},
    score::{Known, Latest, Profile, Source, Summary},
    signal::Signal,
};
use over::Over;
use technical::{Absent, Heard};
use told::Told;

/// The state of one patient.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Monitor {
    known: Known,
    alarms: BTreeMap<Rule, Alarm>,
    /// What a rule's last alerts have already told.
    over: BTreeMap<Rule, Over>,
    /// What the open score alert stands on, as [`crate::alert::basis`] writes it.
    stood_on: u8,
    score: Option<Summary>,
    /// The score as the record was told of it last.
    #[serde(default)]
    told: Option<Told>,
    absent: BTreeMap<Signal, Absent>,
    heard: BTreeMap<DeviceId, Heard>,
}

/// What a step needs beside the state.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Whose state it is.
    pub patient: PatientId,
    /// What decides how they are scored.
    pub profile: Profile,
    /// Limits set for them.
    pub overrides: &'a [LimitOverride],
    /// The site's policy.
    pub policy: &'a Policy,
    /// The time.
    pub now: DateTime<Utc>,
}

/// What is to be done about an alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "turn", rename_all = "snake_case")]
pub enum Change {
    /// Raise it.
    Raise {
        /// What it is about.
        content: AlertContent,
    },
    /// It got worse.
    Worsen {
        /// What it is about now.
        content: AlertContent,
    },
    /// It is over.
    Clear,
    /// No alert: the score changed.
    Score {
        /// What it is now.
        content: ScoreContent,
    },
}

/// A change of an alert, with the times it is measured by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// About whom.
    pub patient: PatientId,
    /// By which rule.
    pub rule: Rule,
    /// What to do.
    pub change: Change,
    /// When it was decided.
    pub at: DateTime<Utc>,
    /// When the fact that led to it reached us.
    pub received_at: DateTime<Utc>,
    /// The W3C trace that fact came with.
    pub trace: Option<String>,
}

/// A score that the record is to be told of.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreChange {
    /// What it is now.
    pub content: ScoreContent,
    /// When the fact that led to it reached us.
    pub received_at: DateTime<Utc>,
    /// The W3C trace that fact came with.
    pub trace: Option<String>,
}

/// A score to be kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scored {
    /// Of whom.
    pub patient: PatientId,
    /// For which moment.
    pub at: DateTime<Utc>,
    /// The score with its inputs.
    pub score: News2,
}

/// What a step led to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Happenings {
    /// Changes of alerts, in order.
    pub effects: Vec<Effect>,
    /// Scores that differ from the one before.
    pub scores: Vec<Scored>,
    /// Changes of scores that the record is to be told of.
    pub changed: Vec<ScoreChange>,
}

/// An alert that stands in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenAlert {
    /// By which rule.
    pub rule: Rule,
    /// How bad it is.
    pub priority: Priority,
    /// Whether somebody answers for it.
    pub acknowledged: bool,
}

impl Monitor {
    /// Takes readings of the patient's devices, in any order. What is older than what is known changes no value;
    /// it may still raise an alert for what it shows by itself, if its episode is not over.
    pub fn read(&mut self, readings: &[&Enriched], ctx: &Context<'_>, out: &mut Happenings) {
        let mut ordered = readings.to_vec();
        // What a clock that runs ahead brings to the same time keeps the order it was measured in.
        let moment = |r: &Enriched| (r.reading.governs_at, r.reading.measured_at);
        ordered.sort_by_key(|r| moment(r));
        for together in ordered.chunk_by(|a, b| moment(a) == moment(b)) {
            let at = together[0].reading.governs_at;
            if !self.alarms.is_empty() {
                self.advance(at, ctx, out);
            }
            let mut changed = Vec::with_capacity(together.len());
            for enriched in together {
                self.hear(enriched, ctx.policy);
                match self.take(enriched) {
                    Taken::New => changed.push(enriched.reading.signal),
                    Taken::Late(latest) => self.judge_late(enriched.reading.signal, latest, ctx, out),
                    Taken::NoValue => {}
                }
            }
            if !changed.is_empty() {
                self.judge(at, Some(&changed), ctx, out);
            }
        }
        self.judge(ctx.now, None, ctx, out);
    }

    /// Takes a set of vital signs that a person charted.
    pub fn chart(&mut self, id: VitalsId, vitals: &Vitals, ctx: &Context<'_>, out: &mut Happenings) {
        self.known.chart(id, vitals, ctx.now);
        self.judge(ctx.now, None, ctx, out);
    }

    /// Takes out a set that was charted in error: it no longer counts.
    pub fn strike(&mut self, id: VitalsId, ctx: &Context<'_>, out: &mut Happenings) {
        if self.known.strike(id) {
            self.judge(ctx.now, None, ctx, out);
        }
    }

    /// The clock moved on: sustained crossings, timed clearing, values that grew old, devices that fell silent.
    /// `assigned` are the devices on the patient now.
    pub fn tick(&mut self, assigned: &[DeviceId], ctx: &Context<'_>, out: &mut Happenings) {
        self.heard.retain(|device, _| assigned.contains(device));
        self.absent.retain(|_, absent| assigned.contains(&absent.device));
        self.judge(ctx.now, None, ctx, out);
    }

    /// Takes over what the record says of the patient's alerts: answers given, alerts ended by others, and alerts
    /// that are open although the state does not know of them.
    pub fn sync(&mut self, open: &[OpenAlert], now: DateTime<Utc>) {
        for OpenAlert { rule, priority, acknowledged } in open {
            let known = self.alarms.get(rule).copied().filter(|alarm| alarm.is_open());
            let alarm = known.unwrap_or(Alarm::Active { priority: *priority });
            self.alarms.insert(*rule, if *acknowledged { alarm.acknowledged() } else { alarm });
        }
        let over = &mut self.over;
        self.alarms.retain(|rule, alarm| {
            let stands = !alarm.is_open() || open.iter().any(|alert| alert.rule == *rule);
            if !stands {
                over.entry(*rule).or_default().end(*alarm, now);
            }
            stands
        });
    }

    /// Forgets what devices said at times for which they are no longer said to have been on the patient: an
    /// assignment was entered or ended afterwards.
    pub fn hold_to_assignments(&mut self, devices: &[(DeviceId, Assignment)]) {
        let was_on = |device: DeviceId, at: DateTime<Utc>| {
            devices.iter().any(|(d, a)| *d == device && a.from <= at && a.to.is_none_or(|to| at < to))
        };
        self.known.keep_devices(was_on);
        self.heard.retain(|device, _| devices.iter().any(|(d, a)| d == device && a.to.is_none()));
        self.absent.retain(|_, absent| was_on(absent.device, absent.since));
    }

    /// The values known.
    pub fn known(&self) -> &Known {
        &self.known
    }

    /// The alarms that are not normal.
    pub fn alarms(&self) -> &BTreeMap<Rule, Alarm> {
        &self.alarms
    }

    /// When the clock alone may next change something.
    pub fn due_at(&self, policy: &Policy, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if !self.alarms.is_empty() || !self.absent.is_empty() {
            return Some(now + Duration::seconds(1));
        }
        let silence = self.heard.values().filter(|h| h.streaming).map(|h| h.received_at + policy.silent_after);
        let stale = self.score.iter().map(|s| s.at + policy.score_every);
        silence.chain(stale).min().map(|due| due.max(now + Duration::seconds(1)))
    }

    fn take(&mut self, enriched: &Enriched) -> Taken {
        let reading = &enriched.reading;
        let Some(value) = reading.value else {
            self.lose(enriched);
            return Taken::NoValue;
        };
        if self.absent.get(&reading.signal).is_some_and(|absent| absent.since <= reading.governs_at) {
            self.absent.remove(&reading.signal);
        }
        let source = Source::Device { device: enriched.device, event_id: reading.event_id.clone() };
        let latest = Latest {
            value,
            at: reading.governs_at,
            measured_at: reading.measured_at,
            received_at: reading.received_at,
            source,
            trace: reading.trace.clone(),
        };
        if self.known.take(reading.signal, latest.clone()) { Taken::New } else { Taken::Late(latest) }
    }
}

enum Taken {
    New,
    Late(Latest),
    NoValue,
}

#[cfg(test)]
#[path = "monitor_test.rs"]
mod tests;
