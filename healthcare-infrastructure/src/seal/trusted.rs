//! What is trusted without anybody's hand-over, and the file it is written down in.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{MetadataExt, fchown},
};

use super::{
    draft::Draft,
    key::{PublicKey, SealKeyError},
    keys::SealKeys,
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

/// What is written down of the key that sealed first, as the key that seals sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noted {
    /// It is, as far as can be told here.
    Down,
    /// Nothing is, and it is this key.
    NotYet,
    /// Nothing is, and another one sealed first, for which nobody can vouch here any more.
    NoMore,
    /// It is this key, and others are written down: what verification begins with calls all its blocks tampered with.
    Others,
}

impl Noted {
    /// As it is with these written down, where `first` sealed block 1, or none is sealed yet.
    pub(super) fn of(trusted: &[Trusted], first: Option<&[u8]>, key: PublicKey) -> Self {
        let another = first.is_some_and(|first| first != key);
        match (another, trusted.is_empty()) {
            (true, true) => Self::NoMore,
            (true, false) => Self::Down,
            (false, true) => Self::NotYet,
            (false, false) if trusted.contains(&Trusted::first(key)) => Self::Down,
            (false, false) => Self::Others,
        }
    }
}

impl SealKeys {
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

    /// Adds to what is trusted: all of it is written anew, so that nobody ever reads half a line. Whose the file was, and
    /// who may read it, stays; a first one is the user's whose the key is.
    pub(super) fn trust(&self, keys: &[Trusted]) -> Result<(), SealKeyError> {
        let known = self.trusted()?;
        let new: String = keys.iter().filter(|key| !known.contains(key)).map(|key| format!("{key}\n")).collect();
        if new.is_empty() {
            return Ok(());
        }
        let path = self.beside("trusted");
        let before = match fs::read_to_string(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => String::new(),
            other => other?,
        };
        let apart = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
        let (draft, mut file) = Draft::of(&path)?;
        file.write_all(format!("{before}{apart}{new}").as_bytes())?;
        let was = fs::metadata(&path);
        if let Ok(whose) = was.as_ref().or(fs::metadata(&self.path).as_ref())
            && whose.uid() != file.metadata()?.uid()
        {
            fchown(&file, Some(whose.uid()), Some(whose.gid()))?;
        }
        if let Ok(was) = was {
            file.set_permissions(was.permissions())?;
        }
        file.sync_all()?;
        Ok(draft.replace(&path)?)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

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

    /// What somebody wrote there, and whom they let read it, stays; no draft is left.
    #[test]
    fn what_is_trusted_is_added_to() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("seal.key.trusted");
        let keys = SealKeys::at(&directory.path().join("seal.key"));
        let (first, later) = (Trusted::first([7; 32]), Trusted { from: 18, key: [8; 32] });
        fs::write(&path, format!("# of the safe\n{first}")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        keys.trust(&[first, later]).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("# of the safe\n{first}\n{later}\n"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_others_left_behind_is_not_taken_for_the_key_that_sealed_first() {
        let (ours, theirs) = ([7; 32], [8; 32]);
        let (of_ours, of_theirs) = ([Trusted::first(ours)], [Trusted::first(theirs)]);
        for (trusted, first, noted) in [
            (&[][..], None, Noted::NotYet),
            (&[], Some(ours), Noted::NotYet),
            (&[], Some(theirs), Noted::NoMore),
            (&of_ours, Some(ours), Noted::Down),
            (&of_theirs, Some(theirs), Noted::Down),
            (&of_theirs, Some(ours), Noted::Others),
            (&of_theirs, None, Noted::Others),
            (&[Trusted { from: 18, key: ours }], Some(ours), Noted::Others),
        ] {
            assert_eq!(Noted::of(trusted, first.as_ref().map(|key| &key[..]), ours), noted, "{trusted:?} {first:?}");
        }
    }
}
