//! FHIR Encounter.

use chrono::{DateTime, Utc};
use healthcare_domain::encounter::{Admission, Disposition, Encounter, EncounterClass, EncounterError};
use serde::Deserialize;

use super::{
    Reading, Refused,
    datatypes::{CodeableConcept, Coding, Identifier, Meta, Period, Reference, concepts, identifiers},
    parse::{one_of, resource},
    reference::held,
    said::{Dated, Import, Moments, Taking, Times, remark},
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    #[serde(default)]
    meta: Meta,
    #[serde(default)]
    identifier: Vec<Identifier>,
    status: String,
    #[serde(default)]
    class: Coding,
    #[serde(default)]
    r#type: Vec<CodeableConcept>,
    #[serde(default)]
    reason_code: Vec<CodeableConcept>,
    period: Option<Period>,
    #[serde(default)]
    status_history: Vec<StatusHistory>,
    #[serde(default)]
    location: Vec<Located>,
    hospitalization: Option<Hospitalization>,
    service_provider: Option<Reference>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StatusHistory {
    period: Period,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Located {
    location: Reference,
    status: Option<String>,
    physical_type: Option<CodeableConcept>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Hospitalization {
    discharge_disposition: Option<CodeableConcept>,
}

/// How a visit stands at its source.
#[derive(Debug, Clone, PartialEq)]
pub enum Course {
    /// Under way.
    Open,
    /// Over.
    Ended {
        /// Where to.
        disposition: Disposition,
        /// When, if known.
        at: Option<DateTime<Utc>>,
    },
    /// Never took place.
    Struck,
}

/// What an Encounter resource says.
#[derive(Debug, Clone, PartialEq)]
pub struct EncounterSaid {
    /// How it began.
    pub admission: Admission,
    /// The times of its beginning.
    pub times: Times,
    /// How it stands.
    pub course: Course,
}

const STATUSES: [&str; 9] =
    ["planned", "arrived", "triaged", "in-progress", "onleave", "finished", "cancelled", "entered-in-error", "unknown"];

/// Reads an Encounter. `None` for a visit that is only planned, was cancelled, or is over without a word of when: it is
/// no visit of the record.
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines.
pub fn read(raw: &str, reading: &Reading<'_>) -> Result<Option<EncounterSaid>, Refused> {
    let r: Resource = resource(raw)?;
    one_of("status", &r.status, &STATUSES)?;
    let period = r.period.unwrap_or_default();
    let history = || r.status_history.iter().filter_map(|h| h.period.start).map(|t| t.earliest()).min();
    let started = period.start.map(|t| t.earliest()).or_else(history).or_else(|| period.end.map(|t| t.earliest()));
    let over = matches!(r.status.as_str(), "finished" | "unknown" | "entered-in-error");
    if matches!(r.status.as_str(), "planned" | "cancelled") || (over && started.is_none()) {
        return Ok(None);
    }
    let times = Moments { clinical: started, known: None, meta: &r.meta, now: reading.now }.times();
    let ended = period.end.map(|t| t.latest()).filter(|end| *end <= reading.now);
    let disposition = || {
        let said = r.hospitalization.as_ref().and_then(|h| h.discharge_disposition.as_ref());
        said.map_or(Disposition::Unknown, disposition)
    };
    let course = match r.status.as_str() {
        "entered-in-error" => Course::Struck,
        "finished" => Course::Ended { disposition: disposition(), at: ended },
        // The source lost track of it: a period that is over says more.
        "unknown" => Course::Ended { disposition: Disposition::Unknown, at: ended },
        _ => Course::Open,
    };
    let (ward, bed) = place(&r.location);
    let admission = Admission {
        identifiers: identifiers(&r.identifier),
        class: class(&r.class),
        types: concepts(&r.r#type),
        reasons: concepts(&r.reason_code),
        started_at: times.occurred_at,
        ward,
        bed,
        provider: r.service_provider.as_ref().and_then(|p| held(p, reading.references)),
    };
    Ok(Some(EncounterSaid { admission, times, course }))
}

/// HL7 v3 ActEncounterCode.
fn class(class: &Coding) -> EncounterClass {
    match class.code.as_deref().unwrap_or("") {
        "AMB" => EncounterClass::Ambulatory,
        "EMER" => EncounterClass::Emergency,
        "IMP" | "ACUTE" | "NONAC" | "PRENC" => EncounterClass::Inpatient,
        "OBSENC" | "SS" => EncounterClass::Observation,
        "HH" => EncounterClass::Home,
        "VR" => EncounterClass::Virtual,
        _ => EncounterClass::Other,
    }
}

/// HL7 discharge-disposition.
fn disposition(concept: &CodeableConcept) -> Disposition {
    match concept.first_code().unwrap_or("") {
        "home" => Disposition::Home,
        "alt-home" | "oth" => Disposition::Oth,
        "other-hcf" => Disposition::OtherHcf,
        "hosp" => Disposition::Hosp,
        "long" => Disposition::Long,
        "aadvice" => Disposition::Aadvice,
        "exp" => Disposition::Exp,
        "psy" => Disposition::Psy,
        "rehab" => Disposition::Rehab,
        "snf" => Disposition::Snf,
        "" => Disposition::Unknown,
        _ => Disposition::Oth,
    }
}

/// The last place named as a ward, and as a bed (HL7 location-physical-type).
fn place(locations: &[Located]) -> (Option<String>, Option<String>) {
    let named = |kind: &str| {
        let of_kind = |l: &&Located| {
            l.status.as_deref() != Some("completed") && l.physical_type.as_ref().is_some_and(|t| t.has(kind))
        };
        locations.iter().rfind(of_kind).and_then(|l| l.location.display.clone())
    };
    (named("wa"), named("bd"))
}

impl EncounterSaid {
    /// The events that bring `state` to it.
    pub(super) fn decide(&self, state: &Encounter, import: &Import) -> Result<Vec<Dated>, Refused> {
        let mut taking = Taking::from(state);
        match state {
            Encounter::NotAdmitted => {
                taking.take(state.admit(self.admission.clone(), import.now).map_err(refused)?, self.times);
            }
            Encounter::Admitted { admission } | Encounter::Discharged { admission, .. } => {
                if **admission != self.admission {
                    let amended = healthcare_domain::encounter::EncounterEvent::AdmissionAmended {
                        admission: Box::new(self.admission.clone()),
                    };
                    taking.take(vec![amended], import.correction(self.times));
                }
            }
            Encounter::EnteredInError { admission } => {
                let same = **admission == self.admission && self.course == Course::Struck;
                return if same { Ok(vec![]) } else { Err(refused(EncounterError::EnteredInError)) };
            }
        }
        match (&self.course, &taking.state) {
            (Course::Ended { disposition, at }, Encounter::Admitted { .. }) => {
                let times = self.times.then(*at, import.now);
                let events = match at {
                    Some(at) => taking.state.discharge(*disposition, *at).map_err(refused)?,
                    // The source says that it is over and not when.
                    None => vec![healthcare_domain::encounter::EncounterEvent::PatientDischarged {
                        disposition: *disposition,
                        at: None,
                    }],
                };
                taking.take(events, times);
            }
            (Course::Ended { at: Some(at), .. }, Encounter::Discharged { at: held, .. }) if *held != Some(*at) => {
                let corrected = healthcare_domain::encounter::EncounterEvent::PatientDischarged {
                    disposition: self.disposition(),
                    at: Some(*at),
                };
                taking.take(vec![corrected], import.correction(self.times.then(Some(*at), import.now)));
            }
            (Course::Struck, _) => {
                let reason = remark("marked as entered in error by its source")?;
                let struck = healthcare_domain::encounter::EncounterEvent::EncounterEnteredInError { reason };
                let times = if taking.events.is_empty() { import.correction(self.times) } else { self.times };
                taking.take(vec![struck], times);
            }
            (Course::Open | Course::Ended { .. }, _) => {}
        }
        Ok(taking.events)
    }

    fn disposition(&self) -> Disposition {
        match self.course {
            Course::Ended { disposition, .. } => disposition,
            Course::Open | Course::Struck => Disposition::Unknown,
        }
    }
}

/// The domain's reason, without the time it may name.
fn refused(error: EncounterError) -> Refused {
    match error {
        EncounterError::BeforeAdmission(_) => Refused::at("period.end", "lies before the start"),
        EncounterError::InTheFuture => Refused::at("period.start", "lies in the future"),
        other @ (EncounterError::NotAdmitted
        | EncounterError::AlreadyAdmitted
        | EncounterError::AlreadyDischarged
        | EncounterError::EnteredInError) => Refused::at("", other.to_string()),
    }
}
