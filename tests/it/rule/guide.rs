//! `docs/RULES.md` tells the truth: its worked example is sent in its order, and answers what the page shows.

use std::collections::BTreeMap;

use healthcare_tests::app::spawn_app;

use crate::user_guide::send_all;

#[tokio::test]
async fn the_worked_example_runs() {
    let app = spawn_app().await;
    let sent = send_all(&app, "RULES.md", BTreeMap::new()).await;
    assert!(sent > 10, "{sent} requests");
}
