//! What a change of a client of CDS Hooks sets in motion: it is found by its issuer, or no longer.

use healthcare_application::store::Change;
use healthcare_domain::cds_client::CdsClient;

use crate::projection::Statement;

/// The statements of a change. Two clients of one issuer could not be told apart: the key of the table refuses them.
pub fn effects(change: &Change, state: &CdsClient) -> Option<Statement> {
    Some(match state {
        CdsClient::Unregistered => return None,
        CdsClient::Registered(registration) => Statement::new(
            "insert into cds.client (id, issuer) values ($1, $2) on conflict (id) do update set issuer = excluded.issuer",
        )
        .bind(change.id)
        .bind(registration.issuer.clone()),
        CdsClient::Removed => Statement::new("delete from cds.client where id = $1").bind(change.id),
    })
}
