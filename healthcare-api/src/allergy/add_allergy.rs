//! `POST /patients/{id}/allergies`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, allergy};
use healthcare_domain::{
    allergy::{Allergy, Criticality, Mechanism, Reaction, Statement, Verification},
    code::CodeableConcept,
    id::{EncounterId, PatientId},
    reference::Identifier,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::{
    http::{
        Changed, Command,
        bounds::{concept, words},
    },
    problem::Problem,
};

/// An allergy or intolerance.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddAllergy {
    /// To what: SNOMED CT or RxNorm, or in words.
    #[validate(custom(function = "concept"))]
    substance: CodeableConcept,
    /// That there is one, or that none is known.
    #[serde(default)]
    statement: Statement,
    /// Whether the immune system is involved, where that is known.
    #[serde(rename = "type")]
    mechanism: Option<Mechanism>,
    /// `medication`, `food`, `environment`, `biologic`.
    #[serde(default)]
    #[validate(custom(function = "words"))]
    categories: Vec<String>,
    /// How dangerous a further exposure is thought to be.
    criticality: Option<Criticality>,
    /// How sure it is.
    #[serde(default)]
    verification: Verification,
    /// What happened.
    #[serde(default)]
    #[validate(custom(function = "reactions"))]
    #[schema(max_items = 50)]
    reactions: Vec<Reaction>,
    /// Since when.
    onset_at: Option<DateTime<Utc>>,
    /// When a reaction was seen last.
    last_occurrence: Option<DateTime<Utc>>,
    /// During which visit it was told.
    encounter: Option<EncounterId>,
    /// More about it.
    #[validate(length(min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000)]
    note: Option<String>,
}

/// At most 50 reactions, each of bounded concepts and words.
fn reactions(all: &[Reaction]) -> Result<(), ValidationError> {
    let long = |text: &str| text.chars().count() > 2_000;
    if all.len() > 50 || all.iter().any(|one| one.description.as_deref().is_some_and(long)) {
        let message = "at most 50, described in at most 2,000 characters";
        return Err(ValidationError::new("length").with_message(std::borrow::Cow::Borrowed(message)));
    }
    let concepts =
        all.iter().flat_map(|one| std::iter::once(&one.manifestation).chain(&one.substance).chain(&one.exposure_route));
    concepts.into_iter().try_for_each(concept)
}

impl AddAllergy {
    /// The allergy it describes, under what its source calls it.
    pub(super) fn named(self, identifiers: Vec<Identifier>) -> Allergy {
        let Self {
            substance,
            statement,
            mechanism,
            categories,
            criticality,
            verification,
            reactions,
            onset_at,
            last_occurrence,
            encounter,
            note,
        } = self;
        Allergy {
            identifiers,
            substance,
            statement,
            mechanism,
            categories,
            criticality,
            verification,
            reactions,
            onset_at,
            last_occurrence,
            encounter,
            note,
            resolved: false,
        }
    }
}

/// Records an allergy, or with `"statement": "none-known"` that there is none: that differs from nobody having asked, and
/// typed as a substance ("no known allergies", NKDA) it is refused. A
/// statement that none is known is taken off when one is recorded, and named in `removed`; it is refused while one is on
/// record. What a new one speaks against, such as a drug that is taken, is told in `findings`; it is put on record all the
/// same, and suggested to be dealt with. Where decision support could not look, it is stored too, and `checked` is false.
#[utoipa::path(tag = "allergies", request_body = AddAllergy, params(
    ("id" = PatientId, Path, description = "the patient"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 201, description = "stored; `findings` tell what it speaks against, and `checked: false` that this could not be looked at", body = Changed, headers(("ETag" = String), ("Location" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such patient", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "none is known, while one is on record", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape or cannot be true", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients/{id}/allergies")]
pub async fn add_allergy(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<AddAllergy>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    let allergy = body.named(vec![]);
    let committed = allergy::add_allergy(&app, &call, allergy::AddAllergy { patient: *id, allergy }).await?;
    Ok(Changed::created(committed, "/api/v1/allergies"))
}
