use healthcare_api::surface::SurfaceSettings;
use healthcare_application::Role;
use healthcare_tests::app::{Answer, Ask, Backing, TestApp, spawn_app, spawn_app_with};
use reqwest::Method;

const WARD: &str = "https://ward.example.org";
const EVIL: &str = "https://evil.example";

async fn preflight(app: &TestApp, origin: &str) -> Answer {
    let asks = app.anonymous(Method::OPTIONS, "/api/v1/patients").header("origin", origin);
    asks.header("access-control-request-method", "GET")
        .header("access-control-request-headers", "authorization")
        .answer()
        .await
}

/// SECURITY 52: by default no page of another origin may read an answer.
#[tokio::test]
async fn no_other_origin_is_let_in_by_default() {
    let app = spawn_app().await;
    assert_eq!(preflight(&app, WARD).await.header("access-control-allow-origin"), None);
    let answer = app.request(Role::Nurse, Method::GET, "/api/v1/patients?name=x").await.header("origin", WARD);
    assert_eq!(answer.answer().await.header("access-control-allow-origin"), None);
}

/// SECURITY 52: a listed origin may, to the letter, and may follow live; SECURITY 53: never by cookies.
#[tokio::test]
async fn a_listed_origin_is_let_in_and_no_other() {
    let origins = vec![WARD.parse().expect("an origin")];
    let surface = SurfaceSettings { origins, ..SurfaceSettings::default() };
    let app = spawn_app_with(Backing { surface, ..Backing::default() }).await;
    let allowed = preflight(&app, WARD).await.expect(200);
    assert_eq!(allowed.header("access-control-allow-origin"), Some(WARD));
    assert_eq!(allowed.header("access-control-allow-credentials"), None);
    assert_eq!(allowed.header("x-content-type-options"), Some("nosniff"), "a preflight carries the headers too");
    for foreign in [EVIL, "https://ward.example.org.evil.example", "http://ward.example.org", "null"] {
        assert_eq!(preflight(&app, foreign).await.header("access-control-allow-origin"), None, "{foreign}");
    }
    let read = async |origin: &str| {
        let asks = app.request(Role::Nurse, Method::GET, "/api/v1/patients?nmae=x").await.header("origin", origin);
        asks.answer().await.expect_problem(400, "/problems/request/parameter", &["nmae"])
    };
    assert_eq!(read(WARD).await.header("access-control-allow-origin"), Some(WARD));
    assert_eq!(read(EVIL).await.header("access-control-allow-origin"), None);
    // A token that a browser would send by itself, or that stands in an address, opens nothing.
    let token = app.token(Role::Nurse).await;
    let cookies = format!("access_token={token}; token={token}; Authorization=Bearer {token}; healthcare_oidc={token}");
    for path in ["/api/v1/patients?name=x", "/api/v1/auth/sessions", "/api/v1/live"] {
        let asks = app.anonymous(Method::GET, path).header("cookie", &cookies).header("origin", WARD);
        asks.answer().await.expect_problem(401, "/problems/access/unauthenticated", &[]);
    }
    for name in ["access_token", "token", "bearer"] {
        let asks = app.anonymous(Method::GET, &format!("/api/v1/patients?{name}={token}"));
        asks.answer().await.expect_problem(401, "/problems/access/unauthenticated", &[]);
    }
    // Past the check of its origin, a request that is no handshake is told so.
    let follow = async |origin: &str| {
        app.request(Role::Nurse, Method::GET, "/api/v1/live").await.header("origin", origin).answer().await.status
    };
    assert_eq!((follow(WARD).await, follow(&app.url).await, follow(EVIL).await), (400, 400, 403));
}
