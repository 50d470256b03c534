//! Bedside devices: known by their serial number, put on patients and taken off.

mod assign_device;
mod get_device;
mod list_devices;
mod model;
mod register_device;
mod unassign_device;

pub use assign_device::{AssignDevice, assign_device};
pub use get_device::get_device;
pub use list_devices::list_devices;
pub use model::{DeviceFilter, DeviceModel, ListedDevice};
pub use register_device::{RegisterDevice, register_device};
pub use unassign_device::{UnassignDevice, unassign_device};
