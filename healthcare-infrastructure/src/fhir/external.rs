//! Resources the record has no model for: kept word by word.

use healthcare_domain::entry::ExternalRecord;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Reading, Refused,
    datatypes::{Meta, Reference},
    date_time::FhirDateTime,
    parse::resource,
    reference::unname_others,
    said::{EntrySaid, Moments},
};

/// The elements in which FHIR R4 resources of other types tell when they were made, most telling first.
const MADE: [&str; 8] = ["created", "issued", "date", "recorded", "authoredOn", "authored", "dateAsserted", "sent"];
/// The elements in which they tell when it happened.
const HAPPENED: [&str; 5] = ["started", "startDate", "performedDateTime", "occurrenceDateTime", "effectiveDateTime"];
/// The same, as periods.
const LASTED: [&str; 4] = ["billablePeriod", "period", "performedPeriod", "servicedPeriod"];

#[derive(Deserialize, Default)]
#[serde(default)]
struct Resource {
    meta: Meta,
}

/// Where a resource names its patient among others only, it is said which of them it is (FHIR R4, Reference.type), so that it can
/// be told again under whatever name the patient has by then.
fn say_who_is_the_patient(kept: &mut Value, reading: &Reading<'_>) {
    let participants = kept.get_mut("participant").and_then(Value::as_array_mut).into_iter().flatten();
    for actor in participants.filter_map(|one| one.get_mut("actor")).filter(|actor| actor.is_object()) {
        let is_the_patient =
            Reference::deserialize(&*actor).is_ok_and(|actor| reading.references.is_the_patient(&actor));
        if is_the_patient {
            actor["type"] = json!("Patient");
        }
    }
}

/// Keeps a resource as it came, but for the names of other patients.
///
/// # Errors
/// When it is no JSON object, or its `meta` is not FHIR's.
pub fn read(resource_type: &str, raw: &str, reading: &Reading<'_>) -> Result<EntrySaid<ExternalRecord>, Refused> {
    let r: Resource = resource(raw)?;
    let mut kept: Value = resource(raw)?;
    unname_others(&mut kept, &|to| reading.references.is_another_patient(to));
    say_who_is_the_patient(&mut kept, reading);
    let moment = |of: &Value| of.as_str().and_then(|text| text.parse::<FhirDateTime>().ok());
    let known = MADE.iter().find_map(|name| moment(&kept[*name]));
    let lasted = || LASTED.iter().find_map(|name| moment(&kept[*name]["start"]));
    let happened = HAPPENED.iter().find_map(|name| moment(&kept[*name])).or_else(lasted).map(|t| t.earliest());
    let times = Moments { clinical: happened, known, meta: &r.meta, now: reading.now }.times();
    let content = ExternalRecord { resource_type: resource_type.to_owned(), resource: kept, beside: None };
    Ok(EntrySaid::once(content, times, false))
}
