-- Alerts as they are listed, the ladder they climb, and what people are told of them.

create table read.alert (
    id uuid primary key,
    version int not null,
    patient_id uuid not null,
    rule text not null,
    priority text not null,
    status text not null,
    rung int2 not null,
    raised_at timestamptz not null
);
create index alert_newest on read.alert (raised_at desc, id desc);
create index alert_open on read.alert (status, raised_at desc, id desc) where status <> 'cleared';
create index alert_by_patient on read.alert (patient_id, raised_at desc, id desc);
comment on column read.alert.rung is 'The highest rung told: 0 nurse, 1 senior clinician, 2 and above doctor.';
grant select, insert, update, delete on read.alert to healthcare_app;

create schema wf;

-- The time that timers go by is the database's, so that nodes whose clocks differ agree. Tests move it; only the owner
-- can, and in a hospital the shift is always zero.
create table wf.clock (
    the_only boolean primary key default true check (the_only),
    shift interval not null default '0'
);
insert into wf.clock default values;
create function wf.now() returns timestamptz language sql volatile as $$
    select clock_timestamp() + shift from wf.clock
$$;

-- Who is told at which rung, and how long they have to answer before the next is told. The last rung repeats.
create table wf.ladder (
    priority text not null check (priority in ('low', 'medium', 'high')),
    rung int2 not null check (rung >= 0),
    role text not null,
    delay interval not null check (delay > '0'),
    primary key (priority, rung)
);
insert into wf.ladder (priority, rung, role, delay) values
    ('high', 0, 'nurse', '5 minutes'), ('high', 1, 'senior_clinician', '3 minutes'), ('high', 2, 'doctor', '2 minutes'),
    ('medium', 0, 'nurse', '30 minutes'), ('medium', 1, 'senior_clinician', '20 minutes'),
    ('medium', 2, 'doctor', '15 minutes');

-- Wake-ups. The truth is the alert's stream; a timer only says when to look at it again.
create table wf.timer (
    timer_id bigint generated always as identity primary key,
    alert_id uuid not null,
    version int not null,
    rung int2 not null,
    due_at timestamptz not null,
    state text not null default 'armed' check (state in ('armed', 'fired', 'cancelled')),
    armed_at timestamptz not null default clock_timestamp(),
    ended_at timestamptz,
    unique (alert_id, version)
);
create index timer_due on wf.timer (due_at) where state = 'armed';
create unique index timer_armed_once on wf.timer (alert_id) where state = 'armed';
comment on column wf.timer.version is 'The version of the alert that armed it: what worsens after an answer climbs anew, so a rung may come twice, a version never.';
comment on column wf.timer.rung is 'The rung that is told when it is due.';

-- The role told at a rung. A priority without a ladder has the first role of the medium one.
create function wf.role_of(of_priority text, told int2) returns text language sql stable as $$
    select role from wf.ladder where priority in (of_priority, 'medium')
    order by (priority = of_priority) desc, (rung <= told) desc, abs(rung - told) limit 1
$$;

-- Ends what is armed for an alert.
create function wf.disarm(alert uuid) returns void language sql as $$
    update wf.timer set state = 'cancelled', ended_at = clock_timestamp() where alert_id = alert and state = 'armed'
$$;

-- Arms the wake-up behind the rung that has just been told. A rung that nobody can receive has no time to answer in;
-- the last one has, or it would repeat without end. A priority without a ladder arms nothing. What got worse before
-- its time was up keeps the earlier end.
create function wf.arm(alert uuid, at_version int, of_priority text, told int2) returns void language plpgsql as $$
declare
    step record;
    earlier timestamptz;
begin
    select t.due_at into earlier from wf.timer t
        where t.alert_id = alert and t.state = 'armed' and t.rung = told + 1;
    perform wf.disarm(alert);
    select l.role, l.delay, l.rung = max(l.rung) over () as is_last into step
        from wf.ladder l where l.priority = of_priority order by (l.rung <= told) desc, abs(l.rung - told) limit 1;
    if not found then
        return;
    end if;
    if not step.is_last and not exists (select from auth.account a where a.role = step.role and a.enabled) then
        step.delay := interval '0';
    end if;
    insert into wf.timer (alert_id, version, rung, due_at)
        values (alert, at_version, least(told + 1, 32767), least(wf.now() + step.delay, earlier))
        on conflict (alert_id, version) do update
            set state = 'armed', rung = excluded.rung, due_at = excluded.due_at, ended_at = null;
    perform pg_notify('timer', '');
end
$$;

create schema live;

-- What people are told. The position is where a client resumes from: 1, 2, 3 without a gap, in the order of commits.
create table live.notification (
    notification_id bigint generated always as identity primary key,
    position bigint unique,
    at timestamptz not null default clock_timestamp(),
    type text not null,
    priority text not null check (priority in ('normal', 'high', 'urgent')),
    title text not null,
    message text not null,
    patient_id uuid,
    subject_type text not null,
    subject_id uuid not null,
    subject_version int not null,
    action_type text not null,
    action_url text not null,
    details jsonb not null,
    requires_acknowledgement boolean not null,
    deadline timestamptz,
    unique (subject_id, subject_version)
);
create index notification_by_patient on live.notification (patient_id);
comment on column live.notification.subject_version is 'The event it tells of, with subject_id: an event is told once.';
comment on column live.notification.deadline is 'When the next rung is told if nobody answers.';

-- To whom. Roles now; wards and accounts have their place.
create table live.audience (
    notification_id bigint not null references live.notification on delete cascade,
    kind text not null check (kind in ('role', 'ward', 'account')),
    name text not null,
    primary key (kind, name, notification_id)
);
create index audience_of on live.audience (notification_id);

create table live.head (
    the_only boolean primary key default true check (the_only),
    position bigint not null default 0
) with (fillfactor = 20);
insert into live.head default values;

-- Positions are given at commit, by a deferred trigger, from one row that all who tell anything update:
--  * in order: the row stays locked to the end of the commit, and PostgreSQL makes a commit visible before it lets go
--    of its locks; so who takes n + 1 can only do so when n is visible, and no reader sees n + 1 without n;
--  * without gaps: a rollback, or a backend that dies, takes its increment back;
--  * without deadlocks: the lock is the last one a transaction takes, however many it took before, and it is held
--    only for the commit itself.
create function live.take_position() returns trigger language plpgsql as $$
declare
    taken bigint;
begin
    update live.head set position = position + 1 returning position into taken;
    update live.notification set position = taken where notification_id = new.notification_id;
    perform pg_notify('live', '');
    return null;
end
$$;
create constraint trigger take_position after insert on live.notification
    deferrable initially deferred for each row execute function live.take_position();

-- Tells `roles` of an event; without roles, all who were told of the same subject before.
create function live.tell(
    what text, urgency text, headline text, words text, patient uuid, of_type text, of_id uuid, at_version int,
    to_do text, url text, more jsonb, answer_wanted boolean, roles text[]
) returns void language plpgsql as $$
declare
    telling bigint;
begin
    insert into live.notification (type, priority, title, message, patient_id, subject_type, subject_id, subject_version,
        action_type, action_url, details, requires_acknowledgement, deadline)
    values (what, urgency, headline, words, patient, of_type, of_id, at_version, to_do, url, more, answer_wanted,
        case when answer_wanted then
            (select t.due_at from wf.timer t where t.alert_id = of_id and t.state = 'armed') end)
    returning notification_id into telling;
    insert into live.audience (notification_id, kind, name)
        select telling, 'role', r from unnest(roles) r
        union
        select telling, a.kind, a.name from live.notification n join live.audience a using (notification_id)
            where roles is null and n.subject_id = of_id and n.notification_id <> telling;
end
$$;

-- One-time tickets for the live connection of browsers, which cannot send a bearer header there.
create table live.ticket (
    hash bytea primary key,
    holder jsonb not null,
    expires_at timestamptz not null
);
create index ticket_by_expiry on live.ticket (expires_at);
comment on column live.ticket.hash is 'SHA-256 of the ticket; the ticket itself is nowhere.';

-- The newest value of each sign of each patient, for the live views of other processes and for who comes later.
-- Unlogged: after a crash the next reading fills it again.
create unlogged table live.vital (
    patient_id uuid not null,
    code text not null,
    measured_at timestamptz not null,
    body jsonb not null,
    told_at timestamptz not null default clock_timestamp(),
    primary key (patient_id, code)
) with (fillfactor = 50);

grant usage on schema wf, live to healthcare_app;
grant select on wf.clock to healthcare_app;
grant select, insert, update, delete on wf.ladder to healthcare_app;
grant select, insert, update on wf.timer, live.notification, live.head to healthcare_app;
grant select, insert on live.audience to healthcare_app;
grant select, insert, update, delete on live.ticket, live.vital to healthcare_app;
