//! How deep a body may nest.

use actix_web::http::StatusCode;

use crate::problem::Problem;

/// The deepest nesting of arrays and objects. Nothing of ours is deeper than 12.
const DEEPEST: usize = 32;

/// Refuses a body before anything is built of it.
///
/// # Errors
/// When arrays and objects nest deeper than 32.
pub fn check(json: &[u8]) -> Result<(), Problem> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                depth += 1;
                if depth > DEEPEST {
                    return Err(Problem::new(
                        StatusCode::BAD_REQUEST,
                        "/problems/request/depth",
                        "The body nests too deep",
                    )
                    .detail(format!("At most {DEEPEST} arrays and objects within each other.")));
                }
            }
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SECURITY 54: depth is bounded; brackets within text do not count.
    #[test]
    fn only_what_nests_counts() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(check(nested(32).as_bytes()).is_ok());
        assert_eq!(check(nested(33).as_bytes()).unwrap_err().kind, "/problems/request/depth");
        assert_eq!(check("{\"a\":".repeat(100_000).as_bytes()).unwrap_err().status, 400);
        let text = format!("[\"{}\\\"{}\"]", "[".repeat(100), "{".repeat(100));
        assert!(check(text.as_bytes()).is_ok());
        assert!(check("[],".repeat(1_000).as_bytes()).is_ok());
    }
}
