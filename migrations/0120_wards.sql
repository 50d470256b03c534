-- Wards, beds, and who lies where.

-- A body with a NUL in it cannot be looked into as JSON.
update read.entry set body = regexp_replace(body, '(?<!\\)((?:\\\\)*)\\u0000', '\1', 'g') where body like '%\\u0000%';

-- One row a ward. Its staff are assigned by its name, so that there is one open ward of a name.
create table read.ward (
    id uuid primary key,
    version int not null,
    name text not null,
    active boolean not null
);
create unique index ward_name_once on read.ward (lower(name)) where active;

-- One row a bed, with the visit that holds it. Nothing of a patient stands here: whose the visit is, is told by the table
-- of visits, to who may know.
create table read.bed (
    id uuid primary key,
    version int not null,
    ward_id uuid not null,
    ward text not null,
    room text not null,
    name text not null,
    state text not null check (state in ('free', 'occupied', 'cleaning', 'blocked', 'retired')),
    reason text,
    encounter_id uuid,
    since timestamptz,
    check ((state = 'occupied') = (encounter_id is not null))
);
create unique index bed_name_once on read.bed (ward_id, lower(name)) where state <> 'retired';
create unique index bed_encounter_once on read.bed (encounter_id) where encounter_id is not null;
create index bed_in_order on read.bed (ward, room, name, id) where state <> 'retired';

-- One row a visit, for lists and for the beds they hold. A bed is held by one visit.
create table read.encounter (
    id uuid primary key,
    version int not null,
    patient_id uuid not null,
    class text not null,
    status text not null,
    active boolean not null,
    ward text,
    bed_id uuid,
    started_at timestamptz not null,
    ended_at timestamptz
);
create unique index bed_held_once on read.encounter (bed_id) where bed_id is not null;
create index encounter_of_patient on read.encounter (patient_id, started_at desc, id desc);
create index encounter_of_ward on read.encounter (ward, started_at desc, id desc) where active;
create index encounter_by_start on read.encounter (started_at desc, id desc);

-- Visits that were recorded before: what is read of them says all of it.
insert into read.encounter (id, version, patient_id, class, status, active, ward, started_at, ended_at)
    select id, version, patient_id, body::jsonb ->> 'class', body::jsonb ->> 'status', active, body::jsonb ->> 'ward', at,
        (body::jsonb ->> 'ended_at')::timestamptz
    from read.entry where kind = 'encounter' and item = 0 and patient_id is not null;
-- They follow their patients through merges, as their entries do.
select access.follow_merges('read.encounter', 'id', 'visits, with the beds they hold');
update read.encounter v set home = e.home from read.entry e
    where e.id = v.id and e.item = 0 and e.home is not null;
-- What these are filtered by, as a rebuild would write it.
update read.entry set code = body::jsonb ->> 'class' where kind = 'encounter';
update read.entry set code = body::jsonb #>> '{substance,coding,0,code}' where kind = 'allergy';
update read.entry set code = body::jsonb #>> '{code,coding,0,code}' where kind = 'problem';

comment on column reporting.fact_encounter.status is
    'planned, in-progress, finished, cancelled or entered-in-error; only what is in progress or finished took place and counts.';

grant select, insert, update, delete on read.ward, read.bed, read.encounter to healthcare_app;

insert into access.guarded (name, of_patient, also) values
    ('read.encounter', 'patient_id', '(select access.scope()) = ''house''');
select access.guard(name::regclass, of_patient, also) from access.guarded where name = 'read.encounter';
-- Lists of visits over all patients are bounded by the caller's circle, as those of alerts.
update access.guarded set also = also || ' or (kind = ''encounter'' and (select access.scope()) = ''house'')'
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
