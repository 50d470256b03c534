//! The files of the keys that seal. `seal.key` seals; beside it `seal.key.next` is to take over, `seal.key.retired-9f…`
//! has handed over (named by its public half), and `seal.key.trusted` says, in public halves, from which block on which key is trusted
//! without anybody's hand-over. No file of a key is ever written over.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::{
    block::Block,
    key::{PublicKey, SealKey, SealKeyError, settle},
};

/// A key that is trusted from a block on, because whoever verifies says so: the first one, and one that took the place
/// of a lost one. All others are trusted because the one before handed over to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trusted {
    /// The block.
    pub from: i64,
    /// The key.
    pub key: PublicKey,
}

impl Trusted {
    /// A key that is trusted from the first block on.
    pub const fn first(key: PublicKey) -> Self {
        Self { from: 1, key }
    }
}

/// The text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("64 hexadecimal digits are expected, or 64, @ and the number of a block")]
pub struct NoTrustedKey;

impl std::str::FromStr for Trusted {
    type Err = NoTrustedKey;

    fn from_str(text: &str) -> Result<Self, NoTrustedKey> {
        let (digits, from) = text.trim().split_once('@').unwrap_or((text.trim(), "1"));
        let mut key = [0; 32];
        hex::decode_to_slice(digits, &mut key).map_err(|_| NoTrustedKey)?;
        let from = from.parse().ok().filter(|from| *from >= 1).ok_or(NoTrustedKey)?;
        Ok(Self { from, key })
    }
}

impl std::fmt::Display for Trusted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}", hex::encode(self.key), self.from)
    }
}

/// Where the key that seals is, and what belongs to it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SealKeys {
    path: PathBuf,
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
    /// When it cannot be made or read, or another user than the one whose the key that seals is would make it.
    pub fn announce(&self) -> Result<PublicKey, SealKeyError> {
        let owner = fs::metadata(&self.path)?.uid();
        SealKey::load_or_create_for(&self.beside("next"), Some(owner)).map(|key| key.public())
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

    /// What is trusted without a hand-over: the key that sealed first, and those that took the place of a lost one. Empty
    /// where it is not written down.
    ///
    /// # Errors
    /// When the file cannot be read, or says something else.
    pub fn trusted(&self) -> Result<Vec<Trusted>, SealKeyError> {
        let path = self.beside("trusted");
        match fs::read_to_string(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(vec![]),
            Err(e) => Err(e.into()),
            Ok(text) => {
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
                let all = lines.map(str::parse).collect::<Result<_, _>>();
                all.map_err(|NoTrustedKey| SealKeyError::Trusted(path.display().to_string()))
            }
        }
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
    /// hands over under its name of afterwards. What is stored cannot be taken back, so that a machine which stops behind
    /// it must find both.
    pub(super) fn prepare(&self, current: &SealKey) -> Result<(), SealKeyError> {
        self.keep_aside(&current.public())?;
        Ok(settle(&self.path)?)
    }

    /// The next key becomes the current one, and the one that handed over is kept aside.
    pub(super) fn take_over(&self, hand_over: &Block) -> Result<(), SealKeyError> {
        match self.current() {
            Ok(current) if current.public() == hand_over.key.as_slice() => self.keep_aside(&hand_over.key)?,
            // A file that is somebody else's is not written over.
            Ok(_) => return Err(not_the_one(hand_over)),
            // It was lost while it sealed.
            Err(SealKeyError::File(e)) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(e),
        }
        fs::rename(self.beside("next"), &self.path)?;
        Ok(settle(&self.path)?)
    }

    /// A second name for the file of the key that seals.
    fn keep_aside(&self, key: &[u8]) -> Result<(), SealKeyError> {
        match fs::hard_link(&self.path, self.retired(key)) {
            // It lies there since before a crash.
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => Ok(other?),
        }
    }

    /// Adds to what is trusted.
    pub(super) fn trust(&self, keys: &[Trusted]) -> Result<(), SealKeyError> {
        let known = self.trusted()?;
        let new = keys.iter().filter(|key| !known.contains(key));
        let lines: String = new.map(|key| format!("{key}\n")).collect();
        let path = self.beside("trusted");
        let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(&path)?;
        file.write_all(lines.as_bytes())?;
        file.sync_all()?;
        Ok(settle(&path)?)
    }

    fn folder(&self) -> &Path {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.unwrap_or(Path::new("."))
    }

    fn beside(&self, what: &str) -> PathBuf {
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

    #[test]
    fn what_is_trusted_is_read_as_it_was_written() {
        let directory = tempfile::tempdir().unwrap();
        let keys = SealKeys::at(&directory.path().join("seal.key"));
        assert_eq!(keys.trusted().unwrap(), []);
        let (first, later) = (Trusted::first([7; 32]), Trusted { from: 18, key: [8; 32] });
        keys.trust(&[first]).unwrap();
        keys.trust(&[first, later]).unwrap();
        assert_eq!(keys.trusted().unwrap(), [first, later]);
        assert_eq!(hex::encode([7; 32]).parse(), Ok(first));
        for wrong in ["", "07@1", &format!("{}@0", hex::encode([7; 32])), &format!("{}@x", hex::encode([7; 32]))] {
            assert_eq!(wrong.parse::<Trusted>(), Err(NoTrustedKey), "{wrong}");
        }
        fs::write(directory.path().join("seal.key.trusted"), "nothing\n").unwrap();
        assert!(matches!(keys.trusted(), Err(SealKeyError::Trusted(_))));
    }
}
