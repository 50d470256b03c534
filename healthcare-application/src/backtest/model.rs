//! The port to backtests: what was asked for, how far it is, what came of it.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use healthcare_domain::id::AccountId;
use healthcare_dss::{Facts, rule::RuleDocument};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    alerted::{Alerted, AlertedPaging},
    report::Tally,
    sample::ShownSample,
};
use crate::{access::Permit, order::Direction, store::StoreError};

/// Where a backtest stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum BacktestState {
    /// It waits to be run.
    Queued,
    /// It runs.
    Running,
    /// It is over.
    Done,
    /// Somebody called it off.
    Cancelled,
    /// It could not be run.
    Failed,
}

impl BacktestState {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Running, Self::Done, Self::Cancelled, Self::Failed];

    /// The name it is stored under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    /// Reads what [`Self::as_str`] wrote.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// What is to be tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrialRequest {
    /// The rule on trial.
    pub candidate: RuleDocument,
    /// The version it is compared with.
    pub baseline: Option<RuleDocument>,
    /// From when on alerts count.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
    /// How many moments are picked to be looked at.
    pub samples: u16,
    /// How many patients are drawn; all if absent.
    pub patients: Option<u32>,
    /// By which patients are given pseudonyms and moments are drawn.
    pub salt: Uuid,
}

/// A backtest that is asked for.
#[derive(Debug, Clone)]
pub struct RequestedBacktest {
    /// Its identity.
    pub id: Uuid,
    /// By whom.
    pub by: AccountId,
    /// When.
    pub at: DateTime<Utc>,
    /// What is to be tried.
    pub request: TrialRequest,
}

/// How far it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = BacktestProgress)]
pub struct Progress {
    /// Patients that were tried.
    pub patients_done: u64,
    /// Patients that are to be tried, once that is known.
    pub patients_total: Option<u64>,
    /// Events that were read.
    pub events: u64,
}

/// A backtest as it is kept.
#[derive(Debug, Clone)]
pub struct StoredBacktest {
    /// What was asked for.
    pub asked: RequestedBacktest,
    /// Where it stands.
    pub state: BacktestState,
    /// When it was begun.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// How far it is.
    pub progress: Progress,
    /// Why it could not be run.
    pub error: Option<String>,
    /// What was counted so far.
    pub tally: Option<Tally>,
    /// Whether all of whom it would have alerted are kept, once it is done: an earlier release kept none.
    pub patients_kept: bool,
}

/// A version of a rule, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TriedRule)]
pub struct Tried {
    /// The rule.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// What people call it.
    pub title: String,
}

/// A backtest as it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct Backtest {
    /// Its identity.
    pub id: Uuid,
    /// Where it stands.
    pub state: BacktestState,
    /// Who asked for it.
    pub requested_by: AccountId,
    /// When.
    pub requested_at: DateTime<Utc>,
    /// When it was begun.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// The rule on trial.
    pub candidate: Tried,
    /// The version it is compared with.
    pub baseline: Option<Tried>,
    /// From when on alerts count.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
    /// How far it is.
    pub progress: Progress,
    /// Why it could not be run.
    pub error: Option<String>,
    /// What was counted, once it is over.
    pub report: Option<Tally>,
    /// Moments to be looked at, once it is over.
    pub samples: Vec<ShownSample>,
}

/// A page of backtests, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct BacktestList {
    /// The backtests, without their samples.
    pub items: Vec<Backtest>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
}

/// A moment that was judged live, with the facts that were kept.
#[derive(Debug, Clone)]
pub struct JudgedLive {
    /// The entry of the justification log.
    pub id: Uuid,
    /// What asked.
    pub trigger: String,
    /// The position in the log at which the facts were read.
    pub position: i64,
    /// The facts.
    pub facts: Facts,
}

impl StoredBacktest {
    /// As it is shown, without samples.
    pub fn shown(&self) -> Backtest {
        let tried = |rule: &RuleDocument| Tried {
            id: rule.id.to_string(),
            version: rule.version,
            title: rule.title.to_string(),
        };
        let Self { asked, state, started_at, ended_at, progress, error, tally, patients_kept: _ } = self;
        let RequestedBacktest { id, by, at, request } = asked;
        let report = tally.clone().filter(|_| *state == BacktestState::Done);
        Backtest {
            id: *id,
            state: *state,
            requested_by: *by,
            requested_at: *at,
            started_at: *started_at,
            ended_at: *ended_at,
            candidate: tried(&request.candidate),
            baseline: request.baseline.as_ref().map(tried),
            from: request.from,
            to: request.to,
            progress: *progress,
            error: error.clone(),
            report,
            samples: vec![],
        }
    }
}

/// Which backtests; all that is given must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BacktestFilter {
    /// That stand there.
    pub state: Option<BacktestState>,
    /// Of this rule, by its identity; in whichever version.
    pub rule: Option<String>,
    /// That this account asked for.
    pub requested_by: Option<AccountId>,
}

/// Backtests as they are kept.
#[async_trait]
pub trait BacktestModel: Send + Sync {
    /// Puts a backtest into the queue; one of the same identity stays as it is.
    async fn queue_backtest(&self, permit: &Permit, asked: &RequestedBacktest) -> Result<(), StoreError>;

    /// One by its identity.
    async fn backtest(&self, permit: &Permit, id: Uuid) -> Result<Option<StoredBacktest>, StoreError>;

    /// A page of those that are asked for, by when they were requested: behind one, at most so many.
    async fn backtests(
        &self,
        permit: &Permit,
        filter: &BacktestFilter,
        behind: (Option<Uuid>, Direction),
        limit: u16,
    ) -> Result<Vec<StoredBacktest>, StoreError>;

    /// A page of the patients of whom the versions of one would have alerted, each under who holds their record now; one
    /// more than is asked for where there are more.
    async fn alerted(&self, permit: &Permit, id: Uuid, paging: &AlertedPaging) -> Result<Vec<Alerted>, StoreError>;

    /// How many are queued or running.
    async fn open_backtests(&self, permit: &Permit) -> Result<u64, StoreError>;

    /// Calls one off that is queued or running. Answers whether it was.
    async fn cancel_backtest(&self, permit: &Permit, id: Uuid, at: DateTime<Utc>) -> Result<bool, StoreError>;
}
