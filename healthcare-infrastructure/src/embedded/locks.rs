//! Who starts, stops and uses the cluster: file locks, which the system releases when a process dies.
//!
//! A program that this process is just starting holds copies of all its open files until it runs, locks with them. A lock
//! is therefore given back by saying so ([`Lock`]), which no copy outlives, and not by closing the file.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::EmbeddedError;

/// A lock on a file, given back when dropped, whoever else still has the file open.
#[derive(Debug)]
pub(super) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file, which follows, is the way left if this should fail.
        let _ = self.0.unlock();
    }
}

/// Keeps others from starting or stopping the cluster meanwhile; waits for those who do.
pub(super) fn lock_cluster(data_dir: &Path) -> Result<Lock, EmbeddedError> {
    let file = open_lock(data_dir, "cluster.lock")?;
    file.lock().map_err(EmbeddedError::io("locking", data_dir))?;
    Ok(Lock(file))
}

/// Counts us among the users for as long as the lock is held: the system itself forgets a killed process.
pub(super) fn join_users(data_dir: &Path) -> Result<Lock, EmbeddedError> {
    let file = open_lock(data_dir, "users.lock")?;
    file.lock_shared().map_err(EmbeddedError::io("locking", data_dir))?;
    Ok(Lock(file))
}

/// Whether no living process uses the cluster.
pub(super) fn nobody_uses(data_dir: &Path) -> Result<bool, EmbeddedError> {
    let file = open_lock(data_dir, "users.lock")?;
    match file.try_lock() {
        Ok(()) => {
            drop(Lock(file));
            Ok(true)
        }
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

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    /// What a program that is just being started inherits: another descriptor of the same open file.
    fn copy(lock: &Lock) -> File {
        lock.0.try_clone().expect("a copy")
    }

    #[test]
    fn who_left_is_no_user_although_a_starting_program_still_holds_the_file() {
        let dir = TempDir::new().expect("a directory");
        let user = join_users(dir.path()).expect("joins");
        let inherited = copy(&user);
        assert!(!nobody_uses(dir.path()).expect("looks"), "one uses it");
        drop(user);
        assert!(nobody_uses(dir.path()).expect("looks"), "nobody uses it");
        drop(inherited);
    }

    #[test]
    fn a_cluster_is_free_for_the_next_although_a_starting_program_still_holds_the_file() {
        let dir = TempDir::new().expect("a directory");
        let first = lock_cluster(dir.path()).expect("locks");
        let inherited = copy(&first);
        drop(first);
        assert!(open_lock(dir.path(), "cluster.lock").expect("opens").try_lock().is_ok(), "free again");
        drop(inherited);
    }
}
