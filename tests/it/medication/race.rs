use futures::future::join;
use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::time::Duration;

use super::{no_known_allergies, order, penicillin, prescribe};
use crate::patient::register;

/// SECURITY 35: an order of amoxicillin and an allergy to penicillin at the same moment: whichever is stored second knows of the
/// first. Signed first, the allergy comes after it; else the order is refused with the allergy as its finding.
#[tokio::test]
async fn neither_an_order_nor_an_allergy_slips_past_the_other() {
    let app = spawn_app().await;
    app.token(Role::Doctor).await;
    app.token(Role::Nurse).await;
    let (mut signed_first, mut refused) = (0, 0);
    for seed in 0..60 {
        let mut random = StdRng::seed_from_u64(seed);
        let patient = register(&app).await;
        if random.random_bool(0.5) {
            no_known_allergies(&app, &patient).await;
        }
        let head_start = |micros: u64| tokio::time::sleep(Duration::from_micros(micros));
        let (order_waits, allergy_waits) = (random.random_range(0..12_000), random.random_range(0..12_000));
        let signing = async {
            head_start(order_waits).await;
            prescribe(&app, &patient, order("Amoxicillin 500 MG Oral Capsule")).await
        };
        let charting = async {
            head_start(allergy_waits).await;
            penicillin(&app, &patient).await.expect(201)
        };
        let (signing, _) = join(signing, charting).await;
        let owner = app.owner().await;
        let row = owner
            .query_one(
                "select max(seq) filter (where event_type = 'pharmacy.medication.prescribed'),
                        max(seq) filter (where event_type = 'patient.allergy.added')
                 from es.event where patient_id = $1",
                &[&patient.parse::<uuid::Uuid>().expect("an id")],
            )
            .await
            .expect("a row");
        let (ordered, charted): (Option<i64>, Option<i64>) = (row.get(0), row.get(1));
        match (signing.status, ordered) {
            (201, Some(ordered)) => {
                assert!(charted > Some(ordered), "seed {seed}: the order was stored after the allergy it did not see");
                signed_first += 1;
            }
            (409, None) => {
                assert_eq!(signing.body["type"], "/problems/medication/findings", "seed {seed}");
                refused += 1;
            }
            other => panic!("seed {seed}: {other:?} {:#}", signing.body),
        }
    }
    assert!(signed_first > 5 && refused > 5, "both orders were met: {signed_first} and {refused}");
}
