//! A document: one resource, or a Bundle of them.

use std::{collections::HashMap, sync::Arc};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Found, MAX_RESOURCE, Sink};
use crate::{
    fhir::{Refused, parse},
    import::{
        piece::{self, Name, Piece, Scope},
        report::Refusal,
    },
};

/// Bundles within Bundles go no deeper than this.
const DEPTH: usize = 4;

#[derive(Deserialize)]
struct Bundle<'a> {
    r#type: Option<String>,
    #[serde(default, borrow)]
    entry: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    full_url: Option<String>,
    #[serde(borrow)]
    resource: Option<&'a RawValue>,
    request: Option<Request>,
}

#[derive(Deserialize)]
struct Request {
    method: Option<String>,
}

/// Reads a document that stands at `place` of its file. Answers whether to go on.
pub fn read(file: &Arc<str>, place: &str, text: &str, sink: Sink<'_>) -> bool {
    let mut pieces = Vec::new();
    let go_on = collect(file, place, text, None, 0, &mut pieces, sink);
    go_on && (pieces.is_empty() || sink(Found::Unit(together(file, pieces))))
}

/// Gives pieces their common scope.
pub fn together(file: &Arc<str>, mut pieces: Vec<Piece>) -> Vec<Piece> {
    let mut names = HashMap::new();
    for piece in &pieces {
        for called in piece.name.called() {
            names.entry(called).or_insert_with(|| piece.name.clone());
        }
    }
    let scope = Arc::new(Scope { file: file.clone(), names });
    for piece in &mut pieces {
        piece.scope = scope.clone();
    }
    pieces
}

fn collect(
    file: &Arc<str>,
    place: &str,
    text: &str,
    full_url: Option<&str>,
    depth: usize,
    pieces: &mut Vec<Piece>,
    sink: Sink<'_>,
) -> bool {
    let refusal = |within: &str, reason: &str| {
        let dot = if place.is_empty() || within.is_empty() { "" } else { "." };
        Refusal { file: file.to_string(), place: format!("{place}{dot}{within}"), reason: reason.into() }
    };
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
        let at = if place.is_empty() { format!("line {}", error.line()) } else { String::new() };
        return sink(Found::Refused(refusal(&at, &parse::harmless(&error))));
    }
    let resource_type = match piece::type_of(text) {
        Ok(resource_type) => resource_type,
        Err(Refused { place, reason }) => return sink(Found::Refused(refusal(&place, &reason))),
    };
    if resource_type != "Bundle" {
        let refuse =
            |Refused { place, reason }| Found::RefusedResource(resource_type.clone(), refusal(&place, &reason));
        if text.len() > MAX_RESOURCE {
            return sink(refuse(Refused::at("", "larger than a resource may be (16 MiB)")));
        }
        return match Name::of(resource_type.clone(), text, full_url) {
            Ok(name) => {
                pieces.push(Piece::new(file, place, name, text));
                true
            }
            Err(refused) => sink(refuse(refused)),
        };
    }
    let bundle: Bundle<'_> = match parse::resource(text) {
        Ok(bundle) => bundle,
        Err(Refused { place, reason }) => return sink(Found::Refused(refusal(&place, &reason))),
    };
    if bundle.r#type.as_deref() == Some("history") {
        let reason = "a history holds several versions of one resource; import the current ones";
        return sink(Found::Refused(refusal("type", reason)));
    }
    if depth >= DEPTH {
        return sink(Found::Refused(refusal("", "Bundles are nested too deeply")));
    }
    bundle.entry.iter().enumerate().all(|(n, raw)| {
        let dot = if place.is_empty() { "" } else { "." };
        entry(file, &format!("{place}{dot}entry[{n}]"), raw.get(), depth, pieces, sink)
    })
}

/// Reads one entry of a Bundle.
fn entry(file: &Arc<str>, place: &str, text: &str, depth: usize, pieces: &mut Vec<Piece>, sink: Sink<'_>) -> bool {
    let refuse = |within: &str, reason: &str| {
        let dot = if within.is_empty() { "" } else { "." };
        Found::Refused(Refusal {
            file: file.to_string(),
            place: format!("{place}{dot}{within}"),
            reason: reason.into(),
        })
    };
    let entry: Entry<'_> = match parse::resource(text) {
        Ok(entry) => entry,
        Err(Refused { place, reason }) => return sink(refuse(&place, &reason)),
    };
    let method = entry.request.and_then(|r| r.method);
    match entry.resource {
        Some(resource) => {
            let place = format!("{place}.resource");
            collect(file, &place, resource.get(), entry.full_url.as_deref(), depth + 1, pieces, sink)
        }
        None if matches!(method.as_deref(), Some("DELETE" | "PATCH")) => {
            sink(refuse("request.method", "deletions and patches are not imported"))
        }
        // Entries without a resource only answer or ask something.
        None => true,
    }
}
