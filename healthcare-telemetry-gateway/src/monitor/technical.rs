//! The equipment: sensors without signal, devices that fell silent.

use chrono::{DateTime, Duration, Utc};
use healthcare_domain::{alert::Priority, id::DeviceId};
use serde::{Deserialize, Serialize};

use super::{Context, Monitor};
use crate::{
    alert::{Policy, Rule, Verdict},
    enrich::Enriched,
};

/// A sensor without signal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Absent {
    pub device: DeviceId,
    pub since: DateTime<Utc>,
}

/// When a device was heard last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Heard {
    pub received_at: DateTime<Utc>,
    pub at: DateTime<Utc>,
    /// Two of its readings came close together: it is expected to go on. A thermometer is not.
    pub streaming: bool,
}

impl Monitor {
    pub(super) fn hear(&mut self, enriched: &Enriched, policy: &Policy) {
        let reading = &enriched.reading;
        let (received_at, at) = (reading.received_at, reading.governs_at);
        let heard = self.heard.entry(enriched.device).or_insert_with(|| Heard { received_at, at, streaming: false });
        if at > heard.at {
            heard.streaming |= at - heard.at <= policy.silent_after;
            heard.at = at;
        }
        heard.received_at = heard.received_at.max(received_at);
    }

    /// The sensor says that it has no signal. What it measured before stands until it is too old.
    pub(super) fn lose(&mut self, enriched: &Enriched) {
        let (signal, since) = (enriched.reading.signal, enriched.reading.governs_at);
        if self.known.latest(signal).is_none_or(|latest| latest.at < since) {
            self.absent.entry(signal).or_insert(Absent { device: enriched.device, since });
        }
    }

    /// Every technical rule that has something to say, with its verdict and since when.
    pub(super) fn technical(&self, ctx: &Context<'_>) -> Vec<(Rule, Verdict, DateTime<Utc>)> {
        let low = |sustain| Verdict::Violated { priority: Priority::Low, sustain };
        let mut verdicts = vec![];
        for (signal, absent) in &self.absent {
            let lasted = ctx.now - absent.since >= ctx.policy.no_signal_after;
            if lasted {
                verdicts.push((Rule::NoSignal(*signal), low(Duration::zero()), absent.since));
            }
        }
        for (device, heard) in &self.heard {
            if heard.streaming && ctx.now - heard.received_at >= ctx.policy.silent_after {
                verdicts.push((Rule::Silent(*device), low(Duration::zero()), heard.received_at));
            }
        }
        for rule in self.alarms.keys().filter(|rule| rule.is_technical()) {
            if verdicts.iter().all(|(spoken, ..)| spoken != rule) {
                verdicts.push((*rule, Verdict::Within, ctx.now));
            }
        }
        verdicts
    }
}
