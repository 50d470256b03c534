use std::collections::BTreeMap;

use healthcare_domain::{
    encounter::{Admission, Demands, Disposition, Encounter, EncounterClass, Place},
    id::{BedId, EncounterId, PatientId, WardId},
    patient::Patient,
    ward::{Bed, BedPlace, BlockReason, Ward, WardProfile},
};
use healthcare_infrastructure::{database::Database, event_log::tick, rebuild::rebuild_read};
use healthcare_tests::bare_record::{Record, record};

use crate::{
    event_store::given::app,
    rebuild::life::{decide, person},
};

async fn contents(record: &Record) -> BTreeMap<&'static str, Vec<String>> {
    let owner = record.owner().await;
    let mut all = BTreeMap::new();
    for table in ["ward", "bed", "encounter", "entry"] {
        let rows = owner.query(&format!("select t::text from read.{table} t order by 1"), &[]).await.expect("rows");
        all.insert(table, rows.iter().map(|row| row.get(0)).collect());
    }
    all
}

/// Opened, furnished, occupied, exchanged, blocked, left: a rebuild gives the same rows, and the rules with them.
#[tokio::test]
async fn a_rebuild_gives_the_same_wards_beds_and_visits_and_the_rules_with_them() {
    let record = record().await;
    let app = app(&record.store);
    let now = app.clock.now();
    let ward = WardId(app.clock.new_id());
    let profile = WardProfile { name: "West".into(), specialty: None, demands: Demands::default(), cleans_beds: false };
    decide::<Ward>(&app, ward, None, now, |w| w.open(profile.clone())).await;
    decide::<Ward>(&app, ward, None, now, |w| w.add_room("101".into())).await;
    let mut beds = vec![];
    for name in ["1", "2", "3"] {
        let bed = BedId(app.clock.new_id());
        let place = BedPlace { ward_id: ward, ward: "West".into(), room: "101".into(), name: name.into() };
        decide::<Bed>(&app, bed, None, now, |b| b.add(place.clone())).await;
        decide::<Ward>(&app, ward, None, now, |w| w.place_bed("101", bed)).await;
        beds.push(bed);
    }
    let place = |n: usize| Place { bed_id: Some(beds[n]), ..Place::on("West") };
    let mut stays = vec![];
    for (n, bed) in beds.iter().take(2).enumerate() {
        let (patient, stay) = (PatientId(app.clock.new_id()), EncounterId(app.clock.new_id()));
        decide::<Patient>(&app, patient, Some(patient), now, |p| p.register(person("Zzyzx", 1954), now)).await;
        let admission = Admission::of(EncounterClass::Inpatient, now).at(place(n));
        decide::<Encounter>(&app, stay, Some(patient), now, |e| e.admit(admission.clone(), now)).await;
        decide::<Bed>(&app, *bed, None, now, |b| b.occupy(stay, now)).await;
        stays.push((stay, patient));
    }
    // The first leaves; the second takes the first's bed, and theirs is blocked.
    decide::<Encounter>(&app, stays[0].0, Some(stays[0].1), now, |e| e.discharge(Disposition::Home, now)).await;
    decide::<Bed>(&app, beds[0], None, now, |b| b.vacate(stays[0].0, now, false)).await;
    decide::<Bed>(&app, beds[1], None, now, |b| b.vacate(stays[1].0, now, true)).await;
    decide::<Encounter>(&app, stays[1].0, Some(stays[1].1), now, |e| e.transfer(place(0), now, now)).await;
    decide::<Bed>(&app, beds[0], None, now, |b| b.occupy(stays[1].0, now)).await;
    decide::<Bed>(&app, beds[1], None, now, |b| b.block(BlockReason::Maintenance, now)).await;
    decide::<Bed>(&app, beds[2], None, now, |b| b.retire(now)).await;

    tick(&record.store.database().get().await.expect("a session")).await.expect("a tick");
    let live = contents(&record).await;
    assert_eq!((live["ward"].len(), live["bed"].len(), live["encounter"].len()), (1, 3, 2));
    let owner = Database::connect(&record.database.urls.owner.clone().into(), 2).expect("a URL");
    rebuild_read(&owner, record.store.codec()).await.expect("rebuilt");
    assert_eq!(contents(&record).await, live);
    let twice = "update read.encounter set bed_id = (select bed_id from read.encounter where bed_id is not null)";
    let refused = record.owner().await.execute(twice, &[]).await.expect_err("the rule stands");
    assert_eq!(refused.as_db_error().and_then(|e| e.constraint()), Some("bed_held_once"));
}
