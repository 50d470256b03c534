//! The fields of a span as JSON, written as they come. A request that goes well opens two spans and leaves no line: what its
//! spans hold is written for the one line in a thousand, so it has to cost little.

use std::fmt::{self, Debug, Write};

use tracing::{
    field::{Field, Visit},
    span::Record,
};
use tracing_subscriber::{
    field::RecordFields,
    fmt::{FormatFields, FormattedFields, format::Writer},
};

/// One object a span.
pub(super) struct Fields;

impl<'w> FormatFields<'w> for Fields {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'w>, fields: R) -> fmt::Result {
        let mut object = Object { writer, is_empty: true, written: Ok(()) };
        object.written = object.writer.write_char('{');
        object.and(fields)
    }

    fn add_fields(&self, current: &'w mut FormattedFields<Self>, fields: &Record<'_>) -> fmt::Result {
        match current.fields.pop() {
            None => self.format_fields(current.as_writer(), fields),
            // Its closing brace.
            Some(_) => {
                let is_empty = current.fields == "{";
                Object { writer: current.as_writer(), is_empty, written: Ok(()) }.and(fields)
            }
        }
    }
}

/// An object that is open.
struct Object<'w> {
    writer: Writer<'w>,
    is_empty: bool,
    written: fmt::Result,
}

impl Object<'_> {
    /// Writes further members, and closes it.
    fn and(mut self, fields: impl RecordFields) -> fmt::Result {
        fields.record(&mut self);
        self.written?;
        self.writer.write_char('}')
    }

    fn member(&mut self, field: &Field, value: impl FnOnce(&mut Writer<'_>) -> fmt::Result) {
        if self.written.is_err() {
            return;
        }
        let comma = if self.is_empty { "" } else { "," };
        self.is_empty = false;
        // A name is one of our source's: letters, digits, dots and lines.
        let name = field.name().trim_start_matches("r#");
        self.written = write!(self.writer, "{comma}\"{name}\":").and_then(|()| value(&mut self.writer));
    }

    fn text(&mut self, field: &Field, text: fmt::Arguments<'_>) {
        self.member(field, |writer| {
            writer.write_char('"')?;
            Escaped(writer).write_fmt(text)?;
            writer.write_char('"')
        });
    }
}

impl Visit for Object<'_> {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.member(field, |writer| write!(writer, "{value}"));
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.member(field, |writer| write!(writer, "{value}"));
    }
    fn record_f64(&mut self, field: &Field, value: f64) {
        if value.is_finite() {
            self.member(field, |writer| write!(writer, "{value}"));
        } else {
            self.text(field, format_args!("{value}"));
        }
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.member(field, |writer| write!(writer, "{value}"));
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, format_args!("{value}"));
    }
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.text(field, format_args!("{value:?}"));
    }
}

/// Text within quotes (RFC 8259, section 7).
struct Escaped<'a, 'w>(&'a mut Writer<'w>);

impl Write for Escaped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.find(|c: char| c < ' ' || c == '"' || c == '\\') {
            let (plain, from) = rest.split_at(at);
            self.0.write_str(plain)?;
            let mut left = from.chars();
            match left.next() {
                Some(quoted @ ('"' | '\\')) => write!(self.0, "\\{quoted}")?,
                Some(control) => write!(self.0, "\\u{:04x}", u32::from(control))?,
                None => {}
            }
            rest = left.as_str();
        }
        self.0.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::{Value, json};
    use tracing_subscriber::{
        fmt::{self, MakeWriter},
        layer::SubscriberExt,
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Lines {
        type Writer = Self;
        fn make_writer(&self) -> Self {
            self.clone()
        }
    }

    /// The spans that a line stands in.
    fn spans(said: impl FnOnce()) -> Value {
        let lines = Lines::default();
        let layer = fmt::layer().json().flatten_event(true).fmt_fields(Fields).with_writer(lines.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), said);
        let line: Value = serde_json::from_slice(&lines.0.lock().unwrap()).unwrap();
        line["spans"].clone()
    }

    #[test]
    fn a_line_stands_in_its_spans_whatever_their_fields_hold() {
        let odd = "a \"quoted\"\n\\ line\u{1}, naïve 日本";
        let told = spans(|| {
            let outer = tracing::info_span!(
                "request",
                id = 7_u64,
                less = -1_i64,
                some = 0.5,
                none = f64::NAN,
                is = true,
                odd,
                later = tracing::field::Empty
            );
            let _outer = outer.enter();
            outer.record("later", "added");
            outer.record("id", 8_u64);
            let _inner = tracing::info_span!("plain", later = tracing::field::Empty).entered();
            tracing::Span::current().record("later", tracing::field::debug(Some("x")));
            tracing::info!("said");
        });
        assert_eq!(
            told,
            json!([
                { "name": "request", "id": 8, "less": -1, "some": 0.5, "none": "NaN", "is": true, "odd": odd, "later": "added" },
                { "name": "plain", "later": "Some(\"x\")" },
            ])
        );
    }
}
