//! Which key is to have sealed which block: from the one that is trusted at the beginning over each hand-over.

use std::collections::HashMap;

use super::{anchor::Anchor, block::Block, key::PublicKey, trusted::Trusted};

/// The keys on the way through the blocks, in their order.
pub(super) struct Keyring<'a> {
    trusted: &'a [Trusted],
    reached: i64,
    expected: Option<PublicKey>,
    /// In which block each key handed over.
    retired: HashMap<PublicKey, i64>,
}

impl<'a> Keyring<'a> {
    /// Before the first block.
    pub(super) fn of(trusted: &'a [Trusted]) -> Self {
        Self { trusted, reached: 0, expected: None, retired: HashMap::new() }
    }

    /// What is wrong with who sealed a block and whom it hands over to. Where no key is trusted the first one is taken as
    /// it stands.
    pub(super) fn judge(&mut self, block: &Block) -> Vec<String> {
        self.reach(block.block);
        let mut wrong = vec![];
        let own = PublicKey::try_from(block.key.as_slice()).unwrap_or_default();
        let expected = *self.expected.get_or_insert(own);
        if !block.is_signed() {
            wrong.push("its signature is not that of the key it names".to_owned());
        } else if own != expected {
            wrong.push(self.stranger(&own));
        }
        let next = block.next_key.as_deref().map(PublicKey::try_from);
        match next {
            None => {}
            Some(Ok(next)) if block.hands_over() && wrong.is_empty() => self.hand_over(expected, next, block.block),
            // Signed by the key it names, which is not the one that could hand over.
            Some(Ok(_)) if block.hands_over() => {}
            Some(_) => wrong.push("its hand-over to another key is not signed by the key it names".to_owned()),
        }
        wrong
    }

    /// What is wrong with who signed an anchor of a block that is not there. What it hands over counts.
    pub(super) fn judge_missing(&mut self, anchor: &Anchor) -> Option<String> {
        self.reach(anchor.block);
        let signer = self.expected.into_iter().chain(self.retired.keys().copied()).find(|key| anchor.is_signed_by(key));
        let Some(signer) = signer else { return self.expected.map(|_| NOT_ITS_ANCHOR.to_owned()) };
        if let Some(next) = anchor.successor().filter(|_| self.expected == Some(signer)) {
            self.hand_over(signer, next, anchor.block);
        }
        None
    }

    /// What is wrong with who signed an anchor of a block that is there. To be asked before the block itself is judged.
    pub(super) fn judge_anchor(&mut self, anchor: &Anchor) -> Option<String> {
        self.reach(anchor.block);
        let expected = self.expected?;
        (!anchor.is_signed_by(&expected)).then(|| NOT_ITS_ANCHOR.to_owned())
    }

    /// The keys that whoever verifies trusts from a block up to this one on.
    fn reach(&mut self, block: i64) {
        let here = self.trusted.iter().filter(|key| key.from > self.reached && key.from <= block);
        if let Some(trusted) = here.max_by_key(|key| key.from) {
            if let Some(lost) = self.expected.replace(trusted.key).filter(|lost| *lost != trusted.key) {
                self.retired.insert(lost, trusted.from - 1);
            }
            self.retired.remove(&trusted.key);
        }
        self.reached = self.reached.max(block);
    }

    fn hand_over(&mut self, from: PublicKey, to: PublicKey, block: i64) {
        self.retired.insert(from, block);
        self.expected = Some(to);
    }

    fn stranger(&self, key: &PublicKey) -> String {
        match self.retired.get(key) {
            Some(block) => format!("it was signed by a key that had ended with block {block}"),
            None => "it was signed by another key than the one that is trusted: none handed over to it".to_owned(),
        }
    }
}

const NOT_ITS_ANCHOR: &str = "its anchor was not signed by the key that is trusted";
