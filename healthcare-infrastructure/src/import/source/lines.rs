//! NDJSON: a resource a line, read as a stream.

use std::{
    io::{self, BufRead},
    sync::Arc,
};

use super::{Found, MAX_RESOURCE, Sink, bundle};
use crate::import::{piece::Piece, report::Refusal};

/// How many lines are looked at together; they may call each other by id.
const LINES: usize = 500;
/// How many bytes of them at most.
const BYTES: usize = 8 << 20;

/// What a read brought.
pub enum Line {
    /// A line, without its end.
    Whole,
    /// A line longer than a resource may be; only its beginning was kept.
    TooLong,
    /// Nothing more.
    End,
}

/// Reads the next line into `into`, which never holds more than `most` bytes.
///
/// # Errors
/// When the file cannot be read.
pub fn next(reader: &mut dyn BufRead, into: &mut Vec<u8>, most: usize) -> io::Result<Line> {
    let mut length = 0;
    loop {
        let available = match reader.fill_buf() {
            Ok(available) => available,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if available.is_empty() {
            return Ok(if length == 0 { Line::End } else { whole(length, most) });
        }
        let end = available.iter().position(|byte| *byte == b'\n');
        let taken = end.unwrap_or(available.len());
        let room = most.saturating_sub(into.len());
        into.extend_from_slice(&available[..taken.min(room)]);
        length += taken;
        reader.consume(taken + usize::from(end.is_some()));
        if end.is_some() {
            return Ok(whole(length, most));
        }
    }
}

fn whole(length: usize, most: usize) -> Line {
    if length > most { Line::TooLong } else { Line::Whole }
}

/// Reads the lines from `first` on, of which `blank` empty ones came before.
pub fn read(
    file: &Arc<str>,
    blank: usize,
    first: Vec<u8>,
    mut reader: Box<dyn BufRead + Send>,
    sink: Sink<'_>,
) -> bool {
    let mut number = blank + 1;
    let mut line = first;
    let mut too_long = line.len() > MAX_RESOURCE;
    let mut unit: Vec<Piece> = Vec::new();
    let mut bytes = 0;
    let mut go_on = true;
    loop {
        let place = format!("line {number}");
        let refuse = |reason: &str| {
            Found::Refused(Refusal { file: file.to_string(), place: place.clone(), reason: reason.into() })
        };
        if too_long {
            go_on = sink(refuse("larger than a resource may be (16 MiB)"));
        } else if !line.iter().all(u8::is_ascii_whitespace) {
            match std::str::from_utf8(&line) {
                Ok(text) => {
                    bytes += text.len();
                    let mut collect = |found| match found {
                        Found::Unit(pieces) => {
                            unit.extend(pieces);
                            true
                        }
                        other => sink(other),
                    };
                    go_on = bundle::read(file, &place, text, &mut collect);
                }
                Err(_) => go_on = sink(refuse("not UTF-8")),
            }
        }
        if unit.len() >= LINES || bytes >= BYTES {
            go_on = sink(Found::Unit(bundle::together(file, std::mem::take(&mut unit)))) && go_on;
            bytes = 0;
        }
        if !go_on {
            return false;
        }
        line.clear();
        number += 1;
        match next(&mut *reader, &mut line, MAX_RESOURCE) {
            Ok(Line::Whole) => too_long = false,
            Ok(Line::TooLong) => too_long = true,
            Ok(Line::End) => break,
            Err(error) => {
                let reason = format!("cannot be read from here on: {}", error.kind());
                go_on =
                    sink(Found::Refused(Refusal { file: file.to_string(), place: format!("line {number}"), reason }));
                break;
            }
        }
    }
    go_on && (unit.is_empty() || sink(Found::Unit(bundle::together(file, unit))))
}
