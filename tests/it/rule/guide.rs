//! `docs/RULES.md` tells the truth: its worked example is sent in its order, and answers what the page shows.

use std::collections::BTreeMap;

use healthcare_tests::app::spawn_app;

use crate::user_guide::send_all;

#[tokio::test]
async fn the_worked_example_runs() {
    let app = spawn_app().await;
    // What the page does is in the time that its backtest looks at, and a time far ahead would be refused.
    let soon = app.platform.app.clock.now() + chrono::Duration::minutes(4);
    let kept = BTreeMap::from([("now".to_owned(), soon.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))]);
    let sent = send_all(&app, "RULES.md", kept).await;
    assert!(sent > 10, "{sent} requests");
}
