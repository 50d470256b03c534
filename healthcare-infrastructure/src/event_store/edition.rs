//! Keeping the words of rules and knowledge that judged, once each, before the first judgement by them is stored.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use healthcare_application::{StoreError, store::Commit};
use healthcare_dss::{Edition, RuleText};

use crate::database::{Database, unavailable};

/// The editions that this process knows to be kept. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Editions(Arc<Mutex<HashSet<String>>>);

impl Editions {
    /// Makes sure that what the commits judged by is kept.
    pub async fn keep(&self, db: &Database, commits: &[Commit]) -> Result<(), StoreError> {
        for edition in commits.iter().flat_map(|commit| &commit.evaluations).filter_map(|one| one.edition.as_ref()) {
            let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if !known().contains(&edition.sha256) {
                write(db, edition).await?;
                known().insert(edition.sha256.clone());
            }
        }
        Ok(())
    }
}

/// Writes an edition down. Whoever else does so at the same time writes the same.
async fn write(db: &Database, edition: &Edition) -> Result<(), StoreError> {
    let Edition { sha256, rules, knowledge_sha256, knowledge } = edition;
    let column = |of: fn(&RuleText) -> &str| rules.iter().map(of).collect::<Vec<&str>>();
    let hashes = column(|rule| &rule.sha256);
    let versions: Vec<i32> = rules.iter().map(|rule| i32::try_from(rule.version).unwrap_or(i32::MAX)).collect();
    let client = db.get().await?;
    let keep_rules = "insert into decision.rule_version (sha256, rule_id, version, document)
        select * from unnest($1::text[], $2::text[], $3::int[], $4::text[]) on conflict do nothing";
    let keep_knowledge =
        "insert into decision.knowledge_version (sha256, files) values ($1, $2) on conflict do nothing";
    let keep_edition = "insert into decision.edition (sha256, knowledge_sha256, rules, program)
        values ($1, $2, $3, $4) on conflict do nothing";
    // Each is complete before what names it is written.
    client
        .execute(keep_rules, &[&hashes, &column(|rule| &rule.id), &versions, &column(|rule| &rule.document)])
        .await
        .map_err(unavailable)?;
    client.execute(keep_knowledge, &[knowledge_sha256, &&**knowledge]).await.map_err(unavailable)?;
    client
        .execute(keep_edition, &[sha256, knowledge_sha256, &hashes, &env!("CARGO_PKG_VERSION")])
        .await
        .map_err(unavailable)?;
    Ok(())
}

/// An edition by its name.
pub(super) async fn one(db: &Database, sha256: &str) -> Result<Option<Edition>, StoreError> {
    let client = db.get().await?;
    let found = "select e.knowledge_sha256, k.files from decision.edition e
        join decision.knowledge_version k on k.sha256 = e.knowledge_sha256 where e.sha256 = $1";
    let Some(row) = client.query_opt(found, &[&sha256]).await.map_err(unavailable)? else { return Ok(None) };
    let rules = "select v.rule_id, v.version, v.sha256, v.document
        from decision.edition e, unnest(e.rules) with ordinality r(sha256, n)
        join decision.rule_version v on v.sha256 = r.sha256 where e.sha256 = $1 order by r.n";
    let rules = client.query(rules, &[&sha256]).await.map_err(unavailable)?;
    let rule = |row: &tokio_postgres::Row| RuleText {
        id: row.get(0),
        version: u32::try_from(row.get::<_, i32>(1)).unwrap_or(0),
        sha256: row.get(2),
        document: row.get(3),
    };
    Ok(Some(Edition {
        sha256: sha256.to_owned(),
        rules: rules.iter().map(rule).collect(),
        knowledge_sha256: row.get(0),
        knowledge: row.get::<_, &str>(1).into(),
    }))
}

/// A version of a rule, as it was last used.
pub(super) async fn rule_version(db: &Database, id: &str, version: u32) -> Result<Option<String>, StoreError> {
    let Ok(version) = i32::try_from(version) else { return Ok(None) };
    let client = db.get().await?;
    let found = "select document from decision.rule_version where rule_id = $1 and version = $2
        order by first_used_at desc, sha256 limit 1";
    Ok(client.query_opt(found, &[&id, &version]).await.map_err(unavailable)?.map(|row| row.get(0)))
}

/// Every version of a rule that has judged.
pub(super) async fn rule_versions(db: &Database, id: &str) -> Result<Vec<(u32, String)>, StoreError> {
    let client = db.get().await?;
    let found = "select version, document from decision.rule_version where rule_id = $1 order by version, sha256";
    let rows = client.query(found, &[&id]).await.map_err(unavailable)?;
    Ok(rows.iter().map(|row| (u32::try_from(row.get::<_, i32>(0)).unwrap_or(0), row.get(1))).collect())
}
