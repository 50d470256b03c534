//! `read.patient_sound`.

use sea_orm::entity::prelude::*;

/// What a patient's name sounds like.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "read", table_name = "patient_sound")]
pub struct Model {
    /// The patient.
    #[sea_orm(primary_key, auto_increment = false)]
    pub patient_id: Uuid,
    /// The code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sound: String,
}

/// Joined by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
