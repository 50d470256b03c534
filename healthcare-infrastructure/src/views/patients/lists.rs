//! Lists in the order of names, and pairs of names, by the indexes that hold cards in their order (migration 0143).
//!
//! Whoever matches has a card that begins with one of the parts, or with none of them. Of the first, the card's beginning is a
//! range of the index of names, or, where there is another part, of that part's own index: each row of it has both. The
//! others are among the rows of one part. All are lists in order, of which as much is read as a page takes.

use super::{
    query::{Key, Query},
    statement::Cards,
};

/// A list of who matches.
enum List {
    /// All whose card begins with the only part.
    Led(String),
    /// Rows of the table of a part; in order where an index has them so.
    Rows { rows: String, are_in_order: bool },
}

impl Query {
    /// The first page by name. `is_within` says whether there are some whose card begins with none of the parts, as far as is
    /// known; where a part has no index for all of its letters, its few are gathered otherwise.
    pub fn in_order(&self, rarest_first: &[usize], is_within: bool) -> String {
        let pages = self.lists_of(rarest_first, is_within).into_iter().map(|list| match list {
            List::Led(leads) => self.walk(&Cards::Led(leads)),
            List::Rows { rows, are_in_order } => {
                let found = format!("select distinct f.card, f.patient_id as id from {rows}");
                let order = " order by f.card, f.patient_id";
                self.page(&if are_in_order { found + order } else { self.sorted(&found) })
            }
        });
        self.merged(&pages.collect::<Vec<_>>())
    }

    /// Reads all who have several parts, of which each alone is frequent, and sorts them.
    pub fn gather_pairs(&self, rarest_first: &[usize], is_within: bool) -> String {
        let lists = self.lists_of(rarest_first, is_within).into_iter().map(|list| match list {
            List::Led(leads) => {
                format!("select p.id, p.card from read.patient p where {}", leads.replace("{card}", "p.card"))
            }
            List::Rows { rows, .. } => format!("select f.patient_id as id, f.card from {rows}"),
        });
        // Sorted once: who stands on several lists follows on themselves.
        let found = lists.collect::<Vec<_>>().join(" union all ");
        self.page(&format!("select distinct on (s.id) s.id, s.card from ({found}) s order by {}", self.order("s")))
    }

    /// The lists that hold all who match.
    fn lists_of(&self, rarest_first: &[usize], is_within: bool) -> Vec<List> {
        let words = self.parts.iter().filter(|part| part.leads.is_some()).count();
        let mut lists = vec![];
        for (which, leads) in self.parts.iter().enumerate().filter_map(|(n, part)| Some((n, part.leads.as_deref()?))) {
            match rarest_first.iter().find(|n| **n != which) {
                None => lists.push(List::Led(leads.to_owned())),
                // The beginning is a word; the others follow it.
                Some(other) => lists.extend(self.keyed(*other, words - 1, &Cards::Led(leads.to_owned()))),
            }
        }
        let Some(rarest) = rarest_first.first() else { return lists };
        let part = self.parts.get(*rarest);
        if is_within || part.is_some_and(|part| part.keys.iter().all(|key| key.is_exact)) {
            lists.extend(self.keyed(*rarest, words, &Cards::NotLed));
        } else if let Some(part) = part {
            let rows = self.rows(*rarest, &part.condition, true, &Cards::NotLed);
            lists.push(List::Rows { rows, are_in_order: false });
        }
        lists
    }

    /// The rows of a part by its keys, where so many words must follow the first.
    fn keyed(&self, which: usize, following: usize, cards: &Cards) -> Vec<List> {
        let keys = self.parts.get(which).map_or(&[][..], |part| &part.keys);
        let keys = keys.iter().filter(|key| following < 2 || !key.is_alone);
        let rows = |Key { condition, is_exact, .. }: &Key| self.rows(which, condition, *is_exact, cards);
        keys.map(|key| List::Rows { rows: rows(key), are_in_order: true }).collect()
    }
}
