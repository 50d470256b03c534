//! Typed identities. Each wraps a UUID; two kinds cannot be confused.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
        impl From<$name> for Uuid {
            fn from(id: $name) -> Uuid {
                id.0
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// A person under care.
    PatientId;
    /// One consent a patient gave or refused.
    ConsentId;
    /// One recorded allergy or intolerance of a patient.
    AllergyId;
    /// One entry of a patient's problem list.
    ProblemId;
    /// What is known of one registration beside who it is of.
    IdentityId;
    /// One visit or stay.
    EncounterId;
    /// One ward of the house.
    WardId;
    /// One bed of the house.
    BedId;
    /// What is known of the health of one relative of a patient.
    FamilyHistoryId;
    /// One set of vital signs charted together.
    VitalsId;
    /// One result or other observation.
    ObservationId;
    /// One order of a medication.
    MedicationOrderId;
    /// One procedure performed.
    ProcedureId;
    /// One immunisation given.
    ImmunizationId;
    /// One care plan.
    PlanId;
    /// One goal that another system keeps by itself.
    GoalId;
    /// One clinical note.
    NoteId;
    /// One template of notes or plans.
    TemplateId;
    /// One diagnostic report.
    ReportId;
    /// One practitioner known to the record (not an account).
    PractitionerId;
    /// One organisation known to the record.
    OrganizationId;
    /// One bedside device.
    DeviceId;
    /// One alert about a patient.
    AlertId;
    /// One suggestion of decision support.
    SuggestionId;
    /// One rule of decision support, with all its versions.
    RuleId;
    /// One account of a program.
    ServiceAccountId;
    /// One system that asks our decision support.
    CdsClientId;
    /// The care team of one patient.
    CareTeamId;
    /// One grant to open a record without a care relationship.
    BreakGlassId;
    /// One score that was computed for a patient and put on record.
    CalculatedScoreId;
    /// One score of one patient, e.g. NEWS2.
    ScoreId;
    /// The alarm limits of one vital sign of one patient.
    AlarmLimitsId;
    /// One resource kept whole as it came.
    ExternalRecordId;
    /// One account that can sign in.
    AccountId;
    /// One practitioner, room or device that can be booked.
    ResourceId;
    /// One type of appointment.
    AppointmentTypeId;
    /// One appointment, held or booked.
    AppointmentId;
    /// One wish for an earlier appointment.
    WaitlistEntryId;
    /// Appointments that were booked as one series.
    SeriesId;
}

/// The namespace of identities that follow from a patient.
const OF_PATIENT: Uuid = Uuid::from_u128(0x1d5b_8a60_33c4_4b0f_9c7e_2f6f_9f0c_6b15);

/// The namespace of identities that follow from the name of a rule.
const OF_RULE: Uuid = Uuid::from_u128(0x2f6e_9d4b_55a1_4c0d_8f3a_6d1f_0b7e_4a21);

impl RuleId {
    /// The identity of the rule of a name: there is one of each.
    pub fn of(name: &str) -> Self {
        Self(Uuid::new_v5(&OF_RULE, name.as_bytes()))
    }
}

impl ScoreId {
    /// The identity of a patient's score: there is one of each name.
    pub fn of(patient: PatientId, score: &str) -> Self {
        Self(Uuid::new_v5(&OF_PATIENT, format!("score/{patient}/{score}").as_bytes()))
    }
}

impl IdentityId {
    /// The identity of what is known of a patient's registration: there is one of each.
    pub fn of(patient: PatientId) -> Self {
        Self(Uuid::new_v5(&OF_PATIENT, format!("identity/{patient}").as_bytes()))
    }
}

impl AlarmLimitsId {
    /// The identity of a patient's limits of one vital sign, by its LOINC code: there is one of each.
    pub fn of(patient: PatientId, code: &str) -> Self {
        Self(Uuid::new_v5(&OF_PATIENT, format!("alarm-limits/{patient}/{code}").as_bytes()))
    }
}
