-- Bedside telemetry: readings as they came, what is known of each patient now, and the alarms that stand.
-- The same DML serves plain PostgreSQL (daily partitions) and TimescaleDB (a hypertable).
create schema telemetry;

-- What the numbers in reading.code mean. Coded values: consciousness A=0 C=1 V=2 P=3 U=4; on_oxygen no=0 yes=1.
create table telemetry.signal (
    code int2 primary key,
    loinc text not null unique,
    name text not null,
    unit text
);
insert into telemetry.signal (code, loinc, name, unit) values
    (1, '8867-4', 'heart_rate', '/min'),
    (2, '9279-1', 'respiratory_rate', '/min'),
    (3, '59408-5', 'spo2', '%'),
    (4, '8480-6', 'systolic_bp', 'mm[Hg]'),
    (5, '8462-4', 'diastolic_bp', 'mm[Hg]'),
    (6, '8310-5', 'temperature', 'Cel'),
    (7, '19891-1', 'etco2', 'mm[Hg]'),
    (8, '2339-0', 'glucose', 'mg/dL'),
    (9, '3151-8', 'oxygen_flow', 'L/min'),
    (10, '80288-4', 'consciousness', null),
    (11, 'on_oxygen', 'on_oxygen', null);

-- On whom each device was, from when (included) to when (excluded). Filled by the inline projection of device events.
create table telemetry.assignment (
    device_id uuid not null,
    patient_id uuid not null,
    valid_from timestamptz not null,
    valid_to timestamptz,
    primary key (device_id, valid_from),
    check (valid_to is null or valid_to >= valid_from)
);
create unique index assignment_open_once on telemetry.assignment (device_id) where valid_to is null;
create index assignment_by_patient on telemetry.assignment (patient_id, valid_from);

do $$
begin
    -- The extension cannot be created (the server ends the connection) unless the server has loaded it at its start,
    -- which shows, to any role, by its settings being there.
    if current_setting('timescaledb.disable_load', true) is not null
        and exists (select from pg_available_extensions where name = 'timescaledb')
        and not exists (select from pg_extension where extname = 'timescaledb')
    then
        begin
            create extension timescaledb;
        exception when insufficient_privilege then
            raise notice 'timescaledb is there, but may not be created by this role: plain partitions are used';
        end;
    end if;
    if exists (select from pg_extension where extname = 'timescaledb') then
        create table telemetry.reading (
            time timestamptz not null,
            device_id uuid not null,
            code int2 not null,
            value float8,
            quality int2 not null,
            event_id uuid not null,
            seq bigint,
            received_at timestamptz not null,
            patient_id uuid,
            primary key (device_id, code, time)
        );
        perform create_hypertable('telemetry.reading', 'time', chunk_time_interval => interval '1 day',
            create_default_indexes => false);
        begin
            alter table telemetry.reading set (timescaledb.compress,
                timescaledb.compress_segmentby = 'device_id, code', timescaledb.compress_orderby = 'time desc');
            perform add_compression_policy('telemetry.reading', interval '7 days');
            perform add_retention_policy('telemetry.reading', interval '90 days');
        exception when feature_not_supported or invalid_authorization_specification then
            -- The edition under the Apache licence has neither, and jobs want an owner that may sign in. Without them
            -- chunks stay as they are, and telemetry.retire_partitions drops them.
            raise notice 'no columnstore and no policies for telemetry.reading: %', sqlerrm;
        end;
    else
        create table telemetry.reading (
            time timestamptz not null,
            device_id uuid not null,
            code int2 not null,
            value float8,
            quality int2 not null,
            event_id uuid not null,
            seq bigint,
            received_at timestamptz not null,
            patient_id uuid,
            primary key (device_id, code, time)
        ) partition by range (time);
        create table telemetry.reading_default partition of telemetry.reading default;
        create index reading_by_time on telemetry.reading using brin (time);
    end if;
end
$$;
comment on table telemetry.reading is 'Readings as devices sent them.';
comment on column telemetry.reading.time is 'When it was measured, by the device''s clock.';
comment on column telemetry.reading.quality is 'Bits: 1 unusual, 2 late, 4 device clock wrong (received_at governs), 8 no signal.';
comment on column telemetry.reading.patient_id is 'The patient the device was on when it measured.';
-- The few readings whose own time is wrong are found by the time of receipt.
create index reading_clock_off on telemetry.reading (patient_id, code, received_at) where quality & 4 <> 0;

-- Makes the partitions of yesterday to `ahead` days from today. Rows that fell into the default partition move.
create function telemetry.ensure_partitions(ahead int default 7) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    day date;
    part text;
    made int := 0;
begin
    if (select relkind from pg_class where oid = 'telemetry.reading'::regclass) <> 'p' then
        return 0;
    end if;
    perform pg_advisory_xact_lock(7253100011);
    for day in select d::date from generate_series((now() at time zone 'UTC')::date - 1,
                                                   (now() at time zone 'UTC')::date + least(ahead, 60), interval '1 day') d
    loop
        part := 'reading_' || to_char(day, 'YYYYMMDD');
        continue when to_regclass('telemetry.' || part) is not null;
        execute format('create table telemetry.%I (like telemetry.reading including defaults)', part);
        execute format('with moved as (delete from telemetry.reading_default where time >= %L and time < %L returning *)
                        insert into telemetry.%I select * from moved',
                       day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC', part);
        execute format('alter table telemetry.reading attach partition telemetry.%I for values from (%L) to (%L)',
                       part, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
        made := made + 1;
    end loop;
    return made;
end
$$;

-- Takes off and drops the partitions that are wholly older than `keep` days; at least 7 are always kept.
create function telemetry.retire_partitions(keep int default 90) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    part text;
    retired int := 0;
begin
    if (select relkind from pg_class where oid = 'telemetry.reading'::regclass) <> 'p' then
        return 0;
    end if;
    perform pg_advisory_xact_lock(7253100011);
    -- Readers are never held up behind this: it gives up and is tried again the next day.
    perform set_config('lock_timeout', '1s', true);
    for part in select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
                where i.inhparent = 'telemetry.reading'::regclass and c.relname ~ '^reading_\d{8}$'
                  and to_date(right(c.relname, 8), 'YYYYMMDD') < (now() at time zone 'UTC')::date - greatest(keep, 7)
    loop
        execute format('alter table telemetry.reading detach partition telemetry.%I', part);
        execute format('drop table telemetry.%I', part);
        retired := retired + 1;
    end loop;
    return retired;
end
$$;

-- Whether any reading fell outside of the daily partitions: an operator's alarm.
create function telemetry.stray_rows() returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    n bigint := 0;
begin
    if to_regclass('telemetry.reading_default') is not null then
        execute 'select count(*) from telemetry.reading_default' into n;
    end if;
    return n;
end
$$;

-- An assignment that is entered or ended afterwards holds from when it says, also for readings stored since.
create function telemetry.follow_assignment() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    since timestamptz := new.valid_from;
begin
    if tg_op = 'UPDATE' then
        if new.valid_to is not distinct from old.valid_to and new.valid_from = old.valid_from
            and new.patient_id = old.patient_id
        then
            return null;
        end if;
        since := least(new.valid_from, old.valid_from);
    end if;
    if tg_op = 'UPDATE' and new.valid_from = old.valid_from and new.patient_id = old.patient_id then
        since := least(coalesce(new.valid_to, 'infinity'), coalesce(old.valid_to, 'infinity'));
    end if;
    update telemetry.reading r
    set patient_id = (
        select a.patient_id from telemetry.assignment a
        where a.device_id = r.device_id and a.valid_from <= r.time and (a.valid_to is null or r.time < a.valid_to)
        order by a.valid_from desc limit 1)
    where r.device_id = new.device_id and r.code between 1 and 11 and r.time >= since and r.quality & 4 = 0;
    return null;
end
$$;
create trigger follow_assignment after insert or update on telemetry.assignment
    for each row execute function telemetry.follow_assignment();

-- The newest value of each signal of a patient, a device's or a charted one.
create table telemetry.latest (
    patient_id uuid not null,
    code int2 not null references telemetry.signal (code),
    value float8 not null,
    at timestamptz not null,
    received_at timestamptz not null,
    device_id uuid,
    vitals_id uuid,
    primary key (patient_id, code)
) with (fillfactor = 70);

-- NEWS2 as it was computed, whenever it said something new.
create table telemetry.score (
    patient_id uuid not null,
    at timestamptz not null,
    total int2,
    partial int2 not null,
    band text not null,
    respiratory_rate int2,
    spo2 int2,
    oxygen int2,
    systolic_bp int2,
    pulse int2,
    consciousness int2,
    temperature int2,
    spo2_scale int2 not null,
    version text not null,
    inputs jsonb not null,
    primary key (patient_id, at)
);
comment on column telemetry.score.total is 'The total; null while a parameter is missing or too old, then partial is the sum of the others.';

-- The state of each patient's alarms, locked while it changes. Restarts and other nodes go on from here.
create table telemetry.monitor (
    patient_id uuid primary key,
    state jsonb,
    limits jsonb not null default '[]',
    due_at timestamptz,
    updated_at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);
comment on column telemetry.monitor.limits is 'Alarm limits set for this patient: [{signal, side, warn, critical}].';

-- Changes of alerts that were decided together with what led to them, and are still to be brought into the record.
create table telemetry.alert_change (
    id bigint generated always as identity primary key,
    patient_id uuid not null,
    rule text not null,
    change jsonb not null,
    decided_at timestamptz not null,
    received_at timestamptz not null,
    trace text
);
create index alert_change_by_patient on telemetry.alert_change (patient_id, id);

-- How far each partition of a topic is processed; moved in the transaction of the effect.
create table telemetry.stream_position (
    topic text not null,
    part int not null,
    next_offset bigint not null,
    primary key (topic, part)
);

select telemetry.ensure_partitions(7);

revoke execute on function telemetry.ensure_partitions(int), telemetry.retire_partitions(int), telemetry.stray_rows() from public;
grant execute on function telemetry.ensure_partitions(int), telemetry.retire_partitions(int), telemetry.stray_rows() to healthcare_app;
do $$
begin
    -- Readings are copied into a table of the connection first.
    execute format('grant temporary on database %I to healthcare_app', current_database());
end
$$;
grant usage on schema telemetry to healthcare_app;
grant select on telemetry.signal to healthcare_app;
grant select, insert on telemetry.reading to healthcare_app;
grant select, insert, update on telemetry.score to healthcare_app;
grant select, insert, update, delete on telemetry.assignment, telemetry.latest, telemetry.monitor,
    telemetry.alert_change, telemetry.stream_position to healthcare_app;
