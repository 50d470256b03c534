//! Which stream each resource of a batch is, and whose.

use std::collections::{BTreeSet, HashSet};

use deadpool_postgres::Object;
use healthcare_application::StoreError;
use healthcare_domain::{AnyState, StreamType, id::PatientId, patient::Patient};
use uuid::Uuid;

use super::{Planning, UNKNOWN_PATIENT};
use crate::{
    fhir::{Refused, reference::Target},
    import::{
        identity::{self, Identity},
        key::{Key, Keyring},
        load,
        person::Person,
        piece::Piece,
    },
};

/// The key of a resource and the patient it belongs to.
type Identified = Result<(Key, Option<PatientId>), Refused>;

/// The reason given for what comes from a server that its `--source` is not.
const FOREIGN: &str =
    "its fullUrl is of another server than the rest of this --source; import it under a --source of its own";

/// Types that are nothing without their patient.
const OF_A_PATIENT: [&str; 12] = [
    "Consent",
    "Encounter",
    "FamilyMemberHistory",
    "Condition",
    "AllergyIntolerance",
    "MedicationRequest",
    "Observation",
    "Procedure",
    "Immunization",
    "CarePlan",
    "Goal",
    "DiagnosticReport",
];
/// Types that belong to nobody, whomever they mention.
const OF_NOBODY: [&str; 5] = ["Practitioner", "Organization", "Medication", "Location", "PractitionerRole"];

impl Planning<'_> {
    /// Finds out for every piece of a batch (patients before what refers to them) and loads the streams that may change.
    pub(super) async fn identify(&mut self, client: &Object, pieces: &[&Piece]) -> Result<Vec<Identified>, StoreError> {
        self.find_home(client, pieces).await?;
        let mut keys = HashSet::new();
        for piece in pieces {
            keys.extend(self.keyring.strong(&piece.name));
            if piece.name.person.is_some() || is_named_by_number(piece) {
                keys.insert(self.keyring.of(&piece.name, None));
                keys.extend(self.keyring.aliases(&piece.name));
            }
            for reference in &piece.mentioned {
                keys.extend(self.candidates(piece, reference, None));
            }
        }
        self.find(client, keys).await?;
        self.meet_own(client, pieces).await?;

        let mut streams = BTreeSet::new();
        for piece in pieces.iter().filter(|p| p.name.person.is_some() || is_named_by_number(p)) {
            let known = self.keyring.aliases(&piece.name).into_iter().chain([self.keyring.of(&piece.name, None)]);
            let known = known.filter_map(|key| self.found.get(&key));
            let carriers = |stream: &Uuid| self.carriers.get(stream).into_iter().flatten();
            streams.extend(known.flat_map(|i| carriers(&i.stream).chain([&i.stream]).map(|stream| (i.kind, *stream))));
        }
        // Of a patient met again without a change, nothing needs to be read.
        let unchanged = |piece: &&Piece| self.is_unchanged(piece, &self.keyring.of(&piece.name, None));
        for piece in pieces.iter().copied().filter(unchanged) {
            if let Some(identity) = self.found.get(&self.keyring.of(&piece.name, None)) {
                streams.remove(&(identity.kind, identity.stream));
            }
        }
        self.load(client, streams).await?;

        let mut identified: Vec<Identified> = pieces.iter().map(|piece| self.whose(piece)).collect();
        // Names that mean something only within a patient can be looked up only now.
        let mut keys = HashSet::new();
        for (piece, identified) in pieces.iter().zip(&mut identified) {
            if let Ok((key, Some(patient))) = identified
                && piece.name.person.is_none()
            {
                *key = self.keyring.of(&piece.name, Some(patient.0));
                keys.insert(*key);
                for reference in &piece.mentioned {
                    keys.extend(self.candidates(piece, reference, Some(*patient)));
                }
            }
        }
        keys.retain(|key| !self.found.contains_key(key) && !self.noted.contains_key(key));
        self.find(client, keys).await?;
        // What is kept beside an entry goes by the entry's name.
        let changed = pieces.iter().zip(&identified).filter_map(|(piece, identified)| {
            let (key, _) = identified.as_ref().ok()?;
            let entry =
                self.identity(key).or_else(|| self.by_number(piece)).filter(|_| !self.is_unchanged(piece, key))?;
            Some(self.keyring.beside(entry.stream))
        });
        let besides: HashSet<Key> = changed.collect();
        self.find(client, besides.clone()).await?;

        let mut streams: BTreeSet<(StreamType, Uuid)> =
            besides.iter().filter_map(|key| self.found.get(key)).map(|i| (i.kind, i.stream)).collect();
        for (piece, identified) in pieces.iter().zip(&identified) {
            if let Ok((key, patient)) = identified {
                if !self.is_unchanged(piece, key) {
                    streams.extend(self.found.get(key).map(|i| (i.kind, i.stream)));
                }
                if matches!(piece.name.resource.as_str(), "MedicationRequest" | "MedicationStatement") {
                    let mentioned = piece.mentioned.iter().flat_map(|r| self.candidates(piece, r, *patient));
                    let known = mentioned.filter_map(|key| self.found.get(&key));
                    // The drug it names, and the order that a statement is about.
                    let needed =
                        known.filter(|i| matches!(i.kind, StreamType::ExternalRecord | StreamType::MedicationOrder));
                    streams.extend(needed.map(|i| (i.kind, i.stream)));
                }
            }
        }
        streams.retain(|(_, stream)| self.working.known(*stream).is_none());
        self.load(client, streams).await?;
        Ok(identified)
    }

    /// Which server the named source is: the one that was told first, in this import or before it. The ids of another server are
    /// other ids, and would be taken for those of this one.
    async fn find_home(&mut self, client: &Object, pieces: &[&Piece]) -> Result<(), StoreError> {
        let Some(key) = self.keyring.home() else { return Ok(()) };
        self.find(client, HashSet::from([key])).await?;
        if let Some(known) = self.found.get(&key) {
            self.home = known.digest;
            return Ok(());
        }
        let named = |piece: &&Piece| {
            let subject = || match Target::of(piece.subject.as_ref().ok()?.as_ref()?) {
                Some(Target::Absolute { base, .. }) => Some(base),
                _ => None,
            };
            Keyring::base(piece).map(str::to_owned).or_else(subject)
        };
        // Practitioners and organisations often come from a directory beside the record's own server.
        let of_the_record = |piece: &&&Piece| !is_of_nobody(piece);
        let Some(base) = pieces.iter().filter(of_the_record).find_map(named) else { return Ok(()) };
        let digest = Some(self.keyring.server(&base));
        self.home = digest;
        let kind = StreamType::Organization;
        self.noted
            .insert(key, Identity { stream: Uuid::nil(), kind, patient: None, digest, shared: false, ours: false });
        Ok(())
    }

    /// Whether an id on that server is none of the named source.
    pub(super) fn is_foreign(&self, base: &str) -> bool {
        self.home.is_some_and(|home| home != self.keyring.server(base))
    }

    async fn find(&mut self, client: &Object, keys: HashSet<Key>) -> Result<(), StoreError> {
        if !keys.is_empty() {
            let keys: Vec<Key> = keys.into_iter().collect();
            self.found.extend(identity::find(client, &keys).await?);
        }
        Ok(())
    }

    async fn load(&mut self, client: &Object, streams: BTreeSet<(StreamType, Uuid)>) -> Result<(), StoreError> {
        let ids: Vec<Uuid> = streams.iter().map(|(_, id)| *id).collect();
        if !ids.is_empty() {
            self.working.load(load::streams(client, self.context.store.codec(), &ids).await?);
        }
        Ok(())
    }

    fn is_unchanged(&self, piece: &Piece, key: &Key) -> bool {
        self.found.get(key).is_some_and(|identity| self.is_settled(piece, identity))
    }

    /// The key of a piece and its patient.
    fn whose(&mut self, piece: &Piece) -> Identified {
        let of_nobody = is_of_nobody(piece);
        if !of_nobody && Keyring::base(piece).is_some_and(|base| self.is_foreign(base)) {
            return Err(Refused::at("", FOREIGN));
        }
        let key = self.keyring.of(&piece.name, None);
        if let Some(person) = &piece.name.person {
            return self.who(piece, person, key).map(|patient| (key, Some(patient)));
        }
        if of_nobody {
            return Ok((key, None));
        }
        let needs_one = OF_A_PATIENT.contains(&piece.name.resource.as_str());
        if let Some(subject) = piece.subject.clone()? {
            return match self.patient(piece, &subject)? {
                Some(patient) => Ok((key, Some(patient))),
                None if is_somebody_else(&subject) && !needs_one => Ok((key, None)),
                None if is_somebody_else(&subject) => Err(Refused::at("", "its subject is not a patient")),
                None => Err(Refused::at("", UNKNOWN_PATIENT)),
            };
        }
        let of = piece.mentioned.iter().filter_map(|r| self.patient(piece, r).transpose());
        let of = of.collect::<Result<BTreeSet<PatientId>, _>>()?;
        match (of.len(), of.first()) {
            (1, Some(patient)) if !needs_one => Ok((key, Some(*patient))),
            (0, _) if !needs_one => Ok((key, None)),
            (_, _) if needs_one => Err(Refused::at("", "it names no patient")),
            (_, _) => Err(Refused::at("", "it belongs to more than one patient")),
        }
    }

    /// Which patient a Patient resource is: the one of its key, else one who carries the same number and is beyond doubt
    /// the same person, else somebody new.
    fn who(&mut self, piece: &Piece, person: &Person, key: Key) -> Result<PatientId, Refused> {
        if let Some(identity) = self.identity(&key) {
            // What is ours is theirs only by more than our name for it. Whom they were tied to by more, they stay.
            if self.own.contains(&identity.stream) && !identity.ours {
                if !self.registrations(identity.stream).any(|registered| registered.is_again(person)) {
                    self.disputed.insert(key);
                    let reason = "its identity is that of a patient of this house, of whom name or birth date are others here; import it without that identity";
                    return Err(Refused::at("", reason));
                }
                return Ok(identity.patient.unwrap_or(PatientId(identity.stream)));
            }
            let registered = self.person(identity.stream);
            if registered.is_some_and(|registered| registered.contradicts(person)) {
                self.disputed.insert(key);
                let reason = "its identity belongs to somebody of another name and birth date; import it under a --source of its own";
                return Err(Refused::at("", reason));
            }
            return Ok(PatientId(identity.stream));
        }
        let numbered = self.keyring.aliases(&piece.name).into_iter().filter_map(|alias| self.identity(&alias));
        let same = numbered
            .filter(|i| i.kind == StreamType::Patient)
            .find(|i| self.registrations(i.stream).any(|registered| registered.is(person)));
        let stream = same.as_ref().map_or_else(|| self.context.clock.new_id(), |identity| identity.stream);
        let patient = PatientId(stream);
        // Their id for a patient of ours stays one: the next import under it changes nothing either.
        let ours = same.is_some_and(|identity| identity.ours) || self.own.contains(&stream);
        let identity =
            Identity { stream, kind: StreamType::Patient, patient: Some(patient), digest: None, shared: false, ours };
        self.working.open(stream, StreamType::Patient);
        self.persons.insert(stream, person.clone());
        self.noted.insert(key, identity);
        for alias in self.keyring.aliases(&piece.name) {
            self.second_name(alias, identity);
        }
        Ok(patient)
    }

    /// Who a patient is, as they and those who were merged into them were registered.
    fn registrations(&self, stream: Uuid) -> impl Iterator<Item = Person> {
        let carriers = self.carriers.get(&stream).into_iter().flatten().copied();
        carriers.chain([stream]).filter_map(move |stream| self.person(stream))
    }

    fn person(&self, stream: Uuid) -> Option<Person> {
        match self.working.known(stream) {
            Some(AnyState::Patient(Patient::Registered { demographics, .. })) => Some(Person::registered(demographics)),
            _ => self.persons.get(&stream).cloned(),
        }
    }
}

/// Whether a resource belongs to nobody, whomever it mentions.
pub(super) fn is_of_nobody(piece: &Piece) -> bool {
    OF_NOBODY.contains(&piece.name.resource.as_str())
}

/// Practitioners and organisations are shared by sources, and go by the numbers of their registers.
fn is_named_by_number(piece: &Piece) -> bool {
    matches!(piece.name.resource.as_str(), "Practitioner" | "Organization")
}

/// A group, a device, a place.
fn is_somebody_else(subject: &crate::fhir::datatypes::Reference) -> bool {
    let resource = match Target::of(subject) {
        Some(Target::Relative { resource, .. } | Target::Absolute { resource, .. }) => Some(resource),
        Some(Target::Identified { resource, .. }) => resource,
        Some(Target::Uuid(_) | Target::Urn(_) | Target::Contained(_)) | None => subject.target.clone(),
    };
    resource.is_some_and(|resource| resource != "Patient")
}
