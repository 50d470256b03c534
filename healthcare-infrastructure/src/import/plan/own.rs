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
        let mut named: Vec<(Uuid, Key, Option<String>)> = vec![];
        let mut parts = Parts::default();
        // A UUID says nothing of a type. Where the resource comes along, it does.
        let brought: HashMap<Key, &str> =
            pieces.iter().filter_map(|p| Some((self.keyring.strong(&p.name)?, p.name.resource.as_str()))).collect();
        for piece in pieces {
            if let (Some(id), Some(key)) = (identity_of(&piece.name), self.keyring.strong(&piece.name)) {
                named.push((parts.whole(piece, id), key, Some(piece.name.resource.clone())));
            }
            for reference in &piece.mentioned {
                let Some(target) = Target::of(reference) else { continue };
                if !self.speaks_of_ours(piece, &target) {
                    continue;
                }
                let Some(id) = pointed_at(&target) else { continue };
                let neighbour = piece.scope.names.get(&target).map(|name| name.resource.clone());
                let said = typed(&target).or(neighbour).or_else(|| reference.target.clone());
                let keys = self.candidates(piece, reference, None).into_iter();
                named.extend(keys.map(|key| (id, key, brought.get(&key).map(|&of| of.to_owned()).or(said.clone()))));
            }
        }
        named.retain(|(id, key, _)| matches!(id.get_version_num(), 5 | 7) && !self.found.contains_key(key));
        let ids: HashSet<Uuid> = named.iter().map(|(id, ..)| *id).collect();
        let streams = streams(client, ids.into_iter().collect()).await?;
        for (id, key, resource) in named {
            if let Some(identity) = streams.get(&id).filter(|of| resource.is_none_or(|name| fits(&name, of.kind))) {
                self.found.insert(key, *identity);
                self.own.insert(id);
            }
        }
        self.meet_by_number(client, pieces).await
    }

    /// Whether a reference may mean what is ours by our name for it alone. Where the import names another source that is its
    /// word, and it brings the resource along, which says who it is; else nothing but a UUID would tie the two.
    fn speaks_of_ours(&self, piece: &Piece, target: &Target) -> bool {
        let placed = match target {
            Target::Relative { resource, id } => self.run.placed(resource, id).is_some(),
            _ => false,
        };
        self.context.source.is_none() || placed || piece.scope.names.contains_key(target)
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
        // Registrations that were merged are one patient, whichever of them carries the number.
        let sql =
            "select i.system, i.value, es.survivor_of(i.patient_id), array_agg(i.patient_id order by i.patient_id)
            from unnest($1::text[], $2::text[]) n(system, value)
            cross join lateral (select * from read.patient_identifier i where i.value = n.value and i.system = n.system
                                limit 100) i
            join read.patient p on p.id = i.patient_id and p.status <> 'entered-in-error'
            group by 1, 2, 3";
        let statement = client.prepare_cached(sql).await.map_err(unavailable)?;
        let mut carried: HashMap<(String, String), Vec<Carrier>> = HashMap::new();
        for row in client.query(&statement, &[&systems, &values]).await.map_err(unavailable)? {
            carried.entry((row.get(0), row.get(1))).or_default().push((row.get(2), row.get(3)));
        }
        for (key, system, value) in numbers {
            let Some(patients) = carried.get(&(system, value)) else { continue };
            let Some((stream, registrations)) = patients.first() else { continue };
            let (stream, shared) = (*stream, patients.len() > 1);
            let patient = Some(PatientId(stream));
            let kind = StreamType::Patient;
            self.found.insert(key, Identity { stream, kind, patient, digest: None, shared, ours: true });
            self.own.insert(stream);
            self.carriers.entry(stream).or_default().extend(registrations.iter().copied().filter(|id| *id != stream));
        }
        Ok(())
    }
}

/// A patient who carries a number, and the registrations of theirs that it stands in.
type Carrier = (Uuid, Vec<Uuid>);

/// The UUID a resource goes by.
fn identity_of(name: &Name) -> Option<Uuid> {
    let by_id = name.id.as_deref().and_then(|id| id.parse().ok());
    by_id.or(match &name.full_url {
        Some(Target::Uuid(id)) => Some(*id),
        _ => None,
    })
}

/// The type of resource a reference names.
fn typed(target: &Target) -> Option<String> {
    match target {
        Target::Relative { resource, .. } | Target::Absolute { resource, .. } => Some(resource.clone()),
        Target::Uuid(_) | Target::Urn(_) | Target::Contained(_) | Target::Identified { .. } => None,
    }
}

/// Whether a stream of a kind is written as such a resource: another one under the same name is none of ours.
fn fits(resource: &str, kind: StreamType) -> bool {
    match kind {
        StreamType::Patient => resource == "Patient",
        StreamType::Encounter => resource == "Encounter",
        StreamType::Appointment | StreamType::WaitlistEntry => resource == "Appointment",
        StreamType::Problem => resource == "Condition",
        StreamType::Allergy => resource == "AllergyIntolerance",
        StreamType::MedicationOrder => matches!(resource, "MedicationRequest" | "MedicationStatement"),
        StreamType::Vitals | StreamType::Observation => resource == "Observation",
        StreamType::Score => matches!(resource, "Observation" | "RiskAssessment"),
        StreamType::Procedure => resource == "Procedure",
        StreamType::Immunization => resource == "Immunization",
        StreamType::FamilyHistory => resource == "FamilyMemberHistory",
        StreamType::Report => resource == "DiagnosticReport",
        StreamType::Note => matches!(resource, "DocumentReference" | "Composition"),
        StreamType::Consent => resource == "Consent",
        StreamType::Plan => matches!(resource, "CarePlan" | "Goal"),
        StreamType::Goal => resource == "Goal",
        StreamType::Practitioner => resource == "Practitioner",
        StreamType::Organization => resource == "Organization",
        StreamType::Alert => resource == "Flag",
        StreamType::Suggestion => resource == "DetectedIssue",
        // Kept whole, whatever it is.
        StreamType::ExternalRecord => true,
        _ => false,
    }
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
        found.insert(stream, Identity { stream, kind, patient, digest: None, shared: false, ours: false });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_of_another_type_under_our_name_is_none_of_ours() {
        assert!(fits("Observation", StreamType::Vitals) && fits("Goal", StreamType::Plan));
        assert!(fits("Claim", StreamType::ExternalRecord));
        for kind in [StreamType::Observation, StreamType::Patient, StreamType::Rule, StreamType::Identity] {
            assert!(!fits("Condition", kind), "{kind:?}");
        }
    }
}
