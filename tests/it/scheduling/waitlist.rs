use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use healthcare_application::{App, Role, clock::Clock, scheduling::expire_hold};
use healthcare_domain::id::AppointmentId;
use healthcare_tests::{app::spawn_app, server::until};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Clinic, in_hours};
use crate::{
    identity::merge,
    note::{Somebody, of},
    patient::register,
};

impl Clinic<'_> {
    /// Puts somebody on the waitlist for the next days.
    pub async fn wait(&self, patient: &str, priority: &str) -> String {
        let body = json!({ "appointment_type": self.consultation, "priority": priority, "from": in_hours(0), "until": in_hours(200) });
        self.app.post(Role::Receptionist, &format!("/api/v1/patients/{patient}/waitlist"), body).await.expect(201).id()
    }

    /// The waitlist in its order: who stands where.
    pub async fn waitlist(&self) -> Vec<Value> {
        let list = self.app.get(Role::Receptionist, "/api/v1/waitlist").await.expect(200).body;
        list["items"].as_array().expect("items").clone()
    }

    /// Waits until a wish stands somewhere.
    pub async fn comes_to(&self, entry: &str, status: &str) -> Value {
        until(&format!("{entry} to be {status}"), Duration::from_secs(60), async || {
            self.waitlist().await.into_iter().find(|one| one["id"] == entry && one["status"] == status)
        })
        .await
    }

    pub async fn answer(&self, entry: &str, verb: &str) -> healthcare_tests::app::Answer {
        self.app.post(Role::Receptionist, &format!("/api/v1/waitlist/{entry}/{verb}"), json!({})).await
    }
}

#[tokio::test]
async fn a_freed_slot_is_offered_by_priority_and_goes_on_to_the_next() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let (booked, calm, hurried) = (register(&app).await, register(&app).await, register(&app).await);
    let start = in_hours(30);
    let appointment = clinic.book(&booked, start).await.expect(201).id();
    let routine = clinic.wait(&calm, "routine").await;
    let urgent = clinic.wait(&hurried, "urgent").await;
    let order: Vec<_> = clinic.waitlist().await.iter().map(|one| one["id"].clone()).collect();
    assert_eq!(order, [json!(urgent), json!(routine)]);
    clinic.answer(&urgent, "accept").await.expect_problem(409, "/problems/waitlist/nothing-offered", &[]);

    clinic.conduct(&appointment, "cancel", json!({ "reason": "pat" })).await.expect(200);
    let offered = clinic.comes_to(&urgent, "offered").await;
    assert_eq!(offered["offer"]["start"], json!(start));
    // It is held for them: nobody else books it, and nobody confirms it behind their back.
    clinic.book(&booked, start).await.expect(409);
    let held = offered["offer"]["appointment"].as_str().expect("an id").to_owned();
    clinic.conduct(&held, "confirm", json!({})).await.expect_problem(409, "/problems/appointment/offered", &[]);

    clinic.answer(&urgent, "decline").await.expect(200);
    let next = clinic.comes_to(&routine, "offered").await;
    assert_eq!(clinic.comes_to(&urgent, "waiting").await["offer"], Value::Null, "not offered to them again");
    let accepted = clinic.answer(&routine, "accept").await.expect(200);
    assert_eq!(accepted.body["appointment"], next["offer"]["appointment"]);
    let taken = clinic.see(accepted.body["appointment"].as_str().expect("an id")).await;
    assert_eq!((&taken["status"], &taken["patient"]), (&json!("booked"), &json!(calm)));
    clinic.answer(&routine, "decline").await.expect_problem(409, "/problems/waitlist/closed", &[]);
    clinic.answer(&urgent, "leave").await.expect(200);
    until("what was freed to be done with", Duration::from_secs(60), async || {
        (app.count("wf.freed_slot").await == 0).then_some(())
    })
    .await;
}

/// Where `Location` says, in the version that it says, to whom the list would show it, today and as it was.
#[tokio::test]
async fn a_wish_is_found_by_itself_whoever_holds_the_record() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let (booked, waits) = (register(&app).await, register(&app).await);
    let appointment = clinic.book(&booked, in_hours(30)).await.expect(201).id();
    let wish = clinic.wait(&waits, "soon").await;
    let path = format!("/api/v1/waitlist/{wish}");
    let see = async || app.get(Role::Receptionist, &path).await.expect(200);
    let waiting = see().await;
    assert_eq!((&waiting.body["status"], waiting.header("etag")), (&json!("waiting"), Some("\"1\"")));
    assert_eq!(vec![waiting.body.clone()], clinic.waitlist().await, "as the list shows it");
    let before = app.platform.app.clock.now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);

    clinic.conduct(&appointment, "cancel", json!({ "reason": "pat" })).await.expect(200);
    clinic.comes_to(&wish, "offered").await;
    let offered = see().await;
    assert_eq!((&offered.body["status"], offered.header("etag")), (&json!("offered"), Some("\"2\"")));
    assert_eq!(offered.body["offer"]["start"], json!(in_hours(30)));
    let then = app.get(Role::Receptionist, &format!("{path}?as_of={before}")).await.expect(200);
    assert_eq!(then.body, waiting.body, "as it was known then");

    app.get(Role::LabTechnician, &path).await.expect_problem(403, "/problems/access/denied", &[]);
    let zoe = Somebody::hired(&app, "zoe", Role::Nurse, &["Z"]).await;
    zoe.get(&path).await.expect_problem(403, "/problems/access/no-care-relationship", &[]);
    let nothing = app.platform.app.clock.new_id();
    app.get(Role::Receptionist, &format!("/api/v1/waitlist/{nothing}")).await.expect(404);
    let seen = format!("audit.entry where resource = 'GET /api/v1/waitlist/{{id}}' and patient = '{waits}'");
    assert_eq!(app.count(&format!("{seen} and outcome = 'allowed'")).await, 3);
    assert_eq!(app.count(&format!("{seen} and outcome = 'denied'")).await, 1);

    merge(&app, &booked, &waits).await.expect(200);
    assert_eq!(see().await.body["patient"], json!(booked), "whoever holds the record now waits");
}

/// SECURITY 30: the waitlist shows whom a permit would open, whatever is asked of it; who cares for nobody sees nobody.
#[tokio::test]
async fn the_waitlist_holds_those_of_the_circle() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let (own, other) = (register(&app).await, register(&app).await);
    let stay = json!({ "class": "inpatient", "ward": "Z" });
    app.post(Role::Receptionist, &format!("/api/v1/patients/{own}/encounters"), stay).await.expect(201);
    let theirs = clinic.wait(&own, "routine").await;
    let foreign = clinic.wait(&other, "urgent").await;
    assert_eq!(clinic.waitlist().await.len(), 2, "of the whole house");
    let zoe = Somebody::hired(&app, "zoe", Role::Nurse, &["Z"]).await;
    let stranger = Somebody::hired(&app, "stranger", Role::Nurse, &["Y"]).await;
    let type_filter = format!("?appointment_type={}", clinic.consultation);
    for filter in ["", "?status=waiting", "?sort=-rank", type_filter.as_str()] {
        let path = format!("/api/v1/waitlist{filter}");
        assert_eq!(of(&zoe.get(&path).await.expect(200), "id"), std::slice::from_ref(&theirs), "{filter}");
        assert_eq!(of(&stranger.get(&path).await.expect(200), "id"), Vec::<String>::new(), "{filter}");
    }
    // Who is asked for by name is not passed over in silence.
    for (who, patient) in [(&zoe, &other), (&stranger, &own)] {
        let named = who.get(&format!("/api/v1/waitlist?patient={patient}")).await;
        named.expect_problem(403, "/problems/access/no-care-relationship", &[]);
    }
    zoe.get(&format!("/api/v1/waitlist/{foreign}")).await.expect(403);

    // What is labelled is closed to the ward too.
    let label = json!({ "label": "V", "reason": "Known in town" });
    app.post(Role::PrivacyOfficer, &format!("/api/v1/patients/{own}/label"), label).await.expect(200);
    assert_eq!(of(&zoe.get("/api/v1/waitlist").await.expect(200), "id"), Vec::<String>::new());
}

/// A clock three hours ahead: an offer stands for two.
struct Later(Arc<dyn Clock>);

impl Clock for Later {
    fn now(&self) -> DateTime<Utc> {
        self.0.now() + chrono::Duration::hours(3)
    }

    fn new_id(&self) -> Uuid {
        self.0.new_id()
    }
}

#[tokio::test]
async fn an_offer_that_nobody_answers_passes_to_the_next() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let (booked, calm, hurried) = (register(&app).await, register(&app).await, register(&app).await);
    let appointment = clinic.book(&booked, in_hours(30)).await.expect(201).id();
    let (routine, urgent) = (clinic.wait(&calm, "routine").await, clinic.wait(&hurried, "urgent").await);
    clinic.conduct(&appointment, "cancel", json!({ "reason": "pat" })).await.expect(200);
    let offered = clinic.comes_to(&urgent, "offered").await;
    let held: Uuid = offered["offer"]["appointment"].as_str().expect("an id").parse().expect("an id");
    let now = app.platform.app.clone();
    expire_hold(&now, AppointmentId(held)).await.expect("looked at");
    clinic.comes_to(&urgent, "offered").await;

    let later = App { clock: Arc::new(Later(now.clock.clone())), ..now };
    expire_hold(&later, AppointmentId(held)).await.expect("looked at");
    assert_eq!(clinic.see(&held.to_string()).await["status"], "released");
    let next = clinic.comes_to(&routine, "offered").await;
    assert_eq!(next["offer"]["start"], offered["offer"]["start"]);
    assert_eq!(clinic.comes_to(&urgent, "waiting").await["offer"], Value::Null, "who let it pass waits on");
    clinic.answer(&urgent, "accept").await.expect_problem(409, "/problems/waitlist/nothing-offered", &[]);
}
