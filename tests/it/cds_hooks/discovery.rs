use healthcare_api::cds_hooks::{CdsHooksConfig, Origins};
use healthcare_tests::app::{Ask, Backing, spawn_app, spawn_app_with};
use reqwest::Method;

const DISCOVERY: &str = "/cds-services";

#[tokio::test]
async fn the_services_are_listed_for_everybody() {
    let app = spawn_app().await;
    let answer = app.anonymous(Method::GET, DISCOVERY).answer().await.expect(200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let services = answer.body["services"].as_array().expect("services");
    let hooks: Vec<&str> = services.iter().filter_map(|service| service["hook"].as_str()).collect();
    assert_eq!(
        hooks,
        [
            "patient-view",
            "order-select",
            "order-sign",
            "encounter-start",
            "encounter-discharge",
            "allergyintolerance-create",
            "problem-list-item-create"
        ]
    );
    let mut ids: Vec<&str> = services.iter().filter_map(|service| service["id"].as_str()).collect();
    ids.dedup();
    assert_eq!(ids.len(), services.len());
    for service in services {
        for text in ["id", "title", "description", "usageRequirements"] {
            assert!(service[text].as_str().is_some_and(|text| !text.is_empty()), "{service}");
        }
        for (key, template) in service["prefetch"].as_object().expect("templates") {
            let template = template.as_str().expect("a template");
            assert!(template.contains("{{context.patientId}}"), "{key}");
            assert!(
                !template.replace("{{context.patientId}}", "").contains("{{"),
                "{key}: other tokens are not of every hook"
            );
        }
    }
    // Another service, another method.
    let other = app.anonymous(Method::POST, "/cds-services/nothing").json(&serde_json::json!({})).answer().await;
    other.expect_problem(404, "/problems/cds-hooks/unknown-service", &[]);
    app.anonymous(Method::DELETE, DISCOVERY).answer().await.expect_problem(405, "/problems/request/method", &[]);
}

/// SECURITY 52: pages of other origins ask the services where the house lists them, and nothing else of the API.
#[tokio::test]
async fn a_page_of_a_listed_origin_may_ask_the_services_and_no_other() {
    let listed = "https://ehr.example.org";
    let origins = Origins::Listed(vec![listed.parse().expect("an origin")]);
    let cds_hooks = CdsHooksConfig { origins, ..CdsHooksConfig::default() };
    let app = spawn_app_with(Backing { cds_hooks, ..Backing::default() }).await;
    let asks = async |origin: &str, path: &str| {
        let before = app.anonymous(Method::OPTIONS, path).header("origin", origin);
        let before = before.header("access-control-request-method", "POST");
        let before = before.header("access-control-request-headers", "authorization,content-type").answer().await;
        let then = app.anonymous(Method::GET, path).header("origin", origin).answer().await;
        let allowed =
            |answer: &healthcare_tests::app::Answer| answer.header("access-control-allow-origin").map(str::to_owned);
        (allowed(&before), before.status, allowed(&then))
    };
    assert_eq!(asks(listed, DISCOVERY).await, (Some(listed.into()), 204, Some(listed.into())));
    assert_eq!(asks(listed, "/cds-services/order-sign").await.0.as_deref(), Some(listed));
    for (origin, path) in
        [("https://evil.example", DISCOVERY), (listed, "/api/v1/patients"), (listed, "/cds-servicesx")]
    {
        let (before, _, then) = asks(origin, path).await;
        assert_eq!((before, then), (None, None), "{origin} {path}");
    }
}
