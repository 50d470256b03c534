//! Signs an order, unless decision support has something critical to say against it.

use healthcare_domain::{
    id::{MedicationOrderId, PatientId},
    medication::{MedicationOrder, MedicationOrderError, Override, Prescription},
};
use healthcare_dss::{Evaluation, EventRef, Trigger};

use crate::{
    App, CommandError,
    access::{Call, Permission, Permit},
    again::Again,
    decision::{
        Interruption, facts, interrupts, judge, judge_in_shadow, keep, lacks, medication_fact, record, rules_for,
    },
    store::{Committed, EvaluationRecord, Safety},
    transact::{Beside, Loaded, Target, replay, store_with},
    view::Row,
};

/// Order a medication.
#[derive(Debug, Clone)]
pub struct PrescribeMedication {
    /// For whom.
    pub patient: PatientId,
    /// What.
    pub prescription: Prescription,
    /// Why it is signed against findings.
    pub overrides: Vec<Override>,
}

/// What came of it.
#[derive(Debug)]
pub enum Signing {
    /// The order stands. `extra` holds the findings that did not interrupt, and the rules that lacked data.
    Signed(Committed),
    /// The order was not signed: findings wait for an answer.
    Interrupted(Interruption),
}

/// A draft as it was judged.
pub(crate) struct Judged {
    pub(crate) evaluation: Evaluation,
    pub(crate) record: EvaluationRecord,
    /// The version of the safety row the facts were read at.
    pub(crate) version: i64,
}

/// Judges a draft against the patient's facts as they are now, and what is to be stored with it.
pub(crate) async fn judge_draft<E>(
    app: &App,
    permit: &Permit,
    patient: PatientId,
    order: MedicationOrderId,
    (prescription, beside): (&Prescription, &[Row]),
) -> Result<Judged, CommandError<E>> {
    let mut read = app.read.safety(permit, patient).await?;
    if read.rows.is_empty() {
        return Err(CommandError::NoSuchPatient);
    }
    read.rows.extend_from_slice(beside);
    let now = app.clock.now();
    let source = EventRef { stream: order.0, version: 1 };
    let mut facts = facts(app.reading(), &read.rows, now)?;
    facts.draft = Some(medication_fact(prescription, source, now));
    let trigger = Trigger::ORDER_SIGN.0;
    let (rules, ward) = rules_for(app, permit, patient, now).await?;
    let evaluation = judge(&rules, ward, trigger, &facts);
    let shadow = judge_in_shadow(&rules, ward, trigger, &facts);
    let record = record(app.clock.new_id(), patient, trigger, read.position, &facts, &evaluation);
    let record = EvaluationRecord { shadow, edition: Some(rules.edition(ward)), ..record };
    Ok(Judged { evaluation, record, version: read.version })
}

/// Signs an order. The facts it is judged on are read with the version of the patient's safety row, and the order is
/// stored only while that version stands: a concurrent allergy makes it be judged again, and the other way round.
/// Every judgement is kept, also of an order that is not signed. Who overrides a finding has shown a second factor.
///
/// # Errors
/// When the caller may not, there is no such patient, the order names nothing, an override answers no finding, or the
/// record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient))]
pub async fn prescribe_medication(
    app: &App,
    call: &Call,
    cmd: PrescribeMedication,
) -> Result<Signing, CommandError<MedicationOrderError>> {
    let PrescribeMedication { patient, prescription, overrides } = cmd;
    if !overrides.is_empty() {
        app.ensure_strong(call, Permission::PrescribeMedication, Some(patient)).await?;
    }
    let permit = app.authorise(call, Permission::PrescribeMedication, Some(patient)).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(Signing::Signed(answer));
    }
    prescription.ensure_possible().map_err(CommandError::Refused)?;
    app.ensure_encounter(patient, prescription.encounter, "/encounter").await?;
    let order = MedicationOrderId(app.clock.new_id());
    let target = Target::of(order, patient, prescription.authored_at);
    let nothing = Loaded::<MedicationOrder>::nothing();
    let mut again = Again::on(patient);
    loop {
        let Judged { evaluation, record, version } =
            judge_draft(app, &permit, patient, order, (&prescription, &[])).await?;
        let findings = evaluation.findings();
        let ids: Vec<String> = findings.iter().map(|finding| finding.id.to_string()).collect();
        let events =
            nothing.state.prescribe(prescription.clone(), overrides.clone(), &ids).map_err(CommandError::Refused)?;
        if findings.iter().any(|finding| interrupts(finding, &overrides)) {
            let findings = findings.into_iter().cloned().collect();
            let interruption = Interruption { evaluation: record.id, findings, lacking: lacks(&evaluation) };
            keep(app, &permit, call, record).await?;
            return Ok(Signing::Interrupted(interruption));
        }
        let lacking = lacks(&evaluation);
        let extra = serde_json::json!({ "evaluation": record.id, "findings": findings, "lacking": lacking });
        let beside = Beside {
            extra: Some(extra),
            safety: vec![Safety { patient, expected: Some(version) }],
            evaluations: vec![record],
        };
        match store_with(app, &permit, call, target, &nothing, events, beside).await {
            Ok(committed) => return Ok(Signing::Signed(committed)),
            Err(error) => again.after(app, error).await?,
        }
    }
}
