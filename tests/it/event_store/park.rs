//! A poison event stops its patient and nobody else.

use std::sync::atomic::{AtomicBool, Ordering};

use healthcare_application::store::EventStore as _;
use healthcare_domain::{StreamType, id::PatientId};
use healthcare_infrastructure::{
    embedded::roles,
    event_log::{Replayed, catch_up, parked, replay_parked, tick},
};
use healthcare_tests::bare_record::{Record, record};
use uuid::Uuid;

use super::given::{Notes, SEEN, advanced, commit, new_id, permit, registered};

async fn append(record: &Record, patient: PatientId, expected: i32) {
    let events = if expected == 0 { vec![registered("Zzyzx")] } else { vec![advanced()] };
    let commit = commit((StreamType::Patient, patient.0), patient, expected, events);
    record.store.append(&permit(&record.store, patient).await, commit).await.expect("appended");
    let client = record.store.database().get().await.expect("a connection");
    tick(&client).await.expect("ticks");
}

async fn seen(record: &Record, patient: PatientId) -> Vec<i32> {
    let sql = "select version from public.seen where patient_id = $1 order by n";
    let rows = record.owner().await.query(sql, &[&patient.0]).await.expect("it answers");
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn a_poison_event_parks_its_patient_and_the_others_go_on() {
    let record = record().await;
    record.owner().await.batch_execute(SEEN).await.expect("a table for what is seen");
    let (ill, well) = (PatientId(new_id()), PatientId(new_id()));
    let notes = Notes { allergic_to: Some(ill), broken: AtomicBool::new(true), ..Notes::new("choosy") };
    append(&record, well, 0).await;
    append(&record, ill, 0).await;
    append(&record, well, 1).await;
    append(&record, ill, 1).await;
    catch_up(&notes, &record.store).await.expect("it goes on");
    append(&record, ill, 2).await;
    append(&record, well, 2).await;
    catch_up(&notes, &record.store).await.expect("it goes on");

    assert_eq!(seen(&record, well).await, [1, 2, 3]);
    assert_eq!(seen(&record, ill).await, [0; 0], "no effect of a parked event is left");
    let client = record.store.database().get().await.expect("a connection");
    let waiting = parked(&client).await.expect("it answers");
    let places: Vec<(Uuid, i32, i32)> = waiting.iter().map(|p| (p.stream, p.version, p.attempts)).collect();
    assert_eq!(places, [(ill.0, 1, 1), (ill.0, 2, 0), (ill.0, 3, 0)], "the first failed, the others wait behind it");
    assert!(waiting[0].error.contains("SQLSTATE 23502"), "{}", waiting[0].error);
    assert!(waiting.iter().all(|p| !p.error.contains("Zzyzx")), "nothing about the patient is kept with it");

    let still = replay_parked(&notes, &record.store, None).await.expect("it answers");
    assert_eq!(still, Replayed { handled: 0, freed: 0, still_parked: 1 });
    assert_eq!(parked(&client).await.expect("it answers")[0].attempts, 2);

    notes.broken.store(false, Ordering::SeqCst);
    let freed = replay_parked(&notes, &record.store, Some(ill.0)).await.expect("it answers");
    assert_eq!(freed, Replayed { handled: 3, freed: 1, still_parked: 0 });
    append(&record, ill, 3).await;
    catch_up(&notes, &record.store).await.expect("it goes on");
    assert_eq!(seen(&record, ill).await, [1, 2, 3, 4], "in order, each once");
    assert_eq!(seen(&record, well).await, [1, 2, 3]);
}

#[tokio::test]
async fn an_event_that_does_not_open_is_parked_and_an_erased_patient_is_passed_over() {
    let record = record().await;
    let owner = record.owner().await;
    owner.batch_execute(SEEN).await.expect("a table for what is seen");
    let (damaged, erased, well) = (PatientId(new_id()), PatientId(new_id()), PatientId(new_id()));
    for patient in [damaged, erased, well] {
        append(&record, patient, 0).await;
    }
    let flip = "update es.event set payload = set_byte(payload, 20, get_byte(payload, 20) # 1) where patient_id = $1";
    owner.execute(flip, &[&damaged.0]).await.expect("one bit is flipped");
    let keys_owner = record.database.urls.keys_owner.clone().into();
    let destroy = "update vault.data_key set wrapped = null, destroyed_at = now() where patient_id = $1";
    let keys = roles::connect(&keys_owner).await.expect("signs in");
    keys.execute(destroy, &[&erased.0]).await.expect("the key is destroyed");

    // Another process: this one still holds the key.
    catch_up(&Notes::new("reader"), &record.another_store()).await.expect("it goes on");
    assert_eq!(seen(&record, well).await, [1]);
    assert_eq!(seen(&record, erased).await, [0; 0]);
    let client = record.store.database().get().await.expect("a connection");
    let waiting = parked(&client).await.expect("it answers");
    assert_eq!(waiting.iter().map(|p| p.patient).collect::<Vec<_>>(), [Some(damaged.0)]);
}
