//! `read.entry`.

use sea_orm::entity::prelude::*;

/// One entry of the record.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "read", table_name = "entry")]
pub struct Model {
    /// The stream.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The part of it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub item: i16,
    /// The kind of entry.
    pub kind: String,
    /// The patient.
    pub patient_id: Option<Uuid>,
    /// The stream's version.
    pub version: i32,
    /// Whether it counts now.
    pub active: bool,
    /// Whether it was struck out.
    pub struck: bool,
    /// What lists sort by.
    pub at: DateTimeUtc,
    /// The code it is grouped by.
    pub code: Option<String>,
    /// The answer as it is sent.
    pub body: String,
    /// The registration it came under, where that is merged into the one that holds it now.
    pub home: Option<Uuid>,
}

/// Entries stand alone.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
