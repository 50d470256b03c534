//! The patients and devices of a simulation, made ready over the real interface.

use std::sync::Arc;

use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Session, SessionError};

/// A simulated patient and the device that is on them.
#[derive(Debug, Clone)]
pub struct Bed {
    /// The patient in the record.
    pub patient: Uuid,
    /// The device in the record.
    pub device: Uuid,
    /// Its serial number.
    pub serial: String,
}

/// Who makes a ward ready.
#[derive(Clone)]
pub struct Staff {
    /// Registers patients, assigns devices, follows and answers alerts.
    pub nurse: Arc<Session>,
    /// Registers devices.
    pub admin: Arc<Session>,
    /// Sends readings.
    pub device: Arc<Session>,
}

/// Makes so many beds ready: patients of the directory where `existing`, else registered ones; a device on each. The
/// same seed finds the same patients and devices again.
///
/// # Errors
/// When the server cannot be reached or refuses, or the directory holds too few patients.
pub async fn make_ready(staff: &Staff, seed: u64, patients: u64, existing: bool) -> Result<Vec<Bed>, SessionError> {
    let known = if existing { directory(&staff.nurse, patients).await? } else { vec![] };
    let mut beds = Vec::new();
    for number in 0..patients {
        let known = usize::try_from(number).ok().and_then(|n| known.get(n)).copied();
        let patient = match known {
            Some(patient) => patient,
            None => register_patient(&staff.nurse, seed, number).await?,
        };
        let serial = format!("SIM-{seed}-{number}");
        let description = json!({ "serial": serial, "kind": "bedside monitor", "model": "simulated" });
        let key = format!("simulate-device-{seed}-{number}");
        let device = id_of(&staff.admin.post("/api/v1/devices", Some(&key), &description).await?);
        put_on(&staff.nurse, device, patient).await?;
        beds.push(Bed { patient, device, serial });
    }
    Ok(beds)
}

/// Puts a device on a patient. One that an earlier run left on somebody is taken off first.
async fn put_on(nurse: &Session, device: Uuid, patient: Uuid) -> Result<(), SessionError> {
    let path = format!("/api/v1/devices/{device}/assign");
    let body = json!({ "patient": patient });
    match nurse.post(&path, None, &body).await {
        Err(SessionError::Refused { status: StatusCode::CONFLICT, .. }) => {
            take_off(nurse, device).await?;
            nurse.post(&path, None, &body).await.map(|_| ())
        }
        other => other.map(|_| ()),
    }
}

/// Takes a device off its patient, so that its silence is no alarm.
///
/// # Errors
/// When the server cannot be reached or refuses.
pub async fn take_off(nurse: &Session, device: Uuid) -> Result<(), SessionError> {
    nurse.post(&format!("/api/v1/devices/{device}/unassign"), None, &json!({})).await.map(|_| ())
}

/// The first living patients of the directory.
async fn directory(nurse: &Session, wanted: u64) -> Result<Vec<Uuid>, SessionError> {
    let mut found = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let from = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let page = nurse.get(&format!("/api/v1/patients?limit=200{from}")).await?;
        let living = page["items"].as_array().into_iter().flatten().filter(|item| item["deceased"].is_null());
        found.extend(living.map(id_of));
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() || found.len() as u64 >= wanted {
            return Ok(found);
        }
    }
}

async fn register_patient(nurse: &Session, seed: u64, number: u64) -> Result<Uuid, SessionError> {
    let demographics = json!({
        "names": [{ "use": "official", "family": format!("Simulated-{seed}"), "given": [format!("Number {number}")] }],
        "gender": if number.is_multiple_of(2) { "female" } else { "male" },
        "birth_date": format!("{}-06-15", 1940 + (seed.wrapping_add(number) % 50)),
    });
    let key = format!("simulate-patient-{seed}-{number}");
    Ok(id_of(&nurse.post("/api/v1/patients", Some(&key), &demographics).await?))
}

fn id_of(entry: &Value) -> Uuid {
    entry["id"].as_str().and_then(|id| id.parse().ok()).unwrap_or_default()
}
