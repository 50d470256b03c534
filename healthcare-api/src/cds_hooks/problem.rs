//! What is refused at the services.

use actix_web::http::StatusCode;
use healthcare_infrastructure::cds_hooks::{Malformed, NoCards};

use crate::problem::Problem;

/// 404: no service of this name.
pub fn unknown_service() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "/problems/cds-hooks/unknown-service", "There is no such service")
        .detail("GET /cds-services lists them.")
}

/// 401: whatever the reason, it is not told.
pub fn not_let_in() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "/problems/cds-hooks/client", "The client is not known by this token").detail(
        "A registered client signs a JWT by ES384 or RS384 with iss, aud (this address), iat, exp (at most five minutes) \
         and a jti that was not used before.",
    )
}

/// 400, with the place.
pub fn malformed(refused: Malformed) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "/problems/cds-hooks/malformed",
        "The request is not what CDS Hooks or FHIR R4 define",
    )
    .at(refused.pointer, refused.reason)
}

impl From<NoCards> for Problem {
    fn from(error: NoCards) -> Self {
        match error {
            NoCards::Malformed(refused) => malformed(refused),
            NoCards::Store(error) => error.into(),
            NoCards::Failed => {
                tracing::error!("the rules could not be judged for a client of CDS Hooks");
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                Self::new(status, "/problems/cds-hooks/unavailable", "Decision support is unavailable")
                    .detail("Nothing was checked.")
            }
            NoCards::Lacking(parts) => {
                let kind = "/problems/cds-hooks/lacking";
                let problem = Self::new(StatusCode::PRECONDITION_FAILED, kind, "Too little is known of the patient to judge")
                    .detail("It was neither prefetched nor to be had from a FHIR server or a record that is registered for the client.");
                parts.into_iter().fold(problem, |problem, part| problem.at(format!("/prefetch/{part}"), "is missing"))
            }
        }
    }
}
