use chrono::Duration;
use healthcare_application::{
    Actor, Call, CommandError, Role,
    access::Strength,
    device,
    identity::{MergePatients, merge_patients},
};
use healthcare_domain::{
    device::{DeviceDescription, DeviceError},
    id::PatientId,
};

use super::{Ward, spo2};

#[tokio::test]
async fn a_serial_number_is_one_device() {
    let ward = Ward::new().await;
    ward.device("MON-1").await;
    let description = DeviceDescription { serial: "MON-1".into(), kind: "monitor".into(), model: None };
    let again = device::register_device(
        &ward.gateway.app,
        &ward.call(Role::Admin).await,
        device::RegisterDevice { description },
    )
    .await;
    assert!(matches!(again, Err(CommandError::Refused(DeviceError::AlreadyRegistered))));
}

#[tokio::test]
async fn a_device_is_put_on_nobody_who_is_not_in_the_record() {
    let ward = Ward::new().await;
    let device = ward.device("MON-2").await;
    let cmd = device::AssignDevice { device, patient: PatientId(ward.record.id()), at: None };
    let refused = device::assign_device(&ward.gateway.app, &ward.call(Role::Nurse).await, cmd).await;
    assert!(matches!(refused, Err(CommandError::Refused(DeviceError::NoSuchPatient))));
}

#[tokio::test]
async fn an_assignment_entered_afterwards_holds_for_what_is_stored_already() {
    let ward = Ward::new().await;
    let (patient, device) = (ward.patient().await, ward.device("MON-3").await);
    let now = ward.now();
    ward.submit(&[spo2("MON-3", 97.0, now - Duration::minutes(9)), spo2("MON-3", 98.0, now - Duration::minutes(1))])
        .await;
    assert_eq!(ward.record.count("telemetry.reading where patient_id is null").await, 2);
    ward.assign(device, patient, now - Duration::minutes(5)).await;
    let theirs = format!("telemetry.reading where patient_id = '{patient}' and value = 98");
    assert_eq!(ward.record.count(&theirs).await, 1);
    assert_eq!(ward.record.count("telemetry.reading where patient_id is null and value = 97").await, 1);
}

#[tokio::test]
async fn what_was_measured_after_the_device_was_taken_off_is_forgotten() {
    let ward = Ward::new().await;
    let (patient, device) = ward.monitored("MON-4").await;
    let now = ward.now();
    ward.submit(&[spo2("MON-4", 97.0, now)]).await;
    assert_eq!(ward.record.count(&format!("telemetry.latest where patient_id = '{patient}'")).await, 1);
    ward.unassign(device, now - Duration::minutes(5)).await;
    assert_eq!(ward.record.count("telemetry.reading where patient_id is null").await, 1);
    ward.at(400).await;
    assert_eq!(ward.record.count(&format!("telemetry.latest where patient_id = '{patient}'")).await, 0);
}

/// What a merge brought of the latest values follows its device like any other: it stays while the device was on the person
/// then, under whichever registration, and is forgotten once it is known that it was not.
#[tokio::test]
async fn what_came_with_a_merge_is_forgotten_once_its_device_was_not_there() {
    let ward = Ward::new().await;
    let survivor = ward.patient().await;
    let (duplicate, device) = ward.monitored("MON-9").await;
    let now = ward.now();
    ward.submit(&[spo2("MON-9", 97.0, now)]).await;
    let reason = "one passport".to_owned().try_into().expect("a reason");
    let cmd = MergePatients { survivor, duplicate, survivor_version: 1, duplicate_version: 1, reason };
    let call = ward.call(Role::Receptionist).await;
    let actor = Actor { strength: Strength::SecondFactor { at: now }, ..call.actor };
    merge_patients(&ward.gateway.app, &Call { actor, ..call }, cmd).await.expect("merged");
    let brought = format!("telemetry.latest where patient_id = '{survivor}' and home = '{duplicate}'");
    assert_eq!(ward.record.count(&brought).await, 1);
    ward.at(400).await;
    assert_eq!(ward.record.count(&brought).await, 1, "the device was on them");
    ward.unassign(device, now - Duration::minutes(5)).await;
    ward.at(800).await;
    assert_eq!(ward.record.count(&brought).await, 0);
}
