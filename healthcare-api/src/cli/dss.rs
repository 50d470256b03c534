//! `healthcare dss`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Subcommand};
use healthcare_application::{
    Call, QueryError,
    audit::Fields,
    decision::{Difference, ReplayOutcome, Replayed, replay_decision},
};
use healthcare_dss::knowledge::SiteChange;
use healthcare_infrastructure::rule::read_site;
use serde_json::Value;
use uuid::Uuid;

use super::accountable;
use crate::{config::Settings, startup};

/// It comes out the same.
const SAME: u8 = 0;
/// It comes out otherwise.
const DIFFERENT: u8 = 1;
/// Nobody can tell.
const CANNOT_TELL: u8 = 2;

/// What is asked of decision support.
#[derive(Debug, Subcommand)]
pub enum DssCommand {
    /// Judges again what was judged, by the rules and the knowledge of then, and compares byte for byte. Ends with 0 when
    /// it comes out the same, with 1 when it does not (and says what differs), with 2 when that cannot be told.
    Replay(ReplayArgs),
    /// Reads a folder as `HEALTHCARE_KNOWLEDGE` would be, runs the cases of the shipped rules and of the folder over it, and
    /// says what it changes. Nothing is stored. Ends with 1 when it would be refused, and says where and why.
    CheckKnowledge {
        /// The folder.
        folder: PathBuf,
    },
}

/// What is judged again.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// The identity of an evaluation, or of a suggestion.
    id: Uuid,
    /// Answers as JSON.
    #[arg(long)]
    json: bool,
}

/// Does it, prints what came of it, and answers the exit code.
pub async fn run(command: DssCommand) -> ExitCode {
    let args = match command {
        DssCommand::Replay(args) => args,
        DssCommand::CheckKnowledge { folder } => return check_knowledge(&folder),
    };
    let code = match replay(args.id).await {
        Ok(replayed) => {
            if args.json {
                println!("{}", serde_json::to_string_pretty(&replayed).unwrap_or_default());
            } else {
                tell(&replayed);
            }
            code_of(&replayed)
        }
        Err(error) => {
            eprintln!("cannot tell: {error:#}");
            CANNOT_TELL
        }
    };
    ExitCode::from(code)
}

fn check_knowledge(folder: &Path) -> ExitCode {
    match read_site(folder) {
        Ok(known) => {
            for SiteChange { file, reason, added, changed, left_out } in known.changes {
                println!("{file}: {added} added, {changed} changed, {left_out} left out: {reason}");
            }
            println!("all cases hold; knowledge {}", known.knowledge.sha256());
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{:#}", anyhow::Error::from(why));
            ExitCode::FAILURE
        }
    }
}

async fn replay(id: Uuid) -> anyhow::Result<Replayed> {
    let opened = startup::open(&Settings::from_env()?).await?;
    let app = &opened.platform.app;
    accountable::record(&opened.places, "dss replay", Fields::Everything, &id.to_string()).await?;
    let replayed = replay_decision(app, &Call::system(app.clock.new_id()), id).await;
    opened.platform.db.close();
    if let Some(embedded) = opened.embedded {
        embedded.stop().await?;
    }
    replayed.map_err(|error| match error {
        QueryError::NotFound => anyhow::anyhow!("there is no evaluation and no suggestion of this identity"),
        error => error.into(),
    })
}

fn code_of(replayed: &Replayed) -> u8 {
    match replayed.outcome {
        ReplayOutcome::Same { .. } => SAME,
        ReplayOutcome::Different { .. } => DIFFERENT,
        ReplayOutcome::CannotTell { .. } => CANNOT_TELL,
    }
}

fn tell(replayed: &Replayed) {
    let Replayed { evaluation, patient, trigger, judged_at, edition, rules, outcome } = replayed;
    println!("evaluation {evaluation} of patient {patient}: {rules} rules judged on {trigger} at {judged_at}");
    match edition {
        Some(edition) => println!("edition {edition}"),
        None => println!("edition not kept: judged before rules and knowledge were kept with their words"),
    }
    match outcome {
        ReplayOutcome::Same { bytes } => println!("the same: {bytes} bytes"),
        ReplayOutcome::CannotTell { why, not_loaded } => {
            println!("CANNOT TELL  {why}");
            for version in not_loaded {
                println!("NOT LOADED   {version}");
            }
        }
        ReplayOutcome::Different { differences } => {
            for difference in differences {
                tell_difference(difference);
            }
        }
    }
}

/// The lines of a rule that are not the same, those of then with `-` and those of now with `+`.
fn tell_difference(difference: &Difference) {
    let Difference { rule, stored, replayed } = difference;
    println!("DIFFERENT  {rule}");
    let lines = |value: &Option<Value>| -> Vec<String> {
        let text = value.as_ref().and_then(|value| serde_json::to_string_pretty(value).ok()).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    };
    let (before, now) = (lines(stored), lines(replayed));
    let common = before.iter().zip(&now).take_while(|(one, other)| one == other).count();
    let tail = before[common..].iter().rev().zip(now[common..].iter().rev()).take_while(|(a, b)| a == b).count();
    before[common..before.len() - tail].iter().for_each(|line| println!("- {line}"));
    now[common..now.len() - tail].iter().for_each(|line| println!("+ {line}"));
}
