//! Which issuer, and what its claims mean here.

use healthcare_application::Role;
use reqwest::Url;
use secrecy::SecretString;

/// How people sign in through an issuer.
#[derive(Debug, Clone)]
pub struct OidcSettings {
    /// `HEALTHCARE_OIDC_ISSUER`: exactly as the issuer calls itself.
    pub issuer: String,
    /// `HEALTHCARE_OIDC_CLIENT_ID`: what this server is called there.
    pub client_id: String,
    /// `HEALTHCARE_OIDC_CLIENT_SECRET`, or the content of `HEALTHCARE_OIDC_CLIENT_SECRET_FILE`.
    pub client_secret: SecretString,
    /// `HEALTHCARE_OIDC_REDIRECT_BASE`: this server as browsers reach it, without a slash at the end.
    pub redirect_base: String,
    /// `HEALTHCARE_OIDC_ORIGINS`: further origins that the issuer's endpoints are on; its own is always one.
    pub origins: Vec<String>,
    /// `HEALTHCARE_OIDC_ACCOUNT_CLAIM`: the claim that names the account at the first sign-in; `preferred_username` by
    /// default. `email` counts only when the issuer has verified it.
    pub account_claim: String,
    /// Whether the house has named that claim itself: then it vouches that nobody writes it but the issuer, and the claim
    /// may name whose account is used already.
    pub claim_is_vouched_for: bool,
    /// `HEALTHCARE_OIDC_ROLES_CLAIM`: the claim whose values `roles` maps.
    pub roles_claim: String,
    /// `HEALTHCARE_OIDC_ROLES`: `value=role`, separated by commas. When there are any, a person comes in only while a
    /// value maps to the role of their account.
    pub roles: Vec<(String, Role)>,
    /// `HEALTHCARE_OIDC_STRONG`: values of `amr` or `acr` that stand for a second factor.
    pub strong: Vec<String>,
    /// `HEALTHCARE_OIDC_SECOND_FACTOR`: what is asked where a role needs a second factor.
    pub second_factor: AtIssuer,
}

/// Who makes sure of the second factor of somebody who signs in through the issuer, where their role needs one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AtIssuer {
    /// The issuer tells of it with each sign-in (`told`); who it tells nothing of gets no session.
    #[default]
    Told,
    /// The issuer is taken to ask for one without telling (`assumed`). The session still counts as one without: it breaks
    /// no glass, overrides nothing and changes no role.
    Assumed,
}

/// A setting of single sign-on that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OidcSettingsError {
    /// It is no URL, or not one that may be used.
    #[error("{0} must be an https URL without query or fragment (http only on the loopback interface)")]
    Url(&'static str),
    /// The origin of an endpoint is none.
    #[error("HEALTHCARE_OIDC_ORIGINS: {0:?} is no origin such as https://login.example.org")]
    Origin(String),
    /// There can be no HTTP client.
    #[error("single sign-on has no HTTP client")]
    Client(#[from] reqwest::Error),
}

impl OidcSettings {
    /// An issuer with the usual meaning of its claims.
    ///
    /// # Errors
    /// When the issuer or this server is named by something that is no URL.
    pub fn new(
        issuer: &str,
        client_id: &str,
        client_secret: SecretString,
        redirect_base: &str,
    ) -> Result<Self, OidcSettingsError> {
        checked(issuer, "HEALTHCARE_OIDC_ISSUER")?;
        checked(redirect_base, "HEALTHCARE_OIDC_REDIRECT_BASE")?;
        Ok(Self {
            issuer: issuer.to_owned(),
            client_id: client_id.to_owned(),
            client_secret,
            redirect_base: redirect_base.trim_end_matches('/').to_owned(),
            origins: vec![],
            account_claim: "preferred_username".into(),
            claim_is_vouched_for: false,
            roles_claim: "groups".into(),
            roles: vec![],
            strong: ["mfa", "otp", "hwk", "swk", "fpt", "face", "sc"].map(str::to_owned).into(),
            second_factor: AtIssuer::Told,
        })
    }
}

/// A URL that people and tokens may be sent to.
pub(super) fn checked(text: &str, name: &'static str) -> Result<Url, OidcSettingsError> {
    let url = Url::parse(text).map_err(|_| OidcSettingsError::Url(name))?;
    if is_safe(&url) && url.query().is_none() && url.fragment().is_none() {
        Ok(url)
    } else {
        Err(OidcSettingsError::Url(name))
    }
}

/// TLS, or the loopback interface.
pub(super) fn is_safe(url: &Url) -> bool {
    let loopback = || matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    let plain = url.username().is_empty() && url.password().is_none();
    plain && (url.scheme() == "https" || (url.scheme() == "http" && loopback()))
}
