use std::{fs, os::unix::fs::PermissionsExt, time::Duration};

use healthcare_api::surface::{SurfaceSettings, TlsFiles};
use healthcare_tests::{
    app::{Ask, Backing, TestApp, spawn_app_with},
    certificates::{Authority, Issued},
    server::{run, until},
};

async fn over_tls(issued: &Issued) -> TestApp {
    let tls = TlsFiles { certificate: issued.certificate.clone(), key: issued.key.clone(), client_ca: None };
    let surface = SurfaceSettings { tls: Some(tls), ..SurfaceSettings::default() };
    let mut app = spawn_app_with(Backing { surface, ..Backing::default() }).await;
    app.url = app.url.replace("http://", "https://");
    app
}

/// SECURITY 51: over TLS the browser is told to stay there; the certificate is verified, plain HTTP is not answered,
/// and HTTP/2 is not spoken.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_is_served_where_a_certificate_is() {
    let authority = Authority::new();
    let app = over_tls(&authority.issue("server")).await;
    let client = authority.client().build().expect("a client");
    let answer = client.get(format!("{}/readyz", app.url)).answer().await.expect(200);
    assert_eq!(answer.header("strict-transport-security"), Some("max-age=63072000; includeSubDomains"));
    let version = client.get(format!("{}/livez", app.url)).send().await.expect("an answer").version();
    assert_eq!(version, reqwest::Version::HTTP_11);
    let stranger = Authority::new().client().build().expect("a client");
    assert!(stranger.get(format!("{}/livez", app.url)).send().await.is_err(), "another authority vouches for nothing");
    let plain = app.url.replace("https://", "http://");
    assert!(reqwest::get(format!("{plain}/livez")).await.is_err(), "plain HTTP");
}

/// A certificate that is renewed in its place is served without a restart.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewed_certificate_is_served_without_a_restart() {
    let (old, new) = (Authority::new(), Authority::new());
    let issued = old.issue("server");
    let app = over_tls(&issued).await;
    let url = format!("{}/livez", app.url);
    let asks = async |authority: &Authority| {
        let client = authority.client().build().expect("a client");
        client.get(&url).send().await.is_ok()
    };
    assert_eq!((asks(&old).await, asks(&new).await), (true, false));
    let renewed = new.issue("server");
    fs::copy(&renewed.key, &issued.key).expect("the key is replaced");
    fs::copy(&renewed.certificate, &issued.certificate).expect("the certificate is replaced");
    until("the new certificate is served", Duration::from_secs(20), async || asks(&new).await.then_some(())).await;
    assert!(!asks(&old).await);
}

/// SECURITY 50: a key that others can read is refused at the start, with the remedy; so is a key of another certificate.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_others_can_read_is_refused() {
    let authority = Authority::new();
    let (issued, other) = (authority.issue("server"), authority.issue("other"));
    let directory = tempfile::tempdir().expect("a directory");
    let start = async |certificate: &Issued, key: &Issued| {
        let environment = [
            ("HEALTHCARE_DATA_DIR", directory.path().display().to_string()),
            ("HEALTHCARE_PORT", healthcare_tests::free_port().to_string()),
            ("HEALTHCARE_METRICS_PORT", healthcare_tests::free_port().to_string()),
            ("HEALTHCARE_TLS_CERTIFICATE", certificate.certificate.display().to_string()),
            ("HEALTHCARE_TLS_KEY", key.key.display().to_string()),
        ];
        let output = run(&["serve"], &environment.map(|(name, value)| (name.to_owned(), value))).await;
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (started, why) = start(&issued, &other).await;
    assert!(!started && why.contains("cannot be used"), "{why}");
    fs::set_permissions(&issued.key, fs::Permissions::from_mode(0o644)).expect("its mode is set");
    let (started, why) = start(&issued, &issued).await;
    assert!(!started && why.contains("chmod 600"), "{why}");
    assert!(!directory.path().join("postgres").exists(), "nothing was started before");
}
