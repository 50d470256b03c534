//! A batch of resources, held against what is known: the changes to store, and what became of each resource.

mod identify;
mod own;
mod resolve;
mod take;
mod working;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use healthcare_application::{
    StoreError,
    store::{Change, Source},
};
use healthcare_domain::{AnyState, StreamType, id::PatientId, patient::Patient};

use uuid::Uuid;

use self::working::Working;
use super::{
    ImportContext,
    identity::{Identity, Notes},
    key::{Key, Keyring},
    names::RunNames,
    number::{Numbers, unnumbered},
    person::Person,
    piece::Piece,
    report::{Left, Outcome},
    source::type_rank,
};
use crate::fhir::{Refused, medication_request::UNKNOWN_MEDICATION, reference::Target};

/// The reason given when the patient has not come yet; they may still.
const UNKNOWN_PATIENT: &str = "the patient it refers to is not known";

/// What became of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is counted.
    Counted(Outcome),
    /// It is refused.
    Refused(Refused),
    /// What it needs may come later in the import.
    Early(Refused),
}

/// What a batch is to change.
#[derive(Debug, Default)]
pub struct Plan {
    /// The streams.
    pub changes: Vec<Change>,
    /// Names that are new or say something new.
    pub names: Notes,
    /// Second names.
    pub second_names: Notes,
    /// Names that point elsewhere now.
    pub moved_names: Notes,
    /// Identities under which it describes somebody else than the record does.
    pub disputed: HashSet<Key>,
    /// Patients whose drugs, allergies or problems change.
    pub safety: BTreeSet<PatientId>,
    /// What was kept and not taken.
    pub left: Left,
    /// What became of each piece, in the order of the batch.
    pub verdicts: Vec<Verdict>,
}

/// A batch while it is being planned.
struct Planning<'a> {
    context: &'a ImportContext,
    keyring: &'a Keyring,
    run: &'a RunNames,
    now: DateTime<Utc>,
    /// What the database knows of the keys of this batch.
    found: HashMap<Key, Identity>,
    /// What this batch adds to it.
    noted: BTreeMap<Key, Identity>,
    second: BTreeMap<Key, Identity>,
    moved: BTreeMap<Key, Identity>,
    /// Who the patients of this batch are.
    persons: HashMap<Uuid, Person>,
    disputed: HashSet<Key>,
    /// The server that the named source is, as soon as one is told: an id is one of that server alone.
    home: Option<Key>,
    /// Streams of this house that were met under their own names, or patients by their numbers: what stands here is not the
    /// import's to change.
    own: HashSet<Uuid>,
    /// By the patient who holds their record, the merged registrations that carry a number of this batch.
    carriers: HashMap<Uuid, BTreeSet<Uuid>>,
    working: Working,
    numbers: Numbers,
    left: Left,
    /// What is missing will not come any more in this import.
    last: bool,
}

/// Plans a batch. Nothing is written yet. `last` when what is missing will not come any more.
///
/// # Errors
/// When the record cannot be read.
pub async fn plan(
    context: &ImportContext,
    keyring: &Keyring,
    run: &RunNames,
    pieces: &[Piece],
    last: bool,
) -> Result<Plan, StoreError> {
    let client = context.store.database().get().await?;
    let mut planning = Planning {
        context,
        keyring,
        run,
        now: context.clock.now(),
        found: HashMap::new(),
        noted: BTreeMap::new(),
        second: BTreeMap::new(),
        moved: BTreeMap::new(),
        persons: HashMap::new(),
        disputed: HashSet::new(),
        home: None,
        own: HashSet::new(),
        carriers: HashMap::new(),
        working: Working::default(),
        numbers: Numbers::default(),
        left: Left::default(),
        last,
    };
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    order.sort_by_key(|n| type_rank(&pieces[*n].name.resource));
    let ordered: Vec<&Piece> = order.iter().map(|n| &pieces[*n]).collect();

    let keys = planning.identify(&client, &ordered).await?;
    if let Some(scheme) = &context.mrn {
        let of_patients = ordered.iter().zip(&keys).filter_map(|(piece, key)| Some((*piece, key.as_ref().ok()?.1?)));
        let is_new = |patient: PatientId| {
            matches!(planning.working.known(patient.0), Some(AnyState::Patient(Patient::Unregistered)))
        };
        let new = unnumbered(scheme, of_patients, is_new);
        planning.numbers = Numbers::take(context, new).await?;
    }
    let mut verdicts = vec![Verdict::Counted(Outcome::Known); pieces.len()];
    for ((n, piece), key) in order.iter().zip(&ordered).zip(keys) {
        verdicts[*n] = match key.and_then(|(key, patient)| planning.take(piece, key, patient)) {
            Ok(outcome) => Verdict::Counted(outcome),
            Err(early) if is_early(&early) => Verdict::Early(early),
            Err(refused) => Verdict::Refused(refused),
        };
    }
    Ok(planning.finish(verdicts))
}

impl Planning<'_> {
    /// Notes a second name. One that two streams claim identifies neither.
    fn second_name(&mut self, alias: Key, identity: Identity) {
        let before = self.second.get(&alias).or_else(|| self.found.get(&alias));
        let shared = before.is_some_and(|before| before.shared || before.stream != identity.stream);
        if before.is_none_or(|before| before.shared != shared || self.second.contains_key(&alias)) {
            self.second.insert(alias, Identity { shared, ..identity });
        }
    }

    /// A practitioner or organisation under a new id is the one that carries the same number.
    fn by_number(&self, piece: &Piece) -> Option<Identity> {
        let shared_by_sources = matches!(piece.name.resource.as_str(), "Practitioner" | "Organization");
        let mut aliases = self.keyring.aliases(&piece.name).into_iter().filter(|_| shared_by_sources);
        aliases.find_map(|alias| self.identity(&alias))
    }

    /// The patient, once it is certain that they are registered.
    fn registered(&self, patient: Option<PatientId>) -> Result<Option<PatientId>, Refused> {
        match patient.map(|p| (p, self.working.known(p.0))) {
            Some((_, Some(AnyState::Patient(Patient::Unregistered)))) => {
                Err(Refused::at("", "the patient it refers to was refused"))
            }
            _ => Ok(patient),
        }
    }

    /// What a key stands for, this batch included.
    fn identity(&self, key: &Key) -> Option<Identity> {
        let of_batch = self.moved.get(key).or_else(|| self.noted.get(key)).or_else(|| self.second.get(key));
        of_batch.or_else(|| self.found.get(key)).copied().filter(|identity| !identity.shared)
    }

    fn source(&self, piece: &Piece) -> Source {
        let named = match &piece.name.full_url {
            Some(Target::Uuid(uuid)) => Some(uuid.to_string()),
            Some(Target::Urn(urn)) => Some(urn.clone()),
            _ => None,
        };
        let system = self.context.source.clone().or_else(|| Keyring::base(piece).map(str::to_owned));
        Source {
            system: system.unwrap_or_default(),
            resource: piece.name.resource.clone(),
            id: piece.name.id.clone().or(named).unwrap_or_default(),
            known_at_assumed: false,
        }
    }

    fn finish(mut self, verdicts: Vec<Verdict>) -> Plan {
        // Nothing of a patient who was refused stays behind.
        let working = &self.working;
        let stays = |_: &Key, identity: &mut Identity| {
            !matches!(working.known(identity.stream), Some(AnyState::Patient(Patient::Unregistered)))
        };
        self.noted.retain(stays);
        self.second.retain(stays);
        let notes = |of: &BTreeMap<Key, Identity>| {
            let mut notes = Notes::default();
            of.iter().for_each(|(key, identity)| notes.add(key, identity));
            notes
        };
        let (names, second_names, moved_names) = (notes(&self.noted), notes(&self.second), notes(&self.moved));
        let changes = self.working.changes();
        let touches = |c: &&Change| {
            matches!(c.state.stream_type(), StreamType::Allergy | StreamType::MedicationOrder | StreamType::Problem)
        };
        Plan {
            safety: changes.iter().filter(touches).filter_map(|c| c.patient).collect(),
            changes,
            names,
            second_names,
            moved_names,
            disputed: self.disputed,
            left: self.left,
            verdicts,
        }
    }
}

/// Whether what is missing may still come.
fn is_early(refused: &Refused) -> bool {
    matches!(refused.reason.as_str(), UNKNOWN_PATIENT | UNKNOWN_MEDICATION)
}
