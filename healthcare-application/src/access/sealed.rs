//! What was found before it is known whether the caller may see it.

use healthcare_domain::id::PatientId;

use super::Permit;
use crate::store::StoreError;

/// Something of the record, closed until a permit for its patient opens it. Only whose it is can be told before.
#[derive(Debug, Clone)]
pub struct Sealed<T> {
    patient: Option<PatientId>,
    content: T,
}

impl<T> Sealed<T> {
    /// Closes what an adapter read; `patient` is whose it is, none for devices, practitioners, organisations.
    pub fn of(patient: Option<PatientId>, content: T) -> Self {
        Self { patient, content }
    }

    /// Whose it is.
    pub fn patient(&self) -> Option<PatientId> {
        self.patient
    }

    /// The content, for who holds a permit for its patient. What is opened to be read is recorded first.
    ///
    /// # Errors
    /// [`StoreError::Foreign`] when the permit is another patient's; when the reading could not be recorded.
    pub async fn open(self, permit: &Permit) -> Result<T, StoreError> {
        if !permit.opens(self.patient) {
            return Err(StoreError::Foreign);
        }
        permit.disclosed().await?;
        Ok(self.content)
    }

    /// Changes the content without looking at it.
    ///
    /// # Errors
    /// As the change.
    pub fn try_map<U, E>(self, change: impl FnOnce(T) -> Result<U, E>) -> Result<Sealed<U>, E> {
        Ok(Sealed { patient: self.patient, content: change(self.content)? })
    }
}
