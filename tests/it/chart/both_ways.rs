use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::json;

use super::charted;
use crate::{note::signed, plan::diabetes, support::walk::both_ways, vitals};

/// The lists of a record are told from either end, by time and then by identity where times are the same.
#[tokio::test]
async fn the_lists_of_a_record_are_told_from_either_end() {
    let app = spawn_app().await;
    let patient = charted(&app).await;
    let of = |list: &str| format!("/api/v1/patients/{patient}/{list}");
    let stays = app.get(Role::Doctor, &of("encounters")).await.expect(200).body;
    let stay = stays["items"][0]["id"].as_str().expect("the stay");
    for n in 0..3 {
        let same_day = json!({ "code": { "text": format!("problem {n}") }, "onset_at": "2015-07-01T00:00:00Z" });
        app.post(Role::Doctor, &of("problems"), same_day).await.expect(201);
        app.post(Role::Nurse, &format!("/api/v1/encounters/{stay}/vitals"), vitals::well()).await.expect(201);
        app.post(Role::Doctor, &of("notes"), signed(&format!("Day {n}"), "Stable.")).await.expect(201);
        app.post(Role::Doctor, &of("plans"), diabetes()).await.expect(201);
    }
    let later = "2126-01-01T00:00:00Z";
    for (list, at_least) in
        [("problems", 5), ("vital-signs", 24), ("charted-vitals", 4), ("timeline", 13), ("notes", 3), ("plans", 3)]
    {
        let now = both_ways(&app, Role::Doctor, &of(list), "-at").await;
        assert!(now.len() >= at_least, "{list}: {}", now.len());
        let known = both_ways(&app, Role::Doctor, &format!("{}?as_of={later}", of(list)), "-at").await;
        assert_eq!(known, now, "{list} of the event log");
    }
}
