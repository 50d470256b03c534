//! Messages with `{names}`.

use crate::text::Text;

/// A message, split where something is to be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Words(String),
    Name(String),
}

impl Template {
    /// Splits a message; every name must be among those that will be known.
    pub(crate) fn compile(message: &str, known: &[String]) -> Result<Self, String> {
        let mut pieces = vec![];
        let mut rest = message;
        while let Some((words, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or("a brace is not closed")?;
            if !known.iter().any(|known| known == name) {
                return Err(format!("`{{{name}}}` is not named by the condition; known are {}", known.join(", ")));
            }
            pieces.push(Piece::Words(words.to_owned()));
            pieces.push(Piece::Name(name.to_owned()));
            rest = after;
        }
        pieces.push(Piece::Words(rest.to_owned()));
        Ok(Self(pieces))
    }

    /// The message; what is not known reads "unknown".
    pub(crate) fn fill(&self, bound: &[(&str, Text)]) -> String {
        let mut message = String::with_capacity(128);
        for piece in &self.0 {
            match piece {
                Piece::Words(words) => message.push_str(words),
                Piece::Name(name) => {
                    message.push_str(bound.iter().find(|(known, _)| known == name).map_or("unknown", |(_, text)| text));
                }
            }
        }
        message
    }
}

#[cfg(test)]
mod tests {
    use super::Template;

    #[test]
    fn given_a_message_when_filled_then_names_are_replaced() {
        let template = Template::compile("{drug}: watch {lab}.", &["drug".into(), "lab".into()]).unwrap();
        assert_eq!(template.fill(&[("lab", "INR".into()), ("drug", "warfarin".into())]), "warfarin: watch INR.");
        assert_eq!(template.fill(&[("drug", "warfarin".into())]), "warfarin: watch unknown.");
    }

    /// SECURITY, the hole "templates that run" (CVE-2026-9568): what is filled in is text, whatever it looks like. It is
    /// not looked at again, and a message that would compute something does not compile.
    #[test]
    fn a_template_evaluates_nothing() {
        let known = ["drug".to_owned(), "secret".to_owned()];
        let template = Template::compile("{drug} $(id) ${{drug} %s <%= 1 + 1 %>", &known);
        assert!(template.is_err(), "a brace within a name");
        let template = Template::compile("{drug}: $(id) <%= 1 + 1 %> %s \\u{drug}", &known).unwrap();
        for value in ["{secret}", "{{secret}}", "${7*7}", "{drug}", "$(id)", "#{7*7}", "<%= 7*7 %>", "%n", "\0"] {
            let told = template.fill(&[("drug", value.to_owned().into()), ("secret", "hunter2".into())]);
            assert_eq!(told, format!("{value}: $(id) <%= 1 + 1 %> %s \\u{value}"));
        }
        for computed in ["{7*7}", "{drug.name}", "{drug|upper}", "{drug }", "{}", "{drug()}", "{self.secret}", "{0}"] {
            assert!(Template::compile(computed, &known).is_err(), "{computed}");
        }
    }

    #[test]
    fn given_an_unknown_name_or_an_open_brace_when_compiled_then_it_is_refused() {
        assert!(Template::compile("{drag}", &["drug".into()]).unwrap_err().contains("drag"));
        assert!(Template::compile("{drug", &["drug".into()]).is_err());
    }
}
