//! How the house numbers its patients, and which pathways it has: settings.

use std::path::PathBuf;

use healthcare_application::patient::PatientPolicy;
use healthcare_domain::{
    patient::{BadPathways, BadScheme, CheckDigit, MrnScheme, PathwayCatalogue},
    scheduling::zone::Zone,
};
use serde::Deserialize;

/// What `HEALTHCARE_MRN_SYSTEM` says where the house numbers nobody.
const NOBODY: &str = "none";

/// The settings about patients.
#[derive(Debug, Clone)]
pub struct PatientSettings {
    /// `HEALTHCARE_MRN_SYSTEM`, `_PREFIX`, `_DIGITS`, `_CHECK`, `_IMPORTED`: how a patient is numbered.
    pub mrn: Option<MrnScheme>,
    /// `HEALTHCARE_IDENTIFIER_SYSTEMS`: further systems of which a number belongs to one patient alone.
    pub systems: Vec<String>,
    /// `HEALTHCARE_PATHWAYS`: the care pathways, a JSON file; those that ship with the program if absent.
    pub pathways: Option<PathwayCatalogue>,
}

impl Default for PatientSettings {
    fn default() -> Self {
        Self { mrn: Some(MrnScheme::default()), systems: vec![], pathways: None }
    }
}

/// The environment as it is written.
#[derive(Deserialize)]
struct Raw {
    healthcare_mrn_system: Option<String>,
    healthcare_mrn_prefix: Option<String>,
    healthcare_mrn_digits: Option<usize>,
    healthcare_mrn_check: Option<CheckDigit>,
    healthcare_mrn_imported: Option<bool>,
    healthcare_identifier_systems: Option<String>,
    healthcare_pathways: Option<PathBuf>,
}

/// A setting about patients that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PatientSettingsError {
    /// A value is not of its type.
    #[error("a setting cannot be read: {0}")]
    Unreadable(#[from] config::ConfigError),
    /// Such numbers cannot be.
    #[error("HEALTHCARE_MRN_*: {0}")]
    Mrn(#[from] BadScheme),
    /// A system is a URI.
    #[error("HEALTHCARE_IDENTIFIER_SYSTEMS: {0:?} is no URI; they are separated by commas")]
    System(String),
    /// There is no such file.
    #[error("HEALTHCARE_PATHWAYS: {} cannot be read", .0.display())]
    NoFile(PathBuf, #[source] std::io::Error),
    /// They cannot be walked.
    #[error("HEALTHCARE_PATHWAYS: {0}")]
    Pathways(#[from] BadPathways),
}

impl PatientSettings {
    /// Reads them, and makes sure that they can be used.
    ///
    /// # Errors
    /// With the setting and what is wrong with it.
    pub fn read(environment: &config::Config) -> Result<Self, PatientSettingsError> {
        let raw: Raw = environment.clone().try_deserialize()?;
        let systems = raw.healthcare_identifier_systems.unwrap_or_default();
        let systems: Vec<String> =
            systems.split(',').map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect();
        if let Some(wrong) = systems.iter().find(|system| !system.contains(':') || system.contains('|')) {
            return Err(PatientSettingsError::System(wrong.clone()));
        }
        let system = raw.healthcare_mrn_system.unwrap_or_else(|| MrnScheme::default().system().to_owned());
        let mrn = if system == NOBODY {
            None
        } else {
            let (prefix, digits) =
                (raw.healthcare_mrn_prefix.unwrap_or_default(), raw.healthcare_mrn_digits.unwrap_or(8));
            let scheme = MrnScheme::new(&system, &prefix, digits, raw.healthcare_mrn_check.unwrap_or_default())?;
            Some(scheme.for_imported(raw.healthcare_mrn_imported.unwrap_or(false)))
        };
        let pathways = match raw.healthcare_pathways {
            None => None,
            Some(file) => {
                let json = std::fs::read_to_string(&file).map_err(|e| PatientSettingsError::NoFile(file, e))?;
                Some(PathwayCatalogue::parse(&json)?)
            }
        };
        Ok(Self { mrn, systems, pathways })
    }

    /// The policy they make for a site in a time zone; what they do not say stays as it is.
    pub fn over(&self, now: &PatientPolicy, zone: Zone) -> PatientPolicy {
        let pathways = self.pathways.clone().unwrap_or_else(|| now.pathways.clone());
        PatientPolicy { mrn: self.mrn.clone(), systems: self.systems.clone(), pathways, zone }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: &[(&str, &str)]) -> Result<PatientSettings, PatientSettingsError> {
        let mut config = config::Config::builder();
        for (name, value) in settings {
            config = config.set_override(*name, *value).unwrap();
        }
        PatientSettings::read(&config.build().unwrap())
    }

    #[test]
    fn a_house_numbers_its_patients_as_it_says_or_not_at_all() {
        assert_eq!(read(&[]).unwrap().mrn, Some(MrnScheme::default()));
        assert_eq!(read(&[("healthcare_mrn_system", "none")]).unwrap().mrn, None);
        let scheme = read(&[
            ("healthcare_mrn_system", "urn:oid:2.16.756"),
            ("healthcare_mrn_prefix", "SPZ-"),
            ("healthcare_mrn_digits", "6"),
            ("healthcare_mrn_check", "mod-97-10"),
            ("healthcare_mrn_imported", "true"),
        ]);
        let scheme = scheme.unwrap().mrn.unwrap();
        assert_eq!(scheme.issue(794).value, "SPZ-00079444");
        assert!(scheme.is_for_imported());
    }

    #[test]
    fn what_cannot_be_used_is_refused_by_name() {
        let refused = |settings: &[(&str, &str)]| read(settings).unwrap_err().to_string();
        assert!(refused(&[("healthcare_mrn_digits", "2")]).starts_with("HEALTHCARE_MRN_*"));
        assert!(refused(&[("healthcare_mrn_check", "sum")]).contains("cannot be read"));
        assert!(refused(&[("healthcare_identifier_systems", "urn:a, insurance")]).contains("\"insurance\""));
        assert!(refused(&[("healthcare_pathways", "/nowhere/pathways.json")]).contains("/nowhere/pathways.json"));
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), r#"{ "pathways": [] }"#).unwrap();
        let why = refused(&[("healthcare_pathways", &file.path().display().to_string())]);
        assert!(why.contains("there is no pathway"), "{why}");
    }
}
