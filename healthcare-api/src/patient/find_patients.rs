//! `GET /patients`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use chrono::NaiveDate;
use healthcare_application::{
    App, patient,
    read::{Page, PatientSearch, PatientSort},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    http::{Caller, Query, limit, listed},
    problem::Problem,
};

/// Whether a record is in use.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = PatientStatus)]
pub enum Status {
    /// It is.
    Active,
    /// It was laid down.
    Inactive,
    /// There never was such a patient.
    EnteredInError,
}

impl Status {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::EnteredInError => "entered-in-error",
        }
    }
}

/// What to look patients up by.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Search {
    /// The beginning of any name; case and accents do not matter; several words must all match.
    #[param(max_length = 200)]
    name: Option<String>,
    /// What a name sounds like (Double Metaphone): `Meier` finds Meyer and Maier; several words must all match.
    #[param(max_length = 200)]
    sounds_like: Option<String>,
    /// The exact date of birth.
    birth_date: Option<NaiveDate>,
    /// An identifier's value, or `system|value`.
    #[param(max_length = 500)]
    identifier: Option<String>,
    /// A telephone number however it is written, or its last digits: at least four. Somebody very restricted is found by it
    /// by who stands close enough.
    #[param(max_length = 50)]
    phone: Option<String>,
    /// Only records of this standing; all but those entered in error, if absent.
    #[param(inline)]
    status: Option<Status>,
    /// Only patients on this pathway, of those the caller cares for.
    #[param(max_length = 50)]
    pathway: Option<String>,
    /// Only patients who stand at this stage of it (of the house's first pathway, if none is named), of those the caller
    /// cares for.
    #[param(max_length = 50)]
    stage: Option<String>,
    /// In which order: by registration, its reverse, or by family name and given names.
    #[param(inline)]
    sort: Option<PatientSort>,
    /// From `next_cursor` of the page before.
    cursor: Option<Uuid>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

impl Search {
    /// The search it asks for.
    fn read(self, app: &App) -> Result<PatientSearch, Problem> {
        let Self {
            name,
            sounds_like,
            birth_date,
            identifier,
            phone,
            status,
            pathway,
            stage,
            sort,
            cursor,
            limit: asked,
        } = self;
        let short = |name: &'static str, text: &Option<String>, most: usize| match text {
            Some(text) if text.chars().count() > most => {
                Err(Problem::bad_parameter(name, &format!("at most {most} characters")))
            }
            Some(_) | None => Ok(()),
        };
        short("name", &name, 200)?;
        short("sounds_like", &sounds_like, 200)?;
        short("identifier", &identifier, 500)?;
        short("phone", &phone, 50)?;
        if phone.as_deref().is_some_and(|phone| phone.chars().filter(char::is_ascii_digit).count() < 4) {
            return Err(Problem::bad_parameter("phone", "at least four digits"));
        }
        let mut on = None;
        if pathway.is_some() || stage.is_some() {
            let known = app.patients.pathways.pathway(pathway.as_deref());
            let known = known.ok_or_else(|| Problem::bad_parameter("pathway", "one of GET /pathways"))?;
            if stage.as_deref().is_some_and(|stage| !known.has(stage)) {
                return Err(Problem::bad_parameter("stage", "a stage of the pathway"));
            }
            on = Some(known.id.clone());
        }
        Ok(PatientSearch {
            name,
            sounds_like,
            birth_date,
            identifier,
            phone,
            status: status.map(|status| status.as_str().to_owned()),
            pathway: on,
            stage,
            within: None,
            sort: sort.unwrap_or_default(),
            after: cursor,
            limit: limit(asked)?,
        })
    }
}

/// Searches the directory. Records that were entered in error are left out unless `status` asks for them.
#[utoipa::path(tag = "patients", params(Search), responses(
    (status = 200, description = "a page of patients", body = Page),
    (status = 400, description = "a parameter cannot be read", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
))]
#[get("/patients")]
pub async fn find_patients(
    app: Data<App>,
    caller: Caller,
    search: Query<Search>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let search = search.0.read(&app)?;
    let page = patient::find_patients(&app, &caller.0, search).await?;
    Ok(listed(&request, page))
}
