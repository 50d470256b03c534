use healthcare_application::{Actor, Role};
use healthcare_infrastructure::access::Origin;
use healthcare_tests::app::{Answer, Ask, TestApp, spawn_app};
use icalendar::Component;
use reqwest::Method;
use serde_json::{Value, json};

use super::{define, in_hours};
use crate::patient::register;

const FEEDS: &str = "/api/v1/auth/calendar-feeds";
const UNKNOWN: &str = "/api/v1/calendars/hcf_nothing.ics";

/// A doctor who can be booked day and night, and how they sign in.
struct Moss<'a> {
    app: &'a TestApp,
    account: String,
    token: String,
    schedule: String,
}

impl<'a> Moss<'a> {
    async fn hired(app: &'a TestApp) -> Self {
        let (account, token) = app.hire("moss", Role::Doctor, &["A"]).await;
        let account = account.to_string();
        let body = json!({ "kind": "practitioner", "name": "Dr Moss", "time_zone": "UTC", "account": account });
        let schedule = app.post(Role::Receptionist, "/api/v1/schedules", body).await.expect(201).id();
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let hours: Vec<Value> =
            days.iter().map(|day| json!({ "day": day, "from": "00:00:00", "until": "00:00:00" })).collect();
        let request =
            app.request(Role::Receptionist, Method::PUT, &format!("/api/v1/schedules/{schedule}/hours")).await;
        request.header("if-match", "\"1\"").json(&json!({ "hours": hours })).answer().await.expect(200);
        Self { app, account, token, schedule }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = self.app.anonymous(method, path).bearer_auth(&self.token);
        match body {
            Some(body) => request.json(&body).answer().await,
            None => request.answer().await,
        }
    }

    /// Opens an address; answers which it is and the address.
    async fn opens(&self) -> (String, String) {
        let opened = self.ask(Method::POST, FEEDS, Some(json!({ "schedule": self.schedule }))).await.expect(201);
        (opened.id(), opened.body["path"].as_str().expect("an address").to_owned())
    }

    /// What a calendar program is answered that knows an address alone.
    async fn read(&self, address: &str) -> Answer {
        self.app.anonymous(Method::GET, address).answer().await
    }
}

/// SECURITY 49 and 50: a calendar program reads by an address alone, and reads times and types; the address is shown once and
/// kept nowhere, and no patient is in what it answers.
#[tokio::test]
async fn a_calendar_program_reads_times_by_an_address_that_names_no_patient() {
    let app = spawn_app().await;
    let moss = Moss::hired(&app).await;
    let patient = register(&app).await;
    let visit = define(&app, 20, &["practitioner"]).await;
    let start = in_hours(30);
    let body =
        json!({ "appointment_type": visit, "start": start, "resources": [moss.schedule], "comment": "Brings X-rays" });
    let path = format!("/api/v1/patients/{patient}/appointments");
    let booked = app.post(Role::Receptionist, &path, body).await.expect(201).id();

    let (feed, address) = moss.opens().await;
    let answer = moss.read(&address).await.expect(200);
    assert_eq!(answer.header("content-type"), Some("text/calendar; charset=utf-8"));
    let text = answer.body.as_str().expect("text");
    for told in ["Ana", "Ferreira", "X-rays", patient.as_str()] {
        assert!(!text.contains(told), "{told} stands in {text}");
    }
    let calendar: icalendar::Calendar = text.parse().expect("RFC 5545");
    let events: Vec<_> = calendar.components.iter().filter_map(|one| one.as_event()).collect();
    assert_eq!(events.len(), 1, "{text}");
    assert_eq!(events[0].get_summary(), Some("Consultation"));
    assert_eq!(events[0].get_uid(), Some(format!("{booked}@healthcare").as_str()));
    let from = icalendar::DatePerhapsTime::from(start);
    assert_eq!(events[0].get_start().map(|at| format!("{at:?}")), Some(format!("{from:?}")));
    let bare = address.strip_suffix(".ics").expect("the name of a file");
    let of_any_time = |answer: &Answer| {
        let text = answer.body.as_str().expect("text");
        text.lines().filter(|line| !line.starts_with("DTSTAMP:")).map(str::to_owned).collect::<Vec<_>>()
    };
    let without = moss.read(bare).await.expect(200);
    assert_eq!(of_any_time(&without), of_any_time(&answer), "with or without the ending");

    // On record as a read of whose address it is.
    let request = answer.header("x-request-id").expect("a request id");
    let read = format!(
        "audit.entry where request = '{request}' and actor = '{}' and action = 'read_schedules' and outcome = 'allowed'
            and resource = 'GET /api/v1/calendars/{{token}}'",
        moss.account
    );
    assert_eq!(app.count(&read).await, 1);
    let opened = format!("audit.entry where actor = '{}' and action = 'open_calendar_feed'", moss.account);
    assert_eq!(app.count(&opened).await, 1);

    let listed = moss.ask(Method::GET, FEEDS, None).await.expect(200);
    let items = listed.body["items"].as_array().expect("a list");
    assert_eq!((items.len(), &items[0]["id"], &items[0]["schedule"]), (1, &json!(feed), &json!(moss.schedule)));
    assert!(items[0]["last_used_at"].is_string() && items[0]["expires_at"].is_string(), "{listed:?}");
    let token = bare.rsplit('/').next().expect("the last part");
    assert!(token.len() > 40 && !listed.body.to_string().contains(token));
    let digest = format!("auth.calendar_feed where token_hash = sha256('{token}')");
    assert_eq!(app.count(&digest).await, 1, "its digest");
    let kept = "(select f::text t from auth.calendar_feed f union all select e::text from audit.entry e
        union all select convert_from(substr(payload, 2), 'UTF8') from es.event where stream_type = 'account') x where t like '%'";
    assert_eq!(app.count(&format!("{kept} || '{token}' || '%'")).await, 0, "and not itself");
    assert!(app.count(&format!("{kept} || 'CalendarFeedOpened' || '%'")).await > 0, "the search finds what is there");
}

/// Whatever an address is no more, it answers as one that never was.
#[tokio::test]
async fn an_address_ends_and_says_nothing_of_why() {
    let app = spawn_app().await;
    let moss = Moss::hired(&app).await;
    let nothing = moss.read(UNKNOWN).await.expect(404);
    let gone = async |address: &str| {
        let answer = moss.read(address).await.expect(404);
        let (mut gone, mut never) = (answer.body.clone(), nothing.body.clone());
        (gone["request_id"], never["request_id"]) = (json!(null), json!(null));
        assert_eq!(gone, never);
        let token = address.rsplit('/').next().expect("the last part").trim_end_matches(".ics");
        assert!(!answer.body.to_string().contains(token));
    };

    // Closed by its owner, and by nobody else; another one takes its place.
    let (first, closed) = moss.opens().await;
    let (_, kept) = moss.opens().await;
    let path = format!("{FEEDS}/{first}");
    app.request(Role::Nurse, Method::DELETE, &path).await.answer().await.expect(404);
    moss.read(&closed).await.expect(200);
    moss.ask(Method::DELETE, &path, None).await.expect(204);
    moss.ask(Method::DELETE, &path, None).await.expect_problem(404, "/problems/account/no-such-feed", &[]);
    gone(&closed).await;
    moss.read(&kept).await.expect(200);

    // Expired.
    let (aging, aged) = moss.opens().await;
    let expired =
        format!("update auth.calendar_feed set expires_at = now() - interval '1 second' where id = '{aging}'");
    app.owner().await.batch_execute(&expired).await.expect("aged");
    gone(&aged).await;

    // The account became something else, and was disabled: what comes back afterwards opens nothing again.
    let account = format!("/api/v1/accounts/{}", moss.account);
    let nurse = json!({ "role": "nurse", "reason": "moved" });
    app.post(Role::Admin, &format!("{account}/role"), nurse).await.expect(200);
    gone(&kept).await;
    let as_nurse = Actor::of(moss.account.parse().expect("an id"), Role::Nurse);
    let theirs = (moss.schedule.parse().expect("an id"), in_hours(48));
    let again = app.platform.access.open_calendar_feed(&as_nurse, theirs, &Origin::default()).await;
    let again = format!("/api/v1/calendars/{}.ics", again.expect("opened").token);
    moss.read(&again).await.expect(200);
    app.post(Role::Admin, &format!("{account}/disable"), json!({ "reason": "left" })).await.expect(200);
    gone(&again).await;
    app.post(Role::Admin, &format!("{account}/enable"), json!({ "reason": "came back" })).await.expect(200);
    gone(&again).await;

    // Of a role that may read no schedules.
    let row = format!("update auth.account set role = 'analyst' where id = '{}'", moss.account);
    let open = format!("update auth.calendar_feed set closed_at = null where account_id = '{}'", moss.account);
    app.owner().await.batch_execute(&format!("{open}; {row}")).await.expect("bent");
    gone(&again).await;
}

#[tokio::test]
async fn an_address_is_opened_for_ones_own_calendar_and_ten_at_the_most() {
    let app = spawn_app().await;
    let moss = Moss::hired(&app).await;
    let open = |body: Value| moss.ask(Method::POST, FEEDS, Some(body));
    let other = super::open_resource(&app, "practitioner", "Dr Other", "UTC").await;
    open(json!({ "schedule": other })).await.expect_problem(403, "/problems/access/not-ones-own-calendar", &[]);
    let stranger = app.post(Role::Nurse, FEEDS, json!({ "schedule": moss.schedule })).await;
    stranger.expect_problem(403, "/problems/access/not-ones-own-calendar", &[]);
    app.post(Role::Analyst, FEEDS, json!({ "schedule": moss.schedule })).await.expect_problem(
        403,
        "/problems/access/denied",
        &[],
    );
    open(json!({ "schedule": app.platform.app.clock.new_id() })).await.expect(404);
    open(json!({ "schedule": moss.schedule, "valid_days": 401 })).await.expect(422);
    open(json!({ "schedule": moss.schedule, "for": "phone" })).await.expect(422);
    for _ in 0..10 {
        moss.opens().await;
    }
    open(json!({ "schedule": moss.schedule })).await.expect_problem(409, "/problems/account/too-many-feeds", &[]);
}
