//! Telemetry: from a bedside reading to a stored row, a score and an alert.

mod alarms;
mod broker;
mod devices;
mod equivalent_codes;
mod get_device;
mod hypertable;
mod known_then;
mod list_devices;
mod over_http;
mod over_kafka;
mod partitions;
mod patient_profile;
mod process;
mod readings;
mod rollups;
mod vitals;

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, Duration, Utc};
use healthcare_application::{Actor, Call, Role, clock::Clock, device};
use healthcare_domain::{
    device::DeviceDescription,
    id::{DeviceId, PatientId},
    patient::Demographics,
};
use healthcare_infrastructure::clock::SystemClock;
use healthcare_telemetry_gateway::{
    alerting::Alerting,
    ingest::{Receipt, clockwork},
    reading::{RawValue, Reading},
    runtime::Ground,
    transport::Transport,
};
use healthcare_tests::record::Record;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// A clock that goes as a test sets it, from the real time on.
struct TestClock {
    start: DateTime<Utc>,
    seconds: AtomicI64,
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        self.start + Duration::seconds(self.seconds.load(Ordering::SeqCst))
    }
    fn new_id(&self) -> Uuid {
        SystemClock.new_id()
    }
}

/// A gateway over a record of its own, in process, with a clock that stands still until it is moved.
struct Ward {
    record: Record,
    gateway: Ground,
    transport: Transport,
    clock: Arc<TestClock>,
    stop: CancellationToken,
}

impl Ward {
    async fn new() -> Self {
        let record = Record::new().await;
        let clock = Arc::new(TestClock { start: SystemClock.now(), seconds: AtomicI64::new(0) });
        let mut app = record.app.clone();
        app.clock = clock.clone();
        let gateway = Ground::new(app, record.platform.db.clone());
        let stop = CancellationToken::new();
        let (transport, _) = gateway.in_process(&stop);
        Self { record, gateway, transport, clock, stop }
    }

    async fn call(&self, role: Role) -> Call {
        let actor = Actor::of(self.record.account(role.as_str()).await, role);
        Call { actor, ..Call::system(self.record.id()) }
    }

    async fn patient(&self) -> PatientId {
        let demographics: Demographics = serde_json::from_value(serde_json::json!({
            "names": [{ "family": "Lind", "given": ["Ana"] }], "gender": "female", "birth_date": "1950-01-01",
        }))
        .expect("demographics");
        let cmd = healthcare_application::patient::RegisterPatient { demographics, known_as_another: None };
        let call = self.call(Role::Nurse).await;
        let done = healthcare_application::patient::register_patient(&self.gateway.app, &call, cmd).await;
        PatientId(done.expect("registered").id)
    }

    async fn device(&self, serial: &str) -> DeviceId {
        let description = DeviceDescription { serial: serial.into(), kind: "bedside monitor".into(), model: None };
        let cmd = device::RegisterDevice { description };
        let done = device::register_device(&self.gateway.app, &self.call(Role::Admin).await, cmd).await;
        DeviceId(done.expect("registered").id)
    }

    async fn assign(&self, device: DeviceId, patient: PatientId, at: DateTime<Utc>) {
        let cmd = device::AssignDevice { device, patient, at: Some(at) };
        device::assign_device(&self.gateway.app, &self.call(Role::Nurse).await, cmd).await.expect("assigned");
    }

    async fn unassign(&self, device: DeviceId, at: DateTime<Utc>) {
        let cmd = device::UnassignDevice { device, at: Some(at) };
        device::unassign_device(&self.gateway.app, &self.call(Role::Nurse).await, cmd).await.expect("unassigned");
    }

    /// A patient with a monitor on them since an hour ago.
    async fn monitored(&self, serial: &str) -> (PatientId, DeviceId) {
        let (patient, device) = (self.patient().await, self.device(serial).await);
        self.assign(device, patient, self.clock.start - Duration::hours(1)).await;
        (patient, device)
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Moves the clock to so many seconds after the start, and lets it tick.
    async fn at(&self, second: i64) {
        self.clock.seconds.store(second, Ordering::SeqCst);
        clockwork::tick_due(&self.gateway.db, &self.gateway.settings.policy, self.now()).await.expect("a tick");
        self.carry_out().await;
    }

    async fn submit(&self, readings: &[Reading]) -> Receipt {
        let receipt = self.transport.submit(readings, None, None).await.expect("stored");
        self.carry_out().await;
        receipt
    }

    async fn carry_out(&self) {
        let alerting = Alerting { db: self.gateway.db.clone(), app: self.gateway.app.clone(), sink: None };
        alerting.drain().await.expect("changes of alerts carried out");
    }

    /// The alerts of a patient in the record: rule, priority, status.
    async fn alerts(&self, patient: PatientId) -> Vec<(String, String, String)> {
        let rows = self
            .record
            .owner
            .query(
                "select rule, priority, status from read.alert where patient_id = $1 order by raised_at, rule",
                &[&patient.0],
            )
            .await
            .expect("alerts");
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
    }
}

impl Drop for Ward {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A reading of a device by its serial number.
fn reading(serial: &str, code: &str, value: f64, unit: &str, at: DateTime<Utc>) -> Reading {
    Reading {
        event_id: format!("{serial}-{code}-{}", at.timestamp_micros()),
        device_id: None,
        serial: Some(serial.into()),
        code: code.into(),
        value: RawValue::Number(value),
        unit: Some(unit.into()),
        measured_at: at.to_rfc3339(),
        sent_at: None,
        seq: None,
    }
}

fn spo2(serial: &str, value: f64, at: DateTime<Utc>) -> Reading {
    reading(serial, "59408-5", value, "%", at)
}

fn alert(rule: &str, priority: &str, status: &str) -> (String, String, String) {
    (rule.into(), priority.into(), status.into())
}
