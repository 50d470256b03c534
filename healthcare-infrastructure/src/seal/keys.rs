//! The files of the keys that seal. `seal.key` seals; beside it `seal.key.next` is to take over, `seal.key.retired-9f…`
//! has handed over (named by its public half), and `seal.key.trusted` says, in public halves, from which block on which key is trusted
//! without anybody's hand-over. No file of a key is ever written over.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use super::{
    block::Block,
    draft::{settle, sweep},
    key::{PublicKey, SealKey, SealKeyError},
    trusted::Trusted,
};

/// Where the key that seals is, and what belongs to it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SealKeys {
    pub(super) path: PathBuf,
}

impl SealKeys {
    /// The files beside `path`; nothing is read or made.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// The files beside `path`, with a key that seals: it is made if there is none.
    ///
    /// # Errors
    /// When a file cannot be read or made, is open to others, or holds no key.
    pub fn open(path: &Path) -> Result<Self, SealKeyError> {
        let keys = Self::at(path);
        SealKey::load_or_create(path)?;
        Ok(keys)
    }

    /// The key that seals.
    ///
    /// # Errors
    /// When it is not there, is open to others, or is none.
    pub fn current(&self) -> Result<SealKey, SealKeyError> {
        SealKey::load(&self.path)
    }

    /// Makes the key that is to take over; the one that was made before, where a rotation is under way.
    ///
    /// # Errors
    /// When it cannot be made or read, or another user than the one whose the key that seals is would make it, or has.
    pub fn announce(&self) -> Result<PublicKey, SealKeyError> {
        SealKey::load_or_create_for(&self.beside("next"), self.owner()?).map(|key| key.public())
    }

    /// Whose the key that seals is. Where its file was lost while it seals, whose what was written down beside it is; nobody
    /// knows where there is neither.
    fn owner(&self) -> io::Result<Option<u32>> {
        for file in [self.path.clone(), self.beside("trusted")] {
            match fs::metadata(file) {
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                other => return other.map(|of| Some(of.uid())),
            }
        }
        Ok(None)
    }

    /// Removes what was being written when a machine stopped.
    pub(super) fn sweep(&self) -> io::Result<()> {
        sweep(self.files()?)
    }

    /// All files of the keys that seal or have sealed.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn files(&self) -> io::Result<Vec<PathBuf>> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut files = vec![];
        for file in fs::read_dir(self.folder())? {
            let file = file?;
            let of_ours = file.file_name().to_string_lossy().into_owned();
            if of_ours == name || of_ours.starts_with(&format!("{name}.")) {
                files.push(file.path());
            }
        }
        Ok(files)
    }

    /// The key in the file; a new one if there is no file.
    pub(super) fn make_if_missing(&self) -> Result<SealKey, SealKeyError> {
        SealKey::load_or_create(&self.path)
    }

    /// Where a key lies that has handed over.
    pub fn retired(&self, key: &[u8]) -> PathBuf {
        self.beside(&format!("retired-{}", hex::encode(&key[..key.len().min(8)])))
    }

    /// The key that is to take over from another one, where there is one.
    pub(super) fn next_of(&self, current: &SealKey) -> Result<Option<SealKey>, SealKeyError> {
        Ok(self.next()?.filter(|next| next.public() != current.public()))
    }

    fn next(&self) -> Result<Option<SealKey>, SealKeyError> {
        match SealKey::load(&self.beside("next")) {
            Err(SealKeyError::File(e)) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            other => other.map(Some),
        }
    }

    /// The key that may seal behind the last block, and none but it: the one that sealed that, the one it handed over to,
    /// or one that is trusted from there on. Ends a rotation that a crash cut short.
    pub(super) fn behind(&self, last: Option<&Block>) -> Result<SealKey, SealKeyError> {
        let Some(last) = last else { return self.current() };
        // A next key that cannot be read holds up its rotation, not the sealing.
        if last.hand_over.is_some()
            && let Some(next) = self.next()?.filter(|next| next.public() == last.successor())
        {
            self.take_over(last)?;
            return Ok(next);
        }
        let current = match self.current() {
            Err(SealKeyError::File(e)) if e.kind() == io::ErrorKind::NotFound => return Err(not_the_one(last)),
            other => other?,
        };
        let vouched = || -> Result<bool, SealKeyError> {
            let place = Trusted { from: last.block + 1, key: current.public() };
            Ok(self.trusted()?.contains(&place))
        };
        if current.public() == last.successor() || vouched()? { Ok(current) } else { Err(not_the_one(last)) }
    }

    /// Makes durable what a hand-over needs of the files, before it is stored: the key that takes over, and the one that
    /// hands over under its name of afterwards, as whoever seals holds it, also where its file was lost meanwhile. What is
    /// stored cannot be taken back, so that a machine which stops behind it must find both.
    pub(super) fn prepare(&self, current: &SealKey) -> Result<(), SealKeyError> {
        current.keep(&self.retired(&current.public()))?;
        match self.current() {
            Ok(file) if file.public() == current.public() => {}
            // What is no key of ours would stay in the way of the one that takes over.
            Ok(_) => return Err(SealKeyError::Replaced),
            Err(SealKeyError::File(e)) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(e),
        }
        Ok(settle(&self.path)?)
    }

    /// The next key becomes the current one, and the one that handed over is kept aside.
    pub(super) fn take_over(&self, hand_over: &Block) -> Result<(), SealKeyError> {
        match self.current() {
            Ok(current) if current.public() == hand_over.key.as_slice() => {
                current.keep(&self.retired(&hand_over.key))?
            }
            // A file that is somebody else's is not written over.
            Ok(_) => return Err(not_the_one(hand_over)),
            // It was lost while it sealed.
            Err(SealKeyError::File(e)) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(e),
        }
        fs::rename(self.beside("next"), &self.path)?;
        Ok(settle(&self.path)?)
    }

    fn folder(&self) -> &Path {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.unwrap_or(Path::new("."))
    }

    pub(super) fn beside(&self, what: &str) -> PathBuf {
        let mut name = self.path.as_os_str().to_owned();
        name.push(".");
        name.push(what);
        name.into()
    }
}

fn not_the_one(last: &Block) -> SealKeyError {
    SealKeyError::NotTheOne { block: last.block, expected: hex::encode(last.successor()) }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use chrono::DateTime;

    use super::*;

    fn block_of(key: &SealKey, next: Option<&PublicKey>) -> Block {
        let window = Block::next_window(None, "5:5:".into());
        let now = DateTime::UNIX_EPOCH;
        match next {
            Some(next) => Block::handing_over(None, window, key, next, now),
            None => Block::seal(None, window, &super::super::window::Leaves::default(), key, now),
        }
    }

    /// SECURITY 43, 50: no file of a key is written over, each is its owner's alone, and a rotation that was cut short
    /// at any step is ended the same way.
    #[test]
    fn no_key_is_lost_on_the_way() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("seal.key");
        let keys = SealKeys::open(&path).unwrap();
        let old = keys.current().unwrap();
        let next = keys.announce().unwrap();
        assert_eq!(keys.announce().unwrap(), next, "a rotation that is under way goes on");
        assert_ne!(next, old.public());
        assert_eq!(keys.behind(None).unwrap().public(), old.public());
        let plain = block_of(&old, None);
        assert_eq!(keys.behind(Some(&plain)).unwrap().public(), old.public(), "nobody has handed over yet");

        // The hand-over is stored, and then the machine stops.
        let hand_over = block_of(&old, Some(&next));
        assert_eq!(keys.behind(Some(&hand_over)).unwrap().public(), next);
        assert_eq!(keys.current().unwrap().public(), next);
        assert_eq!(SealKey::load(&keys.retired(&old.public())).unwrap().public(), old.public());
        for file in fs::read_dir(directory.path()).unwrap() {
            let file = file.unwrap();
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
        }
        // The old key does not come back by itself, and a foreign one is no successor.
        assert!(matches!(keys.behind(Some(&plain)), Err(SealKeyError::NotTheOne { block: 1, .. })));
        let foreign = SealKeys::open(&directory.path().join("another.key")).unwrap();
        assert!(matches!(foreign.behind(Some(&hand_over)), Err(SealKeyError::NotTheOne { block: 1, .. })));
        foreign.trust(&[Trusted { from: 2, key: foreign.current().unwrap().public() }]).unwrap();
        assert!(foreign.behind(Some(&hand_over)).is_ok(), "somebody vouches for it");
        fs::remove_file(&path).unwrap();
        assert!(matches!(keys.behind(Some(&hand_over)), Err(SealKeyError::NotTheOne { .. })), "none is made instead");
    }

    /// SECURITY 43: a key whose file was lost, or replaced by somebody, while it seals can still hand over, and is kept.
    #[test]
    fn a_key_whose_file_is_lost_is_kept_before_it_hands_over() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("seal.key");
        let keys = SealKeys::open(&path).unwrap();
        let old = keys.current().unwrap();
        SealKeys::open(&directory.path().join("another.key")).unwrap();
        fs::rename(directory.path().join("another.key"), &path).unwrap();
        let next = keys.announce().unwrap();
        assert!(matches!(keys.prepare(&old), Err(SealKeyError::Replaced)), "it would stay in the way");
        let aside = || SealKey::load(&keys.retired(&old.public())).unwrap().public();
        assert_eq!(aside(), old.public(), "what is in memory alone is in a file again");

        fs::remove_file(&path).unwrap();
        assert_eq!(keys.announce().unwrap(), next, "a successor is known without the file as well");
        keys.prepare(&old).unwrap();
        let hand_over = block_of(&old, Some(&next));
        keys.take_over(&hand_over).unwrap();
        assert_eq!((keys.current().unwrap().public(), aside()), (next, old.public()));

        // What lies under the name of a retired key is that key, or nothing is handed over.
        let third = keys.current().unwrap();
        fs::copy(keys.retired(&old.public()), keys.retired(&third.public())).unwrap();
        assert!(matches!(keys.prepare(&third), Err(SealKeyError::Misnamed(_))));
    }

    /// What was being written when a machine stopped goes; what is being written, and all else, stays.
    #[test]
    fn what_was_left_half_written_is_swept() {
        let directory = tempfile::tempdir().unwrap();
        let keys = SealKeys::open(&directory.path().join("seal.key")).unwrap();
        let long_ago = DateTime::UNIX_EPOCH.into();
        let file = |name: &str, old: bool| {
            let file = fs::File::create(directory.path().join(name)).unwrap();
            if old {
                file.set_modified(long_ago).unwrap();
            }
        };
        file("seal.key.next.draft-0123456789abcdef", true);
        file("seal.key.draft-00000000000000ff", true);
        let stays =
            ["other.key.draft-0123456789abcdef", "seal.key.draft-of-mine", "seal.key.next", "seal.key.retired-00"];
        stays.iter().for_each(|name| file(name, true));
        file("seal.key.next.draft-fedcba9876543210", false);
        keys.sweep().unwrap();
        let left = fs::read_dir(directory.path()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut left: Vec<String> = left.collect();
        left.sort();
        let mut expected = [&stays[..], &["seal.key", "seal.key.next.draft-fedcba9876543210"]].concat();
        expected.sort_unstable();
        assert_eq!(left, expected);
    }
}
