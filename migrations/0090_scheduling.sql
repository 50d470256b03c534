-- Scheduling: what is booked when, the waitlist, and what became free.

-- A resource's own stretch of the numbers, a second for one: two stretches overlap where it is the same resource at the
-- same time. With it a range alone says both, and no extension is needed to keep two apart (btree_gist would be one).
create function wf.stretch(resource uuid, during tstzrange) returns numrange language sql immutable strict parallel safe as $$
    select numrange(n.of * 1e12 + extract(epoch from lower(during)), n.of * 1e12 + extract(epoch from upper(during)))
    from (select (('x' || substr(h.hex, 1, 15))::bit(60)::bigint::numeric * 1152921504606846976
                + ('x' || substr(h.hex, 16, 15))::bit(60)::bigint) * 256 + ('x' || substr(h.hex, 31, 2))::bit(8)::int as of
          from (select replace(resource::text, '-', '') as hex) h) n
$$;

-- One row an appointment, for lists.
create table read.appointment (
    id uuid primary key,
    version int not null,
    patient_id uuid not null,
    status text not null,
    appointment_type uuid not null,
    start_at timestamptz not null,
    end_at timestamptz not null,
    hold_until timestamptz,
    series uuid
);
create index appointment_by_start on read.appointment (start_at, id);
create index appointment_of_patient on read.appointment (patient_id, start_at, id);
create index appointment_of_series on read.appointment (series, start_at) where series is not null;
create index appointment_held on read.appointment (hold_until) where hold_until is not null;

-- One row a resource and appointment: for how long it is kept, buffers included. Two that are in force and not overbooked
-- cannot have a moment in common.
create table read.booking (
    appointment_id uuid not null,
    resource_id uuid not null,
    version int not null,
    patient_id uuid not null,
    during tstzrange not null check (not isempty(during) and not lower_inf(during) and not upper_inf(during)),
    active boolean not null,
    overbooked boolean not null,
    hold_until timestamptz,
    primary key (appointment_id, resource_id),
    constraint booking_once exclude using gist (wf.stretch(resource_id, during) with &&) where (active and not overbooked)
);
create index booking_busy on read.booking (resource_id, upper(during)) where active;
comment on column read.booking.overbooked is 'Booked over another with a reason; it keeps its resource from the search, and from no privileged booking.';

-- Who waits for what, in the order in which it is offered.
create table read.waitlist (
    id uuid primary key,
    version int not null,
    patient_id uuid not null,
    status text not null,
    appointment_type uuid not null,
    rank int2 not null,
    resource_id uuid,
    from_at timestamptz not null,
    until_at timestamptz not null
);
create index waitlist_waiting on read.waitlist (appointment_type, rank, id) where status = 'waiting';

-- Slots that became free and have not been offered yet. Times and resources, and nobody's name.
create table wf.freed_slot (
    slot_id bigint generated always as identity primary key,
    appointment_type uuid not null,
    place jsonb not null,
    at timestamptz not null default clock_timestamp()
);

grant select, insert, update, delete on read.appointment, read.booking, read.waitlist, wf.freed_slot to healthcare_app;

-- Who looks for free slots sees times of everybody (scope 'schedules'), and lists of appointments are bounded by the
-- caller's circle.
insert into access.guarded (name, of_patient, also) values
    ('read.appointment', 'patient_id', '(select access.scope()) = ''schedules'''),
    ('read.booking', 'patient_id', '(select access.scope()) = ''schedules'''),
    ('read.waitlist', 'patient_id', '(select access.scope()) = ''schedules''');
select access.guard(name::regclass, of_patient, also) from access.guarded
    where name in ('read.appointment', 'read.booking', 'read.waitlist') order by name;
update access.guarded set also = also || ' or (kind in (''appointment'', ''waitlist'') and (select access.scope()) = ''schedules'')'
    where name = 'read.entry';
do $$
declare
    guarded record;
begin
    select * into guarded from access.guarded where name = 'read.entry';
    drop policy the_permitted on read.entry;
    execute format('create policy the_permitted on read.entry for select to healthcare_app
        using (%I = any ((select access.patients())::uuid[]) or %s)', guarded.of_patient, guarded.also);
end
$$;
