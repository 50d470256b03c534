//! `read.patient_phone`.

use sea_orm::entity::prelude::*;

/// A telephone number of a patient, backwards.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "read", table_name = "patient_phone")]
pub struct Model {
    /// The patient.
    #[sea_orm(primary_key, auto_increment = false)]
    pub patient_id: Uuid,
    /// The digits from the last to the first.
    #[sea_orm(primary_key, auto_increment = false)]
    pub backwards: String,
}

/// Joined by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
