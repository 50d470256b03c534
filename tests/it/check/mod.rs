//! Checks without a patient over the real server.

mod check_medications;
