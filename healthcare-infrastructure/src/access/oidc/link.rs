//! Who a subject of the issuer is here.

use healthcare_application::{Permission, Role};
use healthcare_domain::id::AccountId;
use serde_json::Value;
use uuid::Uuid;

use super::{OidcSettings, SingleSignOn, SsoError, id_token::Claims};
use crate::{
    access::Account,
    database::{sqlstate, unavailable},
};

/// A person of the issuer's, here.
pub(super) struct Person {
    pub(super) account: Account,
    /// Whether they have come before.
    pub(super) linked: bool,
}

impl SingleSignOn {
    /// The account of a person: the one they were linked to at their first sign-in, or the one that a claim names now.
    /// It must be enabled, and its role one that the issuer grants them. Nothing is linked yet.
    pub(super) async fn account_of(&self, claims: &Claims) -> Result<Person, SsoError> {
        let linked = self.linked(&claims.sub).await?;
        let account = match linked {
            Some(id) => self.access.account(id).await?,
            None => match named(&self.settings, claims) {
                Some(name) => match self.access.find(name, None).await? {
                    Some(found) if !opens_by_name(&self.settings, found.account.role, found.hash.is_some()) => {
                        return Err(SsoError::NoAccount(
                            "its name alone opens no account that is used or keeps accounts",
                        ));
                    }
                    found => found.map(|found| found.account),
                },
                None => return Err(SsoError::NoAccount("no claim names an account")),
            },
        };
        let account = account.ok_or(SsoError::NoAccount("there is no such account"))?;
        if !account.enabled {
            return Err(SsoError::NoAccount("the account is disabled"));
        }
        if !grants(&self.settings, claims, account.role) {
            return Err(SsoError::NoAccount("the issuer does not grant the account's role"));
        }
        Ok(Person { account, linked: linked.is_some() })
    }

    async fn linked(&self, subject: &str) -> Result<Option<AccountId>, SsoError> {
        let sql = "select account_id from auth.oidc_link where issuer = $1 and subject = $2";
        let row = self.db.get().await?.query_opt(sql, &[&self.settings.issuer, &subject]).await.map_err(unavailable)?;
        Ok(row.map(|row| AccountId(row.get::<_, Uuid>(0))))
    }

    /// Remembers who a subject is. A name that was given to somebody else since opens nothing of the first one's.
    pub(super) async fn link(&self, subject: &str, account: AccountId) -> Result<(), SsoError> {
        let sql = "insert into auth.oidc_link (issuer, subject, account_id) values ($1, $2, $3)";
        match self.db.get().await?.execute(sql, &[&self.settings.issuer, &subject, &account.0]).await {
            Ok(_) => Ok(()),
            Err(e) if sqlstate(&e) == Some("23505") => Err(SsoError::NoAccount("the account is another person's")),
            Err(e) => Err(unavailable(e).into()),
        }
    }
}

/// The account that a claim names.
fn named<'a>(settings: &OidcSettings, claims: &'a Claims) -> Option<&'a str> {
    let verified = || claims.more.get("email_verified") == Some(&Value::Bool(true));
    let name = claims.more.get(&settings.account_claim)?.as_str()?;
    (!name.is_empty() && (settings.account_claim != "email" || verified())).then_some(name)
}

/// Whether a name is enough for the first sign-in to an account. At many issuers people choose what they are called: then
/// whoever takes the name of somebody here would take their account, without its password and second factor. So the name
/// opens what nobody has activated, and never who keeps accounts, unless the house vouches for the claim.
fn opens_by_name(settings: &OidcSettings, role: Role, activated: bool) -> bool {
    settings.claim_is_vouched_for || !(activated || role.may(Permission::ManageAccounts))
}

/// Whether the issuer grants a role: one of the claim's values maps to it, or nothing is mapped at all.
fn grants(settings: &OidcSettings, claims: &Claims, role: Role) -> bool {
    if settings.roles.is_empty() {
        return true;
    }
    let values: Vec<&str> = match claims.more.get(&settings.roles_claim) {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    };
    settings.roles.iter().any(|(value, grants)| *grants == role && values.contains(&value.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SECURITY 13: whoever takes a name at the issuer takes no account by it.
    #[test]
    fn a_name_opens_what_nobody_has_activated() {
        let settings =
            OidcSettings::new("https://a.example", "hc", "s".to_owned().into(), "https://b.example").unwrap();
        assert!(opens_by_name(&settings, Role::Nurse, false));
        assert!(!opens_by_name(&settings, Role::Nurse, true), "somebody has a password for it");
        assert!(!opens_by_name(&settings, Role::Admin, false), "it keeps accounts");
        let vouched = OidcSettings { claim_is_vouched_for: true, ..settings };
        assert!(opens_by_name(&vouched, Role::Nurse, true) && opens_by_name(&vouched, Role::Admin, true));
    }
}
