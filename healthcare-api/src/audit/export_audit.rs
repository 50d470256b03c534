//! `GET /audit/export`.

use actix_web::{
    HttpResponse, get,
    web::{Bytes, Data},
};
use chrono::{DateTime, Utc};
use futures::{
    StreamExt,
    future::ready,
    stream::{once, try_unfold},
};
use healthcare_application::{
    App, Permit,
    audit::{self, AuditFilter, AuditPaging, AuditSort, ExportError, Logged, Outcome},
};
use healthcare_domain::id::PatientId;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::search_audit::of_one;
use crate::{
    http::{Caller, Query},
    problem::Problem,
};

/// Entries that are read at a time.
const AT_A_TIME: u16 = 1_000;

/// Which entries, and how they are written; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// By this account.
    actor: Option<Uuid>,
    /// About this patient.
    #[param(value_type = Option<uuid::Uuid>)]
    patient: Option<PatientId>,
    /// Done to this account, program or session, and to nobody's record: not together with `patient`.
    subject: Option<Uuid>,
    /// Of this kind.
    #[param(max_length = 100)]
    action: Option<String>,
    /// With this outcome.
    #[param(inline)]
    outcome: Option<Outcome>,
    /// From this time on (RFC 3339).
    from: Option<DateTime<Utc>>,
    /// Before this time (RFC 3339).
    to: Option<DateTime<Utc>>,
    /// A line an entry: of JSON (`ndjson`), or of comma-separated values (`csv`).
    #[param(inline)]
    format: Option<Lines>,
}

/// How the lines are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Lines {
    /// JSON.
    #[default]
    Ndjson,
    /// Comma-separated values with a header (RFC 4180).
    Csv,
}

/// All entries that match, oldest first, as they are read. It needs a second factor shown within the last five minutes.
#[utoipa::path(tag = "audit", params(Wanted), responses(
    (status = 200, description = "the entries, a line each", content(("application/x-ndjson"), ("text/csv"))),
    (status = 400, description = "a parameter cannot be read", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "a time is beyond what the record can hold", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not, or a second factor is to be shown first", body = Problem, content_type = "application/problem+json"),
))]
#[get("/audit/export")]
pub async fn export_audit(app: Data<App>, caller: Caller, wanted: Query<Wanted>) -> Result<HttpResponse, Problem> {
    let Wanted { actor, patient, subject, action, outcome, from, to, format } = wanted.0;
    of_one(patient, subject)?;
    // What is recorded while it is exported is not of it: it would never end.
    let to = to.unwrap_or_else(|| app.clock.now());
    let filter = AuditFilter { actor, patient, subject, action, outcome, from, to: Some(to) };
    let permit = audit::begin_export(&app, &caller.0, &filter).await?;
    let lines = format.unwrap_or_default();
    let (content_type, name) = match lines {
        Lines::Ndjson => ("application/x-ndjson", "audit.ndjson"),
        Lines::Csv => ("text/csv; charset=utf-8", "audit.csv"),
    };
    let first = AuditPaging { after: None, limit: AT_A_TIME, sort: AuditSort::Oldest };
    let header = if lines == Lines::Csv { HEADER.to_owned() } else { String::new() };
    let state = State { app, permit, filter, lines, next: Some(first), text: header };
    // The first page is read before the head is sent: what cannot be answered is a problem, and no answer that breaks off.
    let (text, state) = page(state).await?;
    let rest = try_unfold(state, |state| async move {
        if state.next.is_none() {
            return Ok(None);
        }
        page(state).await.map(Some).map_err(actix_web::Error::from)
    });
    let pages = once(ready(Ok::<_, actix_web::Error>(text))).chain(rest);
    Ok(HttpResponse::Ok()
        .content_type(content_type)
        .insert_header(("content-disposition", format!("attachment; filename=\"{name}\"")))
        .streaming(pages))
}

/// Where an export stands.
struct State {
    app: Data<App>,
    permit: Permit,
    filter: AuditFilter,
    lines: Lines,
    next: Option<AuditPaging>,
    text: String,
}

/// The next page as lines, and where the export stands behind it. Behind the last there is nothing.
async fn page(mut state: State) -> Result<(Bytes, State), Problem> {
    let Some(paging) = state.next else { return Ok((Bytes::new(), state)) };
    let page = state.app.audit.search(&state.permit, &state.filter, &paging).await.map_err(Problem::from)?;
    let after = page.next_cursor.as_deref().map(str::parse).transpose();
    // The cursor is one that was written a moment ago.
    let after = after.map_err(|_| Problem::unavailable())?;
    state.next = after.map(|after| AuditPaging { after: Some(after), ..paging });
    let mut text = std::mem::take(&mut state.text);
    for logged in &page.items {
        match state.lines {
            Lines::Ndjson => text.push_str(&serde_json::to_string(logged).map_err(|_| Problem::unavailable())?),
            Lines::Csv => text.push_str(&csv(logged)),
        }
        text.push('\n');
    }
    Ok((text.into(), state))
}

const HEADER: &str = "seq,at,actor,role,session,address,purpose,action,resource,fields,patient,subject,outcome,reason,request,note,actor_name\n";

/// With what a spreadsheet takes a cell for a formula (OWASP, "CSV Injection"): also in full width, and behind a blank.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// A line of CSV. A cell that a spreadsheet would take for a formula is written with a quote before it.
fn csv(logged: &Logged) -> String {
    let entry = &logged.entry;
    let or_empty = |value: Option<String>| value.unwrap_or_default();
    let cells = [
        logged.seq.to_string(),
        entry.at.to_rfc3339(),
        entry.actor.to_string(),
        entry.role.to_string(),
        or_empty(entry.session.map(|id| id.to_string())),
        or_empty(entry.address.map(|address| address.to_string())),
        entry.purpose.to_string(),
        entry.action.to_string(),
        or_empty(entry.resource.clone()),
        entry.fields.as_str().to_owned(),
        or_empty(entry.patient.map(|id| id.to_string())),
        or_empty(entry.subject.map(|id| id.to_string())),
        entry.outcome.as_str().to_owned(),
        or_empty(entry.reason.as_ref().map(ToString::to_string)),
        entry.request.to_string(),
        or_empty(entry.note.clone()),
        or_empty(logged.actor_name.clone()),
    ];
    cells.map(cell).join(",")
}

fn cell(text: String) -> String {
    let formula = text.starts_with(FORMULA) || text.trim_start().starts_with(FORMULA);
    let text = if formula { format!("'{text}") } else { text };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Query(error) => error.into(),
            ExportError::StepUp => Self::step_up_required(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_cell_is_quoted_and_is_never_a_formula() {
        assert_eq!(cell("plain".into()), "plain");
        assert_eq!(cell("a,\"b\"".into()), "\"a,\"\"b\"\"\"");
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\n=1", "\u{ff1d}1", "=HYPERLINK(\"http://x\")"]
        {
            let written = cell(formula.into());
            assert!(written.trim_start_matches('"').starts_with('\''), "{formula:?}: {written}");
        }
    }
}
