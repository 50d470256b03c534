-- The upkeep of the readings: what 0011 left open. A reading of the far past lay in the default partition for ever;
-- and a hypertable of the edition without policies was never emptied.

-- How readings are kept, for the operator's log.
create function telemetry.store_form() returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    policies bigint;
begin
    if (select relkind from pg_class where oid = 'telemetry.reading'::regclass) = 'p' then
        return 'daily partitions';
    end if;
    select count(*) into policies from timescaledb_information.jobs
    where hypertable_schema = 'telemetry' and hypertable_name = 'reading'
        and proc_name in ('policy_compression', 'policy_retention');
    return case when policies = 2 then 'hypertable with columnstore and retention policy'
                else 'hypertable without columnstore and policies: this edition or owner has none' end;
end
$$;

-- Makes the partitions of yesterday to `ahead` days from today, and of every day within the 90 before of which rows lie
-- in the default partition. Those rows move.
create or replace function telemetry.ensure_partitions(ahead int default 7) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    today date := (now() at time zone 'UTC')::date;
    last date := today + least(ahead, 60);
    day date;
    part text;
    lower_end timestamptz;
    upper_end timestamptz;
    made int := 0;
begin
    if (select relkind from pg_class where oid = 'telemetry.reading'::regclass) <> 'p' then
        return 0;
    end if;
    perform pg_advisory_xact_lock(7253100011);
    perform set_config('lock_timeout', '1s', true);
    for day in
        select d::date from generate_series(today - 1, last, interval '1 day') d
        union
        select distinct (time at time zone 'UTC')::date from telemetry.reading_default
        where time >= (today - 90)::timestamp at time zone 'UTC' and time < (last + 1)::timestamp at time zone 'UTC'
        order by 1
    loop
        part := 'reading_' || to_char(day, 'YYYYMMDD');
        continue when to_regclass('telemetry.' || part) is not null;
        lower_end := day::timestamp at time zone 'UTC';
        upper_end := (day + 1)::timestamp at time zone 'UTC';
        -- Nothing of the day may come into the default partition between the move and the attachment.
        lock table telemetry.reading_default in access exclusive mode;
        execute format('create table telemetry.%I (like telemetry.reading including defaults)', part);
        execute format('with moved as (delete from telemetry.reading_default where time >= %L and time < %L returning *)
                        insert into telemetry.%I select * from moved', lower_end, upper_end, part);
        execute format('alter table telemetry.reading attach partition telemetry.%I for values from (%L) to (%L)',
                       part, lower_end, upper_end);
        made := made + 1;
    end loop;
    return made;
end
$$;

-- Drops the partitions or chunks that are wholly older than `keep` days, and such rows of the default partition; at
-- least 7 days are always kept. Answers how many partitions or chunks.
create or replace function telemetry.retire_partitions(keep int default 90) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    kept_from timestamptz := ((now() at time zone 'UTC')::date - greatest(keep, 7))::timestamp at time zone 'UTC';
    part text;
    retired int := 0;
begin
    -- Readers are never held up behind this: it gives up and is tried again later.
    perform set_config('lock_timeout', '1s', true);
    perform pg_advisory_xact_lock(7253100011);
    if (select relkind from pg_class where oid = 'telemetry.reading'::regclass) <> 'p' then
        -- Beside the policy, which needs the extension's background workers and is not part of every edition.
        execute format('select count(*) from %s.drop_chunks(''telemetry.reading'', older_than => $1)',
                       (select extnamespace::regnamespace from pg_extension where extname = 'timescaledb'))
            into retired using kept_from;
        return retired;
    end if;
    for part in select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
                where i.inhparent = 'telemetry.reading'::regclass and c.relname ~ '^reading_\d{8}$'
                  and to_date(right(c.relname, 8), 'YYYYMMDD') < (kept_from at time zone 'UTC')::date
    loop
        execute format('alter table telemetry.reading detach partition telemetry.%I', part);
        execute format('drop table telemetry.%I', part);
        retired := retired + 1;
    end loop;
    delete from telemetry.reading_default where time < kept_from;
    return retired;
end
$$;

revoke execute on function telemetry.store_form() from public;
grant execute on function telemetry.store_form() to healthcare_app;

-- As in 0011, without the range of codes: it was to lead to the primary key, which the device and the time do alone,
-- and TimescaleDB 2.23 on PostgreSQL 17 fails on it ("btree index keys must be ordered by attribute").
create or replace function telemetry.follow_assignment() returns trigger
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
    where r.device_id = new.device_id and r.time >= since and r.quality & 4 = 0;
    return null;
end
$$;
