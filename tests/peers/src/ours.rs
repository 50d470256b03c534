//! The rules of the platform.

use std::sync::Arc;

use anyhow::Context;
use healthcare_dss::knowledge::Knowledge;
use healthcare_dss::rule::{Given, RuleDocument};
use healthcare_dss::{Facts, RuleBook, Trigger, Verdict};
use serde_json::json;

use crate::table::{DRUGS, MEASURED, Row, VALUE};

pub struct Ours {
    book: RuleBook,
    facts: Facts,
    ids: Vec<String>,
}

impl Ours {
    pub fn new(rows: &[Row]) -> anyhow::Result<Self> {
        let documents: Vec<RuleDocument> =
            rows.iter().map(|row| serde_json::from_value(document(row))).collect::<Result<_, _>>()?;
        let given: Given = serde_json::from_value(json!({
            "draft": DRUGS[0],
            "observations": MEASURED
                .iter()
                .map(|(_, loinc, unit)| json!({"loinc": loinc, "value": VALUE, "unit": unit, "hours_ago": 1}))
                .collect::<Vec<_>>(),
        }))?;
        let book = RuleBook::from_documents(Arc::new(Knowledge::embedded()?), documents)?;
        Ok(Self { book, facts: given.facts(), ids: rows.iter().map(|row| row.id.clone()).collect() })
    }

    /// As the platform judges: by index, the trees of what might speak and the names of the rest.
    pub fn indexed(&self) -> Vec<String> {
        let evaluation = std::hint::black_box(self.book.evaluate(Trigger::ORDER_SIGN, &self.facts));
        let fired = evaluation.judgements.iter().filter(|one| matches!(one.verdict, Verdict::Fired { .. }));
        fired.map(|one| one.rule.to_string()).collect()
    }

    /// Every rule with its tree, as replay judges.
    pub fn in_full(&self) -> Vec<String> {
        let judged = std::hint::black_box(self.book.judge_some(self.ids.iter().map(String::as_str), &self.facts));
        let fired = judged.iter().filter(|one| matches!(one.verdict, Verdict::Fired { .. }));
        fired.map(|one| one.rule.to_string()).collect()
    }

    /// Whether every measurement is known and comparable: a table of missing values would be a cheap one.
    pub fn ensure_nothing_is_lacking(&self) -> anyhow::Result<()> {
        let judged = self.book.judge_some(self.ids.iter().map(String::as_str), &self.facts);
        let lacking =
            judged.iter().find(|one| matches!(one.verdict, Verdict::Lacking { .. } | Verdict::Unavailable { .. }));
        lacking.map_or(Ok(()), |one| Err(anyhow::anyhow!("{one:?}"))).context("a rule of the comparison lacks data")
    }
}

fn document(row: &Row) -> serde_json::Value {
    let unit = MEASURED.iter().find(|(name, ..)| *name == row.measurement).map_or("1", |(.., unit)| unit);
    let measured = json!({"observation": {
        "value_set": row.measurement, "unit": unit, "is": {"at_least": row.limit}, "within_hours": 24, "as": "value"
    }});
    let when = match row.drug {
        Some(drug) => json!({"all": [{"drug": {"of": "draft", "in": [format!("ingredient:{drug}")]}}, measured]}),
        None => measured,
    };
    json!({
        "id": row.id, "version": 1, "title": row.id, "purpose": "comparison", "owner": "bench", "severity": "warning",
        "evidence": [{"citation": "none", "grade": "local-practice", "source": "unchecked"}],
        "triggers": ["order-sign"], "when": when,
        "then": {"summary": "{value}", "detail": "{value}"},
        "tests": [{"name": "n", "given": {}, "expect": "not_fired"}]
    })
}
