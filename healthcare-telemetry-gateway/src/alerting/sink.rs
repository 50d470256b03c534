//! Who else is told of a raised alert: the topic `alerts.raised`, where there is a broker.

use async_trait::async_trait;
use healthcare_application::StoreError;
use healthcare_domain::alert::AlertContent;
use uuid::Uuid;

/// An alert that was raised or became worse.
#[derive(Debug, Clone)]
pub struct Told {
    /// The change, the same when told again after a crash.
    pub change: i64,
    /// The alert.
    pub alert: Uuid,
    /// What it is about.
    pub content: AlertContent,
    /// The W3C trace of the reading that led to it.
    pub trace: Option<String>,
}

/// Takes note of raised alerts, at least once each.
#[async_trait]
pub trait AlertSink: Send + Sync {
    /// Takes note. When it fails, it is told again.
    async fn told(&self, alert: Told) -> Result<(), StoreError>;
}
