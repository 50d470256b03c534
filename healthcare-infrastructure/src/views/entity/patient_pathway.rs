//! `read.patient_pathway`.

use sea_orm::entity::prelude::*;

/// Where a patient stands on a pathway.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "read", table_name = "patient_pathway")]
pub struct Model {
    /// The patient.
    #[sea_orm(primary_key, auto_increment = false)]
    pub patient_id: Uuid,
    /// The pathway.
    #[sea_orm(primary_key, auto_increment = false)]
    pub pathway: String,
    /// The stage.
    pub stage: String,
    /// Since when.
    pub since: DateTimeUtc,
}

/// Joined by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
