//! FHIR Narrative as plain text: the words of an XHTML `div`, a line for each block, without its marks.

/// How deep a text may be nested: no document is, and what is made to be is not read.
const DEEP: usize = 200;

/// What changes the meaning of the words it stands around or in place of, or does something: as words it would mislead.
const NOT_WORDS: [&str; 14] = [
    "del", "s", "strike", "img", "svg", "script", "iframe", "object", "embed", "form", "input", "button", "select",
    "textarea",
];

/// The words of a narrative; none where it is no well-formed piece of XHTML, or says something that words alone do not.
pub fn text_of(div: &str) -> Option<String> {
    let mut text = Words::default();
    let mut open: Vec<&str> = vec![];
    let mut rest = div;
    while let Some(at) = rest.find('<') {
        text.say(&rest[..at], &open)?;
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = &comment[comment.find("-->")? + 3..];
            continue;
        }
        let end = end_of_tag(rest)?;
        let tag = &rest[1..end];
        rest = &rest[end + 1..];
        if let Some(closed) = tag.strip_prefix('/') {
            (open.pop()? == closed.trim_end()).then_some(())?;
            text.part(closed.trim_end(), false)?;
            continue;
        }
        let name = tag.trim_end_matches('/').split(char::is_whitespace).next()?;
        (!name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric())).then_some(())?;
        let does_something =
            tag.contains("javascript:") || tag.split(char::is_whitespace).any(|word| word.starts_with("on"));
        (!does_something && !NOT_WORDS.contains(&name)).then_some(())?;
        text.part(name, true)?;
        if tag.ends_with('/') {
            text.part(name, false)?;
        } else {
            open.push(name);
            (open.len() <= DEEP).then_some(())?;
        }
    }
    text.say(rest, &open)?;
    open.is_empty().then(|| text.done())
}

/// Where a tag ends: at the first `>` outside of the values of its attributes.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut quoted = None;
    text.char_indices().find_map(|(at, letter)| match (quoted, letter) {
        (None, '>') => Some(at),
        (None, '"' | '\'') => {
            quoted = Some(letter);
            None
        }
        (Some(quote), _) if quote == letter => {
            quoted = None;
            None
        }
        _ => None,
    })
}

/// Words on their way to lines.
#[derive(Default)]
struct Words {
    lines: Vec<String>,
    line: String,
    /// Something of white space stands before the next word.
    gap: bool,
    /// Cells of this row so far.
    cells: usize,
    /// Within a cell: what is a block elsewhere is part of the line here.
    in_cell: bool,
}

impl Words {
    /// Takes in what stands between two tags.
    fn say(&mut self, text: &str, within: &[&str]) -> Option<()> {
        if within.iter().any(|name| matches!(*name, "style" | "script" | "head" | "title")) {
            return Some(());
        }
        let said = unescaped(text)?;
        for letter in said.chars() {
            match letter {
                '\n' if within.contains(&"pre") => self.end(),
                // No column takes a NUL.
                '\0' => {}
                _ if letter.is_whitespace() => self.gap = true,
                _ => {
                    if std::mem::take(&mut self.gap) && !self.line.is_empty() {
                        self.line.push(' ');
                    }
                    self.line.push(letter);
                }
            }
        }
        Some(())
    }

    /// A block begins or ends a line; a cell of a table is set apart from the one before, also where either is empty, so
    /// that what stands under a heading stays under it. None where a table stands in a cell.
    fn part(&mut self, name: &str, begins: bool) -> Option<()> {
        match name {
            "td" | "th" => {
                if begins && self.cells > 0 {
                    self.line.push_str(if self.line.is_empty() { "|" } else { " |" });
                }
                self.cells += usize::from(begins);
                (self.in_cell, self.gap) = (begins, true);
            }
            "table" | "tr" if self.in_cell => return None,
            "sup" if begins => self.line.push('^'),
            "sub" if begins => self.line.push('_'),
            "li" if begins => {
                self.end();
                self.line.push('-');
                self.gap = true;
            }
            "p" | "div" | "br" | "hr" | "li" | "ul" | "ol" | "dl" | "dt" | "dd" | "tr" | "table" | "caption"
            | "thead" | "tbody" | "tfoot" | "pre" | "blockquote" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.end();
            }
            _ => {}
        }
        Some(())
    }

    fn end(&mut self) {
        if self.in_cell {
            self.gap = true;
            return;
        }
        (self.gap, self.cells) = (false, 0);
        let line = std::mem::take(&mut self.line);
        if !line.trim_matches(['-', '|', ' ']).is_empty() {
            self.lines.push(line);
        }
    }

    fn done(mut self) -> String {
        self.end();
        self.lines.join("\n")
    }
}

/// Text with its entities written out: those of XML, the space that does not break, and numbers.
fn unescaped(text: &str) -> Option<String> {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        said += &rest[..at];
        let end = at + rest[at..].find(';')?;
        let name = &rest[at + 1..end];
        said.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            "nbsp" => '\u{a0}',
            _ => {
                let number = name.strip_prefix('#')?;
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => number.parse().ok()?,
                };
                char::from_u32(code).filter(|letter| *letter != '\0')?
            }
        });
        rest = &rest[end + 1..];
    }
    said += rest;
    Some(said)
}

#[cfg(test)]
mod tests {
    use super::text_of;

    #[test]
    fn blocks_are_lines_and_marks_are_left_out() {
        let div = "<div xmlns=\"http://www.w3.org/1999/xhtml\"><h2>Course</h2>\n  <p>Stable <b>over</b>night,\n RR &lt; 20 &#8211; \
                   gr&#xF6;&#xDF;er.</p><!-- <p>draft</p> --><ul><li>Paracetamol</li><li> Enoxaparin </li></ul>\
                   <table><tr><th>Na</th><th title=\"a > b\">K</th></tr><tr><td>140</td><td>4.1</td></tr></table>\
                   <style>p { color: red }</style>one<br/>two<p/></div>";
        let lines = "Course\nStable overnight, RR < 20 \u{2013} größer.\n- Paracetamol\n- Enoxaparin\nNa | K\n140 | 4.1\none\ntwo";
        assert_eq!(text_of(div).as_deref(), Some(lines));
        assert_eq!(text_of("<div><p>  </p></div>").as_deref(), Some(""));
        assert_eq!(text_of("<pre>a\n b</pre>").as_deref(), Some("a\nb"));
    }

    #[test]
    fn a_value_stays_under_its_heading() {
        let table = "<table><tr><th/><th>Na</th><th>K</th></tr><tr><td>Monday</td><td></td><td><p>4.1</p></td></tr>\
                     <tr><td/><td>140<br/>(old)</td></tr></table><p>Leucocytes 4.2 × 10<sup>9</sup>/L, SpO<sub>2</sub></p>";
        let lines = "| Na | K\nMonday | | 4.1\n| 140 (old)\nLeucocytes 4.2 × 10^9/L, SpO_2";
        assert_eq!(text_of(table).as_deref(), Some(lines));
    }

    #[test]
    fn what_words_alone_do_not_say_is_not_read() {
        for more in [
            "<p>Warfarin <del>5 mg</del> 3 mg</p>",
            "<p><img alt=\"wound\" src=\"#a\"/></p>",
            "<script>x()</script>",
            "<p onclick=\"x()\">a</p>",
            "<a href=\"javascript:x()\">a</a>",
            "<table><tr><td><table><tr><td>1</td></tr></table></td></tr></table>",
        ] {
            assert_eq!(text_of(more), None, "{more}");
        }
    }

    #[test]
    fn what_is_not_well_formed_is_not_read() {
        for broken in
            ["<div>", "<div><p></div>", "</p>", "<div", "<p>a & b</p>", "<p>&bogus;</p>", "<p>&#0;</p>", "< p>x</p>"]
        {
            assert_eq!(text_of(broken), None, "{broken}");
        }
        assert_eq!(text_of(&"<b>".repeat(10_000)), None);
    }
}
