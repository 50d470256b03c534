use healthcare_application::Role;
use healthcare_domain::alert::Priority;
use healthcare_tests::app::spawn_app;

use super::{Follower, alerted};

/// More than the queue and the buffers of the sockets hold.
const MANY: i64 = 6000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_client_is_closed_and_resumes_and_others_are_not_held_up() {
    let app = spawn_app().await;
    let (nurse, doctor) = (app.token(Role::Nurse).await, app.token(Role::Doctor).await);
    let (mut slow, _) = Follower::new(&app.url, &nurse, "?patients=none").await;
    let (mut quick, _) = Follower::new(&app.url, &doctor, "?patients=none").await;
    let reading = tokio::spawn(async move {
        let mut heard = 0;
        while heard < MANY {
            if quick.next_of("notification").await.is_err() {
                break;
            }
            heard += 1;
        }
        (heard, quick)
    });
    let owner = app.owner().await;
    owner
        .execute(
            "select live.tell('test', 'normal', n::text, repeat('x', 4000), null, 'test', gen_random_uuid(), 1, 'open',
                '/', '{}', false, array['nurse', 'doctor']) from generate_series(1, $1::int8) n",
            &[&MANY],
        )
        .await
        .expect("told");
    let (heard, mut quick) = reading.await.expect("no panic");
    assert_eq!(heard, MANY, "who reads is told all of it");
    // Only now does the slow one read: what is left in the buffers, and that it is closed.
    let mut position = 0;
    let code = loop {
        match slow.next_of("notification").await {
            Ok(message) => {
                assert_eq!(message["position"], position + 1);
                position += 1;
            }
            Err(code) => break code,
        }
    };
    assert_eq!(code, 4408, "closed after {position}");
    assert!(position < MANY, "the queue is bounded");
    let (mut again, _) = Follower::new(&app.url, &nurse, &format!("?position={position}&patients=none")).await;
    while position < MANY {
        assert_eq!(again.next_of("notification").await.expect("a notification")["position"], position + 1);
        position += 1;
    }
    alerted(&app.platform, "and on", Priority::Low).await;
    assert_eq!(again.next_of("notification").await.expect("a notification")["title"], "and on");
    let _still_open = quick.next_of("heartbeat").await.expect("a heartbeat");
}
