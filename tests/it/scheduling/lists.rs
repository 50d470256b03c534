use chrono::Duration;
use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::json;

use super::{Clinic, define, in_hours, open_resource};
use crate::{patient::register, support::walk::both_ways};

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
    let (forwards, mut backwards) = (walk("start").await, walk("-start").await);
    backwards.reverse();
    assert_eq!(forwards.len(), 5);
    assert!(forwards.is_sorted() && forwards == backwards, "{forwards:?} {backwards:?}");

    assert_eq!(walk("start_desc").await.first(), forwards.last(), "as an earlier release called it");

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

/// What can be booked, its types, who waits and what is free: each from either end.
#[tokio::test]
async fn schedules_types_slots_and_the_waitlist_are_told_from_either_end() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let desk = Role::Receptionist;
    for n in 0..3 {
        open_resource(&app, "practitioner", &format!("Dr {n}"), "Europe/Lisbon").await;
        define(&app, 30, &["practitioner"]).await;
    }
    both_ways(&app, desk, "/api/v1/schedules", "-at").await;
    both_ways(&app, desk, "/api/v1/appointment-types", "-at").await;
    for priority in ["routine", "urgent", "soon", "routine"] {
        clinic.wait(&register(&app).await, priority).await;
    }
    let waits = both_ways(&app, desk, "/api/v1/waitlist", "rank").await;
    assert_eq!(waits.last().map(|one| one["priority"].clone()), Some(json!("routine")), "{waits:#?}");

    // Three practitioners are free at the same moments: places within a moment are kept apart too.
    let alone = define(&app, 30, &["practitioner"]).await;
    let time = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let within = format!("from={}&until={}", time(in_hours(30)), time(in_hours(42)));
    let slots = both_ways(&app, desk, &format!("/api/v1/slots?appointment_type={alone}&{within}"), "start").await;
    assert_eq!(slots.len(), 12 * 2 * 4, "twelve hours of two slots with each of four");
    let last = app.get(desk, &format!("/api/v1/slots?appointment_type={alone}&{within}&sort=-start&limit=1")).await;
    assert_eq!(last.expect(200).body["items"][0]["start"], json!(in_hours(42) - Duration::minutes(30)));
}

#[tokio::test]
async fn who_can_be_booked_is_found_by_name() {
    let app = spawn_app().await;
    let desk = Role::Receptionist;
    for n in 0..4 {
        open_resource(&app, "practitioner", &format!("Dr {n}"), "Europe/Lisbon").await;
    }
    open_resource(&app, "practitioner", "Dr Zoë Lind", "Europe/Lisbon").await;
    open_resource(&app, "room", "Lind Hall", "Europe/Lisbon").await;
    let named = async |query: &str| {
        let page = app.get(desk, &format!("/api/v1/schedules?{query}")).await.expect(200).body;
        let items = page["items"].as_array().expect("items");
        items.iter().map(|one| one["name"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(named("name=zoe").await, ["Dr Zoë Lind"], "without its accent");
    assert_eq!(named("name=li&sort=at").await, ["Dr Zoë Lind", "Lind Hall"], "any word of it");
    assert_eq!(named("name=LI&kind=room").await, ["Lind Hall"]);
    assert_eq!(named("name=dr%20lind").await, ["Dr Zoë Lind"], "all the words that are asked for");
    assert_eq!(named("name=ind").await, [""; 0], "its beginning");
    assert_eq!(both_ways(&app, desk, "/api/v1/schedules?name=dr", "-at").await.len(), 5);
    for bad in ["name=", "name=%20-", &format!("name={}", "a".repeat(201))] {
        app.get(desk, &format!("/api/v1/schedules?{bad}")).await.expect_problem(
            400,
            "/problems/request/parameter",
            &["name"],
        );
    }
}
