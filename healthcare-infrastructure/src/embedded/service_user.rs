//! Who runs PostgreSQL: the current user, or `postgres` when we are root, since `initdb` and `postgres` refuse root.

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::unistd::{Gid, Uid, User, geteuid};

use super::EmbeddedError;

/// The unprivileged user that Debian's package makes.
const NAME: &str = "postgres";

/// The user who runs PostgreSQL.
#[derive(Clone)]
pub(super) struct ServiceUser {
    /// Set only when we are root and must become someone else.
    other: Option<(Uid, Gid)>,
}

impl ServiceUser {
    pub(super) fn of_this_process() -> Result<Self, EmbeddedError> {
        if !geteuid().is_root() {
            return Ok(Self { other: None });
        }
        let user = User::from_name(NAME).ok().flatten().ok_or(EmbeddedError::NoServiceUser)?;
        Ok(Self { other: Some((user.uid, user.gid)) })
    }

    /// A program to be run as this user, with an environment of its own. (Becoming another user, the standard library
    /// also drops root's supplementary groups.)
    pub(super) fn command(&self, program: &Path, working_dir: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C.UTF-8").current_dir(working_dir);
        if let Some((uid, gid)) = self.other {
            command.uid(uid.as_raw()).gid(gid.as_raw());
        }
        command
    }

    /// Gives a file to this user.
    pub(super) fn give(&self, path: &Path) -> Result<(), EmbeddedError> {
        let Some((uid, gid)) = self.other else { return Ok(()) };
        chown(path, Some(uid.as_raw()), Some(gid.as_raw())).map_err(EmbeddedError::io("giving to user postgres", path))
    }

    /// Makes the data directory if needed, and refuses one that this user cannot reach. Returns its absolute path.
    pub(super) fn prepare_data_dir(&self, data_dir: &Path) -> Result<PathBuf, EmbeddedError> {
        std::fs::create_dir_all(data_dir).map_err(EmbeddedError::io("making the data directory", data_dir))?;
        let data_dir = data_dir.canonicalize().map_err(EmbeddedError::io("finding the data directory", data_dir))?;
        self.open_to_passers(&data_dir)?;
        if self.other.is_some() && !self.can_enter(&data_dir) {
            let closed = data_dir.ancestors().filter(|dir| !self.can_enter(dir)).last().unwrap_or(&data_dir);
            let (user, closed) = (NAME.to_owned(), closed.to_owned());
            return Err(EmbeddedError::Unreachable { user, closed, data_dir });
        }
        Ok(data_dir)
    }

    /// The data directory holds secrets and is ours: others may pass through it to the cluster, not list it.
    fn open_to_passers(&self, data_dir: &Path) -> Result<(), EmbeddedError> {
        let describe = "setting the mode of";
        let metadata = data_dir.metadata().map_err(EmbeddedError::io(describe, data_dir))?;
        let wanted = if self.other.is_some() { 0o711 } else { 0o700 };
        if metadata.uid() != geteuid().as_raw() || metadata.mode() & 0o777 == wanted {
            return Ok(());
        }
        std::fs::set_permissions(data_dir, Permissions::from_mode(wanted))
            .map_err(EmbeddedError::io(describe, data_dir))
    }

    /// Asks the system itself, as that user, so that ACLs and mounts count as well.
    fn can_enter(&self, dir: &Path) -> bool {
        let mut test = self.command(Path::new("/usr/bin/test"), Path::new("/"));
        test.arg("-x").arg(dir).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        test.status().is_ok_and(|status| status.success())
    }
}
