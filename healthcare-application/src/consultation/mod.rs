//! A consultation saved in one go.

mod save_consultation;

pub use save_consultation::{ConsultationError, Diagnosed, Prescribed, SaveConsultation, Saved, save_consultation};
