//! The public key that tokens are signed with.

use actix_web::{HttpResponse, get, web::Data};
use healthcare_infrastructure::access::Access;

/// The JSON Web Key Set by which others can check our tokens (RFC 7517, RFC 8037).
#[utoipa::path(tag = "system", security(()), responses((status = 200, description = "the keys", content_type = "application/json")))]
#[get("/.well-known/jwks.json")]
pub async fn jwks(access: Data<Access>) -> HttpResponse {
    HttpResponse::Ok().json(access.jwks())
}
