//! An order as it is written before it is signed.

use chrono::{DateTime, Utc};
use healthcare_application::access::Actor;
use healthcare_domain::{
    code::CodeableConcept,
    id::EncounterId,
    medication::{Intake, Prescription},
    quantity::Quantity,
    reference::Reference,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::http::bounds::{concept, concepts};

/// What is to be given, how much, how often.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// What: RxNorm, or in words. What cannot be recognised is told as not checked.
    #[validate(custom(function = "concept"))]
    pub medication: CodeableConcept,
    /// How much at a time.
    pub dose: Option<Quantity>,
    /// By which route.
    #[validate(custom(function = "concept"))]
    pub route: Option<CodeableConcept>,
    /// How often, in words.
    #[validate(length(max = 200))]
    pub frequency: Option<String>,
    /// Only when needed.
    #[serde(default)]
    pub as_needed: bool,
    /// What for.
    #[serde(default)]
    #[validate(custom(function = "concepts"))]
    pub reasons: Vec<CodeableConcept>,
    /// During which visit.
    pub encounter: Option<EncounterId>,
}

impl Draft {
    /// The order, written now by whoever sends it.
    pub fn written(self, by: &Actor, authored_at: DateTime<Utc>) -> Prescription {
        let Self { medication, dose, route, frequency, as_needed, reasons, encounter } = self;
        let prescriber = Some(Reference { id: Some(by.account.0), source: None, display: None });
        let identifiers = vec![];
        Prescription {
            identifiers,
            medication,
            dose,
            route,
            frequency,
            as_needed,
            reasons,
            authored_at,
            prescriber,
            encounter,
            taking: Intake::AsOrdered,
            further: vec![],
            details: vec![],
            reported: false,
        }
    }
}
