//! `import.source_identity`: what was imported under which key.

use std::collections::HashMap;

use deadpool_postgres::Object;
use healthcare_application::StoreError;
use healthcare_domain::{StreamType, id::PatientId};
use uuid::Uuid;

use super::key::Key;
use crate::{database::unavailable, projection::Statement};

/// What a key stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The stream it became, or will become.
    pub stream: Uuid,
    /// Its kind.
    pub kind: StreamType,
    /// Whose it is.
    pub patient: Option<PatientId>,
    /// The content as it was last taken in; none for what is only referred to, and for second names.
    pub digest: Option<Key>,
    /// Two streams claim this second name.
    pub shared: bool,
    /// It was tied to a patient who is registered here: what stands here of them is not the import's to change.
    pub ours: bool,
}

/// Looks keys up.
///
/// # Errors
/// When the database cannot be reached.
pub async fn find(client: &Object, keys: &[Key]) -> Result<HashMap<Key, Identity>, StoreError> {
    let keys: Vec<&[u8]> = keys.iter().map(|key| &key[..]).collect();
    // One index lookup a key. `key = any($1)` is planned as a scan of the whole table while that is young and has no
    // statistics, and a first import is long.
    let select = client
        .prepare_cached(
            "select i.key, i.stream_id, i.stream_type, i.patient_id, i.digest, i.shared, i.ours
             from unnest($1::bytea[]) k(key)
             cross join lateral (select * from import.source_identity where key = k.key limit 1) i",
        )
        .await
        .map_err(unavailable)?;
    let mut found = HashMap::new();
    for row in client.query(&select, &[&keys]).await.map_err(unavailable)? {
        let kind: StreamType = row.get::<_, &str>(2).parse().map_err(|e| StoreError::Damaged(Box::new(e)))?;
        let identity = Identity {
            stream: row.get(1),
            kind,
            patient: row.get::<_, Option<Uuid>>(3).map(PatientId),
            digest: row.get::<_, Option<&[u8]>>(4).and_then(|d| d.try_into().ok()),
            shared: row.get(5),
            ours: row.get(6),
        };
        if let Ok(key) = row.get::<_, &[u8]>(0).try_into() {
            found.insert(key, identity);
        }
    }
    Ok(found)
}

/// What is to be noted of keys.
#[derive(Debug, Default)]
pub struct Notes {
    keys: Vec<Vec<u8>>,
    streams: Vec<Uuid>,
    kinds: Vec<&'static str>,
    patients: Vec<Option<Uuid>>,
    digests: Vec<Option<Vec<u8>>>,
    shared: Vec<bool>,
    ours: Vec<bool>,
}

impl Notes {
    /// Notes one key.
    pub fn add(&mut self, key: &Key, identity: &Identity) {
        self.keys.push(key.to_vec());
        self.streams.push(identity.stream);
        self.kinds.push(identity.kind.as_str());
        self.patients.push(identity.patient.map(|p| p.0));
        self.digests.push(identity.digest.map(|d| d.to_vec()));
        self.shared.push(identity.shared);
        self.ours.push(identity.ours);
    }

    /// How many keys are noted.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// First names: each is new, or still the same stream's. Fewer rows than keys means that somebody else took one.
    pub fn into_names(self) -> Statement {
        self.bind(
            "insert into import.source_identity as i (key, stream_id, stream_type, patient_id, digest, shared, ours)
             select * from unnest($1::bytea[], $2::uuid[], $3::text[], $4::uuid[], $5::bytea[], $6::bool[], $7::bool[])
             on conflict (key) do update set digest = coalesce(excluded.digest, i.digest), seen_at = clock_timestamp()
             where i.stream_id = excluded.stream_id",
        )
    }

    /// Second names: whoever comes second with one makes it useless for both.
    pub fn into_second_names(self) -> Statement {
        self.bind(
            "insert into import.source_identity as i (key, stream_id, stream_type, patient_id, digest, shared, ours)
             select * from unnest($1::bytea[], $2::uuid[], $3::text[], $4::uuid[], $5::bytea[], $6::bool[], $7::bool[])
             on conflict (key) do update set shared = true
             where not i.shared and (excluded.shared or i.stream_id <> excluded.stream_id)",
        )
    }

    /// Names that move from a stream that was kept whole, or only referred to, to another.
    pub fn into_moved_names(self) -> Statement {
        self.bind(
            "update import.source_identity i set stream_id = n.stream_id, stream_type = n.stream_type,
                 patient_id = n.patient_id, digest = n.digest, ours = n.ours, seen_at = clock_timestamp()
             from unnest($1::bytea[], $2::uuid[], $3::text[], $4::uuid[], $5::bytea[], $6::bool[], $7::bool[])
                  n(key, stream_id, stream_type, patient_id, digest, shared, ours) where i.key = n.key",
        )
    }

    fn bind(self, sql: &'static str) -> Statement {
        Statement::new(sql)
            .bind(self.keys)
            .bind(self.streams)
            .bind(self.kinds)
            .bind(self.patients)
            .bind(self.digests)
            .bind(self.shared)
            .bind(self.ours)
    }
}
