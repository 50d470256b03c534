//! What this house wrote itself and meets again: its own exports coming home, and its patients by their numbers. What
//! stands here under its own identity is the record; an import neither doubles nor changes it (ADR 10).

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use deadpool_postgres::Object;
use healthcare_application::StoreError;
use healthcare_domain::{StreamType, id::PatientId};
use uuid::Uuid;

use super::Planning;
use crate::{
    database::unavailable,
    fhir::{
        reference::Target,
        write::{goal_id, member_ids},
    },
    import::{
        identity::Identity,
        key::Key,
        piece::{Name, Piece},
    },
};

/// How many goals of a plan are looked for: no plan of ours has more.
const GOALS: u16 = 200;

impl Planning<'_> {
    /// Notes which of the names in a batch are those of streams of this house.
    pub(super) async fn meet_own(&mut self, client: &Object, pieces: &[&Piece]) -> Result<(), StoreError> {
        let mut named: Vec<(Uuid, Key)> = vec![];
        let mut parts = Parts::default();
        for piece in pieces {
            if let (Some(id), Some(key)) = (identity_of(&piece.name), self.keyring.strong(&piece.name)) {
                named.push((parts.whole(piece, id), key));
            }
            for reference in &piece.mentioned {
                let Some(target) = Target::of(reference) else { continue };
                let keys = self.candidates(piece, reference, None);
                named.extend(pointed_at(&target).into_iter().flat_map(|id| keys.iter().map(move |key| (id, *key))));
            }
        }
        named.retain(|(id, key)| matches!(id.get_version_num(), 5 | 7) && !self.found.contains_key(key));
        let ids: HashSet<Uuid> = named.iter().map(|(id, _)| *id).collect();
        let streams = streams(client, ids.into_iter().collect()).await?;
        for (id, key) in named {
            if let Some(identity) = streams.get(&id) {
                self.found.insert(key, *identity);
                self.own.insert(id);
            }
        }
        self.meet_by_number(client, pieces).await
    }

    /// Patients of this house by the numbers that new ones carry. Whether it is the same person is looked at later.
    async fn meet_by_number(&mut self, client: &Object, pieces: &[&Piece]) -> Result<(), StoreError> {
        let mut numbers: Vec<(Key, String, String)> = vec![];
        for piece in pieces.iter().filter(|piece| piece.name.person.is_some()) {
            if self.found.contains_key(&self.keyring.of(&piece.name, None)) {
                continue;
            }
            let keys = self.keyring.aliases(&piece.name);
            let new = keys.into_iter().zip(&piece.name.identifiers).filter(|(key, _)| !self.found.contains_key(key));
            numbers.extend(new.map(|(key, (system, value))| (key, system.clone(), value.clone())));
        }
        if numbers.is_empty() {
            return Ok(());
        }
        let (systems, values): (Vec<&str>, Vec<&str>) =
            numbers.iter().map(|(_, system, value)| (system.as_str(), value.as_str())).unzip();
        let sql = "select i.system, i.value, i.patient_id from unnest($1::text[], $2::text[]) n(system, value)
            cross join lateral (select * from read.patient_identifier i where i.value = n.value and i.system = n.system
                                limit 2) i
            join read.patient p on p.id = i.patient_id and p.status <> 'entered-in-error'";
        let statement = client.prepare_cached(sql).await.map_err(unavailable)?;
        let mut carried: HashMap<(String, String), HashSet<Uuid>> = HashMap::new();
        for row in client.query(&statement, &[&systems, &values]).await.map_err(unavailable)? {
            carried.entry((row.get(0), row.get(1))).or_default().insert(row.get(2));
        }
        for (key, system, value) in numbers {
            let Some(patients) = carried.get(&(system, value)) else { continue };
            let Some(stream) = patients.iter().next().copied() else { continue };
            let (patient, shared) = (Some(PatientId(stream)), patients.len() > 1);
            self.found.insert(key, Identity { stream, kind: StreamType::Patient, patient, digest: None, shared });
            self.own.insert(stream);
        }
        Ok(())
    }
}

/// The UUID a resource goes by.
fn identity_of(name: &Name) -> Option<Uuid> {
    let by_id = name.id.as_deref().and_then(|id| id.parse().ok());
    by_id.or(match &name.full_url {
        Some(Target::Uuid(id)) => Some(*id),
        _ => None,
    })
}

/// The UUID a reference points at.
fn pointed_at(target: &Target) -> Option<Uuid> {
    match target {
        Target::Uuid(id) => Some(*id),
        Target::Relative { id, .. } | Target::Absolute { id, .. } => id.parse().ok(),
        Target::Urn(_) | Target::Contained(_) | Target::Identified { .. } => None,
    }
}

/// Resources that are a part of another one's stream: the members of a set of vital signs, the goals of a plan. Their
/// identities follow from that of the whole, which stands in the same Bundle.
#[derive(Default)]
struct Parts {
    /// By Bundle, the whole by its part.
    known: HashMap<usize, HashMap<Uuid, Uuid>>,
}

impl Parts {
    /// The stream that a resource may be of: that of which it is a part, or its own.
    fn whole(&mut self, piece: &Piece, id: Uuid) -> Uuid {
        if id.get_version_num() != 5 {
            return id;
        }
        let bundle = Arc::as_ptr(&piece.scope) as usize;
        let names = || parts_of(piece.scope.names.values().map(|name| &**name));
        self.known.entry(bundle).or_insert_with(names).get(&id).copied().unwrap_or(id)
    }
}

fn parts_of<'a>(names: impl Iterator<Item = &'a Name>) -> HashMap<Uuid, Uuid> {
    let mut parts = HashMap::new();
    for name in names {
        let Some(id) = identity_of(name).filter(|id| id.get_version_num() == 7) else { continue };
        match name.resource.as_str() {
            "Observation" => parts.extend(member_ids(id).map(|member| (member, id))),
            "CarePlan" => parts.extend((0..GOALS).map(|number| (goal_id(id, number), id))),
            _ => {}
        }
    }
    parts
}

/// Which of these are streams, and whose they are now.
async fn streams(client: &Object, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Identity>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    // A lookup a stream, whatever the statistics say.
    let sql = "select e.stream_id, e.stream_type,
            coalesce((select r.patient_id from es.reassigned r where r.stream_id = n.id), es.survivor_of(e.patient_id))
        from unnest($1::uuid[]) n(id) cross join lateral (select * from es.event where stream_id = n.id and version = 1 limit 1) e";
    let statement = client.prepare_cached(sql).await.map_err(unavailable)?;
    let mut found = HashMap::new();
    for row in client.query(&statement, &[&ids]).await.map_err(unavailable)? {
        let kind: StreamType = row.get::<_, &str>(1).parse().map_err(|e| StoreError::Damaged(Box::new(e)))?;
        let (stream, patient) = (row.get(0), row.get::<_, Option<Uuid>>(2).map(PatientId));
        found.insert(stream, Identity { stream, kind, patient, digest: None, shared: false });
    }
    Ok(found)
}
