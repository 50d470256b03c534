//! FHIR Narrative as plain text: the words of an XHTML `div`, a line for each block, without its marks.

/// How deep a text may be nested: no document is, and what is made to be is not read.
const DEEP: usize = 200;

/// The words of a narrative; none where it is no well-formed piece of XHTML.
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
            text.part(closed.trim_end(), false);
            continue;
        }
        let name = tag.trim_end_matches('/').split(char::is_whitespace).next()?;
        (!name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric())).then_some(())?;
        text.part(name, true);
        if !tag.ends_with('/') {
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

    /// A block begins or ends a line; a cell of a table is set apart from the one before.
    fn part(&mut self, name: &str, begins: bool) {
        match name {
            "td" | "th" if begins && !self.line.is_empty() => {
                self.line.push_str(" |");
                self.gap = true;
            }
            "li" if begins => {
                self.end();
                self.line.push('-');
                self.gap = true;
            }
            "p" | "div" | "br" | "hr" | "li" | "ul" | "ol" | "dl" | "dt" | "dd" | "tr" | "table" | "caption"
            | "thead" | "tbody" | "tfoot" | "pre" | "blockquote" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.end()
            }
            _ => {}
        }
    }

    fn end(&mut self) {
        self.gap = false;
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
    fn what_is_not_well_formed_is_not_read() {
        for broken in
            ["<div>", "<div><p></div>", "</p>", "<div", "<p>a & b</p>", "<p>&bogus;</p>", "<p>&#0;</p>", "< p>x</p>"]
        {
            assert_eq!(text_of(broken), None, "{broken}");
        }
        assert_eq!(text_of(&"<b>".repeat(10_000)), None);
    }
}
