//! The settings of the embedded cluster, written anew at every start.

/// The superuser of the embedded cluster. Nothing in daily use signs in as it.
pub(super) const SUPERUSER: &str = "postgres";

/// Whoever comes shows a password; nobody is trusted, replication is not offered.
pub(super) const HBA: &str = "\
# Written by healthcare at every start: changes are lost.
# TYPE  DATABASE  USER  ADDRESS       METHOD
local   all       all                 scram-sha-256
host    all       all   127.0.0.1/32  scram-sha-256
";

/// Whether a committed transaction survives a loss of power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Every commit reaches the disk before it is acknowledged.
    #[default]
    Durable,
    /// Commits reach the operating system, not the disk: for tests. A killed process still loses nothing.
    ForTests,
}

/// By what whole pages are packed that the log takes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PageImages {
    /// PostgreSQL's own, which every build has.
    Pglz,
    /// LZ4, where it was built with it.
    Lz4,
}

impl PageImages {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Pglz => "on",
            Self::Lz4 => "lz4",
        }
    }
}

/// What may differ between the product's cluster and one for tests.
#[derive(Debug, Clone, Copy)]
pub struct ClusterOptions {
    /// Whether commits reach the disk.
    pub durability: Durability,
    /// Sessions at the same time.
    pub max_connections: u16,
}

impl Default for ClusterOptions {
    fn default() -> Self {
        Self { durability: Durability::Durable, max_connections: 200 }
    }
}

impl ClusterOptions {
    /// The text of `healthcare.conf`, which `postgresql.conf` includes.
    ///
    /// Autovacuum looks around every ten seconds: our sessions keep their plans, and one that was made while a table was
    /// nearly empty (the check that a referenced row exists, as a scan of the whole table) stays until the table is
    /// analysed again. The first import of a new house would read ever longer tables for every row it writes.
    ///
    /// The first change of a page after a checkpoint logs the page as a whole. An event changes pages all over the indexes by
    /// patient, so that to pack these images is much of what it costs: with PostgreSQL's own packer twice as much
    /// as with LZ4 (ADR 15).
    ///
    /// The log is at level `log`: in PostgreSQL's order that leaves out failed statements, whose texts and details may
    /// carry the values of patients, and keeps starts, stops, crashes, refused sign-ins.
    pub(super) fn configuration(&self, port: u16, images: PageImages) -> String {
        let images = images.as_str();
        let durable = match self.durability {
            Durability::Durable => "on",
            Durability::ForTests => "off",
        };
        let max_connections = self.max_connections;
        format!(
            "# Written by healthcare at every start: changes are lost.
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = {max_connections}
password_encryption = 'scram-sha-256'
fsync = {durable}
synchronous_commit = on
full_page_writes = {durable}
wal_compression = {images}
max_wal_size = '2GB'
checkpoint_completion_target = 0.9
shared_buffers = '128MB'
autovacuum_naptime = '10s'
jit = off
idle_in_transaction_session_timeout = '60s'
timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = off
log_destination = 'stderr'
log_min_messages = 'log'
log_min_error_statement = 'panic'
log_error_verbosity = 'terse'
log_statement = 'none'
log_min_duration_statement = -1
log_parameter_max_length = 0
log_checkpoints = off
log_line_prefix = '%m [%p] '
"
        )
    }
}
