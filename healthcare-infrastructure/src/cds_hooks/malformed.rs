//! What is wrong with a request, and where.

use crate::fhir::{
    Refused,
    form::{Fault, Step},
    parse::harmless,
};

/// A request is not what CDS Hooks or FHIR define. The reason never repeats what was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {reason}")]
pub struct Malformed {
    /// Where, as a JSON pointer into the body; empty for the body itself.
    pub pointer: String,
    /// What is wrong there.
    pub reason: String,
}

impl Malformed {
    /// Something wrong at a place.
    pub fn at(pointer: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), reason: reason.into() }
    }

    /// What a FHIR reader refused within the resource at a place.
    pub(super) fn within(pointer: &str, refused: &Refused) -> Self {
        Self { pointer: format!("{pointer}{}", steps(&refused.place)), reason: refused.reason.clone() }
    }

    /// What is wrong with the form of the resource at a place.
    pub(super) fn form(pointer: &str, fault: &Fault) -> Self {
        let pointer = fault.steps.iter().fold(pointer.to_owned(), |so_far, step| match step {
            Step::Name(name) => format!("{so_far}/{}", escaped(name)),
            Step::Nth(nth) => format!("{so_far}/{nth}"),
        });
        Self::at(pointer, fault.reason)
    }

    /// What is not of the shape, within what stands at a place.
    pub(super) fn shape(pointer: &str, error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        use serde_path_to_error::Segment;
        let pointer = error.path().iter().fold(pointer.to_owned(), |so_far, segment| match segment {
            Segment::Seq { index } => format!("{so_far}/{index}"),
            Segment::Map { key } => format!("{so_far}/{}", escaped(key)),
            Segment::Enum { variant } => format!("{so_far}/{variant}"),
            Segment::Unknown => so_far,
        });
        Self { pointer, reason: harmless(error.inner()) }
    }
}

/// `dosageInstruction[0].timing` as the steps of a pointer.
fn steps(place: &str) -> String {
    let parts = place.split('.').filter(|part| !part.is_empty());
    parts.fold(String::new(), |so_far, part| match part.strip_suffix(']').and_then(|part| part.rsplit_once('[')) {
        Some((name, index)) if index.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{so_far}/{}/{index}", escaped(name))
        }
        _ => format!("{so_far}/{}", escaped(part)),
    })
}

/// A key as a step of a pointer (RFC 6901).
pub(super) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_a_resource_becomes_a_pointer() {
        let within = |place: &str| Malformed::within("/a/0/resource", &Refused::at(place, "x")).pointer;
        assert_eq!(within("dosageInstruction[0].timing.repeat"), "/a/0/resource/dosageInstruction/0/timing/repeat");
        assert_eq!(within("medication[x]"), "/a/0/resource/medication[x]");
        assert_eq!(within(""), "/a/0/resource");
    }
}
