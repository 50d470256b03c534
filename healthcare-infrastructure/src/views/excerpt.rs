//! Words as they are compared, and where a note says them.

use healthcare_application::note::Piece;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Stands before a word that was found. Of no script; a text that holds it loses it.
pub const START: char = '\u{E000}';
/// Stands behind it.
pub const STOP: char = '\u{E001}';
/// How many characters an excerpt has, about.
const LENGTH: usize = 240;
/// How many of them stand before the first word that was found.
const BEFORE: usize = 60;

/// A character in lower case and without its accent; one for one, so that places stay places.
fn plain(c: char) -> char {
    match c {
        'ß' => 's',
        'ø' | 'Ø' | 'œ' | 'Œ' => 'o',
        'æ' | 'Æ' => 'a',
        'đ' | 'Đ' => 'd',
        'ł' | 'Ł' => 'l',
        // They would be taken for the tags of a web page.
        '<' | '>' | '\0' | START | STOP => ' ',
        c => {
            let base = std::iter::once(c).nfkd().find(|one| !is_combining_mark(*one)).unwrap_or(c);
            base.to_lowercase().next().unwrap_or(base)
        }
    }
}

/// A text character by character in lower case and without accents.
pub fn fold_in_place(text: &str) -> String {
    text.nfc().map(plain).collect()
}

/// A text as words are compared: in lower case, without accents, with letters that stand for two written as two.
pub fn fold_words(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfc() {
        match c {
            'ß' => folded.push_str("ss"),
            'æ' | 'Æ' => folded.push_str("ae"),
            'œ' | 'Œ' => folded.push_str("oe"),
            c if is_combining_mark(c) => {}
            c => folded.push(plain(c)),
        }
    }
    folded
}

/// Where a text says what was looked for. `marked` is [`fold_in_place`] of it, with [`START`] and [`STOP`] around each
/// word that was found. Without any, the beginning.
pub fn excerpt(text: &str, marked: &str) -> Vec<Piece> {
    let original: Vec<char> = text.nfc().collect();
    let mut found = vec![false; original.len()];
    let (mut place, mut inside) = (0, false);
    for c in marked.chars() {
        match c {
            START => inside = true,
            STOP => inside = false,
            _ => {
                if let Some(here) = found.get_mut(place) {
                    *here = inside;
                }
                place += 1;
            }
        }
    }
    let from = best(&found);
    let until = (from + LENGTH).min(original.len());
    let mut pieces: Vec<Piece> = vec![];
    if from > 0 {
        pieces.push(Piece { text: "…".into(), found: false });
    }
    for n in from..until {
        match pieces.last_mut().filter(|last| last.found == found[n]) {
            Some(last) => last.text.push(original[n]),
            None => pieces.push(Piece { text: original[n].into(), found: found[n] }),
        }
    }
    if until < original.len() {
        match pieces.last_mut().filter(|last| !last.found) {
            Some(last) => last.text.push('…'),
            None => pieces.push(Piece { text: "…".into(), found: false }),
        }
    }
    pieces
}

/// Where the stretch begins that holds most of what was found; the first of several.
fn best(found: &[bool]) -> usize {
    let begins = |n: usize| found[n] && (n == 0 || !found[n - 1]);
    let starts: Vec<usize> = (0..found.len()).filter(|n| begins(*n)).collect();
    let held = |from: usize| starts.iter().filter(|n| (from..from + LENGTH - BEFORE).contains(*n)).count();
    let mut best: Option<(usize, usize)> = None;
    for start in &starts {
        let count = held(*start);
        if best.is_none_or(|(_, most)| count > most) {
            best = Some((*start, count));
        }
    }
    best.map_or(0, |(start, _)| start.saturating_sub(BEFORE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_without_case_and_accents() {
        assert_eq!(fold_words("Straße, JOSÉ: Ångström"), "strasse, jose: angstrom");
        assert_eq!(fold_in_place("Straße <92 % José").chars().count(), "Straße <92 % José".chars().count());
        assert_eq!(fold_words("e\u{301}tude"), "etude", "however the accent is written");
    }

    #[test]
    fn an_excerpt_shows_what_was_written_around_what_was_found() {
        let text = "Status quo. José hat Fieber.";
        let marked = format!("status quo. {START}jose{STOP} hat fieber.");
        let pieces = excerpt(text, &marked);
        let found: Vec<_> = pieces.iter().filter(|piece| piece.found).map(|piece| piece.text.as_str()).collect();
        assert_eq!(found, ["José"]);
        assert_eq!(pieces.iter().map(|piece| piece.text.as_str()).collect::<String>(), text);
    }

    #[test]
    fn a_long_text_is_cut_where_most_was_found() {
        let far = "x ".repeat(400);
        let marked = format!("{START}one{STOP} {far}{START}two{STOP} {START}three{STOP} {far}");
        let text = format!("One {far}Two Three {far}");
        let pieces = excerpt(&text, &marked);
        let found: Vec<_> = pieces.iter().filter(|piece| piece.found).map(|piece| piece.text.as_str()).collect();
        assert_eq!(found, ["Two", "Three"]);
        assert_eq!((pieces[0].text.as_str(), pieces[0].found), ("…", false));
        assert!(pieces.last().unwrap().text.ends_with('…'));
        let none = excerpt("Nothing here", "nothing here");
        assert_eq!(none, [Piece { text: "Nothing here".into(), found: false }]);
    }
}
