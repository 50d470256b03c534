//! What a reader sees of plans and templates.

use healthcare_domain::{
    plan::{CarePlan, Plan, PlanStatus, Planned},
    template::{Template, TemplateContent},
};
use serde_json::json;

use super::{
    Kind, Row,
    render::{Of, With, entry, row},
};

/// Of a plan: as its source says it, or as this house made it. It is grouped by where it stands.
pub(super) fn plan(state: &Plan, of: Of) -> Vec<Row> {
    let elsewhere = |plan: &CarePlan| {
        let rows =
            entry(Kind::Plan, &state.as_kept_elsewhere().unwrap_or_default(), of, |c| (c.started_at, c.is_active()));
        rows.into_iter().map(|row| Row { code: Some(plan.status.clone()), ..row }).collect()
    };
    match state {
        Plan::Unwritten => vec![],
        Plan::Elsewhere(plan) | Plan::StruckElsewhere(plan) => elsewhere(plan),
        Plan::Planned(planned) => vec![ours(planned, planned.status.as_str(), of)],
        Plan::EnteredInError(planned) => vec![ours(planned, "entered-in-error", of)],
    }
}

fn ours(planned: &Planned, status: &'static str, of: Of) -> Row {
    let followed = matches!(planned.status, PlanStatus::Active | PlanStatus::OnHold) && status != "entered-in-error";
    let row = row(Kind::Plan, of, status, followed, Some(planned.content.starts_at), planned);
    Row { code: Some(status.to_owned()), ..row }
}

/// Of a template.
pub(super) fn template(state: &Template, of: Of) -> Vec<Row> {
    let (status, content, revision) = match state {
        Template::Undefined => return vec![],
        Template::Offered { content, revision } => ("active", content, revision),
        Template::Retired { content, revision } => ("retired", content, revision),
    };
    let kind = match **content {
        TemplateContent::Note(_) => "note",
        TemplateContent::Plan(_) => "plan",
    };
    let with = With { content: &**content, more: json!({ "kind": kind, "revision": revision }) };
    vec![Row { code: Some(kind.to_owned()), ..row(Kind::Template, of, status, status == "active", None, with) }]
}
