//! One import from its first file to its report.

use std::{collections::HashSet, path::PathBuf, time::Duration};

use healthcare_application::StoreError;
use tokio::sync::mpsc;

use super::{
    ImportContext,
    key::{Key, Keyring},
    names::RunNames,
    piece::Piece,
    plan::{self, Verdict},
    report::{ImportReport, Left, Outcome, Refusal},
    source::{self, Found, type_rank},
    store,
};
use crate::fhir::Refused;

/// Resources in one transaction.
const BATCH: usize = 500;
/// Bytes in one transaction, unless a single unit is larger.
const BATCH_BYTES: usize = 8 << 20;
/// Bytes of resources that wait for what they refer to.
const WAITING_BYTES: usize = 64 << 20;
/// Tries of a batch while others write to the same streams, or the database comes back.
const ATTEMPTS: u32 = 5;

/// How far an import has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Files to read.
    pub files: u64,
    /// Files that are done.
    pub files_done: u64,
    /// Resources met.
    pub read: u64,
    /// Resources that are settled: stored, known, kept or refused.
    pub settled: u64,
}

/// The record went away in the middle. What was stored until then is stored; the same import again goes on from there.
#[derive(Debug, thiserror::Error)]
#[error("the import stopped, for the record cannot be reached; run it again to go on")]
pub struct ImportStopped {
    /// What was done until then.
    pub report: ImportReport,
    /// Why.
    #[source]
    pub cause: StoreError,
}

/// Imports files and folders.
///
/// # Errors
/// When the record cannot be reached for longer than a few seconds.
pub async fn run(
    context: &ImportContext,
    paths: Vec<PathBuf>,
    progress: impl Fn(Progress),
) -> Result<ImportReport, ImportStopped> {
    let mut refused = Vec::new();
    let listed = tokio::task::spawn_blocking(move || {
        let files = source::files(&paths, &mut refused);
        (files, refused)
    });
    let (files, refused) = listed.await.unwrap_or_default();
    let count = files.len() as u64;
    let reader = move |sink: source::Sink<'_>| files.iter().for_each(|file| source::read_file(file, sink));
    Running::new(context, count, refused, progress).all(reader).await
}

/// Imports the body of a request: one resource, a Bundle, or NDJSON, packed or not. `name` is what refusals call it.
///
/// # Errors
/// As [`run`].
pub async fn run_bytes(
    context: &ImportContext,
    name: &str,
    bytes: bytes::Bytes,
    progress: impl Fn(Progress),
) -> Result<ImportReport, ImportStopped> {
    let name = name.to_owned();
    let reader = move |sink: source::Sink<'_>| source::read_bytes(&name, bytes, sink);
    Running::new(context, 1, vec![], progress).all(reader).await
}

struct Running<'a, P> {
    context: &'a ImportContext,
    keyring: Keyring,
    names: RunNames,
    report: ImportReport,
    progress: Progress,
    tell: P,
    waiting: Vec<Piece>,
    waiting_bytes: usize,
}

impl<'a, P: Fn(Progress)> Running<'a, P> {
    fn new(context: &'a ImportContext, files: u64, refusals: Vec<Refusal>, tell: P) -> Self {
        Self {
            context,
            keyring: Keyring::new(context.store.vault().clone(), context.source.clone()),
            names: RunNames::default(),
            report: ImportReport { refusals, ..ImportReport::default() },
            progress: Progress { files, ..Progress::default() },
            tell,
            waiting: vec![],
            waiting_bytes: 0,
        }
    }

    async fn all(
        mut self,
        read: impl FnOnce(source::Sink<'_>) + Send + 'static,
    ) -> Result<ImportReport, ImportStopped> {
        // Bounded: a reader that is faster than the record waits.
        let (send, mut receive) = mpsc::channel(4);
        let reader = tokio::task::spawn_blocking(move || read(&mut |found| send.blocking_send(found).is_ok()));
        let result = self.take(&mut receive).await;
        drop(receive);
        // The reader ends with its channel; it has nothing to say.
        let _ = reader.await;
        match result {
            Ok(()) => Ok(self.report),
            Err(cause) => Err(ImportStopped { report: self.report, cause }),
        }
    }

    async fn take(&mut self, receive: &mut mpsc::Receiver<Found>) -> Result<(), StoreError> {
        let mut batch: Vec<Piece> = Vec::new();
        let mut bytes = 0;
        while let Some(found) = receive.recv().await {
            match found {
                Found::Unit(pieces) => {
                    for piece in pieces {
                        self.report.read(&piece.name.resource);
                        self.progress.read += 1;
                        bytes += piece.raw.len();
                        batch.push(piece);
                    }
                }
                Found::Refused(refusal) => self.report.refuse(refusal),
                Found::RefusedResource(resource, refusal) => {
                    self.report.read(&resource);
                    self.report.count(&resource, Outcome::Refused);
                    self.report.refuse(refusal);
                }
                Found::Done => self.progress.files_done += 1,
            }
            if batch.len() >= BATCH || bytes >= BATCH_BYTES {
                self.batches(std::mem::take(&mut batch), false).await?;
                bytes = 0;
            }
            (self.tell)(self.progress);
        }
        self.batches(batch, false).await?;
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.sort_by_key(|piece| type_rank(&piece.name.resource));
        self.batches(waiting, true).await?;
        (self.tell)(self.progress);
        Ok(())
    }

    /// Settles pieces, several hundred at a time. `last` when nothing more will come.
    async fn batches(&mut self, mut pieces: Vec<Piece>, last: bool) -> Result<(), StoreError> {
        self.names.meet(&self.keyring, &pieces);
        // Within a large Bundle too, patients come before what refers to them.
        pieces.sort_by_key(|piece| type_rank(&piece.name.resource));
        // A batch that cannot be stored is halved until what is wrong with it stands alone.
        let mut open: Vec<Vec<Piece>> = Vec::new();
        while !pieces.is_empty() {
            let rest = pieces.split_off(pieces.len().min(BATCH));
            open.push(std::mem::replace(&mut pieces, rest));
        }
        open.reverse();
        while let Some(mut batch) = open.pop() {
            match self.settle(&batch, last).await {
                Ok((verdicts, disputed, left)) => {
                    self.report.leave(left);
                    self.names.dispute(disputed);
                    self.count(batch, verdicts, last);
                }
                Err(error) if store::is_gone(&error) => return Err(error),
                Err(error) if batch.len() == 1 => {
                    let reason = match error {
                        StoreError::Damaged(_) => "its patient's record was erased or cannot be read",
                        StoreError::Exists(rule) if rule == "patient_number_pkey" => {
                            "an identifier of it is already in use"
                        }
                        StoreError::Closed(_) => "its patient's record takes nothing of this kind",
                        StoreError::Conflict | StoreError::Exists(_) => {
                            "others kept changing the same entries; import it again"
                        }
                        StoreError::Unavailable(_)
                        | StoreError::OutOfRange
                        | StoreError::KeyReused
                        | StoreError::Foreign => "holds a value that cannot be stored",
                    };
                    self.count(batch, vec![Verdict::Refused(Refused::at("", reason))], last);
                }
                Err(_) => {
                    let second = batch.split_off(batch.len() / 2);
                    open.push(second);
                    open.push(batch);
                }
            }
        }
        Ok(())
    }

    /// Plans and stores one batch, again if others were faster.
    async fn settle(&self, batch: &[Piece], last: bool) -> Result<(Vec<Verdict>, HashSet<Key>, Left), StoreError> {
        let mut attempt = 1;
        loop {
            match self.once(batch, last).await {
                Err(error) if store::is_passing(&error) && attempt < ATTEMPTS => {
                    let wait = if store::is_gone(&error) { 250 << attempt } else { 5 << attempt };
                    tokio::time::sleep(Duration::from_millis(wait)).await;
                    attempt += 1;
                }
                other => return other,
            }
        }
    }

    async fn once(&self, batch: &[Piece], last: bool) -> Result<(Vec<Verdict>, HashSet<Key>, Left), StoreError> {
        // What finds no room to wait in is settled as if nothing more came.
        let bytes: usize = batch.iter().map(|piece| piece.raw.len()).sum();
        let last = last || self.waiting_bytes + bytes > WAITING_BYTES;
        let mut plan = plan::plan(self.context, &self.keyring, &self.names, batch, last).await?;
        let verdicts = std::mem::take(&mut plan.verdicts);
        let disputed = std::mem::take(&mut plan.disputed);
        let left = std::mem::take(&mut plan.left);
        store::store(self.context, plan).await?;
        Ok((verdicts, disputed, left))
    }

    fn count(&mut self, batch: Vec<Piece>, verdicts: Vec<Verdict>, last: bool) {
        for (piece, verdict) in batch.into_iter().zip(verdicts) {
            let refused = match verdict {
                Verdict::Counted(outcome) => {
                    self.report.count(&piece.name.resource, outcome);
                    self.progress.settled += 1;
                    continue;
                }
                Verdict::Early(_) if !last && self.waiting_bytes + piece.raw.len() <= WAITING_BYTES => {
                    self.waiting_bytes += piece.raw.len();
                    self.waiting.push(piece);
                    continue;
                }
                Verdict::Early(refused) | Verdict::Refused(refused) => refused,
            };
            self.report.count(&piece.name.resource, Outcome::Refused);
            self.report.refuse(piece.refusal(&refused));
            self.progress.settled += 1;
        }
    }
}
