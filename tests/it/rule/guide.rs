//! `docs/RULES.md` tells the truth: its worked example is sent in its order, and answers what the page shows, in a house with
//! the knowledge that the page shows.

use std::{collections::BTreeMap, fs};

use healthcare_tests::app::{Backing, spawn_app_with};

use crate::user_guide::{files, send_all};

#[tokio::test]
async fn the_worked_example_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let shown = files("RULES.md");
    assert_eq!(shown.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["interactions.json", "tests.json"]);
    for (name, text) in shown {
        fs::write(folder.path().join(name), text).expect("written");
    }
    let app = spawn_app_with(Backing { knowledge: Some(folder.path().to_owned()), ..Backing::default() }).await;
    // What the page does is in the time that its backtest looks at, and a time far ahead would be refused.
    let soon = app.platform.app.clock.now() + chrono::Duration::minutes(4);
    let kept = BTreeMap::from([("now".to_owned(), soon.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))]);
    let sent = send_all(&app, "RULES.md", kept).await;
    assert!(sent > 10, "{sent} requests");
}
