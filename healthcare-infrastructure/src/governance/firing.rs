//! `governance.firing`: each time somebody was told of a finding.

use std::{collections::HashSet, sync::LazyLock};

use healthcare_application::{
    decision::is_hook,
    store::{Commit, EvaluationRecord},
};
use healthcare_domain::{DomainEvent, id::PatientId, suggestion::SuggestionEvent};
use healthcare_dss::RuleBook;
use uuid::Uuid;

use crate::projection::Statement;

/// How long a finding before signing counts as the same one to the same person: an order that is sent again with a reason
/// is no second telling.
const SAME_WITHIN: &str = "1 hour";

/// Stands for the patient and the finding together: the same telling is counted once.
fn subject(patient: PatientId, finding: &str) -> Uuid {
    Uuid::new_v5(&patient.0, finding.as_bytes())
}

/// The reason, if it is one of those that rules offer. What somebody wrote in words of their own may be about the patient,
/// and stays in the event, sealed under the patient's key.
fn listed(reason: &str, offered: &[&str]) -> Option<String> {
    static SHIPPED: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let book = RuleBook::embedded().ok();
        let reasons = book.iter().flat_map(RuleBook::documents).flat_map(|rule| &rule.then.override_reasons);
        reasons.map(ToString::to_string).collect()
    });
    (offered.contains(&reason) || SHIPPED.contains(reason)).then(|| reason.to_owned())
}

/// The reasons that a finding offers.
fn reasons(finding: &serde_json::Value) -> Vec<&str> {
    finding["override_reasons"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str).collect()
}

/// The statements that count what commits tell of, in order.
pub(crate) fn statements(commits: &[Commit]) -> Vec<Statement> {
    let mut all = vec![];
    for commit in commits {
        for change in &commit.changes {
            for new in &change.events {
                if let DomainEvent::Suggestion(event) = &new.event {
                    all.push(suggested(commit, change.id, event, new.occurred_at));
                }
            }
        }
        for evaluation in commit.evaluations.iter().filter(|one| is_hook(&one.trigger)) {
            all.extend(before_signing(commit, evaluation));
        }
    }
    all
}

fn suggested(commit: &Commit, id: Uuid, event: &SuggestionEvent, at: chrono::DateTime<chrono::Utc>) -> Statement {
    let answer = |outcome: &'static str, role: Option<String>, reason: Option<String>| {
        let sql = "update governance.firing set outcome = $2, answered_at = $3, answered_role = $4, reason = $5,
                answered_by = $6
            where id = $1 and via = 'suggestion'";
        let by = role.as_ref().map(|_| commit.meta.actor);
        Statement::new(sql).bind(id).bind(outcome).bind(at).bind(role).bind(reason).bind(by)
    };
    let role = || Some(commit.meta.role.clone());
    match event {
        SuggestionEvent::SuggestionRaised { content, at } => {
            let severity =
                serde_json::to_value(content.severity).ok().and_then(|word| word.as_str().map(str::to_owned));
            let sql = "insert into governance.firing
                    (id, subject, via, trigger, rule, rule_version, severity, ward, fired_at, outcome)
                values ($1, $2, 'suggestion', $3, $4, $5, $6, (select e.ward from read.encounter e
                    where e.patient_id = es.survivor_of($7) and e.active order by e.started_at desc limit 1), $8, 'open')
                on conflict do nothing";
            let trigger = commit.evaluations.first().map(|one| one.trigger.clone()).unwrap_or_default();
            Statement::new(sql)
                .bind(id)
                .bind(subject(content.patient, &content.finding))
                .bind(trigger)
                .bind(content.rule.clone())
                .bind(content.rule_version.parse::<i32>().unwrap_or_default())
                .bind(severity.unwrap_or_default())
                .bind(content.patient.0)
                .bind(*at)
        }
        SuggestionEvent::SuggestionAccepted { .. } => answer("accepted", role(), None),
        SuggestionEvent::SuggestionOverridden { reason, offered, .. } => {
            let offers: &[&str] = if *offered { &[reason.as_str()] } else { &[] };
            answer("overridden", role(), listed(reason.as_str(), offers))
        }
        SuggestionEvent::SuggestionWithdrawn { .. } => answer("withdrawn", None, None),
        SuggestionEvent::SuggestionSnoozed { .. } => {
            Statement::new("update governance.firing set snoozes = snoozes + 1 where id = $1 and via = 'suggestion'")
                .bind(id)
        }
        SuggestionEvent::SuggestionReturned { .. } => Statement::new(
            "update governance.firing set outcome = 'open' where id = $1 and via = 'suggestion' and outcome = 'open'",
        )
        .bind(id),
    }
}

/// What was told before signing: overridden with a reason, noted where it did not interrupt, or the order was left.
fn before_signing(commit: &Commit, evaluation: &EvaluationRecord) -> Vec<Statement> {
    let signed = !commit.changes.is_empty();
    let events = commit.changes.iter().flat_map(|change| &change.events);
    let overrides: Vec<_> = events.flat_map(|new| new.event.overrides()).collect();
    // Of a draft, what it did not bring up was found and not told.
    let told = |finding: &&serde_json::Value| {
        let id = finding["id"].as_str().and_then(|id| id.parse::<Uuid>().ok());
        evaluation.told.as_ref().is_none_or(|told| id.is_some_and(|id| told.contains(&id)))
    };
    let lines = evaluation.judgements.as_array().into_iter().flatten();
    let findings = lines
        .filter(|line| line["outcome"] == "fired")
        .flat_map(|line| line["judgement"]["verdict"]["findings"].as_array().into_iter().flatten())
        .filter(told);
    findings
        .map(|finding| {
            let text = |field: &str| finding[field].as_str().unwrap_or_default().to_owned();
            let given = overrides.iter().find(|answer| finding["id"].as_str() == Some(answer.finding.as_str()));
            let outcome = match (given, signed, text("severity").as_str()) {
                (Some(_), true, _) => "overridden",
                (None, true, _) => "noted",
                (_, false, "critical") => "not-signed",
                (_, false, _) => "noted",
            };
            // The same told again within the hour to the same person is the same telling, with what came of it last.
            let sql = "with now as (select clock_timestamp() as at), again as (
                    update governance.firing f set outcome = $6, answered_at = now.at, answered_role = $7, reason = $8
                    from now where f.via = 'hook' and f.subject = $2 and f.actor = $9
                        and f.fired_at > now.at - $10::text::interval
                    returning 1)
                insert into governance.firing (id, subject, via, trigger, rule, rule_version, severity, outcome,
                    answered_at, answered_role, reason, actor, ward, fired_at, shown_at, shown_role)
                select $1, $2, 'hook', $3, $4, $5, $11, $6, now.at, $7, $8, $9,
                    (select e.ward from read.encounter e where e.patient_id = es.survivor_of($12) and e.active
                        order by e.started_at desc limit 1), now.at, now.at, $7
                from now where not exists (select from again)
                on conflict do nothing";
            Statement::new(sql)
                .bind(evaluation.id)
                .bind(subject(evaluation.patient, &text("id")))
                .bind(evaluation.trigger.clone())
                .bind(text("rule"))
                .bind(finding["version"].as_i64().and_then(|v| i32::try_from(v).ok()).unwrap_or_default())
                .bind(outcome)
                .bind(commit.meta.role.clone())
                .bind(given.and_then(|answer| listed(answer.reason.as_str(), &reasons(finding))))
                .bind(commit.meta.actor)
                .bind(SAME_WITHIN)
                .bind(text("severity"))
                .bind(evaluation.patient.0)
        })
        .collect()
}
