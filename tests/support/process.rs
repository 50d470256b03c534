//! Child processes that end with the test process, however that ends: return, panic, `exit`, Ctrl-C or SIGKILL.
//!
//! Each has a watcher, a small shell that waits on a pipe whose other end only the test process holds. The system
//! closes the pipe with the process, and the watcher ends its charge. Nothing depends on destructors being run.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

/// How long a process may take to end when asked; then it is killed.
const GRACE: Duration = Duration::from_secs(10);

/// `$1` the process, `$2` the signal's name, `$3` what to signal (the process, or minus its group), `$4` a directory to
/// remove. A zombie has no `exe` and counts as ended.
const WATCH: &str = r#"
trap '' INT TERM HUP
cat >/dev/null
kill -s "$2" -- "$3"
n=0
while [ -e "/proc/$1/exe" ] && [ $n -lt 100 ]; do sleep 0.1; n=$((n + 1)); done
kill -s KILL -- "$3"
[ -z "$4" ] || { rm -rf -- "$4" || { sleep 1; rm -rf -- "$4"; }; }
"#;

/// Ends a process when this process ends. Dropped, it stands down.
pub struct Watcher(Child);

impl Watcher {
    /// Watches over one process, and over a directory that goes with it.
    pub fn of_process(pid: i32, ending: Signal, directory: Option<&Path>) -> Self {
        Self::watch(pid, ending, &pid.to_string(), directory)
    }

    /// Watches over a process and all of its group.
    fn of_group(pid: i32, ending: Signal, directory: Option<&Path>) -> Self {
        Self::watch(pid, ending, &format!("-{pid}"), directory)
    }

    fn watch(pid: i32, ending: Signal, target: &str, directory: Option<&Path>) -> Self {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", WATCH, "watcher", &pid.to_string(), ending.as_str().trim_start_matches("SIG"), target]);
        shell.arg(directory.unwrap_or(Path::new("")));
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0).current_dir("/");
        Self(shell.spawn().expect("a shell to watch over a child process"))
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        // Killed rather than told by closing the pipe, which would make it act.
        let _already_gone = self.0.kill();
        let _already_reaped = self.0.wait();
    }
}

/// A child process in a group of its own, with its output in a file.
pub struct Guarded {
    child: Child,
    ending: Signal,
    log: PathBuf,
    _watcher: Watcher,
}

impl Guarded {
    /// Starts it. Output and errors go to `log`; `ending` is the signal that asks it to end; `directory` is removed
    /// when the test process ends before it (a living test removes its own).
    pub fn spawn(command: &mut Command, ending: Signal, log: &Path, directory: Option<&Path>) -> Self {
        let output = File::options().create(true).append(true).open(log).expect("a log for a child process");
        let errors = output.try_clone().expect("a second handle to the log");
        command.stdin(Stdio::null()).stdout(output).stderr(errors).process_group(0);
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?} cannot be started: {error}"));
        let pid = i32::try_from(child.id()).expect("process ids are small");
        Self { child, ending, log: log.to_owned(), _watcher: Watcher::of_group(pid, ending, directory) }
    }

    /// Its process id.
    pub fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).expect("process ids are small")
    }

    /// Sends it a signal: SIGKILL, or SIGSTOP and SIGCONT for a hang.
    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid()), signal).expect("a living child takes signals");
    }

    /// Whether it has ended by itself or by a signal.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a child can be asked after").is_some()
    }

    /// What it wrote so far.
    pub fn log(&self) -> String {
        std::fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// Asks it to end and waits; kills it when it takes too long. Its whole group goes with it.
    pub fn stop(&mut self) {
        if self.has_ended() {
            return;
        }
        let group = Pid::from_raw(self.pid());
        let _ended_meanwhile = killpg(group, self.ending);
        let deadline = Instant::now() + GRACE;
        while !self.has_ended() {
            if Instant::now() > deadline {
                let _ended_meanwhile = killpg(group, Signal::SIGKILL);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.stop();
    }
}
