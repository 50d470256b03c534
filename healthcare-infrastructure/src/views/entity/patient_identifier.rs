//! `read.patient_identifier`.

use sea_orm::entity::prelude::*;

/// An identifier of a patient.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "read", table_name = "patient_identifier")]
pub struct Model {
    /// The patient.
    #[sea_orm(primary_key, auto_increment = false)]
    pub patient_id: Uuid,
    /// Who issued it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub system: String,
    /// What it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub value: String,
}

/// Joined by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
