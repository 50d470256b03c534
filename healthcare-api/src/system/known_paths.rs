//! Which methods a path knows, so that the wrong one is told apart from a path that is not there.

/// The paths of the OpenAPI document with their methods.
pub struct KnownPaths(Vec<(Vec<String>, Vec<String>)>);

impl KnownPaths {
    /// Reads the document.
    pub fn of(api: &utoipa::openapi::OpenApi) -> Self {
        // The document is text and lists alone; writing it cannot fail.
        let document = serde_json::to_value(api).unwrap_or_default();
        let methods = |item: &serde_json::Value| -> Vec<String> {
            ["get", "post", "put", "patch", "delete"]
                .into_iter()
                .filter(|method| item.get(method).is_some())
                .map(str::to_uppercase)
                .collect()
        };
        let paths = document["paths"].as_object().into_iter().flatten();
        Self(paths.map(|(path, item)| (path.split('/').map(str::to_owned).collect(), methods(item))).collect())
    }

    /// The methods of the paths that this one fits, for `Allow`; empty when it fits none.
    pub fn methods(&self, path: &str) -> Vec<&str> {
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |template: &[String]| {
            template.len() == parts.len()
                && template
                    .iter()
                    .zip(&parts)
                    .all(|(known, part)| if known.starts_with('{') { !part.is_empty() } else { known == part })
        };
        let mut methods: Vec<&str> =
            self.0.iter().filter(|(path, _)| fits(path)).flat_map(|(_, methods)| methods).map(String::as_str).collect();
        methods.sort_unstable();
        methods.dedup();
        methods
    }
}
