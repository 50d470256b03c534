//! The cluster on disk and its life: initialise, start, stop.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::EmbeddedError;
use super::credentials::Credentials;
use super::installation;
use super::postmaster::{self, Postmaster};
use super::service_user::ServiceUser;
use super::settings::{ClusterOptions, Durability, HBA, PageImages, SUPERUSER};

/// Between two looks at a starting or stopping postmaster.
const LOOK: Duration = Duration::from_millis(5);
/// The replay of the log after a crash may take minutes.
const START_LIMIT: Duration = Duration::from_secs(300);
const STOP_LIMIT: Duration = Duration::from_secs(60);
/// How long the orphans of a killed postmaster may hold its shared memory, or a port its last owner.
const RETRY_LIMIT: Duration = Duration::from_secs(20);
/// Refusals that pass by themselves. After a postmaster was killed, its orphans hold the shared memory, and keep us from
/// clearing its pid file, until they notice; and a port that was free a moment ago may be taken.
const PASSING: [&str; 4] =
    ["is still in use", "already exists", "Address already in use", "could not create any TCP/IP sockets"];
/// The log is put aside at a start when it has grown beyond this.
const LOG_LIMIT_BYTES: u64 = 8 << 20;

/// A cluster in its data directory.
#[derive(Clone)]
pub(super) struct Cluster {
    pub(super) data_dir: PathBuf,
    directory: PathBuf,
    bin: PathBuf,
    user: ServiceUser,
    options: ClusterOptions,
}

/// Where the cluster itself lies.
pub(super) fn directory_in(data_dir: &Path) -> PathBuf {
    data_dir.join("postgres")
}

impl Cluster {
    /// The cluster of this data directory, initialised if it is not yet there.
    pub(super) fn open(
        data_dir: PathBuf,
        user: ServiceUser,
        options: ClusterOptions,
        credentials: &Credentials,
    ) -> Result<Self, EmbeddedError> {
        let directory = directory_in(&data_dir);
        let bin = installation::find(&data_dir, &directory)?;
        let cluster = Self { data_dir, directory, bin, user, options };
        if !cluster.directory.join("PG_VERSION").exists() {
            cluster.initialise(&credentials.superuser)?;
        }
        Ok(cluster)
    }

    /// Runs `initdb` aside and moves the whole result into place, so that a killed first start leaves nothing half made.
    fn initialise(&self, password: &str) -> Result<(), EmbeddedError> {
        let draft = self.data_dir.join("postgres.new");
        if draft.exists() {
            std::fs::remove_dir_all(&draft).map_err(EmbeddedError::io("removing an unfinished cluster", &draft))?;
        }
        std::fs::create_dir(&draft).map_err(EmbeddedError::io("making", &draft))?;
        self.user.give(&draft)?;
        let password_file = self.data_dir.join("initial-password");
        self.write_private(&password_file, password)?;

        let mut initdb = self.user.command(&self.bin.join("initdb"), &self.data_dir);
        initdb.args(["--username", SUPERUSER, "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8"]);
        initdb.arg("--data-checksums").arg("--pgdata").arg(&draft).arg("--pwfile").arg(&password_file);
        if self.options.durability == Durability::ForTests {
            initdb.arg("--no-sync");
        }
        let output = initdb.output();
        std::fs::remove_file(&password_file).map_err(EmbeddedError::io("removing", &password_file))?;
        let output = output.map_err(EmbeddedError::io("running initdb of", &self.bin))?;
        if !output.status.success() {
            return Err(EmbeddedError::NotInitialised(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
        }
        let main = draft.join("postgresql.conf");
        let append = || writeln!(OpenOptions::new().append(true).open(&main)?, "\ninclude 'healthcare.conf'");
        append().map_err(EmbeddedError::io("writing", &main))?;
        std::fs::rename(&draft, &self.directory).map_err(EmbeddedError::io("moving into place", &self.directory))
    }

    /// Starts the cluster, or joins it where it runs, and waits until it accepts sessions. Returns its port: the one
    /// asked for, unless another program has taken that meanwhile.
    pub(super) fn start(&self, kept_port: Option<u16>) -> Result<u16, EmbeddedError> {
        let started = Instant::now();
        loop {
            if let Some(running) = self.running() {
                if let Some(port) = self.wait_until_ready(None, running)? {
                    return Ok(port);
                }
                continue; // it was on its way down
            }
            postmaster::forget_stale(&self.directory).map_err(EmbeddedError::io("looking into", &self.directory))?;
            let port = kept_port.filter(|port| is_free(*port)).map_or_else(free_port, Ok)?;
            let (mut child, log_position) = self.launch(port)?;
            let launched = Postmaster { pid: pid_of(&child), port: Some(port), ready: false };
            if let Some(port) = self.wait_until_ready(Some(&mut child), launched)? {
                return Ok(port);
            }
            let log = self.log_since(log_position);
            if !PASSING.iter().any(|sign| log.contains(sign)) || started.elapsed() > RETRY_LIMIT {
                return Err(EmbeddedError::DidNotStart(log));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn launch(&self, port: u16) -> Result<(Child, u64), EmbeddedError> {
        let program = self.bin.join("postgres");
        let configuration = self.directory.join("healthcare.conf");
        self.write_private(&configuration, &self.options.configuration(port, PageImages::Pglz))?;
        if self.knows_lz4(&program) {
            self.write_private(&configuration, &self.options.configuration(port, PageImages::Lz4))?;
        }
        self.write_private(&self.directory.join("pg_hba.conf"), HBA)?;
        let (log, position) = self.open_log()?;
        let mut postgres = self.user.command(&program, &self.data_dir);
        // A process group of its own: Ctrl-C at the terminal is for the server, which drains before it stops this.
        postgres.arg("-D").arg(&self.directory).process_group(0).stdin(Stdio::null());
        let errors = log.try_clone().map_err(EmbeddedError::io("opening", &self.log_path()))?;
        postgres.stdout(log).stderr(errors);
        Ok((postgres.spawn().map_err(EmbeddedError::io("running", &program))?, position))
    }

    /// Whether this PostgreSQL was built with LZ4, which is younger than some and an option of all: the program itself says.
    fn knows_lz4(&self, program: &Path) -> bool {
        let mut asks = self.user.command(program, &self.data_dir);
        asks.args(["-C", "wal_compression", "-c", "wal_compression=lz4", "-D"])
            .arg(&self.directory)
            .stdin(Stdio::null());
        asks.output().is_ok_and(|said| said.status.success())
    }

    /// The port once sessions are accepted; none when the process ended instead.
    fn wait_until_ready(
        &self,
        mut child: Option<&mut Child>,
        postmaster: Postmaster,
    ) -> Result<Option<u16>, EmbeddedError> {
        let deadline = Instant::now() + START_LIMIT;
        while Instant::now() < deadline {
            let ended = match &mut child {
                Some(child) => child.try_wait().is_ok_and(|status| status.is_some()),
                None => self.running().is_none(),
            };
            if ended {
                return Ok(None);
            }
            if let Some(Postmaster { pid, port: Some(port), ready: true }) = self.running()
                && pid == postmaster.pid
            {
                return Ok(Some(port));
            }
            std::thread::sleep(LOOK);
        }
        Err(EmbeddedError::DidNotStart(format!(
            "not ready after {} s: see {}",
            START_LIMIT.as_secs(),
            self.log_path().display()
        )))
    }

    /// The living postmaster, if there is one.
    pub(super) fn running(&self) -> Option<Postmaster> {
        postmaster::of(&self.directory)
    }

    /// Shuts down and waits for the end.
    pub(super) fn stop(&self) -> Result<(), EmbeddedError> {
        let Some(postmaster) = self.ask_to_stop() else {
            return Ok(());
        };
        let deadline = Instant::now() + STOP_LIMIT;
        while self.running().is_some_and(|still| still.pid == postmaster.pid) {
            if Instant::now() > deadline {
                return Err(EmbeddedError::DidNotStop(postmaster.pid));
            }
            std::thread::sleep(LOOK);
        }
        postmaster.reap();
        Ok(())
    }

    /// Asks for the shutdown of whatever runs.
    pub(super) fn ask_to_stop(&self) -> Option<Postmaster> {
        let postmaster = self.running()?;
        postmaster.ask_to_stop().ok().map(|()| postmaster)
    }

    fn log_path(&self) -> PathBuf {
        self.data_dir.join("postgres.log")
    }

    /// The log, opened for appending, and where its next line begins.
    fn open_log(&self) -> Result<(File, u64), EmbeddedError> {
        let path = self.log_path();
        let open = || -> std::io::Result<(File, u64)> {
            if path.metadata().is_ok_and(|log| log.len() > LOG_LIMIT_BYTES) {
                std::fs::rename(&path, path.with_extension("log.1"))?;
            }
            let log = OpenOptions::new().append(true).create(true).mode(0o600).open(&path)?;
            let position = log.metadata()?.len();
            Ok((log, position))
        };
        open().map_err(EmbeddedError::io("opening", &path))
    }

    fn log_since(&self, position: u64) -> String {
        let mut text = String::new();
        let read = File::open(self.log_path()).and_then(|mut log| {
            log.seek(SeekFrom::Start(position))?;
            log.read_to_string(&mut text)
        });
        match read {
            Ok(_) => text.trim().to_owned(),
            Err(error) => format!("its log cannot be read ({error}): {}", self.log_path().display()),
        }
    }

    /// Writes a file that only the user of the cluster may read.
    fn write_private(&self, path: &Path, content: &str) -> Result<(), EmbeddedError> {
        let write = || -> std::io::Result<()> {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true).mode(0o600).open(path)?.write_all(content.as_bytes())
        };
        write().map_err(EmbeddedError::io("writing", path))?;
        self.user.give(path)
    }
}

fn pid_of(child: &Child) -> i32 {
    i32::try_from(child.id()).unwrap_or(i32::MAX)
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

fn free_port() -> Result<u16, EmbeddedError> {
    let free = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr();
    free().map(|address| address.port()).map_err(EmbeddedError::io("finding a free port on", Path::new("127.0.0.1")))
}
