//! Numbers of the house for patients who are imported.

use healthcare_application::{StoreError, store::EventStore};
use healthcare_domain::{
    AnyState,
    id::PatientId,
    patient::{Demographics, MrnScheme, Patient},
    reference::Identifier,
};

use super::{ImportContext, piece::Piece};

/// Numbers for the patients of a batch who are new and bring none.
#[derive(Default)]
pub struct Numbers(Vec<Identifier>);

impl Numbers {
    /// Takes as many running numbers as can be needed; none where the house does not number who is imported.
    ///
    /// # Errors
    /// When the record cannot be reached.
    pub async fn take(context: &ImportContext, new: usize) -> Result<Self, StoreError> {
        let mut all = Self::default();
        if let Some(scheme) = context.mrn.as_ref().filter(|scheme| scheme.is_for_imported()) {
            for _ in 0..new {
                all.0.push(scheme.issue(context.store.next_number().await?));
            }
        }
        Ok(all)
    }

    /// Gives a patient the numbers of the house: those they have already, which no source knows of, or a new one.
    pub fn give(&mut self, scheme: &MrnScheme, state: &AnyState, person: &mut Demographics) {
        if person.has_number_of(scheme.system()) {
            return;
        }
        match state {
            AnyState::Patient(Patient::Registered { demographics, .. }) => {
                let of_the_house = demographics.identifiers.iter().filter(|one| one.system == scheme.system());
                person.identifiers.extend(of_the_house.cloned());
            }
            AnyState::Patient(Patient::Unregistered) => person.identifiers.extend(self.0.pop()),
            _ => {}
        }
    }
}

/// How many patients of a batch may be new and bring no number of the house.
pub fn unnumbered<'a>(
    scheme: &MrnScheme,
    pieces: impl Iterator<Item = (&'a Piece, PatientId)>,
    is_new: impl Fn(PatientId) -> bool,
) -> usize {
    let brings_none = |piece: &Piece| piece.name.identifiers.iter().all(|(system, _)| system != scheme.system());
    pieces.filter(|(piece, patient)| piece.name.person.is_some() && brings_none(piece) && is_new(*patient)).count()
}
