//! Addresses by which a calendar program reads when its owner is booked. No such program can sign in: whoever knows the
//! address reads, so that it shows times and no patient, ends by itself, and is closed by its owner.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Account, AccountError, AccountEvent};
use crate::id::ResourceId;

/// How many may be open at a time: one for each program of a person, and one that takes the place of another.
const MOST: usize = 10;

/// An address. Its secret stands in no event.
#[derive(Debug, Clone, PartialEq)]
pub struct CalendarFeed {
    /// Which.
    pub id: Uuid,
    /// Whose calendar: the owner as somebody who can be booked.
    pub resource: ResourceId,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
}

impl Account {
    /// Opens an address. Those of a person end when the account is disabled or becomes something else in the house.
    ///
    /// # Errors
    /// When there is no such account, it is disabled or nobody's of the staff, or ten are open.
    pub fn open_calendar_feed(
        &self,
        feed: CalendarFeed,
        now: DateTime<Utc>,
    ) -> Result<Vec<AccountEvent>, AccountError> {
        let known = self.known()?;
        if known.disabled.is_some() {
            return Err(AccountError::Disabled);
        }
        if !known.role.is_of_staff() {
            return Err(AccountError::WrongOwner);
        }
        if known.calendar_feeds.iter().filter(|one| one.expires_at > now).count() >= MOST {
            return Err(AccountError::TooManyFeeds);
        }
        let CalendarFeed { id, resource, expires_at } = feed;
        Ok(vec![AccountEvent::CalendarFeedOpened { feed: id, resource, expires_at }])
    }

    /// Closes an address.
    ///
    /// # Errors
    /// When there is no such account, or no such address of it.
    pub fn close_calendar_feed(&self, feed: Uuid) -> Result<Vec<AccountEvent>, AccountError> {
        match self.known()?.calendar_feeds.iter().any(|one| one.id == feed) {
            true => Ok(vec![AccountEvent::CalendarFeedClosed { feed }]),
            false => Err(AccountError::NoSuchFeed),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::{
        EventSourced,
        account::{Between, NewAccount, RoleName},
        id::{AccountId, PatientId},
        text::Remark,
    };

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn account(role: &str) -> Account {
        let patient = (role == "patient").then(|| PatientId(Uuid::from_u128(7)));
        let role = RoleName(role.into());
        let new = NewAccount { username: "ada".into(), role, profile: None, patient, device: None };
        Account::fold(&Account::Unknown.create(new, NOW).unwrap())
    }

    fn feed(id: u128, days: i64) -> CalendarFeed {
        let resource = ResourceId(Uuid::from_u128(9));
        CalendarFeed { id: Uuid::from_u128(id), resource, expires_at: NOW + Duration::days(days) }
    }

    fn after(mut account: Account, events: Vec<AccountEvent>) -> Account {
        events.iter().for_each(|event| account.apply(event));
        account
    }

    fn opened(account: Account, id: u128, days: i64) -> Account {
        let events = account.open_calendar_feed(feed(id, days), NOW).unwrap();
        after(account, events)
    }

    #[test]
    fn ten_are_open_at_a_time_and_those_that_have_expired_count_no_more() {
        let many = (0..10).fold(account("doctor"), |account, n| opened(account, n, 1));
        assert_eq!(many.open_calendar_feed(feed(11, 1), NOW), Err(AccountError::TooManyFeeds));
        assert!(many.open_calendar_feed(feed(11, 2), NOW + Duration::days(1)).is_ok());
        let closed = many.close_calendar_feed(Uuid::from_u128(3)).unwrap();
        assert!(after(many, closed).open_calendar_feed(feed(11, 1), NOW).is_ok());
    }

    #[test]
    fn one_is_closed_once() {
        let open = opened(account("doctor"), 1, 1);
        assert_eq!(open.close_calendar_feed(Uuid::from_u128(2)), Err(AccountError::NoSuchFeed));
        let events = open.close_calendar_feed(Uuid::from_u128(1)).unwrap();
        let closed = after(open, events);
        assert_eq!(closed.close_calendar_feed(Uuid::from_u128(1)), Err(AccountError::NoSuchFeed));
        assert_eq!(Account::Unknown.close_calendar_feed(Uuid::from_u128(1)), Err(AccountError::Unknown));
    }

    #[test]
    fn they_end_with_what_the_account_was() {
        let who = Between { by: AccountId(Uuid::from_u128(2)), on: AccountId(Uuid::from_u128(1)) };
        let why = || Remark::try_from("moved".to_owned()).unwrap();
        let open = opened(account("doctor"), 1, 1);
        let moved = after(open.clone(), open.change_role(who, RoleName("analyst".into()), why()).unwrap());
        assert_eq!(moved.close_calendar_feed(Uuid::from_u128(1)), Err(AccountError::NoSuchFeed));
        let disabled = after(open.clone(), open.disable(who, why()).unwrap());
        assert_eq!(disabled.open_calendar_feed(feed(2, 1), NOW), Err(AccountError::Disabled));
        let again = after(disabled.clone(), disabled.enable(who, why()).unwrap());
        assert_eq!(again.close_calendar_feed(Uuid::from_u128(1)), Err(AccountError::NoSuchFeed));
        assert_eq!(account("patient").open_calendar_feed(feed(1, 1), NOW), Err(AccountError::WrongOwner));
    }
}
