//! What a query says is heard, or refused.

use std::collections::BTreeSet;

use healthcare_api::startup::{Guard, ROUTES};
use healthcare_application::Role;
use healthcare_tests::app::{Answer, Ask, TestApp, spawn_app};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// The one operation whose caller sends what somebody else decides.
const OPEN: &str = "/api/v1/auth/oidc/callback";
const REFUSED: &str = "/problems/request/parameter";

/// Asks for a route as somebody whose role may, with this query.
async fn asked(app: &TestApp, (method, template, guard): &(&str, &str, Guard), query: &str) -> Answer {
    let id = "018f0000-0000-7000-8000-000000000001";
    let parts = template.split('/').map(|part| match part {
        "{list}" => "allergies",
        "{code}" => "8867-4",
        "{name}" => "map",
        "{number}" => "1",
        part if part.starts_with('{') => id,
        part => part,
    });
    let path = format!("{}?{query}", parts.collect::<Vec<_>>().join("/"));
    let verb: Method = method.parse().expect("a method");
    let request: RequestBuilder = match guard {
        Guard::Public => app.anonymous(verb.clone(), &path),
        _ => {
            let role = Role::ALL.into_iter().find(|role| *role != Role::Patient && guard.admits(*role));
            app.request(role.expect("a role that may"), verb.clone(), &path).await
        }
    };
    let request = if verb == Method::GET { request } else { request.json(&json!({})).header("if-match", "\"1\"") };
    request.answer().await
}

/// The parameters that the document names of a route.
fn known(document: &Value, method: &str, template: &str) -> BTreeSet<String> {
    let parameters = document["paths"][template][method.to_lowercase()]["parameters"].as_array();
    let of_the_query = parameters.into_iter().flatten().filter(|one| one["in"] == "query");
    of_the_query.filter_map(|one| one["name"].as_str().map(str::to_owned)).collect()
}

fn refused_for(answer: &Answer, name: &str) -> bool {
    let (kind, place) = (&answer.body["type"], &answer.body["errors"][0]["pointer"]);
    answer.status == 400 && kind == REFUSED && place == name && answer.header("x-request-id").is_some()
}

/// SECURITY 29: every operation refuses a parameter that it does not take, however that is written, and one it takes that
/// is given twice; and says which. Who asks for another day is told why.
#[tokio::test]
async fn no_operation_passes_over_a_parameter() {
    let app = spawn_app().await;
    let document = app.anonymous(Method::GET, "/api/v1/openapi.json").answer().await.expect(200).body;
    let before = app.clinical_events().await;
    let (mut wrong, mut repeated, mut of_today) = (vec![], 0, 0);
    for route in ROUTES.iter().filter(|(_, template, _)| *template != OPEN) {
        let (method, template, _) = route;
        let mut expect = |answer: &Answer, name: &str, of: &str| {
            if !refused_for(answer, name) {
                wrong.push(format!("{method} {template}?{of}: {} {:#}", answer.status, answer.body));
            }
        };
        for query in ["colour=red", "%63olour=red", "colour", "colo%75r=", "&colour=red&limit=1"] {
            expect(&asked(&app, route, query).await, "colour", query);
        }
        let known = known(&document, method, template);
        for name in &known {
            let query = format!("{name}=1&{name}=2");
            expect(&asked(&app, route, &query).await, name, &query);
            repeated += 1;
        }
        if !known.contains("as_of") {
            let answer = asked(&app, route, "as%5Fof=2020-01-01T00:00:00Z").await;
            expect(&answer, "as_of", "as_of");
            of_today += usize::from(answer.body["errors"][0]["detail"] == "only the present is told here");
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(repeated > 100 && of_today > 200, "{repeated} were given twice, {of_today} told of today");
    assert_eq!(app.clinical_events().await, before, "nothing was written");
}

/// What is said of a parameter names it, and never says back what was sent; what is public is served as before, and what
/// the issuer of single sign-on sends along is its own business.
#[tokio::test]
async fn a_refusal_names_the_parameter_and_not_its_value() {
    let app = spawn_app().await;
    for (path, name) in [
        ("/api/v1/patients?name=a&sort=Zurbriggen", "sort"),
        ("/api/v1/patients?birth_date=Zurbriggen", "birth_date"),
        ("/api/v1/notifications?cursor=Zurbriggen", "cursor"),
    ] {
        let answer = app.get(Role::Doctor, path).await.expect_problem(400, REFUSED, &[name]);
        assert!(!answer.body.to_string().contains("Zurbriggen"), "{path}: {:#}", answer.body);
    }
    let long = app.get(Role::Doctor, &format!("/api/v1/patients?{}=1", "x".repeat(5_000))).await.expect(400);
    assert!(long.body.to_string().len() < 1_000, "{:#}", long.body);
    for public in ["/docs/", "/docs/swagger-ui.css?version=5", "/livez", "/cds-services", "/.well-known/jwks.json"] {
        app.anonymous(Method::GET, public).answer().await.expect(200);
    }
    // There is no single sign-on here, which is told once the query was read.
    let callback = format!("{OPEN}?state=a&code=b&session_state=c&scope=openid&scope=email");
    app.anonymous(Method::GET, &callback).answer().await.expect_problem(
        404,
        "/problems/access/sso-not-configured",
        &[],
    );
    let twice = app.anonymous(Method::GET, &format!("{OPEN}?state=a&code=b&%63ode=c")).answer().await;
    twice.expect_problem(400, REFUSED, &["code"]);
}
