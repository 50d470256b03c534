//! What the house says about its patients: how they are numbered, which numbers are one patient's alone, and which
//! pathways there are.

use healthcare_domain::{
    patient::{BadPathways, MrnScheme, PathwayCatalogue},
    scheduling::zone::Zone,
};

/// The house's policy on patients.
#[derive(Debug, Clone)]
pub struct PatientPolicy {
    /// How a patient is numbered at registration; nobody is where there is none.
    pub mrn: Option<MrnScheme>,
    /// Further systems of which a number belongs to one patient alone, as URIs.
    pub systems: Vec<String>,
    /// The care pathways.
    pub pathways: PathwayCatalogue,
    /// The time zone of the site: where the days begin that an age is counted in, that a birth is typed in on, and
    /// that a review is due on.
    pub zone: Zone,
}

impl PatientPolicy {
    /// What holds where the house says nothing.
    ///
    /// # Errors
    /// Never: the pathways that ship with the program are tested.
    pub fn embedded() -> Result<Self, BadPathways> {
        Ok(Self {
            mrn: Some(MrnScheme::default()),
            systems: vec![],
            pathways: PathwayCatalogue::embedded()?,
            zone: Zone::UTC,
        })
    }

    /// Every system of which a number belongs to one patient alone.
    pub fn registered_systems(&self) -> Vec<String> {
        let mut all: Vec<String> = self.mrn.iter().map(|scheme| scheme.system().to_owned()).collect();
        all.extend(self.systems.iter().cloned());
        all.sort_unstable();
        all.dedup();
        all
    }
}
