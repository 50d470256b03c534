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
    /// Its first letter: what leads to the cards in their order.
    pub one: String,
    /// Its first two letters, in the same way.
    pub two: String,
    /// Whether the card begins with another word.
    pub follows: bool,
    /// Whether two words or more follow the first of the card.
    pub crowded: bool,
}

/// Joined by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
