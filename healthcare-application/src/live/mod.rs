//! What people are told as it happens: notifications, and the vitals of those they care for.

mod list_notifications;
mod notification;
mod vital;

pub use list_notifications::list_notifications;
pub use notification::{
    Action, Audience, Notification, NotificationFilter, NotificationPriority, Subject, UnknownAudience,
};
pub use vital::{LiveValue, LiveVital};
