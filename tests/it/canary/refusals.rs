//! Marks in places where they are refused, on every route of the OpenAPI document.

use std::collections::BTreeSet;

use healthcare_application::Role;
use reqwest::Method;
use serde_json::Value;

use super::{MARK, Site, assert_unmarked, person};

/// Sends marks to every route as nobody, as somebody who may not, in a path, in a query, in a body cut short and in one
/// of another shape. No answer holds one. Answers the routes there are.
pub async fn go_everywhere(site: &Site, patient: &str) -> BTreeSet<(String, String)> {
    let document = site.client.get(format!("{}/api/v1/openapi.json", site.server.url)).send().await.expect("an answer");
    let document: Value = document.json().await.expect("the document");
    let mut routes = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
            // It takes no body, and would end the sessions that the other routes are asked with.
            if path != "/api/v1/auth/logout" {
                refused(site, &method, path, patient).await;
                refused_in_query(site, &method, path, patient, operation).await;
            }
            routes.insert((method.to_string(), path.clone()));
        }
    }
    assert!(routes.len() > 40, "{} routes", routes.len());
    routes
}

/// Sends a mark as each of the parameters that an operation takes.
async fn refused_in_query(site: &Site, method: &Method, path: &str, patient: &str, operation: &Value) {
    let place = path.replace("{id}", patient).replace("{list}", "allergies");
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    for name in parameters.filter(|one| one["in"] == "query").filter_map(|one| one["name"].as_str()) {
        let url = format!("{}{place}?{name}={MARK}", site.server.url);
        for role in [Role::Doctor, Role::Auditor, Role::Admin] {
            let request = site.client.request(method.clone(), &url).bearer_auth(site.token(role));
            let answer = request.send().await.expect("an answer");
            let (status, text) = (answer.status(), answer.text().await.expect("a body"));
            // A page of a search links to its next one by what was searched.
            if !status.is_success() {
                assert_unmarked(&format!("the refusal {status} of {method} {path}?{name}="), &text);
            }
        }
    }
}

async fn refused(site: &Site, method: &Method, path: &str, patient: &str) {
    let with_id = path.replace("{id}", patient).replace("{list}", "allergies");
    let with_mark = path.replace("{id}", MARK).replace("{list}", MARK);
    let whole = person().to_string();
    let cut = whole[..whole.len() - 3].to_owned();
    let other = format!("[\"{MARK}\", {whole}]");
    let wrong = format!(
        "{{\"reason\": {{\"x\": \"{MARK}\"}}, \"names\": \"{MARK}\", \"birth_date\": \"{MARK}\", \"username\": \"{MARK}\", \"password\": \"{MARK}\", \"token\": \"{MARK}\"}}"
    );
    let query = format!("{with_id}?patient={MARK}&limit={MARK}");
    let sign_in = format!("{{\"username\": \"{MARK}\", \"password\": \"{MARK} {MARK}\"}}");
    let someone = Some(Role::Doctor);
    for (role, path, body) in [
        (None, &with_id, &whole),
        (None, &with_id, &sign_in),
        (Some(Role::Analyst), &with_id, &whole),
        (someone, &with_mark, &whole),
        (someone, &query, &whole),
        (someone, &with_id, &cut),
        (someone, &with_id, &other),
        (someone, &with_id, &wrong),
    ] {
        let request = site.client.request(method.clone(), format!("{}{path}", site.server.url));
        let request = match role {
            Some(role) => request.bearer_auth(site.token(role)),
            None => request,
        };
        let request = request.header("content-type", "application/json").header("if-match", "\"1\"");
        let answer = request.body(body.clone()).send().await.expect("an answer");
        let (status, text) = (answer.status(), answer.text().await.expect("a body"));
        // What is answered to who may read it is the record itself; a mark has its place there and nowhere else.
        if !status.is_success() {
            assert_unmarked(&format!("the refusal {status} of {method} {path}"), &text);
        }
    }
}
