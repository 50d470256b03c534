//! What a query says: the parameters that the operation's description names, each once, and no other. One that nobody
//! looks at would be answered as if it had not been sent: with everybody, with today.

use std::{
    collections::{BTreeSet, HashMap},
    sync::LazyLock,
};

use actix_web::{
    HttpMessage,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
};
use utoipa::openapi::{
    OpenApi, RefOr,
    path::{Parameter, ParameterIn},
};

use super::{
    matrix::{ROUTES, Row},
    openapi,
    requests::row_asked_for,
};
use crate::problem::Problem;

/// How much of a name that nobody knows is said back, in characters.
const NAMED: usize = 60;

/// Lets pass whose query says nothing but what the operation takes. A request without a query is not looked at.
pub async fn only_known_parameters(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let row = if request.query_string().is_empty() { None } else { row_asked_for(&request.extensions()) };
    match row.map_or(Ok(()), |row| KNOWN.admit(row, request.query_string())) {
        Ok(()) => next.call(request).await.map(ServiceResponse::map_into_boxed_body),
        // A response rather than an error, so that it is named and counted like any other.
        Err(problem) => Ok(ServiceResponse::from_err(problem, request.into_parts().0)),
    }
}

/// Reads the descriptions of all operations now, so that no request waits for it.
pub fn prepare() {
    LazyLock::force(&KNOWN);
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| Known::of(&openapi()));

/// What each operation takes, by method and path.
struct Known(HashMap<(&'static str, &'static str), Taken>);

/// What one operation takes.
#[derive(Default)]
struct Taken {
    names: BTreeSet<String>,
    /// Whether somebody else decides what is sent along, which is passed over.
    more: bool,
}

impl Known {
    fn of(document: &OpenApi) -> Self {
        let taken = |(method, path, _): &(&'static str, &'static str, _)| {
            let item = document.paths.paths.get(*path)?;
            let operation = match *method {
                "GET" => &item.get,
                "POST" => &item.post,
                "PUT" => &item.put,
                "PATCH" => &item.patch,
                "DELETE" => &item.delete,
                _ => &None,
            };
            let all = operation.as_ref()?.parameters.iter().flatten().filter_map(|one| match one {
                RefOr::T(parameter) => Some(parameter),
                // What is described elsewhere is not taken: no operation of ours does that.
                RefOr::Ref(_) => None,
            });
            Some(((*method, *path), Taken::of(all.filter(|one| one.parameter_in == ParameterIn::Query))))
        };
        Self(ROUTES.iter().filter_map(taken).collect())
    }

    /// # Errors
    /// 400, naming the first parameter that the operation does not take, that stands there twice, or whose value nothing
    /// can be called.
    fn admit(&self, row: Row, query: &str) -> Result<(), Problem> {
        // What is not described takes nothing.
        let nothing = Taken::default();
        let taken = self.0.get(&(row.method(), row.path())).unwrap_or(&nothing);
        // As the endpoints read it, so that no way of writing a name goes around this.
        let mut seen = BTreeSet::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match taken.names.get(&*name) {
                Some(known) if value.contains('\0') => {
                    return Err(Problem::bad_parameter(known, "no text holds a zero byte"));
                }
                Some(known) if !seen.insert(known) => return Err(Problem::bad_parameter(known, "it is given once")),
                None if !taken.more => return Err(unknown(&name, &taken.names)),
                Some(_) | None => {}
            }
        }
        Ok(())
    }
}

impl Taken {
    fn of<'p>(parameters: impl Iterator<Item = &'p Parameter>) -> Self {
        let mut taken = Self::default();
        for one in parameters {
            // An object whose members stand in the query by themselves: there is no other way to describe any of them.
            if one.explode == Some(true) {
                taken.more = true;
            } else {
                taken.names.insert(one.name.clone());
            }
        }
        taken
    }
}

/// Who asks for another day is never answered with today, and is told why.
fn unknown(name: &str, taken: &BTreeSet<String>) -> Problem {
    let shown: String = name.chars().take(NAMED).collect();
    let known = || taken.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let detail = match (name, taken.is_empty()) {
        ("as_of", _) => "only the present is told here".to_owned(),
        (_, true) => "nobody knows it: no parameters are taken here".to_owned(),
        (_, false) => format!("nobody knows it: {} are taken here", known()),
    };
    Problem::bad_parameter(&shown, &detail)
}

#[cfg(test)]
mod tests {
    use super::{super::matrix::row_of_route, *};

    fn asked(method: &str, path: &str, query: &str) -> Result<(), String> {
        let row = row_of_route(method, path).expect("a route");
        KNOWN.admit(row, query).map_err(|problem| {
            assert_eq!(problem.status, 400);
            problem.errors[0].pointer.clone()
        })
    }

    /// SECURITY 29: what an operation does not take is refused, however it is written, and so is what stands there twice.
    #[test]
    fn a_query_says_what_the_operation_takes_and_no_more() {
        let refused = |name: &str| Err(name.to_owned());
        for path in ["/api/v1/patients/{id}/accesses", "/api/v1/accounts/{id}", "/livez"] {
            assert_eq!(asked("GET", path, "as_of=2020-01-01T00:00:00Z"), refused("as_of"), "{path}");
            assert_eq!(asked("GET", path, "as%5Fof=2020-01-01T00:00:00Z"), refused("as_of"), "{path}");
            assert_eq!(asked("GET", path, "&a%73_of"), refused("as_of"), "{path}");
            assert_eq!(asked("GET", path, "=1"), refused(""), "{path}");
            assert_eq!(asked("GET", path, "&&"), Ok(()), "{path}");
        }
        let chart = "/api/v1/patients/{id}/chart";
        assert_eq!(asked("GET", chart, "as%5Fof=2020-01-01T00:00:00Z"), Ok(()));
        assert_eq!(asked("GET", chart, "As_Of=2020-01-01T00:00:00Z"), refused("As_Of"));
        assert_eq!(asked("GET", chart, "as_of=2020-01-01T00:00:00Z&as%5fof=2021-01-01T00:00:00Z"), refused("as_of"));
        assert_eq!(asked("POST", "/api/v1/patients", "name=x"), refused("name"));
        assert_eq!(asked("GET", "/api/v1/patients", "name=a%00b"), refused("name"));
        assert_eq!(asked("GET", "/api/v1/patients", &"x".repeat(9_000)), Err("x".repeat(NAMED)));
    }

    /// What the issuer of single sign-on sends along beside what we read is its own business; what we read stands there once.
    #[test]
    fn the_issuer_sends_along_what_it_wants() {
        let callback = "/api/v1/auth/oidc/callback";
        assert_eq!(asked("GET", callback, "state=a&code=b&session_state=c&scope=d&scope=e"), Ok(()));
        assert_eq!(asked("GET", callback, "state=a&code=b&%63ode=c"), Err("code".to_owned()));
    }

    #[test]
    fn every_row_is_described() {
        assert_eq!(KNOWN.0.len(), ROUTES.len());
        let more: Vec<_> = KNOWN.0.iter().filter(|(_, taken)| taken.more).map(|(of, _)| *of).collect();
        assert_eq!(more, [("GET", "/api/v1/auth/oidc/callback")]);
    }
}
