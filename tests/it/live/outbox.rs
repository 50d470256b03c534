use healthcare_infrastructure::live::outbox;
use healthcare_tests::record::Record;

const TELL: &str = "select live.tell('test', 'normal', 'x', '', null, 'test', gen_random_uuid(), 1, 'open', '/', '{}',
    false, array['nurse'])";

/// Transactions that take their time between telling and committing, some rolled back, some killed; a reader that goes
/// by positions alone sees each committed one once, in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn positions_are_in_the_order_of_commits_and_without_gaps() {
    const WRITERS: usize = 8;
    const EACH: i64 = 60;
    let record = Record::new().await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let db = record.store.database().clone();
            let owner = record.database.urls.owner.clone();
            tokio::spawn(async move {
                let mut committed = 0;
                for n in 0..EACH {
                    if (n + writer as i64) % 10 == 9 {
                        // Dies between telling and the end of its commit.
                        let doomed = healthcare_infrastructure::embedded::roles::connect(&owner.clone().into())
                            .await
                            .expect("signs in");
                        doomed.batch_execute("begin").await.expect("a transaction");
                        doomed.batch_execute(TELL).await.expect("told");
                        doomed.batch_execute("set constraints all immediate").await.expect("a position");
                        assert!(doomed.batch_execute("select pg_terminate_backend(pg_backend_pid())").await.is_err());
                        continue;
                    }
                    let mut client = db.get().await.expect("a connection");
                    let tx = client.transaction().await.expect("a transaction");
                    for _ in 0..1 + n % 3 {
                        tx.batch_execute(TELL).await.expect("told");
                    }
                    tx.batch_execute("select pg_sleep(random() / 300)").await.expect("it takes its time");
                    if n % 7 == 3 {
                        tx.rollback().await.expect("taken back");
                    } else {
                        tx.commit().await.expect("committed");
                        committed += 1 + n % 3;
                    }
                }
                committed
            })
        })
        .collect();
    let (mut seen, mut rounds) = (0, 0);
    let mut writing = futures::future::join_all(writers);
    let mut expected = None;
    while expected != Some(seen) {
        for told in outbox::behind(record.store.database(), seen, 1000).await.expect("the outbox") {
            seen += 1;
            assert_eq!(told.notification.position, seen, "a reader that goes by positions missed one");
        }
        rounds += 1;
        if expected.is_none()
            && let Ok(done) = tokio::time::timeout(std::time::Duration::from_millis(1), &mut writing).await
        {
            expected = Some(done.into_iter().map(|one| one.expect("no panic")).sum());
        }
    }
    assert!(rounds > 50, "the reader looked {rounds} times only while they wrote");
    assert_eq!(outbox::head(record.store.database()).await.expect("the head"), seen);
}
