//! Reading `postmaster.pid`, and telling a living postmaster from a stale file.

use std::path::Path;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;

/// A postmaster that lives and works in our cluster.
#[derive(Debug, Clone, Copy)]
pub(super) struct Postmaster {
    pub(super) pid: i32,
    /// None until it has told its port, a moment after its start.
    pub(super) port: Option<u16>,
    /// Whether it accepts sessions.
    pub(super) ready: bool,
}

/// The postmaster of this cluster, if one lives. A file left by a killed one, whose process id may meanwhile belong
/// to another program, is told by the working directory: a postmaster's is its cluster.
pub(super) fn of(cluster: &Path) -> Option<Postmaster> {
    let text = std::fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let pid: i32 = lines.first()?.parse().ok()?;
    let working_dir = std::fs::read_link(format!("/proc/{pid}/cwd")).ok()?;
    (working_dir == cluster).then(|| Postmaster {
        pid,
        port: lines.get(3).and_then(|port| port.parse().ok()),
        ready: lines.get(7) == Some(&"ready"),
    })
}

/// Removes a `postmaster.pid` whose process id now belongs to another program, or to a killed postmaster whose parent
/// has not yet asked after it: PostgreSQL itself would take either for a living postmaster. Left alone while any process
/// still works in the cluster, since the file guards against those.
pub(super) fn forget_stale(cluster: &Path) -> std::io::Result<()> {
    let file = cluster.join("postmaster.pid");
    let Ok(text) = std::fs::read_to_string(&file) else {
        return Ok(());
    };
    let Some(pid) = text.lines().next() else { return Ok(()) };
    let names_a_living_process = Path::new("/proc").join(pid.trim()).exists();
    if names_a_living_process && !anyone_works_in(cluster)? {
        std::fs::remove_file(file)?;
    }
    Ok(())
}

fn anyone_works_in(cluster: &Path) -> std::io::Result<bool> {
    let mut processes = std::fs::read_dir("/proc")?.flatten();
    Ok(processes.any(|process| std::fs::read_link(process.path().join("cwd")).is_ok_and(|dir| dir == cluster)))
}

impl Postmaster {
    /// Asks for a "fast" shutdown: sessions are ended, a checkpoint is written, what was committed stays.
    pub(super) fn ask_to_stop(&self) -> Result<(), Errno> {
        kill(Pid::from_raw(self.pid), Signal::SIGINT)
    }

    /// Takes the ended process off the system's table where it is our child; of others the system takes care.
    pub(super) fn reap(&self) {
        let _not_our_child = waitpid(Pid::from_raw(self.pid), Some(WaitPidFlag::WNOHANG));
    }
}
