//! Decided, checked and stored; and decided again where somebody else was faster.

use healthcare_domain::{
    EventSourced,
    signing::{Override, UnknownFinding, ensure_answers},
};
use healthcare_dss::Trigger;
use uuid::Uuid;

use super::{Against, Drafted, check::check, found::Looked, look::version};
use crate::{
    App, CommandError,
    access::{Call, Permit},
    again::Again,
    store::{Commit, Committed, Meta, Safety},
    transact::{Loaded, Target, replay},
};

/// At which point of the work something is signed, against what it is held, and what was answered to findings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signature<'a> {
    /// The hook whose rules look at it.
    pub(crate) hook: Trigger<'static>,
    /// What it is held against.
    pub(crate) against: Against,
    /// Answers to findings.
    pub(crate) overrides: &'a [Override],
}

/// Decides on a new stream, checks it, and stores it. A repeat with the same key is answered as the first was.
///
/// # Errors
/// When the domain refuses, findings wait for an answer, an override answers none, or the record cannot be reached.
pub(crate) async fn sign<A: EventSourced>(
    app: &App,
    permit: &Permit,
    call: &Call,
    target: Target<A::Id>,
    signature: Signature<'_>,
    decide: impl Fn(&A) -> Result<Vec<A::Event>, A::Error> + Send,
) -> Result<Committed, CommandError<A::Error>> {
    sign_from(app, permit, call, target, signature, (Loaded::nothing(), |_: &A| true), decide).await
}

/// As [`sign`], on a stream that may be on record already; `speaks` tells of the state that was decided on whether decision
/// support can have anything to say against it. What changes nothing is not checked and not stored.
///
/// # Errors
/// As [`sign`]; when the version that the caller has seen is stale; when the patient was merged into another one meanwhile.
pub(crate) async fn sign_from<A: EventSourced>(
    app: &App,
    permit: &Permit,
    call: &Call,
    target: Target<A::Id>,
    Signature { hook, against, overrides }: Signature<'_>,
    (mut loaded, speaks): (Loaded<A>, impl Fn(&A) -> bool + Send),
    decide: impl Fn(&A) -> Result<Vec<A::Event>, A::Error> + Send,
) -> Result<Committed, CommandError<A::Error>> {
    let patient = target.patient.ok_or(CommandError::NoSuchPatient)?;
    let id: Uuid = target.id.into();
    let mut again = Again::on(patient);
    loop {
        if let Some(answer) = replay(app, call).await? {
            return Ok(answer);
        }
        if loaded.version > 0 && call.if_match.is_some_and(|seen| seen != loaded.version) {
            return Err(CommandError::Stale { current: loaded.version });
        }
        let events = match decide(&loaded.state) {
            Ok(events) => events,
            Err(refusal) => {
                permit.recorded().await?;
                return Err(CommandError::Refused(refusal));
            }
        };
        let mut after = loaded.state.clone();
        events.iter().for_each(|event| after.apply(event));
        let looked_at = !events.is_empty() && speaks(&after);
        if !looked_at {
            ensure_answers(overrides, &[]).map_err(|UnknownFinding(stray)| CommandError::UnknownFinding(stray))?;
        }
        if events.is_empty() {
            return Ok(Committed { id, version: loaded.version, extra: None, replayed: false });
        }
        let mut change = app.change::<A>(&target, &loaded, events);
        let looked = if looked_at {
            check(app, permit, call, patient, Drafted { hook, against, change: &mut change, overrides }).await?
        } else {
            None
        };
        let expected = looked.as_ref().and_then(|looked| looked.version);
        let safety = if target.touches_safety { vec![Safety { patient, expected }] } else { vec![] };
        let committed =
            Committed { id, version: version(&change), extra: looked.as_ref().map(Looked::told), replayed: false };
        let commit = Commit {
            changes: vec![change],
            meta: Meta::of(call),
            idempotency: call.idempotency.clone(),
            committed,
            safety,
            evaluations: looked.into_iter().map(|looked| looked.record).collect(),
        };
        match app.store.append(permit, commit).await {
            Ok(committed) => return Ok(committed),
            Err(error) => again.after(app, error).await?,
        }
        if loaded.version > 0 {
            loaded = app.load::<A>(target.id).await?.open(permit).await?;
        }
    }
}
