//! Holding what is known against the rules.

use chrono::{DateTime, Duration, Utc};
use healthcare_domain::alert::AlertContent;
use healthcare_dss::score::news2::News2;

use super::{Change, Context, Effect, Happenings, Monitor, ScoreChange, Scored, told::content};
use crate::{
    alert::{Alarm, Limit, Rule, Turn, Verdict, basis, describe, judge_score, step},
    score::{self, Known, Latest, Summary},
    signal::Signal,
};

impl Monitor {
    /// Judges at `at`: the rules of the signals that `changed`, or all of them.
    pub(super) fn judge(
        &mut self,
        at: DateTime<Utc>,
        changed: Option<&[Signal]>,
        ctx: &Context<'_>,
        out: &mut Happenings,
    ) {
        for limit in ctx.policy.limits_for(ctx.profile.age_years, ctx.overrides, ctx.now) {
            if changed.is_none_or(|signals| signals.contains(&limit.signal)) {
                self.judge_limit(&limit, at, ctx, out);
            }
        }
        if changed.is_none() {
            self.drop_unlimited(at, ctx, out);
            for (rule, verdict, since) in self.technical(ctx) {
                let describe = |_: &Known, _| describe::technical(ctx.patient, rule, since);
                self.turn(rule, verdict, at, Duration::zero(), Cause::at(since), describe, ctx, out);
            }
        }
        self.judge_news2(at, ctx, out);
    }

    /// Lets the time pass up to `at` for the alarms that stand, before anything new is taken.
    pub(super) fn advance(&mut self, at: DateTime<Utc>, ctx: &Context<'_>, out: &mut Happenings) {
        for limit in ctx.policy.limits_for(ctx.profile.age_years, ctx.overrides, ctx.now) {
            if self.alarms.contains_key(&Rule::Limit(limit.signal, limit.side)) {
                self.judge_limit(&limit, at, ctx, out);
            }
        }
    }

    fn judge_limit(&mut self, limit: &Limit, at: DateTime<Utc>, ctx: &Context<'_>, out: &mut Happenings) {
        let verdict = limit.judge(self.known.number(limit.signal), at, ctx.policy.limit_age);
        let received = Cause::of(self.known.latest(limit.signal), ctx);
        let describe = |known: &Known, priority| describe::limit(ctx.patient, limit, known, priority);
        let rule = Rule::Limit(limit.signal, limit.side);
        self.turn(rule, verdict, at, ctx.policy.limit_clears_after, received, describe, ctx, out);
    }

    /// A limit that no longer holds for the patient ends its alarm as a value within it would.
    fn drop_unlimited(&mut self, at: DateTime<Utc>, ctx: &Context<'_>, out: &mut Happenings) {
        let without: Vec<Rule> = self
            .alarms
            .keys()
            .copied()
            .filter(|rule| match rule {
                Rule::Limit(signal, side) => ctx
                    .policy
                    .limits_for(ctx.profile.age_years, ctx.overrides, ctx.now)
                    .all(|limit| (limit.signal, limit.side) != (*signal, *side)),
                Rule::News2 | Rule::NoSignal(_) | Rule::Silent(_) => false,
            })
            .collect();
        for rule in without {
            self.turn(rule, Verdict::Within, at, Duration::zero(), Cause::at(at), |_, _| None, ctx, out);
        }
    }

    fn judge_news2(&mut self, at: DateTime<Utc>, ctx: &Context<'_>, out: &mut Happenings) {
        if self.known.all().next().is_none() && self.score.is_none() {
            return;
        }
        let Some(news2) = score::news2(&self.known, ctx.profile, at, &ctx.policy.ages) else { return };
        let verdict = judge_score(&news2, self.stood_on);
        self.stood_on = match verdict {
            Verdict::Violated { .. } => basis(&news2.parts),
            Verdict::Between | Verdict::Unknown => self.stood_on,
            Verdict::Within => 0,
        };
        let newest = self.known.all().map(|(_, latest)| latest).max_by_key(|latest| latest.received_at);
        let received = Cause::of(newest, ctx);
        let describe = |known: &Known, priority| Some(describe::score(ctx.patient, &news2, known, priority, at));
        self.turn(Rule::News2, verdict, at, ctx.policy.score_clears_after, received.clone(), describe, ctx, out);
        self.keep(news2, received, at, ctx, out);
    }

    /// Keeps a score that says something new, or is due to be said again.
    fn keep(&mut self, news2: News2, received: Cause, at: DateTime<Utc>, ctx: &Context<'_>, out: &mut Happenings) {
        let Some(summary) = Summary::of(&news2, at) else { return };
        if let Some(content) = content(ctx.patient, &news2, at)
            && self.told.get_or_insert_default().tells(&content)
        {
            out.changed.push(ScoreChange { content, received_at: received.received_at, trace: received.trace });
        }
        let known = |held: &Summary| held.same(&summary) && at - held.at < ctx.policy.score_every;
        if !self.score.as_ref().is_some_and(known) {
            self.score = Some(summary);
            out.scores.push(Scored { patient: ctx.patient, at, score: news2 });
        }
    }

    /// A value that came after newer ones: what it shows by itself is not lost, unless its episode is over or it
    /// is history.
    pub(super) fn judge_late(&mut self, signal: Signal, latest: Latest, ctx: &Context<'_>, out: &mut Happenings) {
        let (at, received) = (latest.at, Cause::of(Some(&latest), ctx));
        if ctx.now - at > ctx.policy.late_alarm {
            return;
        }
        let mut past = self.known.until(at);
        if !past.take(signal, latest) {
            return;
        }
        for limit in ctx.policy.limits_for(ctx.profile.age_years, ctx.overrides, ctx.now) {
            if limit.signal == signal {
                let verdict = limit.judge(past.number(signal), at, ctx.policy.limit_age);
                let describe = |priority| describe::limit(ctx.patient, &limit, &past, priority);
                self.turn_late(Rule::Limit(signal, limit.side), verdict, at, received.clone(), describe, ctx, out);
            }
        }
        if let Some(news2) = score::news2(&past, ctx.profile, at, &ctx.policy.ages) {
            let describe = |priority| Some(describe::score(ctx.patient, &news2, &past, priority, at));
            self.turn_late(Rule::News2, judge_score(&news2, 0), at, received, describe, ctx, out);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "private: the parts of one judgement")]
    fn turn(
        &mut self,
        rule: Rule,
        verdict: Verdict,
        at: DateTime<Utc>,
        clears_after: Duration,
        cause: Cause,
        describe: impl FnOnce(&Known, healthcare_domain::alert::Priority) -> Option<AlertContent>,
        ctx: &Context<'_>,
        out: &mut Happenings,
    ) {
        let before = self.alarms.get(&rule).copied();
        let (after, turn) = step(before, verdict, at, clears_after);
        let change = match turn {
            None => None,
            Some(Turn::Raise(priority)) => describe(&self.known, priority).map(|content| Change::Raise { content }),
            Some(Turn::Worsen(priority)) => describe(&self.known, priority).map(|content| Change::Worsen { content }),
            Some(Turn::Clear) => {
                if let Some(alarm) = before {
                    self.over.entry(rule).or_default().end(alarm, at);
                }
                Some(Change::Clear)
            }
        };
        match after {
            Some(alarm) => drop(self.alarms.insert(rule, alarm)),
            None => drop(self.alarms.remove(&rule)),
        }
        let Cause { received_at, trace } = cause;
        let effect = |change| Effect { patient: ctx.patient, rule, change, at, received_at, trace };
        out.effects.extend(change.map(effect));
    }

    #[expect(clippy::too_many_arguments, reason = "private: the parts of one judgement")]
    fn turn_late(
        &mut self,
        rule: Rule,
        verdict: Verdict,
        at: DateTime<Utc>,
        cause: Cause,
        describe: impl FnOnce(healthcare_domain::alert::Priority) -> Option<AlertContent>,
        ctx: &Context<'_>,
        out: &mut Happenings,
    ) {
        let Verdict::Violated { priority, sustain } = verdict else { return };
        if !sustain.is_zero() || self.over.get(&rule).is_some_and(|over| over.told(priority, at)) {
            return;
        }
        let standing = self.alarms.get(&rule).copied().filter(|alarm| alarm.is_open());
        let change = match step(standing, verdict, ctx.now, Duration::zero()) {
            (Some(alarm @ Alarm::Active { .. }), Some(Turn::Raise(priority))) => {
                describe(priority).map(|content| (alarm, Change::Raise { content }))
            }
            (Some(alarm @ Alarm::Active { .. }), Some(Turn::Worsen(priority))) => {
                describe(priority).map(|content| (alarm, Change::Worsen { content }))
            }
            _ => None,
        };
        if let Some((alarm, change)) = change {
            self.alarms.insert(rule, alarm);
            let Cause { received_at, trace } = cause;
            out.effects.push(Effect { patient: ctx.patient, rule, change, at: ctx.now, received_at, trace });
        }
    }
}

/// The fact that led to a judgement: when it reached us, and its trace.
#[derive(Clone)]
struct Cause {
    received_at: DateTime<Utc>,
    trace: Option<String>,
}

impl Cause {
    fn at(received_at: DateTime<Utc>) -> Self {
        Self { received_at, trace: None }
    }

    fn of(latest: Option<&Latest>, ctx: &Context<'_>) -> Self {
        latest.map_or_else(
            || Self::at(ctx.now),
            |latest| Self { received_at: latest.received_at, trace: latest.trace.clone() },
        )
    }
}
