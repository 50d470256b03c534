//! `read.patient`.

use sea_orm::entity::prelude::*;

/// A line of the directory.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "read", table_name = "patient")]
pub struct Model {
    /// The patient.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The stream's version.
    pub version: i32,
    /// Family name in use.
    pub family: Option<String>,
    /// Given names in use.
    pub given: Option<String>,
    /// Administrative gender.
    pub gender: String,
    /// First day the birth date can mean.
    pub birth_date: Option<Date>,
    /// Whether they died.
    pub deceased: bool,
    /// The stage of their pathway.
    pub pathway_stage: Option<String>,
    /// When the hospital knew of the last change.
    pub updated_at: DateTimeUtc,
    /// Whether the record is in use.
    pub status: String,
    /// What is looked for in names, and what lists by name are sorted by.
    pub card: String,
}

/// Lines of the directory are joined by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
