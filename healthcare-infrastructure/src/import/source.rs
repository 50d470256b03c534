//! Files and folders, opened one after the other; what they hold is handed on in units of bounded size.

mod bundle;
mod lines;

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use flate2::read::MultiGzDecoder;

use super::{piece::Piece, report::Refusal};

/// A whole document (a Bundle or one resource) may have this many bytes, unpacked.
pub const MAX_DOCUMENT: usize = 256 << 20;
/// One resource, and one line of NDJSON, may have this many.
pub const MAX_RESOURCE: usize = 16 << 20;

/// What a reader hands on.
#[derive(Debug)]
pub enum Found {
    /// Resources that belong together.
    Unit(Vec<Piece>),
    /// Something that could not be read; the rest goes on.
    Refused(Refusal),
    /// A resource whose type is known and which could not be read.
    RefusedResource(String, Refusal),
    /// A file is done.
    Done,
}

/// Where readers hand on what they found. Answers whether they should go on.
pub type Sink<'a> = &'a mut dyn FnMut(Found) -> bool;

/// The files of these paths: files as they are named, folders with all that looks like FHIR JSON in them, sorted so
/// that organisations, practitioners and patients come before what refers to them.
pub fn files(paths: &[PathBuf], refused: &mut Vec<Refusal>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in paths {
        match std::fs::metadata(path) {
            Ok(meta) if meta.is_dir() => folder(path, &mut files, refused),
            Ok(_) => files.push(path.clone()),
            Err(error) => refused.push(unreadable(path, &error)),
        }
    }
    let mut ranked: Vec<_> = files.into_iter().map(|file| (rank(&file), file)).collect();
    ranked.sort();
    ranked.dedup();
    ranked.into_iter().map(|(_, file)| file).collect()
}

fn folder(path: &Path, files: &mut Vec<PathBuf>, refused: &mut Vec<Refusal>) {
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) => return refused.push(unreadable(path, &error)),
    };
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return refused.push(unreadable(path, &error)),
        };
        let path = entry.path();
        // Links are not followed: a folder may contain itself that way.
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => folder(&path, files, refused),
            Ok(kind) if kind.is_file() && looks_like_fhir(&path) => files.push(path),
            Ok(_) => {}
            Err(error) => refused.push(unreadable(&path, &error)),
        }
    }
}

fn looks_like_fhir(path: &Path) -> bool {
    let name = path.file_name().and_then(|n| n.to_str()).unwrap_or("").to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    !name.starts_with('.') && [".json", ".ndjson", ".jsonl"].iter().any(|ending| name.ends_with(ending))
}

fn unreadable(path: &Path, error: &io::Error) -> Refusal {
    Refusal {
        file: path.display().to_string(),
        place: String::new(),
        reason: format!("cannot be read: {}", error.kind()),
    }
}

/// What a file holds first decides when it is read.
fn rank(path: &Path) -> u8 {
    let mut head = vec![0; 16 << 10];
    let read = File::open(path).and_then(open).and_then(|mut reader| {
        let mut filled = 0;
        while filled < head.len() {
            match reader.read(&mut head[filled..])? {
                0 => break,
                n => filled += n,
            }
        }
        Ok(filled)
    });
    let text = String::from_utf8_lossy(&head[..read.unwrap_or(0)]).into_owned();
    let types = text.split("\"resourceType\"").skip(1).filter_map(|rest| rest.split('"').nth(1));
    type_rank(types.into_iter().find(|t| *t != "Bundle").unwrap_or(""))
}

/// The order in which resources are taken in: what others refer to comes first.
pub fn type_rank(resource_type: &str) -> u8 {
    match resource_type {
        "Organization" => 0,
        "Practitioner" => 1,
        "Patient" => 2,
        "Medication" | "Location" | "PractitionerRole" => 3,
        "Encounter" => 4,
        "DiagnosticReport" => 6,
        "CarePlan" => 7,
        // What it states may be of an order.
        "Goal" | "MedicationStatement" => 6,
        _ => 5,
    }
}

/// Undoes compression, whatever the file is called.
fn open(mut file: impl Read + Send + 'static) -> io::Result<Box<dyn BufRead + Send>> {
    let mut magic = [0; 2];
    let mut got = 0;
    while got < 2 {
        match file.read(&mut magic[got..])? {
            0 => break,
            n => got += n,
        }
    }
    let whole = io::Cursor::new(magic[..got].to_vec()).chain(file);
    Ok(if magic == [0x1f, 0x8b] {
        Box::new(BufReader::with_capacity(64 << 10, MultiGzDecoder::new(whole)))
    } else {
        Box::new(BufReader::with_capacity(64 << 10, whole))
    })
}

/// Reads one file.
pub fn read_file(path: &Path, sink: Sink<'_>) {
    let go_on = match File::open(path).and_then(open) {
        Ok(reader) => read(path.display().to_string(), reader, sink),
        Err(error) => sink(Found::Refused(unreadable(path, &error))),
    };
    if go_on {
        sink(Found::Done);
    }
}

/// Reads bytes that came over the network, under the name they are to be reported by.
pub fn read_bytes(name: &str, bytes: bytes::Bytes, sink: Sink<'_>) {
    let go_on = match open(io::Cursor::new(bytes)) {
        Ok(reader) => read(name.to_owned(), reader, sink),
        Err(error) => sink(Found::Refused(unreadable(Path::new(name), &error))),
    };
    if go_on {
        sink(Found::Done);
    }
}

/// One document or one a line? The first line tells: it is a whole JSON object and something follows.
fn read(name: String, mut reader: Box<dyn BufRead + Send>, sink: Sink<'_>) -> bool {
    let file: Arc<str> = name.into();
    let refuse = |place: &str, reason: &str| {
        Found::Refused(Refusal { file: file.to_string(), place: place.into(), reason: reason.into() })
    };
    let mut first = Vec::new();
    let mut blank = 0;
    loop {
        first.clear();
        match lines::next(&mut reader, &mut first, MAX_DOCUMENT + 1) {
            Ok(lines::Line::End) => return sink(refuse("", "the file is empty")),
            Ok(lines::Line::Whole) if first.iter().all(u8::is_ascii_whitespace) => blank += 1,
            // A dense Bundle is one long line.
            Ok(lines::Line::Whole | lines::Line::TooLong) => break,
            Err(error) => return sink(refuse("", &format!("cannot be read: {}", error.kind()))),
        }
    }
    if first.starts_with(b"\xef\xbb\xbf") {
        first.drain(..3);
    }
    let complete = serde_json::from_slice::<serde::de::IgnoredAny>(&first).is_ok();
    let more = reader.fill_buf().is_ok_and(|rest| !rest.iter().all(u8::is_ascii_whitespace));
    let named_lines = [".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz"].iter().any(|ending| file.ends_with(ending));
    if (complete && more) || (named_lines && first.starts_with(b"{")) {
        return lines::read(&file, blank, first, reader, sink);
    }
    let mut document = first;
    let room = (MAX_DOCUMENT + 1).saturating_sub(document.len());
    match reader.take(room as u64).read_to_end(&mut document) {
        Ok(_) if document.len() > MAX_DOCUMENT => sink(refuse("", "larger than a document may be (256 MiB)")),
        Ok(_) => match std::str::from_utf8(&document) {
            Ok(text) => bundle::read(&file, "", text, sink),
            Err(_) => sink(refuse("", "not UTF-8")),
        },
        Err(error) => sink(refuse("", &format!("cannot be read: {}", error.kind()))),
    }
}
