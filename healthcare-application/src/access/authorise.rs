//! The one gate.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use healthcare_domain::{
    care_team::Confidentiality,
    id::{AccountId, PatientId},
};

use super::{
    Call, Denied, Permission, Purpose, Unauthorised,
    standing::{Closeness, Opened, Standing},
};
use crate::{
    App,
    audit::{Accountable, Entry},
    store::{Commit, StoreError},
};

/// Whose data a permit opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// One patient's record, and what is nobody's.
    Patient(PatientId),
    /// What is nobody's (devices, rules, scores, the state of the system), and lists that show of each patient only
    /// what the circle of the caller opens.
    Nobody,
    /// The directory: name, birth date, identifiers and sex of every patient, and no more.
    Directory,
    /// Every patient's: the system on its own, an import, which writes for many at once, and who merges registrations.
    Everybody,
}

/// Proof that the gate was passed: only [`App::authorise`] makes one, and the ports demand it.
///
/// With one, a port tells what it knows of the patient:
///
/// ```
/// use healthcare_application::{Permit, StoreError, read::ReadModel, view::Row};
/// use healthcare_domain::id::PatientId;
///
/// async fn chart(read: &dyn ReadModel, permit: &Permit, patient: PatientId) -> Result<Vec<Row>, StoreError> {
///     read.chart(permit, patient).await
/// }
/// ```
///
/// Without one, the same call does not compile (SECURITY 28):
///
/// ```compile_fail,E0061
/// use healthcare_application::{Permit, StoreError, read::ReadModel, view::Row};
/// use healthcare_domain::id::PatientId;
///
/// async fn chart(read: &dyn ReadModel, patient: PatientId) -> Result<Vec<Row>, StoreError> {
///     read.chart(patient).await
/// }
/// ```
///
/// Nobody else makes one, whatever they hold of what it is made of; it can be asked and not written:
///
/// ```
/// use healthcare_application::{Permission, Permit, access::{Purpose, Reach}, audit::Accountable};
/// use healthcare_domain::id::{AccountId, PatientId};
///
/// fn asked(permit: &Permit) -> (AccountId, Permission, Reach, Option<PatientId>, Purpose, Option<Accountable>) {
///     (permit.actor(), permit.permission(), permit.reach().clone(), permit.patient(), permit.purpose(), None)
/// }
/// ```
///
/// ```compile_fail,E0451
/// use healthcare_application::{Permission, Permit, access::{Closeness, Purpose, Reach}, audit::Accountable};
/// use healthcare_domain::id::{AccountId, PatientId};
///
/// fn forged(actor: AccountId, permission: Permission, reach: Reach, patient: Option<PatientId>,
///     account: Accountable, purpose: Purpose, closeness: Closeness) -> Permit {
///     Permit { actor, permission, reach, patient, account, purpose, closeness }
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Permit {
    actor: AccountId,
    permission: Permission,
    reach: Reach,
    patient: Option<PatientId>,
    account: Accountable,
    purpose: Purpose,
    closeness: Closeness,
}

impl Permit {
    /// For whom it was made out.
    pub fn actor(&self) -> AccountId {
        self.actor
    }
    /// For what.
    pub fn permission(&self) -> Permission {
        self.permission
    }
    /// For which patient, if for one.
    pub fn patient(&self) -> Option<PatientId> {
        self.patient
    }
    /// For what the record is used: emergency treatment, where only a break-glass grant opens it.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }
    /// How close to the patient stands for whom it was made out, by a relationship; none where only a grant opens the
    /// record, and where nobody was asked.
    pub fn closeness(&self) -> Closeness {
        self.closeness
    }
    /// Whose data it opens.
    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    /// Makes sure that what is read by it is recorded, for who answers with a patient's data. To be awaited beside the
    /// reading, before the answer.
    ///
    /// # Errors
    /// When it could not be recorded: then nothing may be answered.
    pub async fn recorded(&self) -> Result<(), StoreError> {
        self.account.recorded().await
    }

    /// As [`Permit::recorded`], for each of the patients whom a list shows.
    ///
    /// # Errors
    /// As [`Permit::recorded`].
    pub async fn recorded_of(&self, patients: impl IntoIterator<Item = PatientId>) -> Result<(), StoreError> {
        self.account.recorded_of(patients).await
    }

    /// As [`Permit::recorded`], for who opens something that was closed: what a command opens is recorded with what it
    /// writes.
    pub(super) async fn disclosed(&self) -> Result<(), StoreError> {
        self.account.disclosed().await
    }

    /// What is to be recorded in the transaction of what is written by it.
    pub fn entry(&self) -> &Entry {
        self.account.entry()
    }

    /// Whether it opens what is `whose`. What is nobody's is opened by every permit.
    pub fn opens(&self, whose: Option<PatientId>) -> bool {
        let Some(patient) = whose else { return true };
        match self.reach {
            Reach::Everybody => true,
            Reach::Patient(permitted) => permitted == patient,
            Reach::Nobody | Reach::Directory => false,
        }
    }

    /// Makes sure that everything in a commit is about whom the permit opens: its streams, judgements, safety rows.
    ///
    /// # Errors
    /// [`StoreError::Foreign`] when something is about another patient.
    pub fn ensure_covers(&self, commit: &Commit) -> Result<(), StoreError> {
        self.ensure_opens(commit.about().map(|(_, patient)| patient))
    }

    /// Makes sure that the permit opens the records of all of these.
    ///
    /// # Errors
    /// [`StoreError::Foreign`] when one is another patient's.
    pub fn ensure_opens(&self, patients: impl IntoIterator<Item = PatientId>) -> Result<(), StoreError> {
        let mut all = patients.into_iter();
        if all.all(|whose| self.opens(Some(whose))) { Ok(()) } else { Err(StoreError::Foreign) }
    }
}

/// What was decided: for whom, and for what.
pub(super) struct Decided {
    reach: Reach,
    purpose: Purpose,
    closeness: Closeness,
}

impl App {
    /// Decides whether a call may do `permission`, to `patient` where it concerns one. What is denied is recorded, and
    /// what is permitted to be read is on its way to be.
    ///
    /// # Errors
    /// When something is missing, named by [`Denied`], or it cannot be told or recorded because the record cannot be
    /// reached: then too the answer is no.
    pub async fn authorise(
        &self,
        call: &Call,
        permission: Permission,
        patient: Option<PatientId>,
    ) -> Result<Permit, Unauthorised> {
        match self.decide(call, permission, patient).await {
            Ok(decided) => Ok(self.permit(call, permission, patient, decided)),
            Err(why) => Err(self.denied(call, permission, patient, why).await),
        }
    }

    /// As [`App::authorise`], for whoever is registered under an identity that was made a moment ago: nobody's record can
    /// have taken it in, so that none is looked for.
    ///
    /// # Errors
    /// When the role may not register.
    pub(crate) async fn authorise_registering(
        &self,
        call: &Call,
        unwritten: PatientId,
    ) -> Result<Permit, Unauthorised> {
        let (permission, patient) = (Permission::RegisterPatient, Some(unwritten));
        match self.decide(call, permission, None).await {
            Ok(decided) => {
                let reach = match decided.reach {
                    Reach::Everybody => Reach::Everybody,
                    Reach::Patient(_) | Reach::Nobody | Reach::Directory => Reach::Patient(unwritten),
                };
                Ok(self.permit(call, permission, patient, Decided { reach, ..decided }))
            }
            Err(why) => Err(self.denied(call, permission, patient, why).await),
        }
    }

    /// As [`App::authorise`]; where the first permission is denied, the second is asked for instead. Only what comes of
    /// it in the end is recorded.
    ///
    /// # Errors
    /// As [`App::authorise`] for the second permission.
    pub async fn authorise_or(
        &self,
        call: &Call,
        first: Permission,
        second: Permission,
        patient: Option<PatientId>,
    ) -> Result<Permit, Unauthorised> {
        match self.decide(call, first, patient).await {
            Ok(decided) => Ok(self.permit(call, first, patient, decided)),
            Err(Unauthorised::Denied(_)) => self.authorise(call, second, patient).await,
            Err(why) => Err(why),
        }
    }

    /// Makes sure that what a call is permitted for everybody it may do to a very restricted record as well: who labels
    /// records may, and who stands as close as the label asks. Who may not is told what anybody is who lacks a relationship.
    ///
    /// # Errors
    /// As [`App::authorise`].
    pub async fn ensure_close_enough(
        &self,
        call: &Call,
        permission: Permission,
        patient: PatientId,
    ) -> Result<(), Unauthorised> {
        match self.closeness(call, patient).await? {
            Ok(()) => Ok(()),
            Err(why) => Err(self.denied(call, permission, Some(patient), why.into()).await),
        }
    }

    /// Of whom among several a caller may learn more than the directory shows of everybody: of a very restricted record who
    /// stands as close as it asks, of any other record everybody. Asked at once for all; nothing is recorded, and nothing
    /// refused.
    ///
    /// # Errors
    /// When it cannot be told because the record cannot be reached.
    pub(crate) async fn close_enough(
        &self,
        call: &Call,
        patients: &[PatientId],
    ) -> Result<HashSet<PatientId>, StoreError> {
        if patients.is_empty() || call.actor.system || call.actor.may(Permission::LabelRecord) {
            return Ok(patients.iter().copied().collect());
        }
        let now = self.clock.now();
        let ended_after = self.policy.ended_after(now);
        let standings = self.care.standings(call.actor.account, patients, now, ended_after).await?;
        let open = standings.into_iter().filter(|(_, standing)| open_to(standing, call, now).is_ok());
        Ok(open.map(|(patient, _)| patient).collect())
    }

    async fn closeness(&self, call: &Call, patient: PatientId) -> Result<Result<(), Denied>, StoreError> {
        if call.actor.system || call.actor.may(Permission::LabelRecord) {
            return Ok(Ok(()));
        }
        let now = self.clock.now();
        let standing = self.care.standing(call.actor.account, patient, now, self.policy.ended_after(now)).await?;
        Ok(open_to(&standing, call, now))
    }

    /// Whether a caller may see a patient's chart by a care relationship, for who is told something of it on the way of
    /// doing something else. Nothing of the chart is opened by asking, and nothing is recorded.
    ///
    /// # Errors
    /// When it cannot be told because the record cannot be reached.
    pub(crate) async fn may_see(&self, call: &Call, patient: PatientId) -> Result<bool, StoreError> {
        match self.decide(call, Permission::ReadChart, Some(patient)).await {
            Ok(Decided { purpose, .. }) => Ok(purpose == call.purpose),
            Err(Unauthorised::Denied(_) | Unauthorised::Merged(_)) => Ok(false),
            Err(Unauthorised::Store(error)) => Err(error),
        }
    }

    /// Makes the proof out, and sends on its way what is to be recorded of it.
    fn permit(&self, call: &Call, permission: Permission, patient: Option<PatientId>, decided: Decided) -> Permit {
        let Decided { reach, purpose, closeness } = decided;
        let mut entry = Entry::of(call, permission, patient, self.clock.now());
        if purpose == Purpose::EmergencyTreatment {
            entry = entry.under_a_grant();
        }
        let trail = self.audit.clone();
        let account = Accountable::begin(trail, entry, permission, call.actor.system, call.by_grant.clone());
        Permit { actor: call.actor.account, permission, reach, patient, account, purpose, closeness }
    }

    /// Records that something was denied, or that it was told in whose record a patient is held now; the answer is another
    /// one when that cannot be recorded.
    pub(super) async fn denied(
        &self,
        call: &Call,
        permission: Permission,
        patient: Option<PatientId>,
        why: Unauthorised,
    ) -> Unauthorised {
        let reason = match &why {
            Unauthorised::Denied(denied) => denied.reason(),
            Unauthorised::Merged(_) => "merged",
            Unauthorised::Store(_) => return why,
        };
        match self.record_denial(call, permission, patient, reason).await {
            Ok(()) => why,
            Err(unrecorded) => Unauthorised::Store(unrecorded),
        }
    }

    /// Records that something was denied, for a reason in a word.
    ///
    /// # Errors
    /// When it could not be: then that is the answer.
    pub(crate) async fn record_denial(
        &self,
        call: &Call,
        permission: Permission,
        patient: Option<PatientId>,
        reason: &'static str,
    ) -> Result<(), StoreError> {
        let entry = Entry::of(call, permission, patient, self.clock.now()).denied(reason);
        Ok(self.audit.record(entry).recorded().await?)
    }

    /// Decides whether a call may do `permission`, to `patient` where it concerns one.
    ///
    /// # Errors
    /// When something is missing, named by [`Denied`], or it cannot be told because the record cannot be reached:
    /// then too the answer is no.
    pub(super) async fn decide(
        &self,
        call: &Call,
        permission: Permission,
        patient: Option<PatientId>,
    ) -> Result<Decided, Unauthorised> {
        let actor = &call.actor;
        let unasked = |reach| Decided { reach, purpose: call.purpose, closeness: Closeness::None };
        if actor.system {
            return Ok(Decided { closeness: Closeness::Personal, ..unasked(Reach::Everybody) });
        }
        if !actor.may(permission) {
            return Err(Denied::Role(permission).into());
        }
        if actor.patient.is_some() && actor.patient != patient {
            return Err(Denied::NotOwnRecord.into());
        }
        let Some(whose) = patient else {
            let reach = match permission {
                Permission::ImportRecords | Permission::MergePatients => Reach::Everybody,
                Permission::ReadDirectory => Reach::Directory,
                _ => Reach::Nobody,
            };
            return Ok(unasked(reach));
        };
        let own = actor.patient == patient;
        if own || !(permission.needs_relationship() || permission.begins_relationship()) {
            return match self.care.survivor(whose).await? {
                held if held == whose => Ok(unasked(Reach::Patient(whose))),
                survivor => Err(Unauthorised::Merged(survivor)),
            };
        }
        let now = self.clock.now();
        let standing = self.care.standing(actor.account, whose, now, self.policy.ended_after(now)).await?;
        if let Some(survivor) = standing.survivor {
            return Err(Unauthorised::Merged(survivor));
        }
        let permitted = Decided { closeness: standing.closeness, ..unasked(Reach::Patient(whose)) };
        match standing.judge(actor, now) {
            Ok(Opened::ByRelationship) => Ok(permitted),
            Ok(Opened::ByGrant(_)) => {
                Ok(Decided { purpose: Purpose::EmergencyTreatment, closeness: Closeness::None, ..permitted })
            }
            // Care comes first: what begins it needs none. What comes of it opens nothing that its author is shut out of.
            Err(_) if !permission.needs_relationship() => Ok(permitted),
            Err(why) => Err(why.into()),
        }
    }
}

/// Whether a record may be told of: one that is not very restricted, or to whom it is open.
fn open_to(standing: &Standing, call: &Call, now: DateTime<Utc>) -> Result<(), Denied> {
    if standing.label < Confidentiality::VeryRestricted {
        return Ok(());
    }
    standing.judge(&call.actor, now).map(|_| ())
}
