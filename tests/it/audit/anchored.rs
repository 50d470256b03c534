//! Anchors that leave the house.

use std::{
    net::{Ipv4Addr, TcpListener},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use actix_web::{App, HttpResponse, HttpServer, web};
use healthcare_infrastructure::seal::{Anchor, Anchors, read_anchors};

use super::sealed::{Site, sealer, site};

/// What a receiver of anchors got, and how often it is to refuse first.
#[derive(Clone, Default)]
struct Receiver {
    got: Arc<Mutex<Vec<Anchor>>>,
    refusals: Arc<AtomicUsize>,
}

async fn take(receiver: web::Data<Receiver>, body: String) -> HttpResponse {
    if receiver.refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
        return HttpResponse::ServiceUnavailable().finish();
    }
    let anchors = body.lines().map(|line| serde_json::from_str(line).expect("an anchor"));
    receiver.got.lock().expect("not poisoned").extend(anchors);
    HttpResponse::NoContent().finish()
}

/// SECURITY 44: blocks are told to a receiver elsewhere, in order, again until it confirms, also by a later process.
#[tokio::test]
async fn security_44_anchors_are_posted_until_they_are_confirmed() {
    let receiver = Receiver::default();
    receiver.refusals.store(2, Ordering::SeqCst);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let url = format!("http://{}/anchors", listener.local_addr().expect("an address"));
    let data = web::Data::new(receiver.clone());
    let server = HttpServer::new(move || App::new().app_data(data.clone()).route("/anchors", web::post().to(take)));
    let server = server.workers(1).disable_signals().listen(listener).expect("it listens").run();
    let handle = server.handle();
    tokio::spawn(server);

    let Site { record, superuser, .. } = &site().await;
    let told = || receiver.got.lock().expect("not poisoned").iter().map(|anchor| anchor.block).collect::<Vec<_>>();
    let file = record.directory.path().join("both.ndjson");
    let anchors = Anchors { file: Some(file.clone()), url: Some(url) };
    let to_both = sealer(record, "seal.key", anchors.clone());
    for block in 1..=3 {
        happen(record).await;
        assert_eq!(until_sealed(&to_both).await, 1, "block {block} is made whether or not anybody listens");
    }
    assert_eq!(told(), [1, 2, 3], "the first two refusals cost nothing");
    assert_eq!(read_anchors(&file).expect("anchors").len(), 3);
    // Another process goes on where the receiver stands.
    drop(to_both);
    let again = sealer(record, "seal.key", anchors);
    happen(record).await;
    assert_eq!(until_sealed(&again).await, 1);
    assert_eq!(told(), [1, 2, 3, 4]);
    assert_eq!(read_anchors(&file).expect("anchors").iter().map(|one| one.block).collect::<Vec<_>>(), [1, 2, 3, 4]);
    // SECURITY 44: what somebody with every right writes down of the receiver's confirmation keeps nothing from it.
    let ahead = "update seal.exported set block = 1000000";
    superuser.batch_execute(ahead).await.expect("set ahead");
    happen(record).await;
    assert_eq!(until_sealed(&again).await, 1);
    assert_eq!(told(), [1, 2, 3, 4, 5]);
    let known: i64 = superuser.query_one("select block from seal.exported", &[]).await.expect("a number").get(0);
    assert_eq!(known, 5, "it is as the receiver has confirmed again");
    handle.stop(false).await;
}

/// A sealer whose predecessor's session is just ending tries again.
async fn until_sealed(sealer: &healthcare_infrastructure::seal::Sealer) -> usize {
    for _ in 0..200 {
        let made = sealer.seal().await.expect("sealed");
        if sealer.leads().await {
            return made;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the lock was never free");
}

async fn happen(record: &healthcare_tests::bare_record::Record) {
    use healthcare_application::audit::AuditTrail;
    let trail = healthcare_infrastructure::audit::PgAuditTrail::start(record.store.database().clone());
    let entry = super::read_by(uuid::Uuid::from_u128(5), uuid::Uuid::from_u128(6), crate::event_store::given::now());
    trail.record(entry).recorded().await.expect("recorded");
}

/// A line that a crash cut short is passed over, and what is written after it is read.
#[tokio::test]
async fn a_file_of_anchors_that_a_crash_cut_short_goes_on() {
    let site = site().await;
    site.is_sealed().await;
    let whole = std::fs::read_to_string(&site.anchors).expect("anchors");
    std::fs::write(&site.anchors, &whole[..whole.len() - 40]).expect("cut short");
    assert_eq!(read_anchors(&site.anchors).expect("anchors").len(), 2);
    assert_eq!(site.verdict().await.findings, []);
    std::fs::write(&site.anchors, format!("{{\n{whole}")).expect("broken");
    assert!(read_anchors(&site.anchors).is_err(), "another line that is none is not passed over");
}
