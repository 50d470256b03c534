//! `read.alert`.

use sea_orm::entity::prelude::*;

/// An alert, as it is listed.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "read", table_name = "alert")]
pub struct Model {
    /// The alert.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The stream's version.
    pub version: i32,
    /// Whom it is about.
    pub patient_id: Uuid,
    /// The rule that raised it.
    pub rule: String,
    /// How urgent.
    pub priority: String,
    /// Where it stands.
    pub status: String,
    /// The highest rung told.
    pub rung: i16,
    /// When it was raised.
    pub raised_at: DateTimeUtc,
    /// The registration it came under, where that is merged into the one that holds it now.
    pub home: Option<Uuid>,
}

/// Joined by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
