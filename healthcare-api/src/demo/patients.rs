//! The patients of a demonstration: records of real format, each at another stage of the pathway.

use bytes::Bytes;
use healthcare_application::{
    App, Call, CommandError, Permission,
    access::Idempotency,
    care_team::{self, AddMember},
    device::{self, AssignDevice, RegisterDevice},
    encounter::{self, AdmitPatient, Beginning, WantedPlace},
    patient::{self, AdvancePathway},
    read::PatientSearch,
};
use healthcare_domain::{
    care_team::{CareTeamError, Member, Membership},
    device::{DeviceDescription, DeviceError},
    encounter::{Admission, EncounterClass, Stage},
    id::{DeviceId, PatientId},
    patient::PatientError,
};
use healthcare_infrastructure::{
    import::{self, ImportContext},
    platform::Platform,
};
use serde::Deserialize;

/// The ward of the demonstration: its staff belong to the care team of each of its patients.
pub(super) const WARD: &str = "Ward 1";

/// What goes wrong here is told once, by who called.
pub(super) type Failed = Box<dyn std::error::Error + Send + Sync>;

/// A patient of the demonstration.
struct Guest {
    /// By which their record is found.
    family: &'static str,
    /// Their record (provenance: tests/fixtures/README.md).
    file: &'static str,
    record: &'static [u8],
    /// How far they have come.
    stage: &'static str,
    /// The device on them, if one is.
    device: Option<&'static str>,
    /// Their bed, if they stay.
    bed: Option<&'static str>,
}

macro_rules! record {
    ($file:literal) => {
        include_bytes!(concat!("../../../tests/fixtures/", $file))
    };
}

const GUESTS: [Guest; 5] = [
    Guest {
        family: "Placeholt",
        file: "mixed-20261121-0005.json",
        record: record!("carebundle/mixed-20261121-0005.json"),
        stage: "monitored",
        device: Some(super::pulse::UNSTABLE),
        bed: Some("1A"),
    },
    Guest {
        family: "Stubfield",
        file: "mixed-20261121-0006.json",
        record: record!("carebundle/mixed-20261121-0006.json"),
        stage: "reviewed",
        device: Some(super::pulse::STABLE),
        bed: Some("1B"),
    },
    Guest {
        family: "Mocklin",
        file: "mixed-20261121-0010.json",
        record: record!("carebundle/mixed-20261121-0010.json"),
        stage: "welcome",
        device: Some("DEMO-3"),
        bed: None,
    },
    Guest {
        family: "Syntheson",
        file: "mixed-20261121-0015.json",
        record: record!("carebundle/mixed-20261121-0015.json"),
        stage: "device",
        device: Some("DEMO-4"),
        bed: None,
    },
    Guest {
        family: "Exemplar",
        file: "clinic.json",
        record: record!("fhir/clinic.json"),
        stage: "enrolled",
        device: None,
        bed: None,
    },
];

/// The patient whom the account of the role `patient` belongs to.
///
/// # Errors
/// When their record cannot be imported.
pub(super) async fn portal_patient(platform: &Platform) -> anyhow::Result<PatientId> {
    let [guest, ..] = &GUESTS;
    import_record(platform, guest).await.map_err(anyhow::Error::from_boxed)
}

/// Puts all of them in place. What is in place already stays as it is.
///
/// # Errors
/// When the record cannot be reached or refuses; the next start goes on from there.
pub(super) async fn furnish(platform: &Platform) -> Result<(), Failed> {
    for guest in &GUESTS {
        let patient = import_record(platform, guest).await?;
        entrust(&platform.app, patient).await?;
        walk(&platform.app, patient, guest).await?;
        if let Some(serial) = guest.device {
            put_on(&platform.app, serial, patient).await?;
        }
        if let Some(bed) = guest.bed {
            admit(&platform.app, patient, bed).await?;
        }
    }
    Ok(())
}

/// Imports the record; the same again adds nothing.
async fn import_record(platform: &Platform, guest: &Guest) -> Result<PatientId, Failed> {
    let app = &platform.app;
    let call = Call::system(app.clock.new_id());
    let permit = app.authorise(&call, Permission::ImportRecords, None).await?;
    let source = Some("demonstration".to_owned());
    let context = ImportContext::new(platform.store.clone(), app.clock.clone(), &permit, &call, source)
        .map(|context| context.numbering(app.patients.mrn.clone()))
        .ok_or("the permit is for an import")?;
    import::run_bytes(&context, guest.file, Bytes::from_static(guest.record), |_| {}).await?;
    found(app, guest).await
}

#[derive(Deserialize)]
struct Found {
    id: PatientId,
}

async fn found(app: &App, guest: &Guest) -> Result<PatientId, Failed> {
    let search = PatientSearch { name: Some(guest.family.to_owned()), limit: 1, ..PatientSearch::default() };
    let page = patient::find_patients(app, &Call::system(app.clock.new_id()), search).await?;
    let first = page.items.first().ok_or("a patient of the demonstration was not imported")?;
    let Found { id } = serde_json::from_str(first.get())?;
    Ok(id)
}

/// Takes the ward into the patient's care team.
async fn entrust(app: &App, patient: PatientId) -> Result<(), Failed> {
    let call = Call::system(app.clock.new_id());
    let member = Member::Ward(WARD.to_owned());
    let cmd = AddMember { patient, member, membership: Membership::Team, until: None, reason: None };
    match care_team::add_member(app, &call, cmd).await {
        Ok(_) | Err(CommandError::Refused(CareTeamError::AlreadyMember)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Walks the pathway up to the stage.
async fn walk(app: &App, patient: PatientId, guest: &Guest) -> Result<(), Failed> {
    let stages = app.patients.pathways.pathway(None).map(|pathway| pathway.stages.clone()).unwrap_or_default();
    let last = stages.iter().position(|stage| stage.id == guest.stage);
    for stage in stages.into_iter().take(last.map_or(0, |last| last + 1)).map(|stage| stage.id) {
        let call = Call::system(app.clock.new_id());
        match patient::advance_pathway(app, &call, AdvancePathway { patient, pathway: None, stage }).await {
            // They have been here already.
            Ok(_) | Err(CommandError::Refused(PatientError::NotTheNextStage { .. })) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Registers a device and puts it on a patient.
async fn put_on(app: &App, serial: &str, patient: PatientId) -> Result<(), Failed> {
    let call = repeatable(app, format!("demonstration-device-{serial}"));
    let description = DeviceDescription {
        serial: serial.to_owned(),
        kind: "bedside monitor".to_owned(),
        model: Some("simulated".to_owned()),
    };
    let device = DeviceId(device::register_device(app, &call, RegisterDevice { description }).await?.id);
    let call = Call::system(app.clock.new_id());
    match device::assign_device(app, &call, AssignDevice { device, patient, at: None }).await {
        Ok(_) | Err(CommandError::Refused(DeviceError::AlreadyAssigned)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Admits a patient to a bed, once.
async fn admit(app: &App, patient: PatientId, bed: &str) -> Result<(), Failed> {
    let call = repeatable(app, format!("demonstration-admission-{bed}"));
    let place = WantedPlace { ward: Some(WARD.to_owned()), bed: Some(bed.to_owned()), ..WantedPlace::default() };
    let admission = Admission::of(EncounterClass::Inpatient, app.clock.now());
    let beginning = Beginning::At(Stage::InProgress);
    encounter::admit_patient(app, &call, AdmitPatient { patient, admission, place, beginning, overrides: vec![] })
        .await?;
    Ok(())
}

/// A call whose repeat is answered as the first was.
fn repeatable(app: &App, key: String) -> Call {
    let idempotency = Idempotency { request_hash: key.clone().into_bytes(), key };
    Call { idempotency: Some(idempotency), ..Call::system(app.clock.new_id()) }
}
