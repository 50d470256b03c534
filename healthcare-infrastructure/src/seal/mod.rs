//! Tamper evidence over events and audit entries. A sealer follows the database by snapshots, as the readers of the log
//! do, and folds what each one adds into a block: a Merkle tree over the rows exactly as they are stored, chained to the
//! block before, signed by a key outside the database, and exported as an anchor to a place outside it. Who rewrites
//! rows contradicts a block; who rewrites the blocks as well contradicts the anchors.

mod anchor;
mod block;
mod draft;
mod key;
mod keyring;
mod keys;
mod lag;
mod leaf;
mod lost;
mod merkle;
mod sealer;
mod trusted;
mod turn;
mod verify;
mod window;

pub use anchor::{Anchor, AnchorError, Anchors, read_anchors};
pub use block::Block;
pub use key::{PublicKey, SealKey, SealKeyError};
pub use keys::SealKeys;
pub use lost::LostKeyError;
pub use sealer::Sealer;
pub use trusted::{NoTrustedKey, Trusted};
pub use verify::{Finding, Scope, Verdict, verify};
