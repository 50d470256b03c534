//! The settings of single sign-on, from the environment.

use std::{fs, io, os::unix::fs::PermissionsExt, path::PathBuf};

use healthcare_application::Role;
use healthcare_infrastructure::access::oidc::{AtIssuer, OidcSettings, OidcSettingsError};
use secrecy::SecretString;
use serde::Deserialize;

/// The environment as it is written.
#[derive(Deserialize)]
struct Raw {
    healthcare_oidc_issuer: Option<String>,
    healthcare_oidc_client_id: Option<String>,
    healthcare_oidc_client_secret: Option<SecretString>,
    healthcare_oidc_client_secret_file: Option<PathBuf>,
    healthcare_oidc_redirect_base: Option<String>,
    healthcare_oidc_origins: Option<String>,
    healthcare_oidc_account_claim: Option<String>,
    healthcare_oidc_roles_claim: Option<String>,
    healthcare_oidc_roles: Option<String>,
    healthcare_oidc_strong: Option<String>,
    healthcare_oidc_second_factor: Option<String>,
}

/// A setting of single sign-on that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SsoSettingsError {
    /// A value is not of its type.
    #[error("a setting cannot be read: {0}")]
    Unreadable(#[from] config::ConfigError),
    /// A value cannot be used.
    #[error(transparent)]
    Unusable(#[from] OidcSettingsError),
    /// One goes with the issuer.
    #[error("HEALTHCARE_OIDC_ISSUER is set, so {0} must be set too")]
    Missing(&'static str),
    /// There is no file, or it cannot be read.
    #[error("HEALTHCARE_OIDC_CLIENT_SECRET_FILE cannot be read")]
    File(#[from] io::Error),
    /// Others can read the file.
    #[error("HEALTHCARE_OIDC_CLIENT_SECRET_FILE can be read by others; run: chmod 600 {0}")]
    Exposed(String),
    /// A pair is none.
    #[error("HEALTHCARE_OIDC_ROLES: {0:?} is no value=role of a role of this house")]
    Role(String),
    /// It is neither word.
    #[error("HEALTHCARE_OIDC_SECOND_FACTOR: {0:?} is neither told nor assumed")]
    SecondFactor(String),
}

/// Reads them; none where no issuer is named.
///
/// # Errors
/// When a value cannot be read, or one that goes with the issuer is missing.
pub fn read(environment: &config::Config) -> Result<Option<OidcSettings>, SsoSettingsError> {
    let raw: Raw = environment.clone().try_deserialize()?;
    let Some(issuer) = raw.healthcare_oidc_issuer else { return Ok(None) };
    let missing = SsoSettingsError::Missing;
    let client_id = raw.healthcare_oidc_client_id.ok_or(missing("HEALTHCARE_OIDC_CLIENT_ID"))?;
    let base = raw.healthcare_oidc_redirect_base.ok_or(missing("HEALTHCARE_OIDC_REDIRECT_BASE"))?;
    let secret = match (raw.healthcare_oidc_client_secret, raw.healthcare_oidc_client_secret_file) {
        (Some(secret), _) => secret,
        (None, Some(path)) => secret_of(&path)?,
        (None, None) => return Err(missing("HEALTHCARE_OIDC_CLIENT_SECRET or HEALTHCARE_OIDC_CLIENT_SECRET_FILE")),
    };
    let mut settings = OidcSettings::new(&issuer, &client_id, secret, &base)?;
    settings.origins = listed(raw.healthcare_oidc_origins.as_deref());
    settings.claim_is_vouched_for = raw.healthcare_oidc_account_claim.is_some();
    settings.account_claim = raw.healthcare_oidc_account_claim.unwrap_or(settings.account_claim);
    settings.roles_claim = raw.healthcare_oidc_roles_claim.unwrap_or(settings.roles_claim);
    settings.roles =
        listed(raw.healthcare_oidc_roles.as_deref()).iter().map(|pair| role(pair)).collect::<Result<_, _>>()?;
    if raw.healthcare_oidc_strong.is_some() {
        settings.strong = listed(raw.healthcare_oidc_strong.as_deref());
    }
    settings.second_factor = match raw.healthcare_oidc_second_factor.as_deref().map(str::trim) {
        None | Some("told") => AtIssuer::Told,
        Some("assumed") => AtIssuer::Assumed,
        Some(other) => return Err(SsoSettingsError::SecondFactor(other.to_owned())),
    };
    Ok(Some(settings))
}

fn secret_of(path: &std::path::Path) -> Result<SecretString, SsoSettingsError> {
    if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
        return Err(SsoSettingsError::Exposed(path.display().to_string()));
    }
    Ok(fs::read_to_string(path)?.trim().to_owned().into())
}

fn role(pair: &str) -> Result<(String, Role), SsoSettingsError> {
    let split =
        pair.rsplit_once('=').and_then(|(value, role)| Some((value.trim().to_owned(), role.trim().parse().ok()?)));
    split.ok_or_else(|| SsoSettingsError::Role(pair.to_owned()))
}

fn listed(text: Option<&str>) -> Vec<String> {
    text.unwrap_or_default().split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(settings: &[(&str, &str)]) -> Result<Option<OidcSettings>, SsoSettingsError> {
        let map = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let source = config::Environment::default().source(Some(map));
        read(&config::Config::builder().add_source(source).build().unwrap())
    }

    /// SECURITY 50: a secret in a file that others can read is refused, and none is in the debug output.
    #[test]
    fn the_settings_are_whole_or_refused() {
        assert!(of(&[]).unwrap().is_none());
        let issuer = ("HEALTHCARE_OIDC_ISSUER", "https://login.example.org/realm");
        let (id, base) =
            (("HEALTHCARE_OIDC_CLIENT_ID", "hc"), ("HEALTHCARE_OIDC_REDIRECT_BASE", "https://hc.example.org/"));
        let secret = ("HEALTHCARE_OIDC_CLIENT_SECRET", "s3cr3t");
        for lacking in [vec![issuer], vec![issuer, id, secret], vec![issuer, base, secret], vec![issuer, id, base]] {
            assert!(matches!(of(&lacking), Err(SsoSettingsError::Missing(_))), "{lacking:?}");
        }
        let roles = ("HEALTHCARE_OIDC_ROLES", "cn=nurses=nurse, doctors=doctor");
        let whole = of(&[issuer, id, base, secret, roles]).unwrap().unwrap();
        assert_eq!(whole.roles, [("cn=nurses".to_owned(), Role::Nurse), ("doctors".to_owned(), Role::Doctor)]);
        assert_eq!(whole.redirect_base, "https://hc.example.org");
        assert!(!format!("{whole:?}").contains("s3cr3t"));
        assert_eq!((whole.second_factor, whole.claim_is_vouched_for), (AtIssuer::Told, false));
        let claim = ("HEALTHCARE_OIDC_ACCOUNT_CLAIM", "preferred_username");
        let assumed = of(&[issuer, id, base, secret, claim, ("HEALTHCARE_OIDC_SECOND_FACTOR", "assumed")]);
        let assumed = assumed.unwrap().unwrap();
        assert_eq!((assumed.second_factor, assumed.claim_is_vouched_for), (AtIssuer::Assumed, true));
        let bad = [
            ("HEALTHCARE_OIDC_SECOND_FACTOR", "yes"),
            ("HEALTHCARE_OIDC_ISSUER", "http://login.example.org"),
            ("HEALTHCARE_OIDC_ISSUER", "https://login.example.org/?tenant=1"),
            ("HEALTHCARE_OIDC_ROLES", "nurses=king"),
        ];
        for wrong in bad {
            assert!(of(&[issuer, id, base, secret, wrong]).is_err(), "{wrong:?}");
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o644)).unwrap();
        let named = ("HEALTHCARE_OIDC_CLIENT_SECRET_FILE", file.path().to_str().unwrap());
        assert!(matches!(of(&[issuer, id, base, named]), Err(SsoSettingsError::Exposed(_))));
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o600)).unwrap();
        assert!(of(&[issuer, id, base, named]).is_ok());
    }
}
