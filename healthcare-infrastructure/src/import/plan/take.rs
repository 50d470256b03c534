//! One resource of a batch, taken in: as an entry of the record, or as what is only kept.

use healthcare_domain::{
    AnyState, StreamType,
    entry::{Beside, Entry, ExternalRecord},
    id::PatientId,
    medication::{MedicationOrder, MedicationOrderEvent, OrderEnd},
};

use super::{Planning, is_early, resolve::References};
use crate::{
    fhir::{
        self, Dated, Import, Reading, Refused, Said, Taken, Times,
        medication_request::UNKNOWN_MEDICATION,
        said::{EntrySaid, dated, remark},
    },
    import::{identity::Identity, key::Key, piece::Piece, report::Outcome},
};

/// The reason given where an entry comes as what can only be kept.
const NO_ENTRY: &str = "it was imported before as an entry, which it cannot be any more; the entry was not changed";

/// What of a resource is kept beside its entry: the name it goes by, and what is new of it.
type New = Option<(Key, Identity, Vec<Dated>)>;

impl Planning<'_> {
    /// Takes one resource in.
    pub(super) fn take(&mut self, piece: &Piece, key: Key, patient: Option<PatientId>) -> Result<Outcome, Refused> {
        let known = self.identity(&key).or_else(|| self.by_number(piece));
        let digest = self.keyring.digest(&piece.name);
        if known.is_some_and(|identity| self.is_settled(piece, &identity)) {
            return Ok(Outcome::Known);
        }
        match self.take_anew(piece, key, known, patient) {
            // It was kept as it is, and still is no entry.
            Err(refused)
                if (self.last || !is_early(&refused))
                    && known.is_some_and(|identity| identity.digest == Some(digest)) =>
            {
                Ok(Outcome::Known)
            }
            outcome => outcome,
        }
    }

    /// Whether a resource says what it said when it was last taken in. A medication that was only kept is looked at again: what
    /// was no entry then may be one now; and so is a statement whose period is over, for it may have ended meanwhile.
    pub(super) fn is_settled(&self, piece: &Piece, identity: &Identity) -> bool {
        let kept = identity.kind == StreamType::ExternalRecord && is_medication(piece);
        let may_have_ended = || {
            identity.kind == StreamType::MedicationOrder
                && fhir::medication_statement::period_end(&piece.raw).is_some_and(|end| end <= self.now)
        };
        identity.digest == Some(self.keyring.digest(&piece.name)) && !kept && !may_have_ended()
    }

    /// Takes in what is not known in this form. All is decided before anything of it is noted.
    fn take_anew(
        &mut self,
        piece: &Piece,
        key: Key,
        known: Option<Identity>,
        patient: Option<PatientId>,
    ) -> Result<Outcome, Refused> {
        let digest = self.keyring.digest(&piece.name);
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
        let taken = self.read(piece, known, patient, &reading)?;
        if matches!(taken, Taken::Whole(_)) && known.is_some_and(|identity| identity.digest == Some(digest)) {
            return Ok(Outcome::Known);
        }
        let beside = match &taken {
            Taken::Understood(said) => fhir::beside::of(&piece.raw, said, patient, &reading)?,
            Taken::Whole(_) => None,
        };
        let reserved = references.reserved();
        let modified = matches!(taken, Taken::Whole(_)) && fhir::beside::is_modified(&piece.raw);
        let (mut said, outcome) = match taken {
            Taken::Understood(said) => (said, Outcome::Stored),
            Taken::Whole(said) => (said, Outcome::Kept),
        };
        let kind = said.stream_type();
        let stream = self.context.clock.new_id();
        let fresh = Identity { stream, kind, patient, digest: None, shared: false, ours: false };
        let (identity, moves) = match known {
            None => (fresh, false),
            Some(identity) if identity.kind == kind => {
                // What was over for its source and is taken again begins anew.
                let state = self.working.state(identity.stream, kind);
                let again = matches!(&said, Said::MedicationOrder(order) if order.goes_on(&state));
                if again { (fresh, true) } else { (identity, false) }
            }
            // It was only planned, or only referred to, and is something else now: it gets a stream of that kind.
            Some(Identity { kind: StreamType::ExternalRecord, .. } | Identity { digest: None, .. }) => (fresh, true),
            // It was a medication, and is only kept from now on.
            Some(old @ Identity { kind: StreamType::MedicationOrder, .. })
                if kind == StreamType::ExternalRecord && self.is_of_the_type(piece, &old) =>
            {
                (fresh, true)
            }
            Some(_) if kind == StreamType::ExternalRecord => return Err(Refused::at("", NO_ENTRY)),
            Some(_) => return Err(Refused::at("", "it was imported before as something else")),
        };
        let changed = fhir::parse::resource::<Touched>(&piece.raw)?.meta.last_updated.map(|t| t.earliest());
        let import = Import { now: self.now, changed };
        let events = {
            let state = self.working.state(identity.stream, kind);
            if let (Said::Patient(said), Some(scheme)) = (&mut said, &self.context.mrn) {
                self.numbers.give(scheme, &state, &mut said.demographics);
            }
            said.decide(&state, &import)?
        };
        let identity = Identity { digest: Some(digest), patient, ..identity };
        let elements = beside.as_ref().map(|beside| beside.told.iter().map(|(name, _)| name.clone()).collect());
        let besides = self.beside(piece, &identity, beside, events.first().map(|first| first.times), &import)?;
        let retired = match known.filter(|old| moves && self.is_of_the_type(piece, old)) {
            Some(old) => Some((old, self.retired(&old, modified, &import)?)),
            None => None,
        };

        let source = self.source(piece);
        let mut nothing_new = events.is_empty();
        self.working.append(identity.stream, kind, patient, events, source.clone());
        if let Some((key, beside, events)) = besides {
            nothing_new &= events.is_empty();
            self.working.append(beside.stream, beside.kind, patient, events, source.clone());
            self.noted.insert(key, beside);
        }
        if let Some((old, events)) = retired {
            self.working.append(old.stream, old.kind, old.patient, events, source);
        }
        if modified {
            self.left.modified.push(piece.name.resource.clone());
        }
        if let Some(elements) = elements {
            self.left.beside.push((piece.name.resource.clone(), elements));
        }
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
        Ok(if nothing_new { Outcome::Known } else { outcome })
    }

    /// Reads a resource: as what it says, or as what is only kept.
    fn read(
        &self,
        piece: &Piece,
        known: Option<Identity>,
        patient: Option<PatientId>,
        reading: &Reading<'_>,
    ) -> Result<Taken, Refused> {
        let resource = &piece.name.resource;
        let whole = || fhir::external::read(resource, &piece.raw, reading).map(Said::ExternalRecord).map(Taken::Whole);
        let is_entry = known.is_some_and(|identity| identity.kind == StreamType::MedicationOrder);
        match fhir::read(resource, &piece.raw, reading) {
            // An appointment of nobody whom the record knows is kept as it is, and so is what a group takes.
            Ok(Taken::Understood(Said::Appointment(_))) if patient.is_none() => whole(),
            Ok(Taken::Understood(Said::MedicationOrder(_)))
                if patient.is_none() || matches!(piece.subject, Ok(None)) =>
            {
                whole()
            }
            // Somebody takes something, and nothing tells what. What was known of it stands.
            Err(unnamed) if resource == "MedicationStatement" && !is_entry && self.is_unnamed(&unnamed) => whole(),
            taken => taken,
        }
    }

    /// Whether a drug was not named, and nothing that names it will come.
    fn is_unnamed(&self, refused: &Refused) -> bool {
        refused.place == "medication[x]" || (self.last && refused.reason == UNKNOWN_MEDICATION)
    }

    /// Whether what was taken in under its name was of the resource's type: a UUID names resources of any.
    fn is_of_the_type(&self, piece: &Piece, old: &Identity) -> bool {
        use MedicationOrder::{Active, Ended, EnteredInError};
        match &*self.working.state(old.stream, old.kind) {
            AnyState::MedicationOrder(
                Active { prescription, .. } | Ended { prescription, .. } | EnteredInError { prescription, .. },
            ) => {
                let of = if prescription.reported { "MedicationStatement" } else { "MedicationRequest" };
                piece.name.resource == of
            }
            AnyState::ExternalRecord(Entry::Recorded(kept)) => kept.resource_type == piece.name.resource,
            _ => true,
        }
    }

    /// What ends where a resource was taken in before as something else: an order, or that it was only kept.
    fn retired(&self, old: &Identity, modified: bool, import: &Import) -> Result<Vec<Dated>, Refused> {
        let changed = import.changed.filter(|at| *at <= import.now);
        let since = changed.unwrap_or(import.now);
        let (now, since) = (
            Times { occurred_at: import.now, known_at: import.now, assumed: false },
            Times { occurred_at: since, known_at: since, assumed: changed.is_none() },
        );
        Ok(match &*self.working.state(old.stream, old.kind) {
            AnyState::MedicationOrder(MedicationOrder::Active { prescription, .. }) => {
                let why = match modified {
                    true => "a modifier changes at its source what it means",
                    false => "at its source it is nothing any more that is taken by itself",
                };
                let ended = MedicationOrderEvent::MedicationEnded {
                    how: OrderEnd::Stopped,
                    at: None,
                    reason: Some(remark(why)?),
                    reported: prescription.reported,
                };
                dated(vec![ended], since).collect()
            }
            AnyState::ExternalRecord(kept @ Entry::Recorded(_)) => {
                let struck = kept.enter_in_error(remark("it is an entry of the record now")?);
                dated(struck.map_err(|error| Refused::at("", error.to_string()))?, now).collect()
            }
            _ => vec![],
        })
    }

    /// What a resource told of its entry and the entry has no place for: under which name it is kept, and what is new of it.
    fn beside(
        &self,
        piece: &Piece,
        entry: &Identity,
        beside: Option<Beside>,
        times: Option<Times>,
        import: &Import,
    ) -> Result<New, Refused> {
        const KIND: StreamType = StreamType::ExternalRecord;
        let key = self.keyring.beside(entry.stream);
        let known = self.identity(&key);
        if beside.is_none() && known.is_none() {
            return Ok(None);
        }
        let patient = entry.patient;
        let stream = match patient {
            Some(_) => self.context.clock.new_id(),
            None => Beside::of_nobody(entry.stream).0,
        };
        let fresh = Identity { stream, kind: KIND, patient, digest: None, shared: false, ours: false };
        let identity = known.unwrap_or(fresh);
        let beside = Beside { entry: entry.stream, ..beside.unwrap_or_default() };
        if let AnyState::ExternalRecord(Entry::Recorded(held)) = &*self.working.state(identity.stream, KIND)
            && held.beside.as_ref().is_some_and(|held| fhir::beside::is_same(held, &beside))
        {
            return Ok(None);
        }
        let kept = ExternalRecord {
            resource_type: piece.name.resource.clone(),
            resource: serde_json::json!({ "resourceType": piece.name.resource }),
            beside: Some(beside),
        };
        let times = times.unwrap_or(Times { occurred_at: import.now, known_at: import.now, assumed: true });
        let said = Said::ExternalRecord(EntrySaid::once(kept, times, false));
        let events = said.decide(&self.working.state(identity.stream, KIND), import)?;
        Ok(Some((key, identity, events)))
    }
}

fn is_medication(piece: &Piece) -> bool {
    matches!(piece.name.resource.as_str(), "MedicationRequest" | "MedicationStatement")
}

#[derive(serde::Deserialize, Default)]
#[serde(default)]
struct Touched {
    meta: fhir::datatypes::Meta,
}
