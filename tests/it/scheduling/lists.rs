use chrono::Duration;
use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::json;

use super::{Clinic, in_hours};
use crate::patient::register;

#[tokio::test]
async fn appointments_are_listed_in_order_page_by_page_and_only_of_the_circle() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let (one, other) = (register(&app).await, register(&app).await);
    for hour in 0..5 {
        let whose = if hour % 2 == 0 { &one } else { &other };
        clinic.book(whose, in_hours(30) + Duration::hours(hour)).await.expect(201);
    }
    let walk = async |sort: &str| {
        let (mut starts, mut cursor) = (vec![], String::new());
        loop {
            let path = format!("/api/v1/appointments?resource={}&sort={sort}&limit=2{cursor}", clinic.doctor);
            let page = app.get(Role::Nurse, &path).await.expect(200).body;
            let items = page["items"].as_array().expect("items");
            starts.extend(items.iter().map(|one| one["start"].as_str().expect("a time").to_owned()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return starts,
            }
        }
    };
    let (forwards, mut backwards) = (walk("start").await, walk("start_desc").await);
    backwards.reverse();
    assert_eq!(forwards.len(), 5);
    assert!(forwards.is_sorted() && forwards == backwards, "{forwards:?} {backwards:?}");

    let count = async |query: &str| {
        let page = app.get(Role::Nurse, &format!("/api/v1/appointments?{query}")).await.expect(200).body;
        page["items"].as_array().map(Vec::len).unwrap_or_default()
    };
    assert_eq!(count("status=booked").await, 5);
    assert_eq!(count("status=cancelled").await, 0);
    let until = (in_hours(30) + Duration::hours(2)).format("%Y-%m-%dT%H:%M:%SZ");
    assert_eq!(count(&format!("until={until}")).await, 2);
    for bad in ["status=maybe", "sort=name", "cursor=x", "limit=0", "colour=red"] {
        assert_eq!(app.get(Role::Nurse, &format!("/api/v1/appointments?{bad}")).await.status, 400, "{bad}");
    }

    // Who cares for nobody sees nobody's; what is labelled is closed to the house.
    let (_, stranger) = app.hire("stranger", Role::Nurse, &["Z"]).await;
    let of_nobody =
        app.anonymous(Method::GET, "/api/v1/appointments").bearer_auth(&stranger).answer().await.expect(200);
    assert_eq!(of_nobody.body["items"], json!([]));
    let label = json!({ "label": "V", "reason": "Known in town" });
    app.post(Role::PrivacyOfficer, &format!("/api/v1/patients/{other}/label"), label).await.expect(200);
    assert_eq!(count("status=booked").await, 3);
    let one_of = format!("/api/v1/patients/{other}/appointments");
    app.get(Role::Nurse, &one_of).await.expect(403);
}
