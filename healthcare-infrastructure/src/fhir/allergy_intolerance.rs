//! FHIR AllergyIntolerance.

use healthcare_domain::{
    allergy::{
        Allergy, AllergyError, AllergyEvent, AllergyRecord, Criticality, Denied, Mechanism, Reaction, ReactionSeverity,
        Statement, Verification,
    },
    code::SNOMED,
};
use serde::Deserialize;

use super::{
    Reading, Refused,
    datatypes::{CodeableConcept, Identifier, Meta, Period, Reference, identifiers},
    date_time::FhirDateTime,
    family_member_history::{Annotation, note},
    parse::{one_of, resource},
    said::{Dated, Import, Moments, Taking, Times, remark},
};

/// SNOMED CT situations that deny an allergy (716186003 and below), and what kind each is about; 160244002 is the
/// finding that 716186003 replaced.
const NONE_KNOWN: [(&str, Option<&str>); 9] = [
    ("716186003", None),
    ("160244002", None),
    ("409137002", Some("medication")),
    ("429625007", Some("food")),
    ("428607008", Some("environment")),
    ("428197003", Some("environment")),
    ("716220001", Some("environment")),
    ("716184000", Some("environment")),
    ("1003774007", Some("environment")),
];
/// HL7 v2 and FHIR codes that say the same.
const NONE_KNOWN_OTHER: [&str; 4] = ["no-known-allergies", "nka", "NKA", "NKDA"];

/// Why an allergy is taken off of which its source found that nothing happens any more.
const RESOLVED: &str = "resolved at its source";

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Resource {
    meta: Meta,
    identifier: Vec<Identifier>,
    clinical_status: CodeableConcept,
    verification_status: CodeableConcept,
    r#type: Option<String>,
    category: Vec<String>,
    criticality: Option<String>,
    code: CodeableConcept,
    onset_date_time: Option<FhirDateTime>,
    onset_period: Option<Period>,
    onset_string: Option<String>,
    recorded_date: Option<FhirDateTime>,
    last_occurrence: Option<FhirDateTime>,
    encounter: Option<Reference>,
    note: Vec<Annotation>,
    reaction: Vec<ReactionElement>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ReactionElement {
    substance: Option<CodeableConcept>,
    manifestation: Vec<CodeableConcept>,
    description: Option<String>,
    onset: Option<FhirDateTime>,
    severity: Option<String>,
    exposure_route: Option<CodeableConcept>,
}

/// How an allergy stands at its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It counts in every check.
    Active,
    /// It no longer applies.
    Removed(&'static str),
    /// It never was.
    Struck,
}

/// What an AllergyIntolerance resource says.
#[derive(Debug, Clone, PartialEq)]
pub struct AllergySaid {
    /// The allergy.
    pub allergy: Allergy,
    /// The times of its recording.
    pub times: Times,
    /// How it stands.
    pub standing: Standing,
}

/// Reads an AllergyIntolerance.
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines.
pub fn read(raw: &str, reading: &Reading<'_>) -> Result<AllergySaid, Refused> {
    let r: Resource = resource(raw)?;
    for (n, category) in r.category.iter().enumerate() {
        one_of(&format!("category[{n}]"), category, &["food", "medication", "environment", "biologic"])?;
    }
    let onset = r.onset_date_time.or(r.onset_period.and_then(|p| p.start.or(p.end))).map(|t| t.earliest());
    let onset = onset.or_else(|| r.onset_string.as_deref()?.parse::<FhirDateTime>().ok().map(|t| t.earliest()));
    let verification = r.verification_status.first_code();
    let standing = match (verification, r.clinical_status.first_code()) {
        (Some("entered-in-error"), _) => Standing::Struck,
        (Some("refuted"), _) => Standing::Removed("refuted at its source"),
        (_, Some("inactive")) => Standing::Removed("inactive at its source"),
        (_, Some("resolved")) => Standing::Removed(RESOLVED),
        (_, Some("active") | None) => Standing::Active,
        (_, Some(_)) => return Err(Refused::at("clinicalStatus", "none of active, inactive, resolved")),
    };
    let substance = r.code.to_domain();
    let named_by_reaction = || r.reaction.iter().find_map(|x| x.substance.as_ref()).map(CodeableConcept::to_domain);
    let substance = if substance.is_empty() { named_by_reaction().unwrap_or_default() } else { substance };
    let (statement, kind) = statement(&substance);
    let allergy = Allergy {
        identifiers: identifiers(&r.identifier),
        statement,
        substance,
        categories: if r.category.is_empty() { kind.map(str::to_owned).into_iter().collect() } else { r.category },
        criticality: criticality(r.criticality.as_deref())?,
        verification: match verification {
            Some("confirmed") => Verification::Confirmed,
            Some("refuted") => Verification::Refuted,
            _ => Verification::Unconfirmed,
        },
        reactions: reactions(&r.reaction)?,
        onset_at: onset,
        mechanism: mechanism(r.r#type.as_deref())?,
        last_occurrence: r.last_occurrence.map(|t| t.earliest()),
        encounter: r.encounter.as_ref().and_then(|e| reading.references.encounter(e)),
        note: note(&r.note),
        resolved: standing == Standing::Removed(RESOLVED),
    };
    let times = Moments { clinical: onset, known: r.recorded_date, meta: &r.meta, now: reading.now }.times();
    Ok(AllergySaid { allergy, times, standing })
}

/// Whether the codes name an allergy or deny one, and of which kind.
fn statement(substance: &healthcare_domain::code::CodeableConcept) -> (Statement, Option<&'static str>) {
    for coding in &substance.coding {
        let code = coding.code.as_str();
        if let Some((_, kind)) = NONE_KNOWN.iter().find(|(c, _)| coding.system == SNOMED && *c == code) {
            return (Statement::NoneKnown, *kind);
        }
        if NONE_KNOWN_OTHER.contains(&code) {
            return (Statement::NoneKnown, (code == "NKDA").then_some("medication"));
        }
    }
    // Without a code, how people write it.
    let words = substance.text.as_deref().filter(|_| substance.coding.is_empty());
    match words.and_then(Denied::in_words) {
        Some(Denied::All) => (Statement::NoneKnown, None),
        Some(Denied::Drugs) => (Statement::NoneKnown, Some("medication")),
        None => (Statement::Allergic, None),
    }
}

fn mechanism(code: Option<&str>) -> Result<Option<Mechanism>, Refused> {
    let Some(code) = code else { return Ok(None) };
    one_of("type", code, &["allergy", "intolerance"])?;
    Ok(Some(if code == "allergy" { Mechanism::Allergy } else { Mechanism::Intolerance }))
}

fn criticality(code: Option<&str>) -> Result<Option<Criticality>, Refused> {
    let Some(code) = code else { return Ok(None) };
    one_of("criticality", code, &["low", "high", "unable-to-assess"])?;
    Ok(Some(match code {
        "low" => Criticality::Low,
        "high" => Criticality::High,
        _ => Criticality::UnableToAssess,
    }))
}

/// One reaction a manifestation.
fn reactions(of: &[ReactionElement]) -> Result<Vec<Reaction>, Refused> {
    let mut reactions = vec![];
    for (n, element) in of.iter().enumerate() {
        let severity = match element.severity.as_deref() {
            None => None,
            Some("mild") => Some(ReactionSeverity::Mild),
            Some("moderate") => Some(ReactionSeverity::Moderate),
            Some("severe") => Some(ReactionSeverity::Severe),
            Some(_) => return Err(Refused::at(format!("reaction[{n}].severity"), "none of mild, moderate, severe")),
        };
        let seen = element.manifestation.iter().map(CodeableConcept::to_domain).filter(|m| !m.is_empty());
        reactions.extend(seen.map(|manifestation| Reaction {
            severity,
            onset_at: element.onset.map(|t| t.earliest()),
            substance: element.substance.as_ref().map(CodeableConcept::to_domain).filter(|s| !s.is_empty()),
            exposure_route: element.exposure_route.as_ref().map(CodeableConcept::to_domain).filter(|r| !r.is_empty()),
            description: element.description.clone().filter(|text| !text.trim().is_empty()),
            ..Reaction::of(manifestation)
        }));
    }
    Ok(reactions)
}

impl AllergySaid {
    /// The events that bring `state` to it.
    pub(super) fn decide(&self, state: &AllergyRecord, import: &Import) -> Result<Vec<Dated>, Refused> {
        let mut taking = Taking::from(state);
        let fresh = *state == AllergyRecord::Unrecorded;
        let times = if fresh { self.times } else { import.correction(self.times) };
        // Whether it was resolved is how it stands, and older releases did not keep it: it makes no other allergy.
        let same = |held: &Allergy| *held == Allergy { resolved: held.resolved, ..self.allergy.clone() };
        match state {
            AllergyRecord::Unrecorded => {
                taking.take(state.add(self.allergy.clone()).map_err(refused)?, times);
            }
            AllergyRecord::Active(_) => {
                let events = match state.amend(self.allergy.clone()) {
                    // Its source had a reason of its own.
                    Err(AllergyError::NeedsReason) => {
                        vec![AllergyEvent::AllergyAmended { allergy: self.allergy.clone() }]
                    }
                    decided => decided.map_err(refused)?,
                };
                taking.take(events, times);
            }
            AllergyRecord::Removed(held) if same(held) && self.standing != Standing::Active => {}
            AllergyRecord::EnteredInError(held) if same(held) && self.standing == Standing::Struck => {
                return Ok(vec![]);
            }
            // Whoever took it off this record had a reason; a person has to weigh it against the source's word.
            AllergyRecord::Removed(_) | AllergyRecord::EnteredInError(_) => {
                return Err(refused(AllergyError::NotActive));
            }
        }
        match (self.standing, &taking.state) {
            (Standing::Removed(reason), AllergyRecord::Active(_)) => {
                taking.take(taking.state.remove(remark(reason)?).map_err(refused)?, times);
            }
            (Standing::Struck, _) => {
                let reason = remark("marked as entered in error by its source")?;
                taking.take(taking.state.enter_in_error(reason).map_err(refused)?, times);
            }
            (Standing::Active | Standing::Removed(_), _) => {}
        }
        Ok(taking.events)
    }
}

fn refused(error: AllergyError) -> Refused {
    let place = if error == AllergyError::NoSubstance { "code" } else { "" };
    Refused::at(place, error.to_string())
}
