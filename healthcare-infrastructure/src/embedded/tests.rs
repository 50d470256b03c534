//! Against the PostgreSQL of this machine, each test with a cluster of its own.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;
use tokio_postgres::error::SqlState;

use super::{ClusterOptions, Departure, Durability, EmbeddedError, EmbeddedPostgres, roles};

const QUICK: ClusterOptions = ClusterOptions { durability: Durability::ForTests, max_connections: 20 };

async fn start(data_dir: &Path) -> EmbeddedPostgres {
    EmbeddedPostgres::start_with(data_dir, QUICK).await.expect("the cluster starts")
}

async fn text(url: &SecretString, query: &str) -> String {
    let session = roles::connect(url).await.expect("signs in");
    session.query_one(query, &[]).await.expect(query).get(0)
}

fn mode(path: &Path) -> u32 {
    path.metadata().expect("exists").permissions().mode() & 0o777
}

#[tokio::test]
async fn the_first_start_makes_roles_and_databases_and_the_second_keeps_them() {
    let dir = TempDir::new().expect("a directory");
    let postgres = start(dir.path()).await;
    let owner = postgres.owner_url();
    assert_eq!(text(&owner, "select current_user::text").await, "healthcare_owner");
    let owners = "select string_agg(datname || '=' || pg_get_userbyid(datdba), ' ' order by datname) from pg_database where datname like 'healthcare%'";
    assert_eq!(text(&owner, owners).await, "healthcare=healthcare_owner healthcare_keys=healthcare_owner");
    let roles = "select string_agg(rolname || case when rolcanlogin then '+' else '-' end, ' ' order by rolname)
                 from pg_roles where rolname like 'healthcare%' and not (rolsuper or rolcreatedb or rolcreaterole or rolbypassrls)";
    assert_eq!(
        text(&owner, roles).await,
        "healthcare_app+ healthcare_backup- healthcare_owner+ healthcare_report+ healthcare_sealer+"
    );
    let session = roles::connect(&owner).await.expect("signs in");
    session.batch_execute("create table kept(n int); insert into kept values (7)").await.expect("owner may create");
    drop(session);
    assert_eq!(mode(&dir.path().join("database.json")), 0o600);
    assert_eq!(mode(&dir.path().join("postgres")), 0o700);
    assert_eq!(postgres.stop().await.expect("stops"), Departure::Stopped);
    assert!(roles::connect(&owner).await.is_err(), "a stopped cluster answers nobody");

    let again = start(dir.path()).await;
    assert_eq!(again.owner_url().expose_secret(), owner.expose_secret(), "port and passwords are kept");
    assert_eq!(text(&owner, "select n::text from kept").await, "7");
    again.stop().await.expect("stops");
}

#[tokio::test]
async fn roles_reach_only_what_is_theirs() {
    let dir = TempDir::new().expect("a directory");
    let postgres = start(dir.path()).await;
    assert_eq!(text(&postgres.app_url(), "select current_database()::text").await, "healthcare");
    assert_eq!(text(&postgres.keys_url(), "select current_database()::text").await, "healthcare_keys");
    assert_eq!(text(&postgres.report_url(), "show default_transaction_read_only").await, "on");

    let keys = postgres.url_of(roles::REPORT, roles::KEYS_DATABASE).expect("reporting signs in");
    let refused = roles::connect(&keys).await.expect_err("reporting has no business with keys");
    assert_eq!(refused.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE));
    let app = roles::connect(&postgres.app_url()).await.expect("signs in");
    let refused = app.batch_execute("create table mine(n int)").await.expect_err("the application owns nothing");
    assert_eq!(refused.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE));
    postgres.stop().await.expect("stops");
}

#[tokio::test]
async fn a_wrong_password_is_refused_for_every_role() {
    let dir = TempDir::new().expect("a directory");
    let postgres = start(dir.path()).await;
    let port = postgres.credentials.port.expect("a running cluster has a port");
    for role in ["postgres", roles::OWNER, roles::APP, roles::REPORT, roles::SEALER, roles::BACKUP] {
        let url: SecretString = format!("postgres://{role}:guess@127.0.0.1:{port}/healthcare").into();
        let refused = roles::connect(&url).await.expect_err("a guessed password must not open");
        assert_eq!(refused.code(), Some(&SqlState::INVALID_PASSWORD), "{role}");
    }
    postgres.stop().await.expect("stops");
}

#[tokio::test]
async fn the_log_keeps_neither_failed_statements_nor_their_values() {
    let dir = TempDir::new().expect("a directory");
    let postgres = start(dir.path()).await;
    let session = roles::connect(&postgres.owner_url()).await.expect("signs in");
    let twice =
        "create table person(name text primary key); insert into person values ('canary-name'), ('canary-name')";
    session.batch_execute(twice).await.expect_err("the name is there twice");
    session.batch_execute("select 'canary-name'::int").await.expect_err("a name is no number");
    postgres.stop().await.expect("stops");
    let log = std::fs::read_to_string(dir.path().join("postgres.log")).expect("there is a log");
    assert!(log.contains("database system is shut down"), "{log}");
    assert!(!log.contains("canary-name"), "{log}");
}

#[tokio::test]
async fn the_last_user_stops_the_cluster() {
    let dir = TempDir::new().expect("a directory");
    let server = start(dir.path()).await;
    let command = start(dir.path()).await;
    assert_eq!(server.postmaster_pid(), command.postmaster_pid(), "the second joins the first's cluster");
    assert_eq!(server.stop().await.expect("leaves"), Departure::StillUsed);
    assert_eq!(text(&command.app_url(), "select 'alive'").await, "alive");
    assert_eq!(command.stop().await.expect("leaves"), Departure::Stopped);
}

#[tokio::test]
async fn first_starts_at_the_same_moment_make_one_cluster() {
    let dir = TempDir::new().expect("a directory");
    let (one, two, three) = tokio::join!(start(dir.path()), start(dir.path()), start(dir.path()));
    assert_eq!(one.postmaster_pid(), two.postmaster_pid());
    assert_eq!(two.owner_url().expose_secret(), three.owner_url().expose_secret());
    for user in [one, two] {
        assert_eq!(user.stop().await.expect("leaves"), Departure::StillUsed);
    }
    assert_eq!(three.stop().await.expect("leaves"), Departure::Stopped);
}

#[tokio::test]
async fn a_killed_postmaster_is_started_again_and_nothing_committed_is_lost() {
    let dir = TempDir::new().expect("a directory");
    let postgres = start(dir.path()).await;
    let session = roles::connect(&postgres.owner_url()).await.expect("signs in");
    session.batch_execute("create table kept(n int); insert into kept values (7)").await.expect("writes");
    assert!(!postgres.ensure_running().await.expect("looks"), "it runs");

    kill(Pid::from_raw(postgres.postmaster_pid().expect("runs")), Signal::SIGKILL).expect("may kill");
    while postgres.postmaster_pid().is_some() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(postgres.ensure_running().await.expect("recovers"));
    assert_eq!(text(&postgres.owner_url(), "select n::text from kept").await, "7");
    postgres.stop().await.expect("stops");
}

#[tokio::test]
async fn a_stale_pid_file_that_names_another_living_process_does_not_keep_the_cluster_down() {
    let dir = TempDir::new().expect("a directory");
    start(dir.path()).await.stop().await.expect("stops");
    let cluster = dir.path().join("postgres");
    let pid_file = cluster.join("postmaster.pid");
    std::fs::write(&pid_file, format!("{}\n{}\n", std::process::id(), cluster.display())).expect("writes");
    assert!(super::postmaster::of(&cluster).is_none(), "this test is no postmaster");

    let postgres = start(dir.path()).await;
    assert_ne!(postgres.postmaster_pid(), i32::try_from(std::process::id()).ok());
    assert_eq!(text(&postgres.app_url(), "select 'alive'").await, "alive");
    postgres.stop().await.expect("stops");
}

#[tokio::test]
async fn a_taken_port_is_replaced() {
    let dir = TempDir::new().expect("a directory");
    let first = start(dir.path()).await;
    let port = first.credentials.port.expect("a port");
    first.stop().await.expect("stops");
    let _intruder = std::net::TcpListener::bind(("127.0.0.1", port)).expect("the port is free now");
    let second = start(dir.path()).await;
    assert_ne!(second.credentials.port, Some(port));
    assert_eq!(text(&second.app_url(), "select 'alive'").await, "alive");
    second.stop().await.expect("stops");
}

#[tokio::test]
async fn a_living_server_is_told_when_its_database_had_to_move() {
    let dir = TempDir::new().expect("a directory");
    let postgres = start(dir.path()).await;
    let port = postgres.credentials.port.expect("a port");
    kill(Pid::from_raw(postgres.postmaster_pid().expect("runs")), Signal::SIGKILL).expect("may kill");
    let deadline = Instant::now() + Duration::from_secs(20);
    let _intruder = loop {
        match std::net::TcpListener::bind(("127.0.0.1", port)) {
            Ok(listener) => break listener,
            Err(error) => assert!(Instant::now() < deadline, "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let told = postgres.ensure_running().await.expect_err("the port is gone");
    assert!(matches!(told, EmbeddedError::PortTaken(taken) if taken == port), "{told}");
    let again = start(dir.path()).await;
    assert_eq!(text(&again.app_url(), "select 'alive'").await, "alive");
}

#[tokio::test]
async fn a_directory_its_user_cannot_reach_is_refused_with_the_remedy() {
    if !nix::unistd::geteuid().is_root() {
        // PostgreSQL runs as who we are: what is closed to it is closed to us, and named all the same.
        let closed = TempDir::new().expect("a directory");
        std::fs::set_permissions(closed.path(), std::fs::Permissions::from_mode(0o500)).expect("closes it");
        let data = closed.path().join("data");
        let refused = EmbeddedPostgres::start(&data).await.err().expect("must be refused");
        assert!(matches!(refused, EmbeddedError::Io { .. }), "{refused}");
        assert!(refused.to_string().contains(&data.display().to_string()), "{refused}");
        return;
    }
    let closed = TempDir::new().expect("a directory");
    std::fs::set_permissions(closed.path(), std::fs::Permissions::from_mode(0o700)).expect("closes it");
    let refused = EmbeddedPostgres::start(&closed.path().join("data")).await.err().expect("must be refused");
    assert!(matches!(&refused, EmbeddedError::Unreachable { closed: dir, .. } if dir == closed.path()), "{refused}");
    assert!(refused.to_string().contains("chmod o+x"), "{refused}");
    assert!(refused.to_string().contains("HEALTHCARE_DATA_DIR"), "{refused}");
}

#[tokio::test]
async fn lost_passwords_are_named_and_the_cluster_is_left_alone() {
    let dir = TempDir::new().expect("a directory");
    start(dir.path()).await.stop().await.expect("stops");
    std::fs::remove_file(dir.path().join("database.json")).expect("removes");
    let refused = EmbeddedPostgres::start_with(dir.path(), QUICK).await.err().expect("must be refused");
    assert!(matches!(refused, EmbeddedError::CredentialsLost { .. }), "{refused}");
    assert!(dir.path().join("postgres/PG_VERSION").exists());
}

#[tokio::test]
async fn data_of_a_version_that_is_not_installed_are_refused() {
    let dir = TempDir::new().expect("a directory");
    start(dir.path()).await.stop().await.expect("stops");
    std::fs::write(dir.path().join("postgres/PG_VERSION"), "9\n").expect("writes");
    let refused = EmbeddedPostgres::start_with(dir.path(), QUICK).await.err().expect("must be refused");
    assert!(refused.to_string().contains("apt-get install postgresql-9"), "{refused}");
}

#[tokio::test]
async fn a_dropped_cluster_ends_by_itself() {
    let dir = TempDir::new().expect("a directory");
    let postgres = start(dir.path()).await;
    let pid = postgres.postmaster_pid().expect("runs");
    drop(postgres);
    let deadline = Instant::now() + Duration::from_secs(60);
    while std::fs::read_link(format!("/proc/{pid}/cwd")).is_ok() {
        assert!(Instant::now() < deadline, "postmaster {pid} still runs");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
