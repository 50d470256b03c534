//! How alike two words are: folded, by edits (Damerau), by Jaro and Winkler, and by how they sound.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::patient::ContactPoint;

/// The words of a text in lower case, without accents and marks.
pub fn words(text: &str) -> Vec<String> {
    let folded: String = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    let folded = folded.replace('ß', "ss").replace('ø', "o").replace('æ', "ae").replace('œ', "oe");
    let folded = folded.replace('đ', "d").replace('ł', "l").replace(['\'', '’', '`'], "");
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The letters and digits of a text alone, in lower case: what is compared of a number.
pub fn plain(text: &str) -> String {
    words(text).concat()
}

/// The telephone numbers, as their last nine digits; shorter ones than six are none.
pub fn phones(contacts: &[ContactPoint]) -> Vec<String> {
    let numbers = contacts.iter().filter(|c| matches!(&*c.system, "phone" | "sms"));
    let digits = numbers.map(|c| c.value.chars().filter(char::is_ascii_digit).collect::<String>());
    digits.filter(|d| d.len() >= 6).map(|d| d[d.len().saturating_sub(9)..].to_owned()).collect()
}

/// The e-mail addresses, without case.
pub fn mails(contacts: &[ContactPoint]) -> Vec<String> {
    let mails = contacts.iter().filter(|c| c.system == "email");
    mails.map(|c| c.value.trim().to_lowercase()).filter(|mail| mail.contains('@')).collect()
}

/// The edits from one word to another: letters inserted, left out, exchanged, or swapped with their neighbour (the
/// restricted distance after Damerau, CACM 7, 1964).
pub fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (mut before, mut last): (Vec<usize>, Vec<usize>) = (vec![], (0..=b.len()).collect());
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut least = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

/// How alike two words are, 0 to 1, after Jaro (JASA 84, 1989) and Winkler (1990): the same beginning counts more.
pub fn likeness(a: &str, b: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let reach = (a.len().max(b.len()) / 2).saturating_sub(1);
    let mut taken = vec![false; b.len()];
    let mut common = Vec::new();
    for (i, x) in a.iter().enumerate() {
        let (from, to) = (i.saturating_sub(reach), (i + reach + 1).min(b.len()));
        if let Some(j) = (from..to).find(|j| !taken[*j] && b[*j] == *x) {
            taken[j] = true;
            common.push(*x);
        }
    }
    if common.is_empty() {
        return 0.0;
    }
    let theirs = b.iter().zip(&taken).filter(|(_, taken)| **taken).map(|(y, _)| y);
    let half = common.iter().zip(theirs).filter(|(x, y)| x != y).count();
    let count = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    let (m, swaps) = (count(common.len()), count(half) / 2.0);
    let jaro = (m / count(a.len()) + m / count(b.len()) + (m - swaps) / m) / 3.0;
    let start = a.iter().zip(&b).take(4).take_while(|(x, y)| x == y).count();
    jaro + count(start) * 0.1 * (1.0 - jaro)
}

/// How a folded word looks in bad print or handwriting: letters and digits that are read for each other brought together.
pub fn seen(word: &str) -> String {
    let read = word.replace("rn", "m").replace("vv", "w").replace("cl", "d");
    let as_letter = |c| match c {
        '0' => 'o',
        '1' => 'l',
        '5' | '8' => 's',
        '2' => 'z',
        '6' | 'q' => 'g',
        other => other,
    };
    read.chars().map(as_letter).collect()
}

/// How a word sounds: Soundex (Russell 1918), with the usual spellings of one sound brought together first. Empty for
/// what holds no letter of a to z.
pub fn sound(word: &str) -> String {
    let mut word = word.to_owned();
    for (written, said) in [("ph", "f"), ("gh", "g"), ("kn", "n"), ("wr", "r"), ("ck", "k"), ("sch", "s"), ("ch", "s")]
    {
        word = word.replace(written, said);
    }
    let letters: Vec<char> = word.chars().filter(char::is_ascii_lowercase).collect();
    let Some(first) = letters.first() else { return String::new() };
    let first = match first {
        'c' | 'q' => 'k',
        'z' => 's',
        'j' => 'g',
        'w' => 'v',
        'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'h' => 'a',
        other => *other,
    };
    let digit = |c: char| match c {
        'b' | 'f' | 'p' | 'v' | 'w' => Some('1'),
        'c' | 'g' | 'j' | 'k' | 'q' | 's' | 'x' | 'z' => Some('2'),
        'd' | 't' => Some('3'),
        'l' => Some('4'),
        'm' | 'n' => Some('5'),
        'r' => Some('6'),
        _ => None,
    };
    let mut code = String::from(first);
    let mut last = letters.first().copied().and_then(digit);
    for letter in letters.into_iter().skip(1) {
        let now = digit(letter);
        if let Some(digit) = now
            && now != last
        {
            code.push(digit);
        }
        // Letters that are not spoken do not part two of one sound.
        if letter != 'h' {
            last = now;
        }
        if code.len() == 4 {
            break;
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_count_neighbours_that_changed_places_once() {
        assert_eq!(edits("7535316", "7535316"), 0);
        assert_eq!(edits("7535316", "7353516"), 2);
        assert_eq!(edits("7535316", "5735316"), 1);
        assert_eq!(edits("smith", "smyth"), 1);
        assert_eq!(edits("", "abc"), 3);
    }

    /// The values of Winkler's own paper.
    #[test]
    fn likeness_is_as_published() {
        for (a, b, expected) in [("martha", "marhta", 0.961), ("dwayne", "duane", 0.84), ("dixon", "dicksonx", 0.813)] {
            assert!((likeness(a, b) - expected).abs() < 0.001, "{a} {b} {}", likeness(a, b));
        }
        assert!(likeness("abc", "xyz") < f64::EPSILON);
    }

    #[test]
    fn what_is_read_for_another_looks_alike() {
        for (a, b) in [("mistelia", "rnistelia"), ("dada", "clada"), ("wilmael", "vvi1mael"), ("roadq", "r0acl9")] {
            assert_eq!(seen(a) == seen(b), a != "roadq", "{a} {b}");
        }
    }

    #[test]
    fn names_that_sound_alike_have_one_sound() {
        for (a, b) in [("meyer", "maier"), ("philip", "filip"), ("catherine", "katherine"), ("schmidt", "smid")] {
            assert_eq!(sound(a), sound(b), "{a} {b}");
        }
        assert_ne!(sound("miller"), sound("baker"));
        assert_eq!(sound("42"), "");
    }

    #[test]
    fn words_are_compared_without_case_and_accents() {
        assert_eq!(words("Müller-Łukasiewicz"), ["muller", "lukasiewicz"]);
        assert_eq!(words("O'Brien"), ["obrien"]);
        assert_eq!(plain("123-45 6789"), "123456789");
    }
}
