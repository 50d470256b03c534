//! Why an appointment was cancelled, in the codes of FHIR.

use serde::{Deserialize, Serialize};

use crate::code::Coding;

/// The code system of the FHIR R4 value set `appointment-cancellation-reason`.
pub const SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason";

macro_rules! reasons {
    ($($name:ident = $code:literal $display:literal;)*) => {
        /// Why an appointment was cancelled (FHIR R4 value set `appointment-cancellation-reason`).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum CancellationReason {
            $(#[doc = $display] #[serde(rename = $code)] $name,)*
        }

        impl CancellationReason {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code with its system and display.
            pub fn coding(self) -> Coding {
                match self { $(Self::$name => Coding::new(SYSTEM, $code, $display),)* }
            }
        }
    };
}

reasons! {
    Patient = "pat" "Patient";
    PatientByReminder = "pat-crs" "Patient: Canceled via automated reminder system";
    PatientByPortal = "pat-cpp" "Patient: Canceled via Patient Portal";
    PatientDeceased = "pat-dec" "Patient: Deceased";
    PatientFeelsBetter = "pat-fb" "Patient: Feeling Better";
    PatientLacksTransport = "pat-lt" "Patient: Lack of Transportation";
    PatientMemberTerminated = "pat-mt" "Patient: Member Terminated";
    PatientMoved = "pat-mv" "Patient: Moved";
    PatientPregnant = "pat-preg" "Patient: Pregnant";
    PatientFromWaitList = "pat-swl" "Patient: Scheduled from Wait List";
    PatientChangedProvider = "pat-ucp" "Patient: Unhappy/Changed Provider";
    Provider = "prov" "Provider";
    ProviderPersonal = "prov-pers" "Provider: Personal";
    ProviderDischarged = "prov-dch" "Provider: Discharged";
    ProviderMeeting = "prov-edu" "Provider: Edu/Meeting";
    ProviderHospitalized = "prov-hosp" "Provider: Hospitalized";
    ProviderLabs = "prov-labs" "Provider: Labs Out of Acceptable Range";
    ProviderMri = "prov-mri" "Provider: MRI Screening Form Marked Do Not Proceed";
    ProviderOncology = "prov-onc" "Provider: Oncology Treatment Plan Changes";
    Maintenance = "maint" "Equipment Maintenance/Repair";
    MedicationIncomplete = "meds-inc" "Prep/Med Incomplete";
    Other = "other" "Other";
    OtherServiceCap = "oth-cms" "Other: CMS Therapy Cap Service Not Authorized";
    OtherError = "oth-err" "Other: Error";
    OtherFinancial = "oth-fin" "Other: Financial";
    OtherAccess = "oth-iv" "Other: Improper IV Access/Infiltrate IV";
    OtherInterpreter = "oth-int" "Other: No Interpreter Available";
    OtherUnavailable = "oth-mu" "Other: Prep/Med/Results Unavailable";
    OtherRoom = "oth-room" "Other: Room/Resource Maintenance";
    OtherOrderError = "oth-oerr" "Other: Schedule Order Error";
    OtherWalkInError = "oth-swie" "Other: Silent Walk In Error";
    OtherWeather = "oth-weath" "Other: Weather";
}

impl utoipa::PartialSchema for CancellationReason {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("FHIR R4 value set appointment-cancellation-reason."))
            .enum_values(Some(Self::ALL.iter().map(|reason| reason.coding().code)))
            .into()
    }
}
impl utoipa::ToSchema for CancellationReason {}

#[cfg(test)]
mod tests {
    use super::*;

    /// FHIR R4B lists 32 codes.
    #[test]
    fn each_reason_is_stored_as_its_code() {
        assert_eq!(CancellationReason::ALL.len(), 32);
        for reason in CancellationReason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.coding().code);
        }
    }
}
