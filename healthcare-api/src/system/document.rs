//! The OpenAPI document and Swagger UI, with assets of our own.

use std::sync::LazyLock;

use actix_web::{
    HttpResponse, get,
    web::{self, ServiceConfig, redirect},
};
use healthcare_domain::id::{
    AlertId, AllergyId, AppointmentId, CalculatedScoreId, ConsentId, MedicationOrderId, NoteId, ObservationId, PlanId,
    ProblemId, TemplateId, VitalsId, WaitlistEntryId,
};
use healthcare_dss::rule::{AtAge, Direction, DrugForm, Range, Scope, TableKind, Take};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use super::contract;
use crate::{chart::List, problem::Problem, startup::openapi};

/// What stands above all operations.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Healthcare Platform",
        description = "The clinical record as events: registration, charting, prescribing with decision support, \
                       telemetry, alerts. Sign in at `/api/v1/auth/login`, then send the access token as a bearer \
                       token. Errors are `application/problem+json` (RFC 9457). Lists page by cursor. POST takes an \
                       `Idempotency-Key`, which holds for thirty days; PATCH wants `If-Match`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
        contact(name = "The Healthcare Platform maintainers")
    ),
    tags(
        (name = "access", description = "Signing in"),
        (name = "accounts", description = "Who can sign in, and as what"),
        (name = "service accounts", description = "Accounts of programs, their secrets and certificates"),
        (name = "patients", description = "Registration and directory"),
        (name = "consents", description = "What patients consented to, or refused"),
        (name = "allergies", description = "Allergies, and the statement that there are none"),
        (name = "problems", description = "The problem list"),
        (name = "encounters", description = "Visits and stays"),
        (name = "wards", description = "Wards, rooms and beds, and who lies where"),
        (name = "procedures", description = "Procedures performed"),
        (name = "immunizations", description = "Vaccines given, and deliberately not given"),
        (name = "history", description = "The health of the family, and how the patient lives"),
        (name = "medication", description = "Orders of medication, signed with decision support"),
        (name = "suggestions", description = "What decision support suggests, and why"),
        (name = "rules", description = "The rules of decision support"),
        (name = "cds-hooks", description = "Decision support for other systems by CDS Hooks 2.0, and who may ask"),
        (name = "devices", description = "Devices, and whom they are on"),
        (name = "telemetry", description = "Readings of devices, and vital signs over time"),
        (name = "vitals", description = "Vital signs charted by hand"),
        (name = "results", description = "Laboratory results"),
        (name = "checks", description = "Checks of what the caller brings, without a patient"),
        (name = "scores", description = "Clinical scores"),
        (name = "alerts", description = "Alerts and who answers them"),
        (name = "live", description = "Notifications and vitals as they happen"),
        (name = "duplicates", description = "Registrations of one person: matching, the queue, merging and taking a merge back"),
        (name = "care-team", description = "Who takes care of a patient, and how closely the record is kept"),
        (name = "break-glass", description = "A record opened without a care relationship, announced and reviewed"),
        (name = "schedules", description = "Who and what can be booked, when, and for what"),
        (name = "appointments", description = "Free slots, and what is held and booked"),
        (name = "waitlist", description = "Who would come earlier, and what they are offered"),
        (name = "notes", description = "Notes: written, signed, co-signed, amended, found"),
        (name = "plans", description = "Plans of treatment: goals, activities, reviews"),
        (name = "templates", description = "Templates of notes and plans"),
        (name = "inbox", description = "What waits for the caller"),
        (name = "chart", description = "The chart and its lists"),
        (name = "audit", description = "Who did what to whose data"),
        (name = "imports", description = "FHIR R4 in"),
        (name = "system", description = "Health and documents"),
    ),
    // What stands in paths and in the conditions of rules alone is not found by itself.
    components(schemas(
        AlertId, AllergyId, AppointmentId, CalculatedScoreId, ConsentId, MedicationOrderId, NoteId, ObservationId, PlanId,
        ProblemId, TemplateId, VitalsId, WaitlistEntryId, List, AtAge, Direction, DrugForm, Range, Scope, TableKind, Take
    )),
    security(("bearer" = [])),
    modifiers(&Bearer)
)]
pub struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let components = api.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
        let client = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").description(Some(
            "A JWT that a registered client of CDS Hooks signs by ES384 or RS384 for this very request: `iss`, `aud` (the \
             address that is called), `iat`, `exp` (at most five minutes), `jti` (once).",
        ));
        components.add_security_scheme("cds_client", SecurityScheme::Http(client.build()));
    }
}

/// The document as it is sent: written once, when it is first asked for.
static PUBLISHED: LazyLock<web::Bytes> = LazyLock::new(|| {
    // The document is text and lists alone; writing it cannot fail.
    let mut document = serde_json::to_value(openapi()).unwrap_or_default();
    contract::complete(&mut document);
    document.to_string().into()
});

/// This document.
#[utoipa::path(tag = "system", security(()), responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")))]
#[get("/openapi.json")]
pub async fn openapi_json() -> Result<HttpResponse, Problem> {
    let document = web::block(|| PUBLISHED.clone()).await.map_err(|_| Problem::unavailable())?;
    Ok(HttpResponse::Ok().content_type("application/json").body(document))
}

/// Swagger UI at `/docs`, over the same document.
pub fn swagger(config: &mut ServiceConfig) {
    let document = utoipa_swagger_ui::Config::from("/api/v1/openapi.json");
    config
        .service(redirect("/docs", "/docs/"))
        .service(utoipa_swagger_ui::SwaggerUi::new("/docs/{_:.*}").config(document));
}
