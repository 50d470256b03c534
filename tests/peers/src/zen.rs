//! zen-engine: one decision table that collects what holds, compiled, with its trace.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use zen_engine::model::DecisionContent;
use zen_engine::{Decision, DecisionEngine, EvaluationOptions};

use crate::table::{MEASURED, Row, record};

pub struct Zen {
    decision: Decision,
    record: Value,
    runtime: tokio::runtime::Runtime,
}

impl Zen {
    pub fn new(rows: &[Row]) -> anyhow::Result<Self> {
        let mut inputs = vec![json!({"id": "drug", "name": "drug", "field": "drug"})];
        inputs.extend(MEASURED.iter().map(|(name, ..)| {
            // A hyphen is a minus in its expressions.
            json!({"id": name, "name": name, "field": name.replace('-', "_")})
        }));
        let rules: Vec<Value> = rows.iter().map(rule).collect();
        let content: DecisionContent = serde_json::from_value(json!({
            "nodes": [
                {"id": "in", "name": "in", "type": "inputNode", "content": {}},
                {"id": "table", "name": "table", "type": "decisionTableNode", "content": {
                    "hitPolicy": "collect", "inputs": inputs,
                    "outputs": [{"id": "out", "name": "fired", "field": "fired"}], "rules": rules
                }},
                {"id": "end", "name": "end", "type": "outputNode", "content": {}}
            ],
            "edges": [
                {"id": "a", "sourceId": "in", "targetId": "table"},
                {"id": "b", "sourceId": "table", "targetId": "end"}
            ]
        }))?;
        let mut decision = DecisionEngine::default()
            .create_decision(Arc::new(content))
            .map_err(|error| anyhow::anyhow!("{error:?}"))?;
        decision.compile();
        let fields = record().as_object().cloned().unwrap_or_default();
        let record = fields.into_iter().map(|(name, value)| (name.replace('-', "_"), value)).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        Ok(Self { decision, record: Value::Object(record), runtime })
    }

    pub fn judge(&self, trace: bool) -> anyhow::Result<Vec<String>> {
        let options = EvaluationOptions { trace, max_depth: 5 };
        let response = self
            .runtime
            .block_on(self.decision.evaluate_with_opts(self.record.clone().into(), options))
            .map_err(|error| anyhow::anyhow!("{error:?}"))?;
        let response = std::hint::black_box(response);
        let fired = response.result.to_value();
        let fired = fired.as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(fired.iter().filter_map(|row| row["fired"].as_str().map(str::to_owned)).collect())
    }
}

fn rule(row: &Row) -> Value {
    let mut cells = Map::new();
    cells.insert("_id".into(), row.id.as_str().into());
    cells.insert("drug".into(), row.drug.map(|drug| format!("\"{drug}\"")).unwrap_or_default().into());
    for (name, ..) in MEASURED {
        let cell = if name == row.measurement { format!(">= {}", row.limit) } else { String::new() };
        cells.insert(name.into(), cell.into());
    }
    cells.insert("out".into(), format!("\"{}\"", row.id).into());
    cells.into()
}
