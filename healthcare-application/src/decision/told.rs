//! What a patient's clinicians were told and answered, and what of an evaluation is news to them.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Duration, Utc};
use healthcare_domain::suggestion;
use healthcare_dss::{Evaluation, Explanation, Finding, Severity};
use serde::Deserialize;
use uuid::Uuid;

use super::Alike;
use crate::{
    entry::content_of,
    read::SafetyFacts,
    store::StoreError,
    view::{Kind, Row},
};

/// What a row of a suggestion says of its state.
#[derive(Deserialize)]
pub(super) struct Known {
    pub(super) finding: String,
    status: String,
    pub(super) rule: String,
    rule_version: String,
    severity: Severity,
    #[serde(default)]
    proposals: Vec<serde_json::Value>,
}

/// The overrides by which an order was signed.
#[derive(Deserialize)]
struct Signed {
    #[serde(default)]
    overrides: Vec<healthcare_domain::medication::Override>,
}

/// What the rows say was told: what is open already, what an order was signed against with a reason, and what was
/// answered.
pub(super) fn told(read: &SafetyFacts) -> Result<Told, StoreError> {
    let mut told = Told { signed: overridden(&read.rows)?, ..Told::default() };
    for row in read.rows.iter().filter(|row| row.kind == Kind::Suggestion) {
        let Known { finding, status, rule: _, rule_version, severity, proposals } = content_of(row)?;
        match status.as_str() {
            "open" => drop(told.open.insert(finding, Open { rule_version, severity, proposals })),
            "accepted" | "overridden" => told.answer(finding, severity, row.at),
            _ => {}
        }
    }
    Ok(told)
}

/// What is open under the id of a finding.
#[derive(Debug, Clone)]
pub(crate) struct Open {
    rule_version: String,
    severity: Severity,
    proposals: Vec<serde_json::Value>,
}

impl Open {
    /// As this finding is told.
    ///
    /// # Errors
    /// When what it proposes cannot be written down.
    pub(crate) fn of(finding: &Finding) -> Result<Self, StoreError> {
        let rule_version = finding.version.to_string();
        Ok(Self { rule_version, severity: finding.severity, proposals: kept(&finding.suggestions)? })
    }

    /// Whether it tells what the finding tells: as gravely, and of another version only where the same is proposed, for
    /// what is proposed is what is carried out.
    fn tells(&self, finding: &Finding) -> bool {
        let same = || kept(&finding.suggestions).is_ok_and(|proposed| proposed == self.proposals);
        covers(self.severity, finding) && (self.rule_version == finding.version.to_string() || same())
    }
}

/// Whether what was told at this severity was at least as grave as the finding: the most severe is the smallest.
fn covers(told: Severity, finding: &Finding) -> bool {
    told <= finding.severity
}

/// What was told of a patient: the findings that are open, and when others were answered last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    /// Open, by finding.
    pub(crate) open: HashMap<String, Open>,
    /// What active orders were signed against, and when.
    pub(crate) signed: HashMap<String, DateTime<Utc>>,
    /// When it was answered last, by finding and how grave it was then.
    answered: HashMap<String, BTreeMap<Severity, DateTime<Utc>>>,
    /// When the value of an observation was put right last, by its stream: what was answered before was never so.
    pub(crate) put_right: HashMap<Uuid, DateTime<Utc>>,
    /// The finding of each suggestion and how grave it was told, for who follows events.
    pub(crate) named: HashMap<Uuid, (String, Severity)>,
}

impl Told {
    /// A finding was answered that was told at this severity.
    pub(crate) fn answer(&mut self, finding: String, severity: Severity, at: DateTime<Utc>) {
        self.open.remove(&finding);
        let last = self.answered.entry(finding).or_default().entry(severity).or_insert(at);
        *last = at.max(*last);
    }

    /// The findings that were answered, under one of their ids: at all, and not only as they are now.
    pub(super) fn of_answered<'a>(&self, (evaluation, alike): (&'a Evaluation, &Alike)) -> Vec<&'a Finding> {
        let answered = |finding: &&Finding| {
            let ids = alike.ids(finding);
            self.last_answer(finding, &ids).or_else(|| self.last_signing(finding, &ids)).is_some()
        };
        evaluation.findings().into_iter().filter(answered).collect()
    }

    /// Whether a value that the finding stands on was put right after that.
    fn is_put_right(&self, finding: &Finding, than: DateTime<Utc>) -> bool {
        let after = |stream: Uuid| self.put_right.get(&stream).is_some_and(|at| *at > than);
        !self.put_right.is_empty() && any_source(&finding.explanation, &after)
    }

    /// When something as grave as the finding was answered last, under one of its ids.
    fn last_answer(&self, finding: &Finding, ids: &[String]) -> Option<DateTime<Utc>> {
        let of_id = |id: &String| self.answered.get(id)?.range(..=finding.severity).map(|(_, at)| *at).max();
        ids.iter().filter_map(of_id).max()
    }

    /// When an order was signed against the finding last. How grave it was then is not written on the order: where that is
    /// of the row of a table and not of the rule, what was signed against another version says nothing.
    fn last_signing(&self, finding: &Finding, ids: &[String]) -> Option<DateTime<Utc>> {
        if finding.is_of_a_row() {
            let own = finding.known_as(&[]);
            return own.iter().filter_map(|id| self.signed.get(&id.to_string())).max().copied();
        }
        ids.iter().filter_map(|id| self.signed.get(id)).max().copied()
    }
}

/// The findings that active orders were signed against, each with the last signing.
pub(crate) fn overridden(rows: &[Row]) -> Result<HashMap<String, DateTime<Utc>>, StoreError> {
    let mut findings = HashMap::new();
    for row in rows.iter().filter(|row| row.kind == Kind::Medication && row.active) {
        let signed: Signed = content_of(row)?;
        for answer in signed.overrides {
            let last = findings.entry(answer.finding).or_insert(row.at);
            *last = row.at.max(*last);
        }
    }
    Ok(findings)
}

/// The findings of an evaluation that are news to who was told this: under none of the ids that stand for the same thing,
/// of versions that fire alike or of when it was worse, was it told as gravely and dealt with. What is only for
/// information is no news.
pub(crate) fn news<'a>(
    told: &Told,
    (evaluation, alike): (&'a Evaluation, &Alike),
    now: DateTime<Utc>,
) -> Vec<&'a Finding> {
    let news = |finding: &&Finding| {
        if finding.severity == Severity::Info {
            return false;
        }
        let ids = alike.ids(finding);
        !ids.iter().any(|id| told.open.get(id).is_some_and(|open| open.tells(finding)))
            && told
                .last_signing(finding, &ids)
                .is_none_or(|then| is_newer(finding, then) || told.is_put_right(finding, then))
            && told
                .last_answer(finding, &ids)
                .is_none_or(|then| is_over(finding, then, now) || told.is_put_right(finding, then))
    };
    evaluation.findings().into_iter().filter(news).collect()
}

/// The findings that nobody has answered: neither accepted nor overridden, or on something older than there is now. For
/// how long a rule is silent after an answer says nothing here: that is for suggestions, which come unasked.
pub(super) fn unanswered(
    read: &SafetyFacts,
    (evaluation, alike): (&Evaluation, &Alike),
    corrected: &HashMap<Uuid, DateTime<Utc>>,
) -> Result<Vec<Finding>, StoreError> {
    Ok(waiting(&told(read)?, (evaluation, alike), corrected))
}

fn waiting(
    told: &Told,
    (evaluation, alike): (&Evaluation, &Alike),
    corrected: &HashMap<Uuid, DateTime<Utc>>,
) -> Vec<Finding> {
    let arrived = |finding: &Finding, then| arrived_after(&finding.explanation, then, corrected);
    let waits = |finding: &&Finding| {
        let answered = told.last_answer(finding, &alike.ids(finding));
        answered.is_none_or(|then| is_newer(finding, then) || arrived(finding, then))
    };
    evaluation.findings().into_iter().filter(waits).cloned().collect()
}

/// Whether a value came on record after that, or was corrected, whenever it was measured: a sample that was drawn before an
/// answer and reported after it was not known to who answered. The identities that the platform gives hold the moment.
fn arrived_after(explanation: &Explanation, than: DateTime<Utc>, corrected: &HashMap<Uuid, DateTime<Utc>>) -> bool {
    let then = (u64::try_from(than.timestamp()).unwrap_or(0), than.timestamp_subsec_nanos());
    let arrived = |stream: Uuid| {
        stream.get_timestamp().is_some_and(|at| at.to_unix() > then)
            || corrected.get(&stream).is_some_and(|corrected| *corrected > than)
    };
    any_source(explanation, &arrived)
}

/// Whether this is so of any stream that a finding stands on.
fn any_source(explanation: &Explanation, is_so: &impl Fn(Uuid) -> bool) -> bool {
    explanation.observed.iter().filter_map(|observed| observed.source).any(|source| is_so(source.stream))
        || explanation.children.iter().any(|child| any_source(child, is_so))
}

/// Every id under which something holds: what is open under one of them stays open, unless it was told less gravely, or
/// proposes what the version in force does not.
pub(crate) fn holding(told: &Told, (evaluation, alike): (&Evaluation, &Alike)) -> HashSet<String> {
    let holds = |finding: &Finding, id: &String| told.open.get(id).is_none_or(|open| open.tells(finding));
    let of = |finding: &Finding| alike.ids(finding).into_iter().filter(|id| holds(finding, id)).collect::<Vec<_>>();
    evaluation.findings().into_iter().flat_map(of).collect()
}

/// Whether an answer no longer silences a finding: the rule's time is over, or where it sets none, the finding stands
/// on something newer than the answer.
fn is_over(finding: &Finding, answered: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    match finding.suppress_for_hours {
        Some(hours) => now > answered + Duration::hours(i64::from(hours)),
        None => is_newer(finding, answered),
    }
}

/// Whether a finding stands on something newer than that: what somebody answered for is no longer what there is.
fn is_newer(finding: &Finding, than: DateTime<Utc>) -> bool {
    newest(&finding.explanation).is_some_and(|newest| newest > than)
}

fn newest(explanation: &Explanation) -> Option<DateTime<Utc>> {
    let here = explanation.observed.iter().filter_map(|observed| observed.at).max();
    here.max(explanation.children.iter().filter_map(|child| newest(child)).max())
}

/// How grave a suggestion is, as findings say it.
pub(crate) fn grave(severity: suggestion::Severity) -> Severity {
    match severity {
        suggestion::Severity::Critical => Severity::Critical,
        suggestion::Severity::Warning => Severity::Warning,
        suggestion::Severity::Info => Severity::Info,
    }
}

/// What a finding proposes, or stands on, as it is kept.
pub(super) fn kept<T: serde::Serialize>(of_finding: &[T]) -> Result<Vec<serde_json::Value>, StoreError> {
    let all = of_finding.iter().map(serde_json::to_value).collect::<Result<_, _>>();
    all.map_err(|e| StoreError::Damaged(Box::new(e)))
}

#[cfg(test)]
mod tests {
    use healthcare_dss::{Judgement, Observed, Proposal, RuleBook, Trigger, Truth, Verdict, rule::Given};

    use super::*;

    fn at(hour: u32) -> DateTime<Utc> {
        format!("2026-11-22T{hour:02}:00:00Z").parse().unwrap()
    }

    /// A finding that stands on a value measured at this hour.
    fn found(hour: u32) -> Evaluation {
        found_by(None, hour, None)
    }

    /// As [`found`], by a rule that is silent for so many hours after an answer, from this stream.
    fn found_by(suppress_for_hours: Option<u32>, hour: u32, stream: Option<Uuid>) -> Evaluation {
        let observed = Observed {
            what: "eGFR".into(),
            value: None,
            unit: None,
            source: stream.map(|stream| healthcare_dss::EventRef { stream, version: 1 }),
            at: Some(at(hour)),
            age_seconds: None,
        };
        let explanation = Explanation {
            condition: "low".into(),
            outcome: Truth::Met,
            observed: vec![observed],
            lacking: None,
            children: vec![],
        };
        let finding = Finding {
            id: Uuid::from_u128(1),
            rule: "doac-low-egfr".into(),
            version: 1,
            severity: Severity::Critical,
            summary: "low".into(),
            detail: "low".into(),
            subjects: vec![],
            evidence: vec![],
            override_reasons: vec![],
            suggestions: vec![],
            suppress_for_hours,
            links: vec![],
            explanation: explanation.into(),
            aspect: None,
        };
        let verdict = Verdict::Fired { findings: vec![finding] };
        let judgement = Judgement { rule: "doac-low-egfr".into(), version: 1, verdict };
        Evaluation { judgements: vec![judgement], ..Evaluation::default() }
    }

    #[test]
    fn an_order_that_was_signed_against_a_finding_silences_it_until_there_is_something_newer() {
        let signed = HashMap::from([(Uuid::from_u128(1).to_string(), at(10))]);
        let told = Told { signed, ..Told::default() };
        let alike = Alike::default();
        assert!(news(&told, (&found(9), &alike), at(12)).is_empty(), "what was known when it was signed");
        assert_eq!(news(&told, (&found(11), &alike), at(12)).len(), 1, "a value that came after");
        assert_eq!(news(&Told::default(), (&found(9), &alike), at(12)).len(), 1);
    }

    /// What was answered at eight.
    fn answered_at_eight() -> Told {
        let mut told = Told::default();
        told.answer(id(), Severity::Critical, at(8));
        told
    }

    /// What was answered was never so; what is answered after the correction is.
    #[test]
    fn a_result_that_was_put_right_after_the_answer_is_told_again_though_the_rule_is_silent() {
        let (alike, stream) = (Alike::default(), Uuid::from_u128(7));
        let found = found_by(Some(24), 6, Some(stream));
        let signed = HashMap::from([(id(), at(8))]);
        for told in [answered_at_eight(), Told { signed, ..Told::default() }] {
            let news = |put_right: &[(Uuid, DateTime<Utc>)]| {
                let told = Told { put_right: put_right.iter().copied().collect(), ..told.clone() };
                news(&told, (&found, &alike), at(10)).len()
            };
            assert_eq!(news(&[(stream, at(9))]), 1);
            assert_eq!(news(&[(stream, at(8))]), 0, "it was known to who answered");
            assert_eq!(news(&[(Uuid::from_u128(5), at(9))]), 0, "another one");
            assert_eq!(told.of_answered((&found, &alike)).len(), 1);
        }
        assert!(Told::default().of_answered((&found, &alike)).is_empty());
    }

    #[test]
    fn a_result_that_is_newer_than_the_answer_waits_though_the_rule_is_silent() {
        let (found, alike) = (found_by(Some(4), 9, None), Alike::default());
        assert_eq!(waiting(&answered_at_eight(), (&found, &alike), &HashMap::new()).len(), 1);
        assert!(news(&answered_at_eight(), (&found, &alike), at(10)).is_empty(), "no suggestion yet");
    }

    #[test]
    fn a_result_that_was_answered_waits_no_more_though_the_rule_speaks_again() {
        let (found, alike) = (found_by(Some(4), 6, None), Alike::default());
        assert!(waiting(&answered_at_eight(), (&found, &alike), &HashMap::new()).is_empty());
        assert_eq!(news(&answered_at_eight(), (&found, &alike), at(13)).len(), 1, "it speaks again");
        assert_eq!(waiting(&Told::default(), (&found, &alike), &HashMap::new()).len(), 1, "nobody answered");
    }

    #[test]
    fn a_result_that_was_drawn_before_the_answer_and_reported_after_it_waits() {
        let alike = Alike::default();
        let reported = |hour: u32| {
            let seconds = u64::try_from(at(hour).timestamp()).unwrap();
            Some(Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, 0)))
        };
        assert_eq!(
            waiting(&answered_at_eight(), (&found_by(Some(4), 7, reported(9)), &alike), &HashMap::new()).len(),
            1
        );
        assert!(
            waiting(&answered_at_eight(), (&found_by(Some(4), 6, reported(7)), &alike), &HashMap::new()).is_empty()
        );
    }

    #[test]
    fn a_result_that_was_corrected_after_the_answer_waits() {
        let alike = Alike::default();
        let seconds = u64::try_from(at(7).timestamp()).unwrap();
        let stream = Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, 0));
        let found = found_by(Some(4), 6, Some(stream));
        let waits = |corrected: &[(Uuid, DateTime<Utc>)]| {
            waiting(&answered_at_eight(), (&found, &alike), &corrected.iter().copied().collect()).len()
        };
        assert_eq!(waits(&[(stream, at(9))]), 1);
        assert_eq!(waits(&[(stream, at(7))]), 0, "it was known to who answered");
        assert_eq!(waits(&[(Uuid::from_u128(5), at(9))]), 0, "another one");
    }

    /// The same finding of this version, at this severity, with this proposal.
    fn of(version: u32, severity: Severity, proposal: Proposal) -> Evaluation {
        let mut evaluation = found(9);
        let Verdict::Fired { findings } = &mut evaluation.judgements[0].verdict else { panic!("it fired") };
        (findings[0].version, findings[0].severity) = (version, severity);
        findings[0].suggestions = vec![proposal];
        evaluation
    }

    fn review(what: &str) -> Proposal {
        Proposal::Review { what: what.into() }
    }

    fn id() -> String {
        Uuid::from_u128(1).to_string()
    }

    #[test]
    fn an_answer_to_what_was_told_less_gravely_silences_nothing_graver() {
        let alike = Alike::default();
        for (answered, now, silent) in [
            (Severity::Warning, Severity::Critical, false),
            (Severity::Critical, Severity::Critical, true),
            (Severity::Critical, Severity::Warning, true),
            (Severity::Warning, Severity::Warning, true),
        ] {
            let mut told = Told::default();
            told.answer(id(), answered, at(10));
            let evaluation = of(2, now, review("it"));
            let news = news(&told, (&evaluation, &alike), at(12));
            assert_eq!(news.is_empty(), silent, "{answered:?} {now:?}");
        }
        let mut told = Told::default();
        told.answer(id(), Severity::Critical, at(10));
        told.answer(id(), Severity::Warning, at(11));
        let graver = of(2, Severity::Critical, review("it"));
        assert!(news(&told, (&graver, &alike), at(12)).is_empty(), "both were answered");
    }

    #[test]
    fn what_is_open_is_replaced_when_it_is_graver_now_or_another_version_proposes_otherwise() {
        let alike = Alike::default();
        let open = of(1, Severity::Warning, review("500 mg"));
        let open = Open::of(open.findings()[0]).unwrap();
        let told = Told { open: HashMap::from([(id(), open)]), ..Told::default() };
        for (version, severity, proposal, stays) in [
            (1, Severity::Warning, "500 mg", true),
            (2, Severity::Warning, "500 mg", true),
            (2, Severity::Warning, "50 mg", false),
            (2, Severity::Critical, "500 mg", false),
            (1, Severity::Critical, "500 mg", false),
        ] {
            let evaluation = of(version, severity, review(proposal));
            let holds = holding(&told, (&evaluation, &alike));
            assert_eq!(holds.contains(&id()), stays, "{version} {severity:?} {proposal}");
            assert_eq!(news(&told, (&evaluation, &alike), at(12)).is_empty(), stays, "told anew if it is withdrawn");
        }
    }

    /// The severity of a table is of its row, and an order does not say how grave was what it was signed against.
    #[test]
    fn an_order_signed_against_the_row_of_another_version_silences_no_row() {
        let book = RuleBook::embedded().unwrap();
        let given: Given = serde_json::from_value(serde_json::json!({
            "active": ["warfarin 5 MG Oral Tablet", "Ibuprofen 200 MG Oral Tablet"], "allergies": [] }))
        .unwrap();
        let evaluation = book.look(Trigger("pharmacy.medication.prescribed"), &given.facts());
        let findings = evaluation.findings();
        let finding = findings.iter().find(|one| &*one.rule == "drug-interaction").unwrap();
        let other = finding.version + 1;
        let alike = Alike::from([((finding.rule.to_string(), finding.version), vec![other])]);
        let [own, of_other] = <[Uuid; 2]>::try_from(finding.known_as(&[other])).unwrap();
        for (signed, silent) in [(own, true), (of_other, false)] {
            let told = Told { signed: HashMap::from([(signed.to_string(), given.facts().at)]), ..Told::default() };
            let news = news(&told, (&evaluation, &alike), at(12));
            assert_eq!(!news.iter().any(|one| one.id == finding.id), silent);
        }
    }
}
