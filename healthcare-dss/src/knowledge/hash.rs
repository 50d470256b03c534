//! A fast hash for tables that only shipped or site knowledge fills: a stranger's words are looked up in them and
//! never stored, so nobody can crowd a bucket.

use std::hash::{BuildHasherDefault, Hasher};

/// A map filled from knowledge files.
pub(crate) type KnowledgeMap<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<Folded>>;

/// Eight bytes at a time, each folded in by a multiplication into 128 bits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Folded(u64);

/// The first digits of π and of the golden ratio: numbers with nothing up their sleeve.
const SEED: u64 = 0x243f_6a88_85a3_08d3;
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

impl Folded {
    fn fold(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * u128::from(FACTOR);
        self.0 = (product >> 64) as u64 ^ product as u64;
    }
}

impl Default for Folded {
    fn default() -> Self {
        Self(SEED)
    }
}

impl Hasher for Folded {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.fold(u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            let mut last = [0; 8];
            last[..rest.len()].copy_from_slice(rest);
            // The length tells "a" from "a\0".
            self.fold(u64::from_le_bytes(last) ^ ((rest.len() as u64) << 56));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.fold(number.into());
    }

    fn write_u16(&mut self, number: u16) {
        self.fold(number.into());
    }

    fn write_u32(&mut self, number: u32) {
        self.fold(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        self.fold(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.fold(number as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
