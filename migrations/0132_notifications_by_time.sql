-- Notifications are listed by when they were told: without this a list of one hour reads all there ever were.
create index notification_by_time on live.notification (at);
