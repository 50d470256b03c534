//! From a program's credentials to an access token.

use std::collections::BTreeSet;

use healthcare_application::{Actor, Call, Permission, Role, StoreError};
use healthcare_domain::{
    id::{AccountId, ServiceAccountId},
    service_account::{Details, ServiceAccount},
};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::ServiceAccounts;
use crate::database::unavailable;

/// How a program shows that it is itself.
#[derive(Debug, Clone)]
pub enum Proof {
    /// A secret it was given.
    Secret(SecretString),
    /// The client certificate of its connection, SHA-256 in hexadecimal.
    Certificate(String),
}

/// What a program asks for.
#[derive(Debug, Clone)]
pub struct TokenRequest {
    /// Which service account it is.
    pub client: ServiceAccountId,
    /// How it shows that.
    pub proof: Proof,
    /// The scopes it wants, separated by blanks; all it may if absent.
    pub scope: Option<String>,
}

/// A token for a program. There is no refresh token: it asks again.
pub struct ServiceToken {
    /// For the `Authorization: Bearer` header.
    pub access_token: String,
    /// Seconds until it expires.
    pub expires_in: i64,
    /// What it may with it.
    pub scopes: BTreeSet<Permission>,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// The program is unknown or disabled, or its proof is not valid: one and the same to who asks.
    #[error("the client is not known by this proof")]
    Refused {
        /// The program, where there is one of that identity; for the trail alone.
        tried: Option<ServiceAccountId>,
    },
    /// A scope that it does not have.
    #[error("a scope was asked for that the client does not have")]
    Scope,
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ServiceAccounts {
    /// Gives a token.
    ///
    /// # Errors
    /// When the program is not known by its proof, asks for more than it may, or the database cannot be reached.
    pub async fn grant(&self, request: TokenRequest) -> Result<ServiceToken, GrantError> {
        let now = self.app.clock.now();
        let TokenRequest { client, proof, scope } = request;
        let found = match &proof {
            Proof::Secret(secret) => self.find_secret(secret.expose_secret()).await?,
            Proof::Certificate(_) => None,
        };
        // Who asks is not known yet: the system looks, on its own.
        let looks = Call::system(self.app.clock.new_id());
        let permit = self.app.authorise(&looks, Permission::ManageAccounts, None).await.map_err(unavailable)?;
        let loaded = self.app.load::<ServiceAccount>(client).await?.open(&permit).await?;
        let refused = || GrantError::Refused { tried: (loaded.version > 0).then_some(client) };
        let account = loaded.state.active().ok_or_else(refused)?;
        let (secret, credential): (Option<Uuid>, Option<Uuid>) = match (&proof, found) {
            (Proof::Secret(_), Some((secret, owner))) if owner == client && account.takes_secret(secret, now) => {
                (Some(secret), Some(secret))
            }
            (Proof::Certificate(shown), _) if account.takes_certificate(shown) => (None, account.binding),
            _ => return Err(refused()),
        };
        let role: Role = account.role.parse().map_err(|_| refused())?;
        let scopes = bounds(account, role, scope.as_deref())?;
        let actor = Actor {
            device: account.device,
            credential,
            scopes: Some(scopes.iter().copied().collect()),
            ..Actor::of(AccountId(client.0), role)
        };
        let (access_token, expires_in) = self.access.sign_for_program(&actor).map_err(unavailable)?;
        if let Some(secret) = secret {
            self.note_use(secret, now).await?;
        }
        Ok(ServiceToken { access_token, expires_in, scopes })
    }
}

/// What a program may: what it asked for, within its scopes, within its role as the role is today.
fn bounds(account: &Details, role: Role, asked: Option<&str>) -> Result<BTreeSet<Permission>, GrantError> {
    let own = account.scopes.iter().filter_map(|name| name.parse::<Permission>().ok());
    let own: BTreeSet<_> = own.filter(|scope| role.may(*scope) && scope.is_for_programs()).collect();
    let Some(asked) = asked.filter(|asked| !asked.trim().is_empty()) else { return Ok(own) };
    let asked = asked.split_ascii_whitespace().map(str::parse::<Permission>);
    let asked: BTreeSet<_> = asked.collect::<Result<_, _>>().map_err(|_| GrantError::Scope)?;
    if asked.is_subset(&own) { Ok(asked) } else { Err(GrantError::Scope) }
}
