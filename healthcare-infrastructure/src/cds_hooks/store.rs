//! What is kept of CDS Hooks: who may ask, which tokens were used, which cards were given, and what became of them.

use chrono::{DateTime, Duration, Utc};
use healthcare_application::{StoreError, cds_hooks::Issued, order::Direction};
use healthcare_domain::id::{CdsClientId, PatientId};
use healthcare_dss::Severity;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    database::{Database, unavailable},
    views::order,
};

/// How long a card is remembered, so that feedback finds its rule.
const REMEMBERED: Duration = Duration::days(400);

/// The tables of CDS Hooks, as the application's role.
#[derive(Clone)]
pub struct Store(pub Database);

/// What a clinician did with a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    /// The card.
    pub card: Uuid,
    /// Whether a suggestion of it was taken; overridden otherwise.
    pub accepted: bool,
    /// The suggestions that were taken.
    pub suggestions: Vec<Uuid>,
    /// The system and the code of the reason to go on regardless.
    pub reason: Option<(String, String)>,
    /// Whether there was a comment, which is not kept.
    pub commented: bool,
    /// When.
    pub at: DateTime<Utc>,
}

impl Store {
    /// The client of an issuer.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn client_of(&self, issuer: &str) -> Result<Option<CdsClientId>, StoreError> {
        let sql = "select id from cds.client where issuer = $1";
        let row = self.0.get().await?.query_opt(sql, &[&issuer]).await.map_err(unavailable)?;
        Ok(row.map(|row| CdsClientId(row.get(0))))
    }

    /// Which clients there are behind one, by when they were registered.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn clients(
        &self,
        (after, direction): (Option<Uuid>, Direction),
        limit: u16,
    ) -> Result<Vec<CdsClientId>, StoreError> {
        let sql = format!(
            "select id from cds.client where $1::uuid is null or id {behind} $1 order by id {way} limit $2",
            behind = order::behind(direction),
            way = order::way(direction),
        );
        let rows = self.0.get().await?.query(&sql, &[&after, &i64::from(limit)]).await.map_err(unavailable)?;
        Ok(rows.iter().map(|row| CdsClientId(row.get(0))).collect())
    }

    /// Uses a token up. Answers whether this was the first time, on any node.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn use_up(
        &self,
        client: CdsClientId,
        jti: &str,
        until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let digest = Sha256::digest(jti.as_bytes()).to_vec();
        // What has run out is refused by its time; some of it is swept out on the way.
        let sql = "with over as (delete from cds.used_token where (client, digest) in (
                       select client, digest from cds.used_token where expires_at < $4 order by expires_at limit 20))
                   insert into cds.used_token (client, digest, expires_at) values ($1, $2, $3) on conflict do nothing";
        let used = self.0.get().await?.execute(sql, &[&client.0, &digest, &until, &now]).await;
        used.map(|rows| rows == 1).map_err(unavailable)
    }

    /// The patient who carries a number of a registered system.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn patient_of(&self, system: &str, value: &str) -> Result<Option<PatientId>, StoreError> {
        let sql = "select patient_id from access.patient_number where system = $1 and value = $2";
        let row = self.0.get().await?.query_opt(sql, &[&system, &value]).await.map_err(unavailable)?;
        Ok(row.map(|row| PatientId(row.get(0))))
    }

    /// Remembers the cards that are given.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn remember(
        &self,
        service: &str,
        (client, user): (Option<CdsClientId>, Option<&str>),
        cards: &[Issued],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        if cards.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = cards.iter().map(|card| card.card).collect();
        let rules: Vec<&str> = cards.iter().map(|card| card.rule.as_str()).collect();
        let versions: Vec<i32> = cards.iter().map(|card| i32::try_from(card.version).unwrap_or(i32::MAX)).collect();
        let severities: Vec<&str> = cards.iter().map(|card| word(card.severity)).collect();
        // Lists of different lengths are no array of SQL: they go as text.
        let listed = |card: &Issued| {
            let all: Vec<String> = card.suggestions.iter().map(Uuid::to_string).collect();
            format!("{{{}}}", all.join(","))
        };
        let suggestions: Vec<String> = cards.iter().map(listed).collect();
        let oldest = now - REMEMBERED;
        let sql = "with over as (delete from cds.card where id in (
                       select id from cds.card where issued_at < $9 limit 50 for update skip locked))
                   insert into cds.card (id, service, client, rule, version, severity, suggestions, issued_at, reasons, asked_by)
                   select c.id, $1, $2, c.rule, c.version, c.severity, c.suggestions::uuid[], $8, c.reasons::jsonb, $11
                   from unnest($3::uuid[], $4::text[], $5::int[], $6::text[], $7::text[], $10::text[])
                       c(id, rule, version, severity, suggestions, reasons)";
        let reasons: Vec<String> = cards.iter().map(|card| json!(card.reasons).to_string()).collect();
        let client = client.map(|client| client.0);
        // Who that is, only the client knows: it tells one user from another.
        let asked_by = user.map(|user| Uuid::new_v5(&client.unwrap_or_default(), user.as_bytes()));
        let values: &[&(dyn tokio_postgres::types::ToSql + Sync)] = &[
            &service,
            &client,
            &ids,
            &rules,
            &versions,
            &severities,
            &suggestions,
            &now,
            &oldest,
            &reasons,
            &asked_by,
        ];
        self.0.get().await?.execute(sql, values).await.map(|_| ()).map_err(unavailable)
    }

    /// Takes feedback in, all of it or nothing. The same again changes nothing; of two answers to a card the later counts.
    /// Answers the first that names no card which this service gave this client, or a suggestion that was not on it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn feedback(
        &self,
        service: &str,
        client: Option<CdsClientId>,
        all: &[Feedback],
        now: DateTime<Utc>,
    ) -> Result<Option<Unknown>, StoreError> {
        let mut connection = self.0.get().await?;
        let tx = connection.transaction().await.map_err(unavailable)?;
        let client = client.map(|client| client.0);
        let known = "select rule, version, suggestions from cds.card
                     where id = $1 and service = $2 and client is not distinct from $3";
        let known = tx.prepare_cached(known).await.map_err(unavailable)?;
        let keep = tx
            .prepare_cached(
                "insert into cds.feedback as f (card, service, client, rule, version, outcome, accepted, reason_system,
                     reason_code, commented, outcome_at, received_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                 on conflict (card) do update set outcome = excluded.outcome, accepted = excluded.accepted,
                     reason_system = excluded.reason_system, reason_code = excluded.reason_code,
                     commented = excluded.commented, outcome_at = excluded.outcome_at, received_at = excluded.received_at
                 where excluded.outcome_at > f.outcome_at",
            )
            .await
            .map_err(unavailable)?;
        for (nth, one) in all.iter().enumerate() {
            let Some(card) = tx.query_opt(&known, &[&one.card, &service, &client]).await.map_err(unavailable)? else {
                return Ok(Some(Unknown::Card(nth)));
            };
            let (rule, version, suggestions): (String, i32, Vec<Uuid>) = (card.get(0), card.get(1), card.get(2));
            if let Some(other) = one.suggestions.iter().position(|taken| !suggestions.contains(taken)) {
                return Ok(Some(Unknown::Suggestion(nth, other)));
            }
            let outcome = if one.accepted { "accepted" } else { "overridden" };
            let (system, code) = one.reason.clone().unzip();
            tx.execute(
                &keep,
                &[
                    &one.card,
                    &service,
                    &client,
                    &rule,
                    &version,
                    &outcome,
                    &one.suggestions,
                    &system,
                    &code,
                    &one.commented,
                    &one.at,
                    &now,
                ],
            )
            .await
            .map_err(unavailable)?;
        }
        tx.commit().await.map_err(unavailable)?;
        Ok(None)
    }
}

/// What feedback names that was never given; the place in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// A card.
    Card(usize),
    /// A suggestion of a card: which card, and which of its suggestions.
    Suggestion(usize, usize),
}

const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}
