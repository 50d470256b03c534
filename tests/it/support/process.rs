use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use healthcare_tests::process::Guarded;
use nix::sys::signal::Signal;

/// Set for the copy of this test program that is killed in its test.
const INNER: &str = "HEALTHCARE_TESTS_INNER_DIRECTORY";

fn alive(pid: i32) -> bool {
    Path::new(&format!("/proc/{pid}/exe")).read_link().is_ok()
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "still not: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Not a test of its own: the process that the next test kills. It starts a child and waits for its own end.
#[test]
fn inner_process_with_a_child() {
    let Some(directory) = std::env::var_os(INNER) else {
        return;
    };
    let directory = Path::new(&directory);
    let mut sleep = Command::new("sleep");
    let child = Guarded::spawn(sleep.arg("600"), Signal::SIGTERM, &directory.join("log"), Some(directory));
    std::fs::write(directory.join("pid.new"), child.pid().to_string()).expect("writes");
    std::fs::rename(directory.join("pid.new"), directory.join("pid")).expect("renames");
    std::thread::sleep(Duration::from_secs(600));
}

#[test]
fn a_child_ends_even_when_the_test_process_is_killed() {
    let directory = tempfile::tempdir().expect("a directory").keep();
    let this_program = std::env::current_exe().expect("this program");
    let mut inner = Command::new(this_program)
        .args(["--exact", "support::process::inner_process_with_a_child"])
        .env(INNER, &directory)
        .stdout(Stdio::null())
        .spawn()
        .expect("a copy of this program");
    let pid_file = directory.join("pid");
    until("the child started", || pid_file.exists());
    let child: i32 = std::fs::read_to_string(pid_file).expect("reads").parse().expect("a process id");
    assert!(alive(child));

    inner.kill().expect("SIGKILL");
    inner.wait().expect("reaped");
    until("the child ended", || !alive(child));
    until("its directory was removed", || !directory.exists());
}

#[test]
fn a_dropped_child_has_ended() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut shell = Command::new("sh");
    shell.args(["-c", "echo ready; sleep 600 & wait"]);
    let child = Guarded::spawn(&mut shell, Signal::SIGTERM, &directory.path().join("log"), None);
    let pid = child.pid();
    until("the child spoke", || child.log().contains("ready"));
    drop(child);
    assert!(!alive(pid));
    assert!(directory.path().exists(), "a living test removes its own directories");
}
