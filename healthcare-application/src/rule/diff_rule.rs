//! What two versions of a rule say differently.

use healthcare_dss::rule::RuleDocument;
use json_patch::{PatchOperation, diff, patch};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{ensure_reader, refresh, seen::Seen};
use crate::{App, QueryError, StoreError, access::Call};

/// What two versions say differently.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleDiff {
    /// The rule.
    pub rule: String,
    /// The version it is compared with.
    pub from: u32,
    /// The version that is compared.
    pub to: u32,
    /// Each difference. Applied in their order, as RFC 6902 says, they make the one of the other.
    pub changes: Vec<Difference>,
}

/// One difference.
#[derive(Debug, Serialize, ToSchema)]
pub struct Difference {
    /// `add`, `remove` or `replace`.
    pub op: &'static str,
    /// Where in the document, as a JSON pointer.
    #[schema(example = "/when/observation/is/at_least")]
    pub path: String,
    /// What stood there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Value>,
    /// What stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Value>,
}

/// The differences between two versions of a rule: from the one that counts to the latest, if none are named.
///
/// # Errors
/// When the caller may not, there is no such version, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(rule = name))]
pub async fn diff_rule(
    app: &App,
    call: &Call,
    name: &str,
    (from, to): (Option<u32>, Option<u32>),
) -> Result<RuleDiff, QueryError> {
    ensure_reader(app, call).await?;
    let course = refresh(app).await?;
    let seen = Seen::new(app.rules.library(), &course, app.clock.now());
    let from = from.or_else(|| seen.leading(name, None)).ok_or(QueryError::NotFound)?;
    let to = to.or_else(|| seen.versions(name).last().copied()).ok_or(QueryError::NotFound)?;
    // Written the same way, whichever program wrote them.
    let text = |version| {
        let kept = seen.text(name, version)?;
        let read = serde_json::from_value::<RuleDocument>(kept.clone()).ok();
        Some(read.and_then(|read| serde_json::to_value(read).ok()).unwrap_or_else(|| kept.clone()))
    };
    let (old, new) = (text(from).ok_or(QueryError::NotFound)?, text(to).ok_or(QueryError::NotFound)?);
    let changes = differences(old, &new).map_err(|e| StoreError::Damaged(Box::new(e)))?;
    Ok(RuleDiff { rule: name.to_owned(), from, to, changes })
}

/// Each difference with what stood there when it was come to.
fn differences(mut now: Value, to: &Value) -> Result<Vec<Difference>, json_patch::PatchError> {
    let steps = diff(&now, to).0;
    let mut all = Vec::with_capacity(steps.len());
    for step in steps {
        let path = step.path().to_string();
        let stood = now.pointer(&path).cloned();
        let (op, old, new) = match &step {
            PatchOperation::Add(add) => ("add", None, Some(add.value.clone())),
            PatchOperation::Remove(_) => ("remove", stood, None),
            PatchOperation::Replace(replace) => ("replace", stood, Some(replace.value.clone())),
            // A difference is told by the three above.
            PatchOperation::Move(_) | PatchOperation::Copy(_) | PatchOperation::Test(_) => continue,
        };
        patch(&mut now, &[step])?;
        all.push(Difference { op, path, old, new });
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn given_two_documents_when_compared_then_each_difference_tells_what_stood_and_what_stands() {
        let old = json!({ "title": "a", "when": { "all": [{ "sex": "female" }, { "pregnant": true }] }, "owner": "x" });
        let new = json!({ "title": "b", "when": { "all": [{ "sex": "female" }] }, "links": [1] });
        let told = differences(old, &new).unwrap();
        let lines: Vec<_> =
            told.iter().map(|one| (one.op, one.path.as_str(), one.old.clone(), one.new.clone())).collect();
        assert!(lines.contains(&("replace", "/title", Some(json!("a")), Some(json!("b")))), "{lines:?}");
        assert!(lines.contains(&("remove", "/when/all/1", Some(json!({ "pregnant": true })), None)), "{lines:?}");
        assert!(lines.contains(&("remove", "/owner", Some(json!("x")), None)), "{lines:?}");
        assert!(lines.contains(&("add", "/links", None, Some(json!([1])))), "{lines:?}");
        assert!(differences(new.clone(), &new).unwrap().is_empty());
    }
}
