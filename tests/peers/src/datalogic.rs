//! datalogic-rs: every rule compiled to JSONLogic and judged on a record that was parsed once.

use anyhow::anyhow;
use bumpalo::Bump;
use datalogic_rs::{Engine, Logic, ParsedData};
use serde_json::json;

use crate::table::{Row, record};

pub struct Datalogic {
    engine: Engine,
    rules: Vec<(String, Logic)>,
    record: ParsedData,
}

impl Datalogic {
    pub fn new(rows: &[Row]) -> anyhow::Result<Self> {
        let engine = Engine::new();
        let mut rules = vec![];
        for row in rows {
            let measured = json!({">=": [{"var": row.measurement}, row.limit]});
            let logic = match row.drug {
                Some(drug) => json!({"and": [{"==": [{"var": "drug"}, drug]}, measured]}),
                None => measured,
            };
            let logic = engine.compile(logic.to_string().as_str()).map_err(|error| anyhow!("{error:?}"))?;
            rules.push((row.id.clone(), logic));
        }
        let record = ParsedData::from_json(&record().to_string()).map_err(|error| anyhow!("{error:?}"))?;
        Ok(Self { engine, rules, record })
    }

    /// Yes or no for every rule, without saying why.
    pub fn verdicts(&self) -> anyhow::Result<Vec<String>> {
        let mut session = self.engine.session();
        let mut fired = vec![];
        for (id, logic) in &self.rules {
            let holds = session
                .eval_borrowed(logic, self.record.value())
                .map_err(|error| anyhow!("{error:?}"))?
                .as_bool()
                .unwrap_or_default();
            if holds {
                fired.push(id.clone());
            }
            session.reset();
        }
        Ok(fired)
    }

    /// Every rule with the steps by which it was judged.
    pub fn traced(&self) -> anyhow::Result<Vec<String>> {
        let traced = self.engine.trace();
        let mut arena = Bump::new();
        let mut fired = vec![];
        for (id, logic) in &self.rules {
            arena.reset();
            let run = std::hint::black_box(traced.eval_borrowed(logic, self.record.value(), &arena));
            if run.result.map_err(|error| anyhow!("{error:?}"))?.as_bool().unwrap_or_default() {
                fired.push(id.clone());
            }
        }
        Ok(fired)
    }
}
