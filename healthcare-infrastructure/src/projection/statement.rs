//! A statement with the values it is to be run with.

use std::borrow::Cow;

use tokio_postgres::types::ToSql;

/// A statement with its values.
pub struct Statement {
    /// The SQL, with `$1` and so on.
    pub sql: &'static str,
    values: Vec<Box<dyn ToSql + Sync + Send>>,
}

impl Statement {
    /// A statement without values yet.
    pub fn new(sql: &'static str) -> Self {
        Self { sql, values: Vec::new() }
    }

    /// Gives the next value.
    #[must_use]
    pub fn bind(mut self, value: impl ToSql + Sync + Send + 'static) -> Self {
        self.values.push(Box::new(value));
        self
    }

    /// The SQL with the tables of another schema in the place of those of `read`.
    pub fn sql_in(&self, schema: &str) -> Cow<'static, str> {
        if schema == "read" {
            Cow::Borrowed(self.sql)
        } else {
            Cow::Owned(self.sql.replace(" read.", &format!(" {schema}.")))
        }
    }

    /// The values, as the driver takes them.
    pub fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.values.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect()
    }
}
