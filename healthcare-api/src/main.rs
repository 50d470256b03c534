//! The healthcare command.
fn main() {}
