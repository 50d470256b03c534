//! The hooks we answer: one service each, and what each would like to be told beforehand.

/// A point of a clinician's work at which we are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hook {
    /// A patient's record is opened.
    PatientView,
    /// Orders are chosen; some of what they say may be missing yet.
    OrderSelect,
    /// Orders are about to be signed.
    OrderSign,
    /// A visit begins.
    EncounterStart,
    /// A visit is about to end.
    EncounterDischarge,
    /// An allergy is about to be recorded.
    AllergyIntoleranceCreate,
    /// Problems are about to be put on the list.
    ProblemListItemCreate,
}

/// No service has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such service")]
pub struct UnknownService;

/// A part of what is known of a patient, as a client may send it beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// Age and sex.
    Patient,
    /// What they take.
    Medications,
    /// What they are allergic to.
    Allergies,
    /// What they have.
    Conditions,
    /// Laboratory results.
    Laboratory,
    /// Vital signs.
    Vitals,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Patient, Self::Medications, Self::Allergies, Self::Conditions, Self::Laboratory, Self::Vitals];

    /// The key of `prefetch`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::Medications => "medications",
            Self::Allergies => "allergies",
            Self::Conditions => "conditions",
            Self::Laboratory => "laboratory",
            Self::Vitals => "vitals",
        }
    }

    /// The prefetch template: a read or a search of FHIR R4 that clients do for us.
    pub const fn template(self) -> &'static str {
        match self {
            Self::Patient => "Patient/{{context.patientId}}",
            Self::Medications => "MedicationRequest?patient={{context.patientId}}&status=active,on-hold",
            Self::Allergies => "AllergyIntolerance?patient={{context.patientId}}",
            Self::Conditions => "Condition?patient={{context.patientId}}&clinical-status=active,recurrence,relapse",
            Self::Laboratory => "Observation?patient={{context.patientId}}&category=laboratory&_sort=-date&_count=200",
            Self::Vitals => "Observation?patient={{context.patientId}}&category=vital-signs&_sort=-date&_count=100",
        }
    }

    /// What it is called in a card.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Patient => "age and sex",
            Self::Medications => "active medications",
            Self::Allergies => "allergies",
            Self::Conditions => "conditions",
            Self::Laboratory => "laboratory results",
            Self::Vitals => "vital signs",
        }
    }
}

impl Hook {
    /// All of them, as the discovery lists them.
    pub const ALL: [Self; 7] = [
        Self::PatientView,
        Self::OrderSelect,
        Self::OrderSign,
        Self::EncounterStart,
        Self::EncounterDischarge,
        Self::AllergyIntoleranceCreate,
        Self::ProblemListItemCreate,
    ];

    /// The name of the hook; the service that answers it has the same.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PatientView => "patient-view",
            Self::OrderSelect => "order-select",
            Self::OrderSign => "order-sign",
            Self::EncounterStart => "encounter-start",
            Self::EncounterDischarge => "encounter-discharge",
            Self::AllergyIntoleranceCreate => "allergyintolerance-create",
            Self::ProblemListItemCreate => "problem-list-item-create",
        }
    }

    /// What people call the service.
    pub const fn title(self) -> &'static str {
        match self {
            Self::PatientView => "What a patient's record calls for",
            Self::OrderSelect => "Checks of orders as they are chosen",
            Self::OrderSign => "Checks of orders before they are signed",
            Self::EncounterStart => "What a visit begins with",
            Self::EncounterDischarge => "What is open before a visit ends",
            Self::AllergyIntoleranceCreate => "A new allergy against what the patient takes",
            Self::ProblemListItemCreate => "A new problem against what the patient takes",
        }
    }

    /// What the service does.
    pub const fn description(self) -> &'static str {
        match self {
            Self::PatientView => {
                "Judges active medications, allergies, conditions, results and vital signs by all guidelines in force: \
                 interactions, contraindications, critical results, scores, monitoring."
            }
            Self::OrderSelect => {
                "Judges each selected draft order against active medications, the other drafts, allergies, conditions \
                 and results: interactions, cross-reactions, contraindications, duplicates, doses, opioid safety."
            }
            Self::OrderSign => {
                "Judges each draft order against active medications, the other drafts, allergies, conditions and \
                 results: interactions, cross-reactions, contraindications, duplicates, doses, opioid safety."
            }
            Self::EncounterStart => {
                "Judges what is known of the patient at the beginning of a visit by all guidelines in force."
            }
            Self::EncounterDischarge => {
                "Judges what is known of the patient before the visit ends by all guidelines in force."
            }
            Self::AllergyIntoleranceCreate => {
                "Tells which active medications conflict with the allergy that is about to be recorded, \
                 cross-reactions included."
            }
            Self::ProblemListItemCreate => {
                "Tells which active medications are contraindicated by the problem that is about to be recorded, or \
                 call for another dose."
            }
        }
    }

    /// What a client has to bring.
    pub const USAGE: &str = "Send what the templates ask for, or a `fhirServer` that is registered for you. A draft is not \
        judged without `medications`, and nothing without anything: 412. What else is missing is named in a card. FHIR R4.";
}

impl std::str::FromStr for Hook {
    type Err = UnknownService;
    fn from_str(text: &str) -> Result<Self, UnknownService> {
        Self::ALL.into_iter().find(|hook| hook.name() == text).ok_or(UnknownService)
    }
}
