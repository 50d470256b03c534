use healthcare_application::Role;
use healthcare_tests::app::{Answer, Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::json;

const ALWAYS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

#[track_caller]
fn protected(what: &str, answer: &Answer) {
    for (name, value) in ALWAYS {
        assert_eq!(answer.header(name), Some(value), "{what}: {name}");
    }
    let policy = answer.header("content-security-policy").unwrap_or_else(|| panic!("{what}: no policy"));
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{what}: {policy}");
    assert!(!policy.contains("unsafe-eval") && !policy.contains("script-src 'self' 'unsafe"), "{what}: {policy}");
    let kept = answer.header("cache-control");
    let public = what.ends_with("jwks.json") && answer.status == 200;
    assert!(kept == Some("no-store") || (public && kept.is_some()), "{what}: {kept:?}");
    assert_eq!(answer.header("strict-transport-security"), None, "{what}: not over plain HTTP");
}

/// Every path and method of the OpenAPI document, with something in place of its parameters.
async fn routes(app: &TestApp) -> Vec<(Method, String)> {
    let document = app.anonymous(Method::GET, "/api/v1/openapi.json").answer().await.expect(200).body;
    let paths = document["paths"].as_object().expect("paths").clone();
    let mut routes = vec![];
    for (path, operations) in paths {
        let filled = path
            .split('/')
            .map(|part| if part.starts_with('{') { "00000000-0000-0000-0000-000000000001" } else { part });
        let filled = filled.collect::<Vec<_>>().join("/");
        for method in operations.as_object().expect("operations").keys().filter(|key| *key != "parameters") {
            routes.push((method.to_uppercase().parse().expect("a method"), filled.clone()));
        }
    }
    routes
}

/// SECURITY 51: no-store, nosniff, a policy of content and of referrers, on every route, refusals included.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_carries_the_headers() {
    let app = spawn_app().await;
    let routes = routes(&app).await;
    assert!(routes.len() > 30, "{routes:?}");
    for (method, path) in &routes {
        let anonymous = app.anonymous(method.clone(), path).json(&json!({})).answer().await;
        protected(&format!("{method} {path}"), &anonymous);
        let nurse = app.request(Role::Nurse, method.clone(), path).await.json(&json!({})).answer().await;
        protected(&format!("{method} {path}"), &nurse);
    }
    for (method, path, status) in [
        (Method::GET, "/api/v1/nothing", 404),
        (Method::GET, "/nothing", 404),
        (Method::DELETE, "/api/v1/patients", 405),
        (Method::GET, "/api/v1/patients?nmae=x", 401),
        (Method::GET, "/docs", 307),
        (Method::GET, "/docs/", 200),
        (Method::GET, "/docs/nothing.js", 404),
        (Method::OPTIONS, "/api/v1/patients", 405),
    ] {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let answer = client.request(method.clone(), format!("{}{path}", app.url)).answer().await;
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
        protected(&format!("{method} {path}"), &answer);
    }
}

/// SECURITY 51: Swagger UI runs under its policy without any other server: nothing in it is written in place or fetched
/// from elsewhere.
#[tokio::test]
async fn the_documentation_works_under_its_policy() {
    let app = spawn_app().await;
    let page = app.anonymous(Method::GET, "/docs/").answer().await.expect(200);
    let policy = page.header("content-security-policy").expect("a policy").to_owned();
    assert!(policy.contains("script-src 'self';") && policy.contains("connect-src 'self'"), "{policy}");
    let html = page.body.as_str().expect("a page").to_owned();
    let scripts: Vec<&str> = html.match_indices("<script").map(|(at, _)| &html[at..]).collect();
    assert!(!scripts.is_empty());
    let mut assets = vec![];
    for script in scripts {
        let (tag, rest) = script.split_once('>').expect("a whole tag");
        let source = tag.split("src=\"").nth(1).and_then(|rest| rest.split('"').next());
        assets.push(source.unwrap_or_else(|| panic!("a script is written in place: {tag}")).to_owned());
        assert!(rest.trim_start().starts_with("</script>"), "a script has text: {tag}");
    }
    assets
        .extend(html.match_indices("href=\"").filter_map(|(at, _)| Some(html[at + 6..].split('"').next()?.to_owned())));
    assert!(assets.len() >= 4, "{assets:?}");
    for asset in assets {
        assert!(!asset.contains("//"), "{asset} is fetched from elsewhere");
        let path = format!("/docs/{}", asset.trim_start_matches("./"));
        let answer = app.anonymous(Method::GET, &path).answer().await;
        assert_eq!(answer.status, 200, "{path}");
        protected(&path, &answer);
    }
    let initializer = app.anonymous(Method::GET, "/docs/swagger-initializer.js").answer().await.expect(200);
    assert!(initializer.body.as_str().is_some_and(|js| js.contains("/api/v1/openapi.json")), "{initializer:?}");
}
