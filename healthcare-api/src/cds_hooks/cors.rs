//! Pages that ask (CDS Hooks 2.0, "Cross-Origin Resource Sharing"): a browser-based system calls the services from pages of
//! its own origin, which the settings list apart from those of the rest of the API.

use actix_web::{
    HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{
            ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
            ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, HeaderValue, ORIGIN,
            VARY,
        },
    },
    middleware::Next,
    web::Data,
};

use super::Origins;
use crate::http::path;

/// Answers what a browser asks before it calls a service, and lets pages of the listed origins read the answers.
///
/// # Errors
/// As whatever is behind it.
pub async fn cors(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let of = path(request.request());
    let is_ours = of == "/cds-services" || of.starts_with("/cds-services/");
    let Some(origin) = admitted(&request).filter(|_| is_ours) else {
        return next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    };
    if request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
        let answer = HttpResponse::NoContent()
            .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, origin))
            .insert_header((ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, OPTIONS"))
            .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type"))
            .insert_header((ACCESS_CONTROL_MAX_AGE, "600"))
            .insert_header((VARY, "Origin"))
            .finish();
        return Ok(request.into_response(answer));
    }
    let mut response = next.call(request).await?.map_into_boxed_body();
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static(
            "origin, accept, content-location, location, x-requested-with, retry-after, x-request-id",
        ),
    );
    headers.append(VARY, HeaderValue::from_static("Origin"));
    Ok(response)
}

/// The origin of the page, where it may ask.
fn admitted(request: &ServiceRequest) -> Option<HeaderValue> {
    let origin = request.headers().get(ORIGIN)?;
    match request.app_data::<Data<Origins>>()?.get_ref() {
        Origins::Any => Some(origin.clone()),
        Origins::Listed(all) => {
            let asks = origin.to_str().ok()?;
            all.iter().any(|listed| listed.as_str() == asks).then(|| origin.clone())
        }
    }
}
