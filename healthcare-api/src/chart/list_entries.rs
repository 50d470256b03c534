//! `GET /patients/{id}/{list}`: allergies, problems, laboratory-results and the other lists behind the chart.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{
    App, chart,
    order::ByTime,
    read::{EntryFilter, Page},
    view::Kind,
};
use healthcare_domain::id::{EncounterId, PatientId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::{
    http::{Caller, Query, listed, paging},
    problem::Problem,
};

/// The lists a patient has.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum List {
    /// Allergies and statements that there are none.
    Allergies,
    /// What was consented to, or refused.
    Consents,
    /// The problem list.
    Problems,
    /// Orders of medication.
    MedicationOrders,
    /// Charted vital signs, a row a sign.
    VitalSigns,
    /// Laboratory results.
    LaboratoryResults,
    /// Other observations.
    Observations,
    /// Visits and stays.
    Encounters,
    /// Procedures.
    Procedures,
    /// Immunisations.
    Immunizations,
    /// The health of the patient's relatives.
    FamilyHistory,
    /// How the patient lives.
    SocialHistory,
    /// Care plans.
    Plans,
    /// Goals that another system keeps apart from any plan.
    Goals,
    /// Diagnostic reports.
    Reports,
    /// Alerts.
    Alerts,
    /// Suggestions of decision support.
    Suggestions,
    /// Resources kept whole.
    ExternalRecords,
    /// Early warning scores, as they last changed.
    Scores,
    /// Scores that were computed and put on record.
    CalculatedScores,
    /// Alarm limits set for the patient, also those that have expired by their `expires_at`.
    AlarmLimits,
}

impl List {
    fn kind(self) -> Kind {
        match self {
            Self::Allergies => Kind::Allergy,
            Self::Consents => Kind::Consent,
            Self::Problems => Kind::Problem,
            Self::MedicationOrders => Kind::Medication,
            Self::VitalSigns => Kind::Vital,
            Self::LaboratoryResults => Kind::Laboratory,
            Self::Observations => Kind::Observation,
            Self::Encounters => Kind::Encounter,
            Self::Procedures => Kind::Procedure,
            Self::Immunizations => Kind::Immunization,
            Self::FamilyHistory => Kind::FamilyHistory,
            Self::SocialHistory => Kind::SocialHistory,
            Self::Plans => Kind::Plan,
            Self::Goals => Kind::Goal,
            Self::Reports => Kind::Report,
            Self::Alerts => Kind::Alert,
            Self::Suggestions => Kind::Suggestion,
            Self::ExternalRecords => Kind::External,
            Self::Scores => Kind::Score,
            Self::CalculatedScores => Kind::CalculatedScore,
            Self::AlarmLimits => Kind::AlarmLimits,
        }
    }
}

/// Which of them, and which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only those that count now, or only those that do not.
    active: Option<bool>,
    /// Only those of this code: LOINC for results, vital signs and social history; the first code of an allergy's substance
    /// and of a problem; the class of a visit.
    code: Option<String>,
    /// Only those that stand here: the status of the entry, e.g. `resolved`, or of what it holds, e.g. `not-done`. Of
    /// suggestions, `open` leaves out what is put off for now, which is `snoozed`.
    #[param(max_length = 50)]
    status: Option<String>,
    /// Only those that are as sure as this, e.g. `confirmed`.
    #[param(max_length = 50)]
    verification: Option<String>,
    /// Only those of this visit.
    #[param(value_type = Option<Uuid>)]
    encounter: Option<EncounterId>,
    /// Only those of this time or later.
    from: Option<DateTime<Utc>>,
    /// Only those of an earlier time.
    until: Option<DateTime<Utc>>,
    /// In which order; the newest first if absent.
    #[param(inline)]
    sort: Option<ByTime>,
    /// The list as the hospital knew it then (RFC 3339).
    #[param(example = "2020-01-01T00:00:00Z")]
    as_of: Option<DateTime<Utc>>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// A page of one of a patient's lists, the newest first if not asked otherwise.
#[utoipa::path(tag = "chart", params(
    ("id" = PatientId, Path, description = "the patient"),
    ("list" = List, Path, description = "which list"),
    Filter,
), responses(
    (status = 200, description = "a page", body = Page),
    (status = 400, description = "a parameter cannot be read", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is no such list", body = Problem, content_type = "application/problem+json"),
))]
#[get("/patients/{id}/{list}")]
pub async fn list_entries(
    app: Data<App>,
    caller: Caller,
    path: Path<(PatientId, String)>,
    filter: Query<Filter>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (patient, list) = path.into_inner();
    let list: List = serde_json::from_value(list.into()).map_err(|_| Problem::not_found())?;
    let Filter { active, code, status, verification, encounter, from, until, sort, as_of, cursor, limit: asked } =
        filter.0;
    let paging = paging(cursor, asked, (sort, ByTime::Newest))?;
    let filter = EntryFilter {
        kind: list.kind(),
        active,
        code,
        status,
        verification,
        encounter: encounter.map(|visit| visit.0),
        from,
        until,
        put_off: None,
    };
    let page = chart::list_entries(&app, &caller.0, patient, filter, paging, as_of).await?;
    Ok(listed(&request, page))
}
