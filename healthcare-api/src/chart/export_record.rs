//! `GET /patients/{id}/export`.

use std::collections::BTreeSet;

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{
    App,
    chart::{self, Folded},
};
use healthcare_domain::id::PatientId;
use healthcare_infrastructure::fhir::write;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    http::{AsOf, Caller, Query},
    problem::Problem,
};

/// A FHIR R4 Bundle.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Bundle {
    /// `Bundle`.
    resource_type: String,
    /// Its identity.
    id: String,
    /// `collection`.
    r#type: String,
    /// When it was written.
    timestamp: String,
    /// The resources, each under its `urn:uuid`.
    #[schema(value_type = Vec<Object>)]
    entry: Vec<serde_json::Value>,
}

/// The whole record as a FHIR R4 Bundle: all that is charted, what was entered in error marked as such, the practitioners,
/// organisations and places it names, and what was imported and only kept. With `as_of`, as it was known then. It needs a second
/// factor shown within five minutes, unless a patient asks for their own. What devices stream is not in it but at
/// `/patients/{id}/vitals`.
#[utoipa::path(tag = "chart", params(("id" = PatientId, Path, description = "the patient"), AsOf), responses(
    (status = 200, description = "the record", body = Bundle, content_type = "application/fhir+json"),
    (status = 403, description = "the role may not, or a second factor is to be shown first", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such patient (by then)", body = Problem, content_type = "application/problem+json"),
))]
#[get("/patients/{id}/export")]
pub async fn export_record(
    app: Data<App>,
    caller: Caller,
    id: Path<PatientId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    let (permit, streams) = chart::export_record(&app, &caller.0, *id, day.0.as_of).await?;
    let mut resources = written(&streams);
    // What is nobody's may refer to more of that: a role to who has it, an organisation to the one it is part of.
    let mut asked = BTreeSet::new();
    loop {
        let named: BTreeSet<Uuid> = write::missing(&resources).difference(&asked).copied().collect();
        if named.is_empty() {
            break;
        }
        asked.extend(&named);
        resources.extend(written(&chart::shared_streams(&app, &permit, named).await?));
    }
    let bundle = write::bundle(app.clock.new_id(), app.clock.now(), &resources);
    Ok(HttpResponse::Ok()
        .content_type("application/fhir+json")
        .insert_header(("content-disposition", "attachment; filename=\"record.fhir.json\""))
        .body(bundle.get().to_owned()))
}

fn written(streams: &[Folded]) -> Vec<write::Element> {
    let of = |folded: &Folded| write::Of {
        id: folded.of.id,
        patient: folded.of.patient,
        known_at: folded.known_at,
        changed_at: folded.changed_at,
    };
    write::record(streams.iter().map(|folded| (&folded.state, of(folded))))
}
