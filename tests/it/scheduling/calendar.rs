use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use icalendar::Component;
use reqwest::Method;

use super::{Clinic, in_hours};
use crate::patient::register;

/// The feed is read by another program's parser; a name stands in it only for who may see the patient.
#[tokio::test]
async fn a_feed_names_patients_only_to_who_may_see_them() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let patient = register(&app).await;
    let (kept, off) = (in_hours(30), in_hours(40));
    let kept_id = clinic.book(&patient, kept).await.expect(201).id();
    let cancelled = clinic.book(&patient, off).await.expect(201).id();
    clinic.conduct(&cancelled, "cancel", serde_json::json!({ "reason": "oth-weath" })).await.expect(200);
    let path = format!("/api/v1/schedules/{}/calendar", clinic.doctor);
    let feed = async |token: &str| -> icalendar::Calendar {
        let answer = app.anonymous(Method::GET, &path).bearer_auth(token).answer().await.expect(200);
        assert_eq!(answer.header("content-type"), Some("text/calendar; charset=utf-8"));
        answer.body.as_str().expect("text").parse().expect("RFC 5545")
    };
    let known = feed(&app.token(Role::Doctor).await).await;
    let events: Vec<_> = known.components.iter().filter_map(|one| one.as_event()).collect();
    assert_eq!(events.len(), 1, "what was cancelled is not in it");
    assert_eq!(events[0].get_summary(), Some("Consultation: Ana Ferreira"));
    assert_eq!(events[0].get_uid(), Some(format!("{kept_id}@healthcare").as_str()));
    assert_eq!(
        events[0].get_start().map(|at| format!("{at:?}")),
        Some(format!("{:?}", icalendar::DatePerhapsTime::from(kept)))
    );

    let (_, stranger) = app.hire("stranger", Role::Nurse, &["Z"]).await;
    let strange = feed(&stranger).await;
    let events: Vec<_> = strange.components.iter().filter_map(|one| one.as_event()).collect();
    assert_eq!(events.iter().map(|one| one.get_summary()).collect::<Vec<_>>(), [Some("Busy")]);
    app.get(Role::Analyst, &path).await.expect(403);
}
