//! Keeps the rules of a node as they stand in the record, over what the site knows.

mod site;

pub use site::{SiteFolderError, read_site, site_rules};

use std::time::Duration;

use healthcare_application::{App, rule::refresh};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::{database::signal, effect::RULES_CHANNEL};

/// How often it is looked without a wake-up.
const LOOK: Duration = Duration::from_secs(1);

/// Reads what of the rules changed on any node, as soon as it is told and once a second anyhow, until told to stop. What
/// comes into force at a moment needs nobody: it was compiled when it was decided. `url` is the application's, for the
/// session that waits for wake-ups.
pub async fn follow_rules(app: App, url: SecretString, stop: CancellationToken) {
    let told = signal(url, &[RULES_CHANNEL], stop.clone());
    let mut reachable = true;
    while !stop.is_cancelled() {
        let read = refresh(&app).await;
        if let Err(error) = read.as_ref()
            && reachable
        {
            tracing::error!(
                error = error as &dyn std::error::Error,
                "changes of rules cannot be read; those known go on"
            );
        }
        reachable = read.is_ok();
        tokio::select! {
            () = stop.cancelled() => {}
            () = told.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}
