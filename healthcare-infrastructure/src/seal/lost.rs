//! When the key that is to seal is lost: nobody can hand over to another one any more, so somebody has to vouch for it.

use healthcare_application::StoreError;

use super::{
    block::Block,
    key::{SealKey, SealKeyError},
    sealer::Sealer,
    trusted::Trusted,
};
use crate::database::unavailable;

/// Why no key took the place of a lost one.
#[derive(Debug, thiserror::Error)]
pub enum LostKeyError {
    /// Another process seals: it has the key.
    #[error("another process seals: the key is not lost; replace it without --lost")]
    Sealing,
    /// There is nothing to go on with.
    #[error("nothing is sealed yet: the key in the file seals the first block")]
    NothingSealed,
    /// The files do not allow it.
    #[error(transparent)]
    Key(#[from] SealKeyError),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Sealer {
    /// Lets a key that nobody handed over to seal from the next block on, and writes that down beside it. The key in the
    /// file, if it has never sealed; a new one if there is no file. Who verifies elsewhere has to be told as well: the
    /// chain says that nobody handed over. Answers what is trusted from now on.
    ///
    /// # Errors
    /// When the key is not lost, the file holds one that has sealed before, or the database does not answer.
    pub async fn replace_lost_key(&self) -> Result<Vec<Trusted>, LostKeyError> {
        let (client, _turn) = self.alone().await?.ok_or(LostKeyError::Sealing)?;
        let last = Block::last(&client).await?.ok_or(LostKeyError::NothingSealed)?;
        match self.keys.behind(Some(&last)) {
            Err(SealKeyError::NotTheOne { .. }) => {}
            Err(error) => return Err(error.into()),
            Ok(_) => return Err(SealKeyError::NotLost.into()),
        }
        let key: SealKey = self.keys.make_if_missing()?;
        let public = key.public();
        let used = "select exists (select from seal.block where key = $1)";
        let row = client.query_one(used, &[&public.as_slice()]).await.map_err(unavailable)?;
        if row.get(0) {
            return Err(SealKeyError::Used.into());
        }
        let mut trusted = vec![];
        if self.keys.trusted()?.is_empty()
            && let Some(first) = Block::first(&client).await?
        {
            // As it stands: who noted the first key elsewhere compares.
            let key = first.key.as_slice().try_into().map_err(|_| SealKeyError::Malformed)?;
            trusted.push(Trusted::first(key));
        }
        trusted.push(Trusted { from: last.block + 1, key: public });
        self.keys.trust(&trusted)?;
        Ok(self.keys.trusted()?)
    }
}
