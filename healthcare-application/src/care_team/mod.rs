//! Who takes care of a patient: what opens their record to somebody.

mod add_member;
mod get_care_team;
mod label_record;
mod remove_member;

pub use add_member::{AddMember, add_member};
pub use get_care_team::{CareTeamView, MemberView, get_care_team};
pub use label_record::{LabelRecord, label_record};
pub use remove_member::{RemoveMember, remove_member};
