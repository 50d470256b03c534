//! Alone in its process, for the hook and the subscriber are the process's.

use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("the log").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_panic_tells_its_place_and_not_what_it_fell_over() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = fmt().json().with_writer(move || writer.clone()).finish();
    tracing::subscriber::set_global_default(subscriber).expect("the first subscriber");
    healthcare_infrastructure::panics::tell_the_place_alone();
    let fallen = std::panic::catch_unwind(|| panic!("no dose for Ana Ferreira"));
    assert!(fallen.is_err());
    let told = String::from_utf8(log.0.lock().expect("the log").clone()).expect("text");
    assert!(told.contains("a thread panicked") && told.contains("tests/panics.rs:"), "{told}");
    assert!(!told.contains("Ferreira"), "{told}");
}
