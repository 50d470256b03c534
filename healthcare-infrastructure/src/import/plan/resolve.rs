//! What references point to.

use std::cell::RefCell;

use healthcare_domain::{
    AnyState, StreamType,
    code::CodeableConcept,
    entry::Entry,
    id::{EncounterId, PatientId},
    medication::MedicationOrder,
};
use uuid::Uuid;

use super::{Planning, identify::is_of_nobody};
use crate::{
    fhir::{
        Refused,
        datatypes::Reference,
        medication,
        reference::{Resolver, Target, names_a_patient},
    },
    import::{
        identity::Identity,
        key::{Key, Keyring},
        piece::Piece,
    },
};

impl Planning<'_> {
    /// The keys a reference may mean, surest first. `patient` is whose the referring resource is.
    pub(super) fn candidates(&self, piece: &Piece, reference: &Reference, patient: Option<PatientId>) -> Vec<Key> {
        let Some(mut target) = Target::of(reference) else { return vec![] };
        if let Target::Identified { resource: resource @ None, .. } = &mut target {
            resource.clone_from(&reference.target);
        }
        if matches!(&target, Target::Absolute { base, .. } if self.is_foreign(base)) {
            return vec![];
        }
        if let Some(neighbour) = piece.scope.names.get(&target) {
            return vec![self.keyring.of(neighbour, patient.map(|p| p.0))];
        }
        let mut keys: Vec<Key> = self.keyring.addressed(&target).into_iter().collect();
        if let Target::Relative { resource, id } = &target {
            if let Some(base) = Keyring::base(piece) {
                keys.extend(self.keyring.numbered(resource, id, Some(base)));
            }
            keys.extend(self.run.placed(resource, id).map(|name| self.keyring.of(name, None)));
            keys.extend(patient.map(|patient| self.keyring.within(patient.0, resource, id)));
        }
        keys
    }

    /// The patient a reference means, if it means one that is known.
    ///
    /// # Errors
    /// When this import describes somebody else under that identity.
    pub(super) fn patient(&self, piece: &Piece, reference: &Reference) -> Result<Option<PatientId>, Refused> {
        let keys = self.candidates(piece, reference, None);
        if keys.iter().any(|key| self.disputed.contains(key) || self.run.is_disputed(key)) {
            return Err(Refused::at("", "the patient it refers to was refused"));
        }
        let identity = keys.iter().find_map(|key| self.identity(key)).filter(|i| i.kind == StreamType::Patient);
        Ok(identity.map(|identity| identity.patient.unwrap_or(PatientId(identity.stream))))
    }
}

/// The references of one resource.
pub struct References<'a> {
    planning: &'a Planning<'a>,
    piece: &'a Piece,
    patient: Option<PatientId>,
    reserved: RefCell<Vec<(Key, Identity)>>,
}

impl<'a> References<'a> {
    /// The references of `piece`, which belongs to `patient`.
    pub fn new(planning: &'a Planning<'a>, piece: &'a Piece, patient: Option<PatientId>) -> Self {
        Self { planning, piece, patient, reserved: RefCell::default() }
    }

    /// Streams that were promised to resources still to come.
    pub fn reserved(self) -> Vec<(Key, Identity)> {
        self.reserved.into_inner()
    }

    fn find(&self, reference: &Reference) -> (Vec<Key>, Option<Identity>) {
        let keys = self.planning.candidates(self.piece, reference, self.patient);
        let identity = keys.iter().find_map(|key| self.planning.identity(key));
        (keys, identity)
    }
}

impl Resolver for References<'_> {
    /// A visit that has not come yet is promised its stream, so that it does not matter which comes first.
    fn encounter(&self, reference: &Reference) -> Option<EncounterId> {
        let (keys, identity) = self.find(reference);
        match identity {
            Some(identity) => (identity.kind == StreamType::Encounter && identity.patient == self.patient)
                .then_some(EncounterId(identity.stream)),
            None => {
                let key = *keys.first()?;
                let mut reserved = self.reserved.borrow_mut();
                if let Some((_, identity)) = reserved.iter().find(|(reserved, _)| *reserved == key) {
                    return Some(EncounterId(identity.stream));
                }
                let identity = Identity {
                    stream: self.planning.context.clock.new_id(),
                    kind: StreamType::Encounter,
                    patient: self.patient,
                    digest: None,
                    shared: false,
                    ours: false,
                };
                reserved.push((key, identity));
                Some(EncounterId(identity.stream))
            }
        }
    }

    fn stream(&self, reference: &Reference) -> Option<Uuid> {
        self.find(reference).1.map(|identity| identity.stream)
    }

    fn is_the_patient(&self, reference: &Reference) -> bool {
        let meant = || self.planning.patient(self.piece, reference).ok().flatten();
        let is =
            self.patient.is_some_and(|patient| self.stream(reference) == Some(patient.0) || meant() == Some(patient));
        is || matches!(Target::of(reference), Some(Target::Relative { resource, .. }) if resource == "Patient")
    }

    /// Whom nobody knows here is somebody else: the patient is known. To what belongs to nobody, whomever it mentions, every
    /// patient is another one.
    fn is_another_patient(&self, reference: &Reference) -> bool {
        let Some(own) = self.patient else {
            let known = || !matches!(self.planning.patient(self.piece, reference), Ok(None));
            return is_of_nobody(self.piece) && (names_a_patient(reference) || known());
        };
        match self.planning.patient(self.piece, reference) {
            Ok(Some(patient)) => patient != own,
            Ok(None) => names_a_patient(reference),
            Err(_) => true,
        }
    }

    /// What was stopped here is the order's matter still: what its source believes does not bring the drug back.
    fn is_running_order(&self, reference: &Reference) -> bool {
        let found = self.find(reference).1.filter(|identity| identity.patient == self.patient);
        found.is_some_and(|Identity { stream, .. }| {
            let runs = |state| matches!(state, &AnyState::MedicationOrder(MedicationOrder::Active { .. }));
            self.planning.working.known(stream).is_some_and(runs) || self.planning.working.was_ended_here(stream)
        })
    }

    fn medication(&self, reference: &Reference) -> Option<CodeableConcept> {
        let (keys, identity) = self.find(reference);
        if let Some(drug) = keys.iter().find_map(|key| self.planning.run.medication(key)) {
            return Some(drug.clone());
        }
        match self.planning.working.known(identity?.stream)? {
            AnyState::ExternalRecord(Entry::Recorded(kept)) => {
                medication::read(&kept.resource.to_string()).ok().flatten()
            }
            _ => None,
        }
    }
}
