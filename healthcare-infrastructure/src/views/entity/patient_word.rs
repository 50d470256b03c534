//! `read.patient_word`.

use sea_orm::entity::prelude::*;

/// A word of a patient's names, folded.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "read", table_name = "patient_word")]
pub struct Model {
    /// The patient.
    #[sea_orm(primary_key, auto_increment = false)]
    pub patient_id: Uuid,
    /// The word, lower case and without accents.
    #[sea_orm(primary_key, auto_increment = false)]
    pub word: String,
    /// The patient's card, so that no other row is read to know whether they match.
    pub card: String,
}

/// Joined by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
