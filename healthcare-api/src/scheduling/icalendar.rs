//! iCalendar (RFC 5545), as much of it as a feed of appointments needs.

use chrono::{DateTime, Utc};
use healthcare_application::scheduling::{Calendar, Entry};

/// A line is folded after so many octets (3.1).
const LINE: usize = 75;

/// Writes a calendar; `now` is the time of its writing.
pub fn write(calendar: &Calendar, now: DateTime<Utc>) -> String {
    let mut text = String::new();
    line(&mut text, "BEGIN:VCALENDAR");
    line(&mut text, "VERSION:2.0");
    line(&mut text, "PRODID:-//Healthcare Platform//Scheduling//EN");
    line(&mut text, "CALSCALE:GREGORIAN");
    line(&mut text, &format!("X-WR-CALNAME:{}", escaped(&calendar.name)));
    for entry in &calendar.entries {
        event(&mut text, entry, now);
    }
    line(&mut text, "END:VCALENDAR");
    text
}

fn event(text: &mut String, entry: &Entry, now: DateTime<Utc>) {
    let title = entry.title.as_deref().unwrap_or("Busy");
    let summary = match &entry.name {
        Some(name) => format!("{title}: {name}"),
        None => title.to_owned(),
    };
    let status = if entry.status == "pending" { "TENTATIVE" } else { "CONFIRMED" };
    line(text, "BEGIN:VEVENT");
    line(text, &format!("UID:{}@healthcare", entry.appointment));
    line(text, &format!("DTSTAMP:{}", stamp(now)));
    line(text, &format!("DTSTART:{}", stamp(entry.start)));
    line(text, &format!("DTEND:{}", stamp(entry.end)));
    line(text, &format!("SUMMARY:{}", escaped(&summary)));
    line(text, &format!("STATUS:{status}"));
    line(text, "END:VEVENT");
}

/// A time in UTC (3.3.5, form 2).
fn stamp(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// Text as a value (3.3.11).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => escaped.extend(['\\', letter]),
            '\n' => escaped.push_str("\\n"),
            control if control.is_control() => {}
            plain => escaped.push(plain),
        }
    }
    escaped
}

/// A content line, folded between characters.
fn line(text: &mut String, content: &str) {
    let mut room = LINE;
    for letter in content.chars() {
        if letter.len_utf8() > room {
            text.push_str("\r\n ");
            room = LINE - 1;
        }
        room -= letter.len_utf8();
        text.push(letter);
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_between_characters_and_values_escaped() {
        let mut text = String::new();
        line(&mut text, &format!("SUMMARY:{}", escaped(&"é;".repeat(60))));
        assert!(text.ends_with("\r\n") && text.split("\r\n").all(|one| one.len() <= LINE), "{text}");
        assert_eq!(text.replace("\r\n ", "").trim_end(), format!("SUMMARY:{}", "é\\;".repeat(60)));
        assert_eq!(escaped("a\nb\\c"), "a\\nb\\\\c");
    }
}
