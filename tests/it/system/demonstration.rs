use std::{collections::BTreeSet, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use healthcare_application::Role;
use healthcare_tests::{
    login::Login,
    server::{Server, get, run, until},
};
use serde_json::Value;

/// The accounts that the demonstration wrote down.
fn accounts(directory: &Path) -> Vec<(Login, Role)> {
    let file = directory.join("demo-accounts.json");
    let mode = file.metadata().expect("the accounts").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let list: Vec<Value> = serde_json::from_slice(&std::fs::read(file).expect("reads")).expect("JSON");
    let text = |one: &Value, field: &str| one[field].as_str().map(str::to_owned).expect("text");
    let role = |one: &Value| text(one, "role").parse().expect("a role");
    let secret = |one: &Value| one["totp_secret"].as_str().map(str::to_owned);
    let login = |one: &Value| Login {
        username: text(one, "username"),
        password: text(one, "password"),
        totp_secret: secret(one),
    };
    list.iter().map(|one| (login(one), role(one))).collect()
}

async fn token(server: &Server, accounts: &[(Login, Role)], role: Role) -> String {
    let (login, _) = accounts.iter().find(|(_, r)| *r == role).expect("an account of the role");
    assert_eq!(login.totp_secret.is_some(), role.needs_second_factor(), "{role}");
    login.sign_in(&server.url).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demonstration_is_furnished_once_simulated_and_emptied() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::start(&["--demo"], &[], directory.path()).await;
    let known = accounts(directory.path());
    let roles: BTreeSet<Role> = known.iter().map(|(.., role)| *role).collect();
    assert_eq!(roles, Role::ALL.into_iter().collect(), "an account for each role");
    for role in Role::ALL {
        token(&server, &known, role).await;
    }

    let nurse = token(&server, &known, Role::Nurse).await;
    let directory_url = format!("{}/api/v1/patients", server.url);
    let stages = async || -> BTreeSet<String> {
        let page = get(&directory_url, &nurse).await;
        let items = page["items"].as_array().cloned().unwrap_or_default();
        items
            .iter()
            .filter_map(|one| one["pathway"]["stage"].as_str().or(one["pathway_stage"].as_str()).map(str::to_owned))
            .collect()
    };
    let all = BTreeSet::from(["enrolled", "device", "welcome", "monitored", "reviewed"].map(str::to_owned));
    until("a patient stands at every stage", Duration::from_secs(30), async || (stages().await == all).then_some(()))
        .await;

    // The demonstration's staff belongs to the ward its patients are on.
    let doctor = token(&server, &known, Role::Doctor).await;
    let first = get(&directory_url, &nurse).await["items"][0]["id"].as_str().expect("a patient").to_owned();
    for who in [&nurse, &doctor] {
        get(&format!("{directory_url}/{first}/chart"), who).await;
    }

    let report = directory.path().join("report.json");
    let report_text = report.display().to_string();
    let simulated = [
        "simulate",
        "--patients",
        "2",
        "--rate",
        "2",
        "--scenario",
        "sepsis",
        "--seed",
        "3",
        "--duration",
        "30",
        "--acknowledge",
        "--report",
        &report_text,
    ];
    let output = server.run(&simulated).await;
    assert!(output.status.success(), "{}\n{}", String::from_utf8_lossy(&output.stderr), server.log());
    let told: Value = serde_json::from_slice(&std::fs::read(&report).expect("a report")).expect("JSON");
    assert!(told["sent"].as_u64() > Some(300), "{told:#}");
    assert_eq!(told["sent"], told["stored"], "{told:#}");
    assert!(told["alerts"].as_u64() >= Some(2), "{told:#}");
    assert!(told["acknowledged"].as_u64() > Some(0), "{told:#}");
    assert!(told["sample_to_alert"]["p99_ms"].as_f64().is_some_and(|ms| ms > 0.0), "{told:#}");

    // The unstable patient of the demonstration itself falls ill a little later.
    let alerts_of_its_own = [
        "psql",
        "-c",
        "select 'alerts of DEMO-1: ' || count(*) as told from read.alert a
         join telemetry.assignment t on t.patient_id = a.patient_id and t.valid_to is null
         join read.device d on d.id = t.device_id where d.serial = 'DEMO-1'",
    ];
    until("the demonstration raises an alert by itself", Duration::from_secs(90), async || {
        let asked = server.run(&alerts_of_its_own).await;
        let told = String::from_utf8_lossy(&asked.stdout).into_owned();
        assert!(told.contains("alerts of DEMO-1: "), "{told}{}", String::from_utf8_lossy(&asked.stderr));
        (!told.contains("alerts of DEMO-1: 0")).then_some(())
    })
    .await;

    let refused = server.run(&["reset", "--yes"]).await;
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && why.contains("a server is running"), "{why}");
    let environment = server.environment();
    server.stop();

    let again = Server::start(&["--demo"], &[], directory.path()).await;
    println!("the second start was ready after {:?}", again.ready_after);
    assert_eq!(accounts(directory.path()), known, "the accounts are the same");
    token(&again, &known, Role::Doctor).await;
    again.stop();

    let emptied = run(&["reset", "--yes"], &environment).await;
    assert!(emptied.status.success(), "{}", String::from_utf8_lossy(&emptied.stderr));
    assert!(!directory.path().join("demo-accounts.json").exists());
    let left = run(&["psql", "-c", "select count(*) as left from es.event"], &environment).await;
    assert!(String::from_utf8_lossy(&left.stdout).contains("\n    0\n"), "{left:?}");
    let twice = run(&["reset", "--yes"], &environment).await;
    let why = String::from_utf8_lossy(&twice.stderr).into_owned();
    assert!(!twice.status.success() && why.contains("no demonstration"), "{why}");

    // A hospital's record: one account is enough to be left alone.
    let bootstrapped = run(&["user", "bootstrap"], &environment).await;
    assert!(bootstrapped.status.success(), "{}", String::from_utf8_lossy(&bootstrapped.stderr));
    let refused = run(&["serve", "--demo"], &environment).await;
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && why.contains("holds data"), "{why}");
}
