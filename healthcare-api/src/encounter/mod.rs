//! Visits and stays over REST.

mod admit_patient;
mod conduct;
mod diagnoses;
mod discharge_patient;
mod get_encounter;
mod list_encounters;
mod participants;
mod problems;
mod transfer_patient;
mod write_summary;

use crate::startup::Routes;

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(admit_patient::admit_patient)
        .service(list_encounters::list_encounters)
        .service(conduct::arrive)
        .service(conduct::triage_patient)
        .service(conduct::start_encounter)
        .service(conduct::begin_leave)
        .service(conduct::end_leave)
        .service(conduct::change_class)
        .service(conduct::cancel_encounter)
        .service(conduct::enter_encounter_in_error)
        .service(diagnoses::add_diagnosis)
        .service(diagnoses::rank_diagnosis)
        .service(diagnoses::remove_diagnosis)
        .service(participants::add_participant)
        .service(participants::remove_participant)
        .service(write_summary::write_summary)
        .service(discharge_patient::discharge_patient)
        .service(transfer_patient::transfer_patient)
        .service(get_encounter::get_encounter);
}
