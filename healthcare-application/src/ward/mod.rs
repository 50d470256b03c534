//! Wards and beds: configured, kept, and looked at.

mod beds;
mod lists;
mod manage;
mod model;

pub use beds::{AddBed, BedRefused, add_bed, block_bed, clean_bed, retire_bed, unblock_bed};
pub use lists::{get_bed, get_ward, list_beds, list_wards, occupancy};
pub use manage::{add_room, close_ward, open_ward, remove_room, revise_ward};
pub use model::{BedFilter, BedNamed, BedState, EncounterFilter, NamePaging, WardModel};
