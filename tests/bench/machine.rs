//! On what was measured: enough to repeat it, nothing that names the machine.

use std::{fs, process::Command};

use serde::Serialize;

use crate::hospital::Hospital;

/// The machine and what ran on it.
#[derive(Debug, Serialize)]
pub struct Machine {
    /// Cores this process may use.
    cores: usize,
    /// The processor's own name.
    processor: String,
    /// Main memory.
    memory_gib: f64,
    /// The kernel's name and version.
    system: String,
    /// The server's version.
    postgresql: String,
    /// The commit that was measured; `+` where files differed from it.
    commit: String,
    /// Runnable processes, averaged over the minute before: what else the machine was doing.
    load_before: f64,
    /// The day, UTC.
    day: String,
}

impl Machine {
    /// This one.
    pub async fn of(hospital: &Hospital) -> anyhow::Result<Self> {
        let field = |file: &str, name: &str| -> String {
            let text = fs::read_to_string(file).unwrap_or_default();
            let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
            line.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        let memory_kib: f64 = field("/proc/meminfo", "MemTotal").trim_end_matches(" kB").parse()?;
        let load = fs::read_to_string("/proc/loadavg")?;
        let server: String = hospital.owner.query_one("show server_version", &[]).await?.get(0);
        Ok(Self {
            cores: std::thread::available_parallelism()?.get(),
            processor: field("/proc/cpuinfo", "model name"),
            memory_gib: (memory_kib / 1024.0 / 1024.0 * 10.0).round() / 10.0,
            system: format!("Linux {}", fs::read_to_string("/proc/sys/kernel/osrelease")?.trim()),
            postgresql: server,
            commit: commit(),
            load_before: load.split(' ').next().unwrap_or_default().parse()?,
            day: hospital.platform.app.clock.now().format("%Y-%m-%d").to_string(),
        })
    }

    /// In a sentence.
    pub fn described(&self) -> String {
        format!(
            "Measured on {} at commit `{}`: {} cores ({}), {} GiB, {}, PostgreSQL {}, load {} when the run began. \
             Client, server and PostgreSQL share the cores.",
            self.day,
            self.commit,
            self.cores,
            self.processor,
            self.memory_gib,
            self.system,
            self.postgresql,
            self.load_before
        )
    }
}

fn commit() -> String {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").arg("-C").arg(env!("CARGO_MANIFEST_DIR")).args(arguments).output();
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
    };
    let changed = git(&["status", "--porcelain", "--untracked-files=no", "--", ":/", ":!/docs/BENCHMARKS.md"]);
    format!("{}{}", git(&["rev-parse", "--short", "HEAD"]), if changed.is_empty() { "" } else { "+" })
}
