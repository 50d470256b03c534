//! json-rules-engine, in a Node.js beside us that is told when to run.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, ensure};
use serde::Deserialize;
use serde_json::json;

use crate::table::{Row, record};

pub struct Node {
    child: Child,
    ask: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

#[derive(Deserialize)]
pub struct Ran {
    pub seconds: f64,
    pub runs: u32,
    pub fired: Vec<String>,
}

impl Node {
    /// `modules` is the folder that `npm install` was run in.
    pub fn new(rows: &[Row], modules: &Path) -> anyhow::Result<Self> {
        let script = modules.join("json-rules-engine.mjs");
        ensure!(script.exists(), "{} is not there", script.display());
        let mut child =
            Command::new("node").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("node")?;
        let mut ask = child.stdin.take().context("stdin")?;
        let answers = BufReader::new(child.stdout.take().context("stdout")?).lines();
        writeln!(ask, "{}", json!({"rules": rows, "record": record()}))?;
        Ok(Self { child, ask, answers })
    }

    /// Judges the record again and again for some seconds.
    pub fn run(&mut self, seconds: f64) -> anyhow::Result<Ran> {
        writeln!(self.ask, "{seconds}")?;
        let line = self.answers.next().context("json-rules-engine went away")??;
        Ok(serde_json::from_str(&line)?)
    }

    /// Ends it.
    pub fn close(self) -> anyhow::Result<()> {
        let Self { mut child, ask, answers } = self;
        drop((ask, answers));
        child.wait()?;
        Ok(())
    }
}
