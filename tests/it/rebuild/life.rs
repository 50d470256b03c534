//! What happens to patients, by the domain's own decisions.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration, Utc};
use healthcare_application::{
    App,
    access::{Call, Permission},
    transact::{Target, transact},
};
use healthcare_domain::{
    EventSourced,
    alert::{Alert, AlertContent, Priority, Rung},
    code::{CodeableConcept, Coding, RXNORM},
    device::{Device, DeviceDescription},
    encounter::{Admission, Disposition, Encounter, EncounterClass, Place},
    id::{AccountId, AlertId, DeviceId, EncounterId, MedicationOrderId, PatientId},
    medication::{Intake, MedicationOrder, Prescription},
    patient::{Advance, Demographics, HumanName, PathwayCatalogue, Patient},
    reference::Identifier,
    text::Remark,
};
use uuid::Uuid;

/// Decides on one stream, as a command does.
pub async fn decide<A: EventSourced>(
    app: &App,
    id: A::Id,
    patient: Option<PatientId>,
    at: DateTime<Utc>,
    decide: impl Fn(&A) -> Result<Vec<A::Event>, A::Error> + Send,
) {
    let call = Call::system(app.clock.new_id());
    let permit = app.authorise(&call, Permission::ReadChart, patient).await.expect("the system may");
    let target = Target { id, patient, occurred_at: at, touches_safety: false };
    transact::<A>(app, &permit, &call, target, decide).await.expect("decided");
}

/// Somebody with two names, an identifier and a birth date.
pub fn person(family: &str, year: i32) -> Demographics {
    let name = |family: &str| HumanName {
        family: Some(family.into()),
        given: vec!["Ana".into(), "Luísa".into()],
        ..HumanName::default()
    };
    Demographics {
        identifiers: vec![Identifier { system: "urn:hospital".into(), value: format!("MRN-{family}") }],
        names: vec![name(family), name("Maiden")],
        birth_date: Some(healthcare_domain::partial_date::PartialDate::Year(year)),
        ..Demographics::default()
    }
}

/// When the lives begin, for tests that look at times: a winter evening in UTC, past midnight in Berlin.
pub fn evening() -> DateTime<Utc> {
    "2026-01-15T23:30:00Z".parse().expect("a time")
}

/// A life: registered, renamed, on a pathway; admitted and discharged; alerts raised, escalated, answered, cleared
/// and raised again; an order written and stopped; a device given.
pub async fn life(app: &App, family: &str) -> PatientId {
    static COUNT: AtomicI64 = AtomicI64::new(0);
    let at = evening() + Duration::seconds(COUNT.fetch_add(1, Ordering::Relaxed) % 1_000);
    let (now, patient) = (app.clock.now(), PatientId(app.clock.new_id()));
    let of = Some(patient);
    decide::<Patient>(app, patient, of, at, |p| p.register(person(family, 1954), now)).await;
    decide::<Patient>(app, patient, of, at, |p| p.update(person(&format!("{family}-Neu"), 1912), now)).await;
    let catalogue = PathwayCatalogue::embedded().expect("the shipped pathways");
    let advance = || Advance { pathway: None, stage: "enrolled".into(), by: AccountId(Uuid::nil()), at: now };
    decide::<Patient>(app, patient, of, at, |p| p.advance_pathway(&catalogue, advance())).await;

    let encounter = EncounterId(app.clock.new_id());
    decide::<Encounter>(app, encounter, of, at, |e| e.admit(admission(at), now)).await;
    let left = at + Duration::hours(50);
    decide::<Encounter>(app, encounter, of, left, |e| e.discharge(Disposition::Home, left)).await;

    let by = AccountId(Uuid::from_u128(1));
    for answered in [true, false] {
        let alert = AlertId(app.clock.new_id());
        decide::<Alert>(app, alert, of, at, |a| a.raise(news2(patient, at), at)).await;
        decide::<Alert>(app, alert, of, at, |a| a.escalate(Rung(1), at + Duration::seconds(30))).await;
        if answered {
            decide::<Alert>(app, alert, of, at, |a| a.acknowledge(by, None, at + Duration::seconds(45))).await;
            decide::<Alert>(app, alert, of, at, |a| a.clear(at + Duration::minutes(9))).await;
        }
    }

    let order = MedicationOrderId(app.clock.new_id());
    decide::<MedicationOrder>(app, order, of, at, |o| o.prescribe(amoxicillin(at, encounter), vec![], &[])).await;
    let reason = Remark::try_from("a rash".to_owned()).expect("a reason");
    let ended = at + Duration::days(3);
    decide::<MedicationOrder>(app, order, of, ended, |o| o.stop(reason.clone(), ended)).await;

    let device = DeviceId(app.clock.new_id());
    let described = DeviceDescription { serial: device.to_string(), kind: "monitor".into(), model: None };
    decide::<Device>(app, device, None, at, |d| d.register(described.clone())).await;
    decide::<Device>(app, device, None, at, |d| d.assign(patient, at, now)).await;
    patient
}

fn admission(at: DateTime<Utc>) -> Admission {
    let admission = Admission::of(EncounterClass::Inpatient, at).at(Place::on("4B"));
    Admission { reasons: vec![CodeableConcept::words("chest pain")], ..admission }
}

fn news2(patient: PatientId, at: DateTime<Utc>) -> AlertContent {
    AlertContent {
        patient,
        rule: "news2".into(),
        rule_version: "1".into(),
        priority: Priority::High,
        title: "NEWS2 8".into(),
        message: String::new(),
        measured_at: at,
        device: None,
        evidence: vec![],
    }
}

fn amoxicillin(at: DateTime<Utc>, encounter: EncounterId) -> Prescription {
    Prescription {
        identifiers: vec![],
        medication: CodeableConcept {
            coding: vec![Coding::new("urn:local", "amox", "Amox"), Coding::new(RXNORM, "723", "amoxicillin")],
            text: Some("for Mrs Zzyzx".into()),
        },
        dose: None,
        route: None,
        frequency: None,
        as_needed: false,
        reasons: vec![],
        authored_at: at,
        prescriber: None,
        encounter: Some(encounter),
        taking: Intake::AsOrdered,
        further: vec![],
        details: vec![],
        reported: false,
    }
}
