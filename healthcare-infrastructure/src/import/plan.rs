//! A batch of resources, held against what is known: the changes to store, and what became of each resource.

mod identify;
mod own;
mod resolve;
mod working;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use healthcare_application::{
    StoreError,
    store::{Change, Source},
};
use healthcare_domain::{
    AnyState, StreamType,
    entry::{Beside, Entry, ExternalRecord},
    id::PatientId,
    patient::Patient,
};

use uuid::Uuid;

use self::{resolve::References, working::Working};
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
use crate::fhir::{
    self, Import, Reading, Refused, Said, Taken, Times, medication_request::UNKNOWN_MEDICATION, reference::Target,
    said::EntrySaid,
};

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
}

/// Plans a batch. Nothing is written yet.
///
/// # Errors
/// When the record cannot be read.
pub async fn plan(
    context: &ImportContext,
    keyring: &Keyring,
    run: &RunNames,
    pieces: &[Piece],
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
            Err(early) if matches!(early.reason.as_str(), UNKNOWN_PATIENT | UNKNOWN_MEDICATION) => {
                Verdict::Early(early)
            }
            Err(refused) => Verdict::Refused(refused),
        };
    }
    Ok(planning.finish(verdicts))
}

impl Planning<'_> {
    /// Takes one resource in.
    fn take(&mut self, piece: &Piece, key: Key, patient: Option<PatientId>) -> Result<Outcome, Refused> {
        let digest = self.keyring.digest(&piece.name);
        let known = self.identity(&key).or_else(|| self.by_number(piece));
        if known.is_some_and(|identity| identity.digest == Some(digest)) {
            return Ok(Outcome::Known);
        }
        let patient = if piece.name.person.is_some() { patient } else { self.registered(patient)? };
        if let Some(Identity { patient: Some(of), .. }) = known
            && patient != Some(of)
        {
            return Err(Refused::at("", "it was imported before as another patient's"));
        }
        if known.is_some_and(|identity| identity.ours || self.own.contains(&identity.stream)) {
            return Ok(Outcome::Known);
        }
        let references = References::new(self, piece, patient);
        let reading = Reading { references: &references, now: self.now };
        let taken = match fhir::read(&piece.name.resource, &piece.raw, &reading)? {
            // An appointment of nobody whom the record knows is kept as it is.
            Taken::Understood(Said::Appointment(_)) if patient.is_none() => {
                Taken::Whole(Said::ExternalRecord(fhir::external::read(&piece.name.resource, &piece.raw, &reading)?))
            }
            taken => taken,
        };
        let beside = match (&taken, patient) {
            (Taken::Understood(said), Some(_)) => fhir::beside::of(&piece.raw, said, patient, &reading)?,
            _ => None,
        };
        let reserved = references.reserved();
        if matches!(taken, Taken::Whole(_)) && fhir::beside::is_modified(&piece.raw) {
            self.left.modified.push(piece.name.resource.clone());
        }
        if let Some(beside) = &beside {
            let names = beside.told.iter().map(|(name, _)| name.clone()).collect();
            self.left.beside.push((piece.name.resource.clone(), names));
        }
        let (mut said, outcome) = match taken {
            Taken::Understood(said) => (said, Outcome::Stored),
            Taken::Whole(said) => (said, Outcome::Kept),
        };
        let kind = said.stream_type();
        let stream = self.context.clock.new_id();
        let fresh = Identity { stream, kind, patient, digest: None, shared: false, ours: false };
        let (identity, moves) = match known {
            None => (fresh, false),
            Some(identity) if identity.kind == kind => (identity, false),
            // It was only planned, or only referred to, and is something else now: it gets a stream of that kind.
            Some(Identity { kind: StreamType::ExternalRecord, .. } | Identity { digest: None, .. }) => (fresh, true),
            Some(_) => return Err(Refused::at("", "it was imported before as something else")),
        };
        let changed = crate::fhir::parse::resource::<Touched>(&piece.raw)?.meta.last_updated.map(|t| t.earliest());
        let import = Import { now: self.now, changed };
        let events = {
            let state = self.working.state(identity.stream, kind);
            if let (Said::Patient(said), Some(scheme)) = (&mut said, &self.context.mrn) {
                self.numbers.give(scheme, &state, &mut said.demographics);
            }
            said.decide(&state, &import)?
        };
        let identity = Identity { digest: Some(digest), patient, ..identity };
        let times = events.first().map(|first| first.times);
        let nothing_new = events.is_empty();
        let source = self.source(piece);
        self.working.append(identity.stream, kind, patient, events, source);
        let nothing_new = !self.keep_beside(piece, &identity, beside, times, &import)? && nothing_new;
        let outcome = if nothing_new { Outcome::Known } else { outcome };
        if moves && self.found.contains_key(&key) {
            self.noted.remove(&key);
            self.moved.insert(key, identity);
        } else if let Some(moved) = self.moved.get_mut(&key) {
            *moved = identity;
        } else {
            self.noted.insert(key, identity);
        }
        for alias in self.keyring.aliases(&piece.name) {
            self.second_name(alias, Identity { digest: None, ..identity });
        }
        for (key, identity) in reserved {
            self.noted.entry(key).or_insert(identity);
        }
        Ok(outcome)
    }

    /// Keeps what a resource told of its entry and the entry has no place for. Answers whether that is new.
    fn keep_beside(
        &mut self,
        piece: &Piece,
        entry: &Identity,
        beside: Option<Beside>,
        times: Option<Times>,
        import: &Import,
    ) -> Result<bool, Refused> {
        const KIND: StreamType = StreamType::ExternalRecord;
        let key = self.keyring.beside(entry.stream);
        let known = self.identity(&key);
        if beside.is_none() && known.is_none() {
            return Ok(false);
        }
        let (stream, patient) = (self.context.clock.new_id(), entry.patient);
        let fresh = Identity { stream, kind: KIND, patient, digest: None, shared: false, ours: false };
        let identity = known.unwrap_or(fresh);
        let beside = Beside { entry: entry.stream, ..beside.unwrap_or_default() };
        if let AnyState::ExternalRecord(Entry::Recorded(held)) = &*self.working.state(identity.stream, KIND)
            && held.beside.as_ref().is_some_and(|held| fhir::beside::is_same(held, &beside))
        {
            return Ok(false);
        }
        let kept = ExternalRecord {
            resource_type: piece.name.resource.clone(),
            resource: serde_json::json!({ "resourceType": piece.name.resource }),
            beside: Some(beside),
        };
        let times = times.unwrap_or(Times { occurred_at: import.now, known_at: import.now, assumed: true });
        let said = Said::ExternalRecord(EntrySaid::once(kept, times, false));
        let events = said.decide(&self.working.state(identity.stream, KIND), import)?;
        let new = !events.is_empty();
        self.working.append(identity.stream, KIND, patient, events, self.source(piece));
        self.noted.insert(key, identity);
        Ok(new)
    }

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

#[derive(serde::Deserialize, Default)]
#[serde(default)]
struct Touched {
    meta: fhir::datatypes::Meta,
}
