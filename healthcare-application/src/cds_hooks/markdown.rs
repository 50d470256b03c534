//! GitHub-flavoured markdown out of words that are partly another system's: what they hold is shown, not obeyed.

use std::fmt::Write as _;

use healthcare_dss::{Explanation, Truth};

/// Text as it is: nothing in it is a link, an image, HTML or emphasis, and it is one line.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '#' | '&' | '@' => {
                safe.push('\\');
                safe.push(c);
            }
            c if c.is_control() || c.is_whitespace() => safe.push(' '),
            c => safe.push(c),
        }
    }
    // Bare addresses become links too.
    safe.replace("://", ":\\/\\/").replace("www.", "www\\.")
}

/// The tree of an explanation as a nested list: what was met, not met or missing, and on what.
pub fn tree(explanation: &Explanation) -> String {
    let mut list = String::new();
    write_tree(explanation, 0, &mut list);
    list
}

fn write_tree(explanation: &Explanation, depth: usize, list: &mut String) {
    let outcome = match explanation.outcome {
        Truth::Met => "met",
        Truth::NotMet => "not met",
        Truth::Missing => "missing",
    };
    let _infallible =
        write!(list, "{:indent$}- **{outcome}** {}", "", escaped(&explanation.condition), indent = depth * 2);
    if let Some(lacking) = &explanation.lacking {
        let _infallible = write!(list, " ({})", escaped(lacking));
    }
    for (nth, observed) in explanation.observed.iter().enumerate() {
        let between = if nth == 0 { " – " } else { "; " };
        let _infallible = write!(list, "{between}{}", escaped(&observed.to_string()));
    }
    list.push('\n');
    for child in &explanation.children {
        write_tree(child, depth + 1, list);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_system_wrote_is_shown_and_not_obeyed() {
        assert_eq!(escaped("[here](https://evil.example)"), r"\[here\](https:\/\/evil.example)");
        assert_eq!(escaped("<img src=x>\n# Head"), r"\<img src=x\> \# Head");
        assert_eq!(escaped("Paracetamol 500 mg (tablet)"), "Paracetamol 500 mg (tablet)");
    }
}
