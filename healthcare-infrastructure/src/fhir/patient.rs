//! FHIR Patient.

use chrono::{DateTime, Utc};
use healthcare_domain::patient::{
    Address, AdministrativeGender, ContactPerson, ContactPoint, Deceased, Demographics, HumanName, Patient,
    PatientError, Standing,
};
use serde::Deserialize;

use super::{
    Reading, Refused,
    datatypes::{self, CodeableConcept, Identifier, Meta, Reference, concepts, identifiers},
    date_time::FhirDateTime,
    parse::{one_of, resource},
    said::{Dated, Import, Moments, Taking, Times, remark},
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Resource {
    meta: Meta,
    identifier: Vec<Identifier>,
    name: Vec<datatypes::HumanName>,
    telecom: Vec<datatypes::ContactPoint>,
    gender: Option<String>,
    birth_date: Option<healthcare_domain::partial_date::PartialDate>,
    deceased_boolean: Option<bool>,
    deceased_date_time: Option<FhirDateTime>,
    address: Vec<datatypes::Address>,
    marital_status: Option<CodeableConcept>,
    communication: Vec<Communication>,
    contact: Vec<Contact>,
    active: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Contact {
    relationship: Vec<CodeableConcept>,
    name: Option<datatypes::HumanName>,
    telecom: Vec<datatypes::ContactPoint>,
    address: Option<datatypes::Address>,
    gender: Option<String>,
    organization: Option<Reference>,
    period: Option<datatypes::Period>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Communication {
    language: CodeableConcept,
    preferred: Option<bool>,
}

/// What a Patient resource says: who they were, and that they died, if they did.
#[derive(Debug, Clone, PartialEq)]
pub struct PatientSaid {
    /// All that holds now.
    pub demographics: Demographics,
    /// The times of the registration. FHIR has none for it: the birth date stands in, flagged, so that the patient
    /// is known to the chart of any day of their life.
    pub times: Times,
    /// The times of the death.
    pub died: Option<Times>,
    /// Whether the record is in use there, where the source says so.
    pub active: Option<bool>,
}

/// Reads a Patient.
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines.
pub fn read(raw: &str, reading: &Reading<'_>) -> Result<PatientSaid, Refused> {
    let r: Resource = resource(raw)?;
    let born = r.birth_date.map(|d| FhirDateTime::Date(d).earliest());
    let times = Moments { clinical: born, known: None, meta: &r.meta, now: reading.now }.times();
    let deceased = match (r.deceased_date_time, r.deceased_boolean) {
        (Some(at), _) => Some(Deceased::since(Some(at.not_before(born)))),
        (None, Some(true)) => Some(Deceased::since(None)),
        (None, _) => None,
    };
    let died = deceased.as_ref().map(|d| {
        let touched = r.meta.last_updated.map(|t| t.earliest());
        times.then(d.at.or(touched).or(Some(reading.now)), reading.now)
    });
    let languages = languages(&r.communication);
    let demographics = Demographics {
        identifiers: identifiers(&r.identifier),
        names: names(&r.name, reading.now),
        gender: gender(r.gender.as_deref())?,
        birth_date: r.birth_date,
        deceased,
        telecom: r.telecom.iter().filter_map(contact).collect(),
        addresses: r.address.iter().map(address).filter(|a| *a != Address::default()).collect(),
        contacts: contacts(&r.contact, reading.now)?,
        language: languages.first().cloned(),
        other_languages: languages.into_iter().skip(1).collect(),
        marital_status: r.marital_status.map(|c| c.to_domain()).filter(|c| !c.is_empty()),
    };
    Ok(PatientSaid { demographics, times, died, active: r.active })
}

/// Names that name somebody: those in use now first, official before usual before the rest.
fn names(names: &[datatypes::HumanName], now: DateTime<Utc>) -> Vec<HumanName> {
    let rank = |name: &datatypes::HumanName| {
        let past = name.period.and_then(|p| p.end).is_some_and(|end| end.latest() < now);
        let usage = match name.usage.as_deref() {
            Some("official") => 0,
            Some("usual") => 1,
            None => 2,
            Some("old" | "maiden") => 4,
            Some(_) => 3,
        };
        (past, usage)
    };
    let mut ranked: Vec<_> = names.iter().collect();
    ranked.sort_by_key(|name| rank(name));
    let words = |of: &[Option<String>]| of.iter().flatten().filter(|w| !w.trim().is_empty()).cloned().collect();
    let held = ranked.into_iter().map(|name| {
        let held = HumanName {
            usage: name.usage.clone(),
            family: name.family.clone().filter(|f| !f.trim().is_empty()),
            given: words(&name.given),
            prefix: words(&name.prefix),
            suffix: words(&name.suffix),
            period: name.period.and_then(datatypes::Period::to_domain),
        };
        // A name given only as a whole is not taken apart: which part is the family's differs from culture to culture.
        if held.is_blank() { HumanName { family: name.text.clone(), ..held } } else { held }
    });
    held.filter(|name| !name.is_blank()).collect()
}

fn gender(code: Option<&str>) -> Result<AdministrativeGender, Refused> {
    let Some(code) = code else { return Ok(AdministrativeGender::Unknown) };
    one_of("gender", code, &["male", "female", "other", "unknown"])?;
    Ok(match code {
        "male" => AdministrativeGender::Male,
        "female" => AdministrativeGender::Female,
        "other" => AdministrativeGender::Other,
        _ => AdministrativeGender::Unknown,
    })
}

fn contact(of: &datatypes::ContactPoint) -> Option<ContactPoint> {
    let value = of.value.clone().filter(|v| !v.trim().is_empty())?;
    Some(ContactPoint {
        system: of.system.clone().unwrap_or_else(|| "other".into()),
        value,
        usage: of.usage.clone(),
        rank: of.rank,
        period: of.period.and_then(datatypes::Period::to_domain),
    })
}

fn address(of: &datatypes::Address) -> Address {
    let lines: Vec<String> = of.line.iter().flatten().cloned().collect();
    let said = lines.is_empty() && of.city.is_none() && of.postal_code.is_none();
    Address {
        usage: of.usage.clone(),
        period: of.period.and_then(datatypes::Period::to_domain),
        lines: if said { of.text.iter().cloned().collect() } else { lines },
        city: of.city.clone(),
        state: of.state.clone(),
        postal_code: of.postal_code.clone(),
        country: of.country.clone(),
    }
}

/// The languages, the preferred one first.
fn languages(of: &[Communication]) -> Vec<String> {
    let mut all: Vec<&Communication> = of.iter().collect();
    all.sort_by_key(|one| one.preferred != Some(true));
    let said = |one: &Communication| one.language.first_code().map(str::to_owned).or_else(|| one.language.text.clone());
    all.into_iter().filter_map(said).collect()
}

/// Whom to call. One of whom nothing but the relationship is known cannot be (FHIR R4, pat-1).
fn contacts(of: &[Contact], now: DateTime<Utc>) -> Result<Vec<ContactPerson>, Refused> {
    let held = of.iter().map(|one| {
        Ok(ContactPerson {
            relationships: concepts(&one.relationship),
            name: one.name.iter().flat_map(|name| names(std::slice::from_ref(name), now)).next(),
            telecom: one.telecom.iter().filter_map(contact).collect(),
            address: one.address.as_ref().map(address).filter(|a| *a != Address::default()),
            gender: one.gender.as_deref().map(|code| gender(Some(code))).transpose()?,
            organization: one.organization.as_ref().and_then(|of| of.display.clone()),
            period: one.period.and_then(datatypes::Period::to_domain),
        })
    });
    let held: Vec<ContactPerson> = held.collect::<Result<_, Refused>>()?;
    Ok(held.into_iter().filter(|one| !one.is_nobody()).collect())
}

impl PatientSaid {
    /// The events that bring `state` to it.
    pub(super) fn decide(&self, state: &Patient, import: &Import) -> Result<Vec<Dated>, Refused> {
        let mut taking = Taking::from(state);
        match state {
            Patient::Unregistered => {
                let alive = Demographics { deceased: None, ..self.demographics.clone() };
                let registered = match state.register(alive, import.now) {
                    // Who was born so long ago lived once: they are registered as who died.
                    Err(PatientError::BornTooLongAgo(_)) if self.died.is_some() => {
                        state.register(self.demographics.clone(), import.now)
                    }
                    registered => registered,
                };
                taking.take(registered.map_err(refused)?, self.times);
                if let Some(died) = self.died {
                    let events = taking.state.update(self.demographics.clone(), import.now);
                    taking.take(events.map_err(refused)?, died);
                }
            }
            Patient::Registered { .. } => {
                let events = state.update(self.demographics.clone(), import.now).map_err(refused)?;
                let times = import.correction(self.died.unwrap_or(self.times));
                taking.take(events, Times { occurred_at: times.known_at, ..times });
            }
        }
        self.stand(&mut taking, import)?;
        Ok(taking.events)
    }

    /// Lays the record down, or takes it up again, as its source has it.
    fn stand(&self, taking: &mut Taking<Patient>, import: &Import) -> Result<(), Refused> {
        let standing = taking.state.standing().map_err(refused)?;
        let events = match (self.active, standing) {
            (Some(false), Standing::Active) => {
                taking.state.deactivate(remark("marked as inactive by its source")?, false, import.now)
            }
            (Some(true), Standing::Inactive { .. }) => {
                taking.state.reactivate(remark("marked as active by its source")?, import.now)
            }
            _ => return Ok(()),
        };
        let known = import.correction(self.times).known_at;
        taking.take(events.map_err(refused)?, Times { occurred_at: known, known_at: known, assumed: true });
        Ok(())
    }
}

/// The domain's reason in words that name no date.
fn refused(error: PatientError) -> Refused {
    match error {
        PatientError::NoName => Refused::at("name", "a patient has at least one name"),
        PatientError::BornInTheFuture(_) => Refused::at("birthDate", "lies in the future"),
        PatientError::BornTooLongAgo(_) => Refused::at("birthDate", "lies more than 150 years back"),
        PatientError::DiedBeforeBirth => Refused::at("deceasedDateTime", "lies before the birth date"),
        PatientError::DiedInTheFuture => Refused::at("deceasedDateTime", "lies in the future"),
        PatientError::PeriodBackwards => Refused::at("", "a period ends before it begins"),
        PatientError::ContactIsNobody => Refused::at("contact", "a contact is somebody"),
        PatientError::IdentifierInUse | PatientError::MistypedNumber => {
            Refused::at("identifier", "a number of it cannot be theirs")
        }
        PatientError::EnteredInError => Refused::at("", "the patient was entered in error here"),
        PatientError::Unregistered
        | PatientError::AlreadyRegistered
        | PatientError::Inactive
        | PatientError::NotInactive
        | PatientError::InCare
        | PatientError::Deceased
        | PatientError::NoSuchPathway
        | PatientError::NoSuchStage
        | PatientError::HoldsOthers
        | PatientError::NotTheNextStage { .. } => Refused::at("", "the patient is not in a state to take it"),
    }
}
