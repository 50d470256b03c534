//! The body of a call (CDS Hooks 2.0, "Calling a CDS Service"): read strictly, with the place of whatever is wrong. What the
//! standard does not know is let be, extensions above all.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use healthcare_application::cds_hooks::{Ask, Draft, Given, Hook, Origin};
use healthcare_domain::by_name::ByName;
use healthcare_dss::EventRef;
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{
    malformed::{Malformed, escaped},
    prefetch::{self, Parts},
    read::{AllergySaid, Reader},
    resources::{Contents, Placed, contents, is_id, shaped},
};
use crate::fhir::form::Hollow;

/// The most drafts of one call.
const DRAFTS: usize = 50;

/// A call as it was read.
#[derive(Debug)]
pub struct Request {
    /// What is asked.
    pub ask: Ask,
    /// The professional at whose screen it is asked, by the client's name for them. A patient who looks is nobody's to note.
    pub user: Option<String>,
    /// Where the client's own FHIR server is, and by which token it may be asked.
    pub fhir: Option<FhirAccess>,
}

/// A FHIR server that a client offers.
#[derive(Debug)]
pub struct FhirAccess {
    /// Its base.
    pub server: String,
    /// The bearer token for it.
    pub token: Option<secrecy::SecretString>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw<'a> {
    hook: String,
    hook_instance: String,
    fhir_server: Option<String>,
    fhir_authorization: Option<Authorization>,
    #[serde(borrow)]
    context: &'a RawValue,
    #[serde(default, borrow)]
    prefetch: Option<BTreeMap<String, Option<&'a RawValue>>>,
}

#[derive(Deserialize)]
struct Authorization {
    access_token: String,
    token_type: String,
    #[serde(rename = "expires_in")]
    _expires_in: u64,
    #[serde(rename = "scope")]
    _scope: String,
    #[serde(rename = "subject")]
    _subject: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context<'a> {
    user_id: Option<String>,
    patient_id: Option<String>,
    encounter_id: Option<String>,
    selections: Option<Vec<String>>,
    #[serde(default, borrow)]
    draft_orders: Option<&'a RawValue>,
    #[serde(default, borrow, alias = "allergyIntolerances")]
    allergy_intolerance: Option<&'a RawValue>,
    #[serde(default, borrow)]
    conditions: Option<&'a RawValue>,
}

/// Reads the body of a call to a service.
///
/// # Errors
/// With the place and the reason, when it is not what CDS Hooks 2.0 or FHIR R4 define.
pub fn read(hook: Hook, body: &[u8], now: DateTime<Utc>) -> Result<Request, Malformed> {
    let text = std::str::from_utf8(body).map_err(|_| Malformed::at("", "the body is not UTF-8"))?;
    let mut json = serde_json::Deserializer::from_str(text);
    let raw: Raw<'_> =
        serde_path_to_error::deserialize(ByName(&mut json)).map_err(|error| Malformed::shape("", &error))?;
    json.end().map_err(|_| Malformed::at("", "something stands behind the JSON"))?;
    if raw.hook != hook.name() {
        return Err(Malformed::at("/hook", format!("this service answers {}", hook.name())));
    }
    if raw.hook_instance.len() != 36 || raw.hook_instance.parse::<Uuid>().is_err() {
        return Err(Malformed::at("/hookInstance", "a UUID"));
    }
    let fhir = fhir(&raw)?;
    let context: Context<'_> = shaped("/context", raw.context)?;
    let patient = ensure_people(hook, &context)?;
    let (drafted, allergies, conditions) = drafted(hook, &context)?;
    let sent = prefetch::placed(raw.prefetch.as_ref())?;
    let reader = Reader::new(now, drafted.resources.iter().chain(sent.resources()))?;
    let mut origins = HashMap::new();
    let (drafts, modified) =
        drafts(&reader, hook, &drafted.resources, context.selections.as_deref(), &patient, &mut origins)?;
    let mut ask = Ask {
        hook,
        drafts,
        new_allergies: vec![],
        new_conditions: vec![],
        given: prefetch::given(&reader, &sent, &patient, &mut origins)?,
        patient,
        origins,
    };
    ask.given.modified.extend(modified);
    for placed in &allergies.resources {
        placed.ensure_about(&ask.patient)?;
        if placed.is_modified() {
            ask.given.modified.push(placed.name());
        } else if let AllergySaid::Known(known) = reader.allergy(placed)? {
            ask.new_allergies.push(*known);
        }
    }
    for placed in &conditions.resources {
        placed.ensure_about(&ask.patient)?;
        if placed.is_modified() {
            ask.given.modified.push(placed.name());
        } else {
            ask.new_conditions.extend(reader.condition(placed)?);
        }
    }
    let at_work = |user: &&str| user.starts_with("Practitioner");
    let user = context.user_id.as_deref().filter(at_work).map(str::to_owned);
    Ok(Request { ask, user, fhir })
}

/// Reads what was fetched from a client's FHIR server, part by part.
///
/// # Errors
/// When something of it is not FHIR R4, or is another patient's.
pub fn fetched(
    parts: &Parts<'_>,
    patient: &str,
    now: DateTime<Utc>,
    origins: &mut HashMap<Uuid, Origin>,
) -> Result<Given, Malformed> {
    let reader = Reader::new(now, parts.resources())?;
    prefetch::given(&reader, parts, patient, origins)
}

fn fhir(raw: &Raw<'_>) -> Result<Option<FhirAccess>, Malformed> {
    let Some(server) = &raw.fhir_server else {
        return match raw.fhir_authorization {
            Some(_) => Err(Malformed::at("/fhirServer", "a token is for a server that is named")),
            None => Ok(None),
        };
    };
    let url = reqwest::Url::parse(server).ok().filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
    if url.is_none() || server.len() > 2_048 {
        return Err(Malformed::at("/fhirServer", "the base URL of a FHIR server"));
    }
    let token = match &raw.fhir_authorization {
        None => None,
        Some(given) if given.token_type != "Bearer" => {
            return Err(Malformed::at("/fhirAuthorization/token_type", "Bearer"));
        }
        Some(given) => {
            let fits = given.access_token.bytes().all(|b| b.is_ascii_graphic()) && given.access_token.len() <= 8_192;
            if !fits || given.access_token.is_empty() {
                return Err(Malformed::at("/fhirAuthorization/access_token", "a bearer token"));
            }
            Some(given.access_token.clone().into())
        }
    };
    Ok(Some(FhirAccess { server: server.clone(), token }))
}

/// Who works on whom in which visit; answers the id of the patient.
fn ensure_people(hook: Hook, context: &Context<'_>) -> Result<String, Malformed> {
    let missing = |field: &str| Malformed::at(format!("/context/{field}"), "is missing");
    let user = context.user_id.as_deref().ok_or_else(|| missing("userId"))?;
    let people = ["Practitioner", "PractitionerRole", "Patient", "RelatedPerson"];
    if !user.split_once('/').is_some_and(|(kind, id)| people.contains(&kind) && is_id(id)) {
        return Err(Malformed::at("/context/userId", format!("one of {} with its id", people.join(", "))));
    }
    // Some send a reference where an id is asked for; it cannot be mistaken.
    let id_of = |text: &str, kind: &str| {
        let id = text.strip_prefix(kind).and_then(|rest| rest.strip_prefix('/')).unwrap_or(text);
        is_id(id).then(|| id.to_owned())
    };
    let patient = context.patient_id.as_deref().ok_or_else(|| missing("patientId"))?;
    let patient = id_of(patient, "Patient").ok_or_else(|| Malformed::at("/context/patientId", "a FHIR id"))?;
    match context.encounter_id.as_deref() {
        Some(visit) if id_of(visit, "Encounter").is_none() => Err(Malformed::at("/context/encounterId", "a FHIR id")),
        None if matches!(hook, Hook::EncounterStart | Hook::EncounterDischarge) => Err(missing("encounterId")),
        _ => Ok(patient),
    }
}

/// What is about to be done: orders, allergies, problems, as the hook has them.
fn drafted<'a>(hook: Hook, context: &Context<'a>) -> Result<(Contents<'a>, Contents<'a>, Contents<'a>), Malformed> {
    let missing = |field: &str| Malformed::at(format!("/context/{field}"), "is missing");
    let none = Contents::default;
    let all = |field: &str, raw: Option<&'a RawValue>, only: Option<&str>| {
        let pointer = format!("/context/{field}");
        let found = contents(&pointer, raw.ok_or_else(|| missing(field))?, Hollow::Refused)?;
        if let Some(place) = found.without_resource {
            return Err(Malformed::at(place, "is missing"));
        }
        match found.resources.iter().find(|placed| only.is_some_and(|kind| placed.kind != kind)) {
            Some(other) => {
                Err(Malformed::at(format!("{}/resourceType", other.pointer), "another type is asked for here"))
            }
            None => Ok(found),
        }
    };
    match hook {
        Hook::PatientView | Hook::EncounterStart | Hook::EncounterDischarge => Ok((none(), none(), none())),
        Hook::OrderSelect | Hook::OrderSign => {
            if hook == Hook::OrderSelect && context.selections.is_none() {
                return Err(missing("selections"));
            }
            let raw = context.draft_orders.ok_or_else(|| missing("draftOrders"))?;
            if Placed::read("/context/draftOrders".to_owned(), raw)?.kind != "Bundle" {
                return Err(Malformed::at("/context/draftOrders/resourceType", "a Bundle"));
            }
            let orders = all("draftOrders", Some(raw), None)?;
            if orders.resources.len() > DRAFTS {
                return Err(Malformed::at("/context/draftOrders/entry", format!("at most {DRAFTS} drafts are taken")));
            }
            Ok((orders, none(), none()))
        }
        Hook::AllergyIntoleranceCreate => {
            #[derive(Deserialize)]
            struct Wrapped<'a> {
                #[serde(borrow)]
                resource: Option<&'a RawValue>,
            }
            let raw = context.allergy_intolerance.ok_or_else(|| missing("allergyIntolerance"))?;
            // The standard's own example wraps it as an entry of a Bundle is.
            let wrapped: Wrapped<'a> = shaped("/context/allergyIntolerance", raw)?;
            let found = match wrapped.resource {
                Some(inner) => all("allergyIntolerance/resource", Some(inner), Some("AllergyIntolerance"))?,
                None => all("allergyIntolerance", Some(raw), Some("AllergyIntolerance"))?,
            };
            Ok((none(), found, none()))
        }
        Hook::ProblemListItemCreate => Ok((none(), none(), all("conditions", context.conditions, Some("Condition"))?)),
    }
}

/// The drafts of medications, and which of them are asked about; and what those are called that a modifier changes. Orders of
/// other kinds are read no further.
fn drafts(
    reader: &Reader,
    hook: Hook,
    placed: &[Placed<'_>],
    selections: Option<&[String]>,
    patient: &str,
    origins: &mut HashMap<Uuid, Origin>,
) -> Result<(Vec<Draft>, Vec<String>), Malformed> {
    let known: HashSet<String> = placed.iter().filter_map(Placed::reference).collect();
    let selected = selections.unwrap_or_default();
    for (n, selection) in selected.iter().enumerate() {
        if hook == Hook::OrderSelect && !known.contains(selection) {
            return Err(Malformed::at(format!("/context/selections/{n}"), "none of the draft orders"));
        }
    }
    let (mut drafts, mut modified) = (vec![], vec![]);
    for one in placed {
        one.ensure_about(patient)?;
        if one.kind != "MedicationRequest" {
            continue;
        }
        if one.is_modified() {
            modified.push(one.name());
            continue;
        }
        let order = reader.medication(one)?;
        if order.forbids {
            continue;
        }
        let reference = one.reference();
        let asked = hook == Hook::OrderSign || reference.as_ref().is_some_and(|named| selected.contains(named));
        origin(origins, order.fact.source, one);
        drafts.push(Draft { fact: order.fact, asked });
    }
    Ok((drafts, modified))
}

/// Remembers which resource a fact stands for.
pub fn origin(origins: &mut HashMap<Uuid, Origin>, source: EventRef, placed: &Placed<'_>) {
    let resource = serde_json::from_str(placed.raw.get()).ok();
    origins.insert(source.stream, Origin { reference: placed.reference(), resource });
}

/// A key of `prefetch` as a pointer.
pub(super) fn pointer(key: &str) -> String {
    format!("/prefetch/{}", escaped(key))
}

#[cfg(test)]
#[path = "request_test.rs"]
mod tests;
