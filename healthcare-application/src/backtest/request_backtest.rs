//! Asks for a backtest.

use chrono::{DateTime, Datelike, Duration, Utc};
use healthcare_dss::{RuleBook, rule::RuleDocument};
use uuid::Uuid;

use super::model::{RequestedBacktest, TrialRequest};
use crate::{
    App, CommandError,
    access::{Call, Permission},
    decision::Alike,
    store::{Commit, Committed, Meta, StoreError},
    transact::replay,
};

/// How many may wait or run at once, in all: each reads the whole history.
pub const AT_MOST_OPEN: u64 = 8;
/// The longest time that is tried, in days.
pub const LONGEST_DAYS: i64 = 3_660;

/// The namespace of the identities of backtests that were asked for under a key.
const NAMESPACE: Uuid = Uuid::from_u128(0x7b1e_2f5a_0d8c_4a3e_b6d4_91f2_c35e_60aa);

/// Which version of a rule.
#[derive(Debug, Clone)]
pub enum RuleSource {
    /// As it is written here.
    Written(Box<RuleDocument>),
    /// One that judged, or judges.
    Kept {
        /// The rule.
        id: String,
        /// Its version; the one in force if absent.
        version: Option<u32>,
    },
}

/// Ask for a backtest.
#[derive(Debug, Clone)]
pub struct RequestBacktest {
    /// The rule on trial.
    pub candidate: RuleSource,
    /// The version it is compared with; the one in force of the same rule if absent, if there is one and it is another.
    pub baseline: Option<RuleSource>,
    /// From when on alerts count.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
    /// How many moments are picked to be looked at.
    pub samples: u16,
    /// How many patients are drawn; all if absent.
    pub patients: Option<u32>,
}

/// Why a backtest is not begun.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BacktestRefused {
    /// There is no such version.
    #[error("there is no version {} of the rule {id}", version.map_or_else(|| "in force".to_owned(), |v| v.to_string()))]
    NoSuchVersion {
        /// Which of the two: `candidate` or `baseline`.
        which: &'static str,
        /// The rule.
        id: String,
        /// Its version.
        version: Option<u32>,
    },
    /// The rule is malformed, or refers to what is not there.
    #[error("{which}: {path}: {reason}")]
    Malformed {
        /// Which of the two.
        which: &'static str,
        /// Where in the document.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// The time is empty, too long, or to come.
    #[error("the time is to end after it begins, not in the future, and after at most {LONGEST_DAYS} days")]
    Time,
    /// Too many wait already.
    #[error("{AT_MOST_OPEN} backtests wait or run already")]
    Busy,
    /// It is over already, or was called off.
    #[error("the backtest is over")]
    Over,
    /// There is no such backtest.
    #[error("there is no such backtest")]
    Unknown,
}

/// Puts a backtest into the queue; it runs beside everything else, and its progress can be read. A repeat with the same
/// key answers the same backtest.
///
/// # Errors
/// When the caller may not, a rule is malformed or not there, the time makes no sense, too many wait, or the record
/// cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn request_backtest(
    app: &App,
    call: &Call,
    cmd: RequestBacktest,
) -> Result<Committed, CommandError<BacktestRefused>> {
    let permit = app.authorise(call, Permission::BacktestRules, None).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    let now = app.clock.now();
    let RequestBacktest { candidate, baseline, from, to, samples, patients } = cmd;
    // No hospital's log begins before that, and no database knows all times that can be written.
    if from.year() < 1900 || from >= to || to > now + Duration::minutes(5) || to - from > Duration::days(LONGEST_DAYS) {
        return Err(CommandError::Refused(BacktestRefused::Time));
    }
    let candidate = document(app, "candidate", candidate).await?;
    let baseline = match baseline {
        Some(source) => Some(document(app, "baseline", source).await?),
        None => kept(app, &candidate.id, None).await?.filter(|rule| *rule != candidate),
    };
    if app.read.open_backtests(&permit).await? >= AT_MOST_OPEN {
        return Err(CommandError::Refused(BacktestRefused::Busy));
    }
    let id = match &call.idempotency {
        Some(key) => Uuid::new_v5(&NAMESPACE, format!("{}\u{1f}{}", call.actor.account, key.key).as_bytes()),
        None => app.clock.new_id(),
    };
    let request = TrialRequest { candidate, baseline, from, to, samples, patients, salt: app.clock.new_id() };
    let asked = RequestedBacktest { id, by: call.actor.account, at: now, request };
    app.read.queue_backtest(&permit, &asked).await?;
    let committed = Committed { id, version: 1, extra: None, replayed: false };
    answer(app, &permit, call, committed).await.map_err(CommandError::Store)
}

/// Keeps the answer under the key of the command, with the entry of the audit trail.
pub(super) async fn answer(
    app: &App,
    permit: &crate::Permit,
    call: &Call,
    committed: Committed,
) -> Result<Committed, StoreError> {
    let commit = Commit {
        changes: vec![],
        meta: Meta::of(call),
        idempotency: call.idempotency.clone(),
        committed,
        safety: vec![],
        evaluations: vec![],
    };
    app.store.append(permit, commit).await
}

/// A rule of which it is known that it can be judged.
async fn document(
    app: &App,
    which: &'static str,
    source: RuleSource,
) -> Result<RuleDocument, CommandError<BacktestRefused>> {
    let malformed = |fault: healthcare_dss::RuleError| {
        CommandError::Refused(BacktestRefused::Malformed { which, path: fault.path, reason: fault.reason })
    };
    let document = match source {
        RuleSource::Written(document) => {
            // What is written anew is asked for as much as a draft is; what was kept may be tried as it is.
            app.rules.alone((*document).clone()).map_err(malformed)?;
            return Ok(*document);
        }
        RuleSource::Kept { id, version } => kept(app, &id, version)
            .await?
            .ok_or(CommandError::Refused(BacktestRefused::NoSuchVersion { which, id, version }))?,
    };
    alone(app, &document).map_err(malformed)?;
    Ok(document)
}

/// A version that is in force, or that judged once.
async fn kept(app: &App, id: &str, version: Option<u32>) -> Result<Option<RuleDocument>, StoreError> {
    let Some(version) = version else {
        return Ok(app.rules.at(app.clock.now()).house().document(id).cloned());
    };
    let text = match app.rules.document(id, version) {
        Some(document) => Some(document.to_string()),
        None => app.store.rule_version(id, version).await?,
    };
    Ok(text.and_then(|text| RuleDocument::read(id, &text).ok()))
}

/// A book of this rule alone.
pub(super) fn alone(app: &App, document: &RuleDocument) -> Result<RuleBook, healthcare_dss::RuleError> {
    RuleBook::from_documents(app.rules.library().knowledge.clone(), vec![document.clone()])
}

impl super::Trial {
    /// What was asked for, made ready; why it cannot be, where a rule can no longer be judged because the knowledge it
    /// refers to has changed since.
    ///
    /// # Errors
    /// When the record cannot be reached.
    pub async fn of(app: &App, request: &TrialRequest) -> Result<Result<Self, healthcare_dss::RuleError>, StoreError> {
        let tried: Vec<&RuleDocument> = std::iter::once(&request.candidate).chain(&request.baseline).collect();
        let alike = Alike::of(app, &tried).await?;
        Ok(Self::ready(app, request, alike))
    }

    fn ready(app: &App, request: &TrialRequest, alike: Alike) -> Result<Self, healthcare_dss::RuleError> {
        let candidate = alone(app, &request.candidate)?;
        let baseline = request.baseline.as_ref().map(|rule| alone(app, rule)).transpose()?;
        let now = app.rules.at(app.clock.now());
        let tried = [Some(&candidate), baseline.as_ref()].into_iter().flatten().flat_map(RuleBook::triggers);
        let wanted = super::wanted_events(now.triggers().into_iter().chain(tried));
        let TrialRequest { from, to, salt, .. } = request;
        let (from, to, salt, zone) = (*from, *to, *salt, app.patients.zone);
        Ok(Self { alike, wanted, candidate, baseline, from, to, salt, zone })
    }
}
