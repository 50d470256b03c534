//! Who starts, stops and uses the cluster: file locks, which the system releases when a process dies.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::EmbeddedError;

/// Keeps others from starting or stopping the cluster meanwhile; waits for those who do.
pub(super) fn lock_cluster(data_dir: &Path) -> Result<File, EmbeddedError> {
    let file = open_lock(data_dir, "cluster.lock")?;
    file.lock().map_err(EmbeddedError::io("locking", data_dir))?;
    Ok(file)
}

/// Counts us among the users for as long as the file is open: the system itself forgets a killed process.
pub(super) fn join_users(data_dir: &Path) -> Result<File, EmbeddedError> {
    let file = open_lock(data_dir, "users.lock")?;
    file.lock_shared().map_err(EmbeddedError::io("locking", data_dir))?;
    Ok(file)
}

/// Whether no living process uses the cluster.
pub(super) fn nobody_uses(data_dir: &Path) -> Result<bool, EmbeddedError> {
    match open_lock(data_dir, "users.lock")?.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(source)) => Err(EmbeddedError::io("locking", data_dir)(source)),
    }
}

fn open_lock(data_dir: &Path, name: &str) -> Result<File, EmbeddedError> {
    let path = data_dir.join(name);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options.open(&path).map_err(EmbeddedError::io("opening", &path))
}
