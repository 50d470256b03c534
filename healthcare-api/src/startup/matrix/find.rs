//! How a request's row is found.

use std::{collections::HashMap, sync::LazyLock};

use matchit::Router;

use super::{Guard, ROUTES};

/// One of [`ROUTES`].
#[derive(Debug, Clone, Copy)]
pub struct Row(&'static (&'static str, &'static str, Guard));

impl Row {
    /// The method.
    pub const fn method(self) -> &'static str {
        self.0.0
    }

    /// The path, with the names of its parameters in place of their values.
    pub const fn path(self) -> &'static str {
        self.0.1
    }

    /// Who may call it.
    pub const fn guard(self) -> Guard {
        self.0.2
    }
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

/// The rows by method, to be found at once however many there are.
static ROUTER: LazyLock<HashMap<&str, Router<Row>>> = LazyLock::new(|| {
    let mut routers = HashMap::<_, Router<_>>::new();
    for row in ROUTES {
        let (method, path, _) = row;
        // What stands twice, or in another's place, is not found, so it is closed: the tests call every route.
        let _closed = routers.entry(*method).or_default().insert(*path, Row(row));
    }
    routers
});

/// The row that a request asks for. A word of a path goes before a place for anything.
pub fn row_of(method: &str, path: &str) -> Option<Row> {
    ROUTER.get(method)?.at(path).ok().map(|found| *found.value)
}

/// The row of a route, named by its method and its path as in the OpenAPI document.
pub fn row_of_route(method: &str, path: &str) -> Option<Row> {
    ROUTES.iter().find(|(of, at, _)| *of == method && *at == path).map(Row)
}

/// The guard of a request.
pub fn guard_of(method: &str, path: &str) -> Option<Guard> {
    row_of(method, path).map(Row::guard)
}

/// The methods that a path knows, for `Allow`; none where there is nothing.
pub fn methods_of(path: &str) -> Vec<&'static str> {
    ["DELETE", "GET", "PATCH", "POST", "PUT"].into_iter().filter(|method| row_of(method, path).is_some()).collect()
}

#[cfg(test)]
mod tests {
    use healthcare_application::Permission as P;

    use super::*;

    #[test]
    fn each_row_is_found_by_its_own_path() {
        for (method, path, guard) in ROUTES {
            let found = row_of(method, path).map(|row| (row.path(), row.guard()));
            assert_eq!(found, Some((*path, *guard)), "{method} {path}");
        }
    }

    #[test]
    fn the_closest_path_counts() {
        assert_eq!(guard_of("GET", "/api/v1/patients/1/chart"), Some(Guard::Any(&[P::ReadChart])));
        assert_eq!(guard_of("POST", "/api/v1/patients/1/care-team/remove"), Some(Guard::Any(&[P::ManageCareTeam])));
        assert_eq!(guard_of("DELETE", "/api/v1/patients/1"), None);
        assert_eq!(guard_of("GET", "/api/v1/patients/1/chart/2"), None);
    }

    #[test]
    fn a_path_tells_its_methods() {
        assert_eq!(methods_of("/api/v1/patients/1"), ["GET", "PATCH"]);
        assert_eq!(methods_of("/api/v1/nothing"), [""; 0]);
    }
}
