//! Files that are written whole under another name first, so that under their own nobody ever finds half of one.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use rand::RngCore;

/// What comes behind the name of the file that a draft is to become.
const DRAFT: &str = ".draft-";
/// What a machine that stopped has left behind is older than this; nobody writes for so long.
const LEFT_BEHIND: Duration = Duration::from_secs(600);

/// A file that is being written, beside the one it is to become. It goes when that is done, or comes to nothing.
pub(super) struct Draft(PathBuf);

impl Draft {
    /// An empty file beside `path`, its owner's alone (mode 0600).
    pub(super) fn of(path: &Path) -> io::Result<(Self, File)> {
        let mut name = path.as_os_str().to_owned();
        name.push(format!("{DRAFT}{:016x}", rand::rng().next_u64()));
        let draft = PathBuf::from(name);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        Ok((Self(draft), file))
    }

    /// Gives it the name it was written for, under which nothing is yet.
    pub(super) fn link(self, path: &Path) -> io::Result<()> {
        fs::hard_link(&self.0, path)?;
        drop(self);
        settle(path)
    }

    /// Puts it in the place of what had the name before.
    pub(super) fn replace(self, path: &Path) -> io::Result<()> {
        fs::rename(&self.0, path)?;
        settle(path)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // What is left of it is nobody's key.
        let _gone = fs::remove_file(&self.0);
    }
}

/// Removes those of these files that are drafts nobody is writing any more: they may hold a key that nobody knows of.
pub(super) fn sweep(files: Vec<PathBuf>) -> io::Result<()> {
    for file in files.into_iter().filter(|file| is_draft(file)) {
        let left = fs::metadata(&file).and_then(|of| of.modified());
        // One that has gone meanwhile, or is of the future, is somebody's at work.
        if left.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > LEFT_BEHIND)) {
            fs::remove_file(&file)?;
        }
    }
    Ok(())
}

fn is_draft(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.rsplit_once(DRAFT)
        .is_some_and(|(_, digits)| digits.len() == 16 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

/// Makes durable which files are in the folder of this one.
pub(super) fn settle(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
