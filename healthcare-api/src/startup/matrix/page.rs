//! The matrix as a page, and the routes of a document that it is held against.

use healthcare_application::{Permission as P, Role};

use super::{Guard, ROUTES};

/// `docs/ACCESS-MATRIX.md`: every route by every role.
pub fn access_matrix() -> String {
    let mut page = String::from(
        "# Who may call what\n\n\
         Generated from the routing table and the permissions of the roles (`healthcare-api/src/startup/matrix.rs`, \
         `healthcare-application/src/access/role.rs`); a test holds this page against them and calls every route as every \
         role.\n\n\
         ● may · ◐ may with an active care relationship or a break-glass grant (a patient: their own record) · empty: may \
         not, answered 403. Without a token every route but the public ones answers 401.\n\n",
    );
    let roles: Vec<String> = Role::ALL.iter().map(|role| role.as_str().replace('_', " ")).collect();
    page += &format!("| route | {} |\n|---|{}\n", roles.join(" | "), ":-:|".repeat(roles.len()));
    for (method, path, guard) in ROUTES {
        let cells: Vec<&str> = Role::ALL.iter().map(|role| cell(*guard, *role)).collect();
        page += &format!("| `{method} {path}` | {} |\n", cells.join(" | "));
    }
    page
}

fn cell(guard: Guard, role: Role) -> &'static str {
    if matches!(guard, Guard::Public | Guard::SignedIn) {
        return "●";
    }
    if matches!(guard, Guard::Own(_)) && role == Role::Patient {
        return "◐";
    }
    let held: Vec<P> = guard.permissions().iter().copied().filter(|one| role.may(*one)).collect();
    if held.is_empty() {
        ""
    } else if held.into_iter().all(P::needs_relationship) {
        "◐"
    } else {
        "●"
    }
}

/// The routes of an OpenAPI document, as method and path.
pub fn routes_of(api: &utoipa::openapi::OpenApi) -> Vec<(String, String)> {
    // The document is text and lists alone; writing it cannot fail.
    let document = serde_json::to_value(api).unwrap_or_default();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in ["get", "post", "put", "patch", "delete"] {
            if item.get(method).is_some() {
                all.push((method.to_uppercase(), path.clone()));
            }
        }
    }
    all
}
