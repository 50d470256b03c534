-- How far the daily look at patients is, by which what comes due by time alone is told. One row, held by who is at it.
create table wf.daily_review (
    single boolean primary key default true check (single),
    day date not null,
    reached uuid,
    done boolean not null,
    looked int not null default 0,
    failed int not null default 0
);
comment on table wf.daily_review is 'The day whose look is under way, or was done last.';
comment on column wf.daily_review.day is 'By the calendar of the site. A look that a crash broke off keeps its day, until everybody was looked at.';
comment on column wf.daily_review.reached is 'The last patient who was looked at; none before the first, and when all are.';
comment on column wf.daily_review.looked is 'How many were looked at on that day.';
comment on column wf.daily_review.failed is 'Of how many of them the record could not be read; the log names each.';
-- The first look is that of tomorrow: a server that starts has something else to do.
insert into wf.daily_review (day, done) values ((now() at time zone 'utc')::date, true);
grant select, update on wf.daily_review to healthcare_app;
