-- Trends over months: readings rolled up by the minute and by the hour, of plain tables on plain PostgreSQL and beside a
-- hypertable alike. What stands in a rollup is exactly what the readings and the assignments of the hour come to,
-- unless the hour is marked (docs/adr/0028-rollups-of-telemetry.md).

-- From when on readings are all there: what is older has been dropped, and lives in the rollups alone.
create table telemetry.raw_kept (
    since timestamptz not null,
    only_row bool primary key default true check (only_row)
);
insert into telemetry.raw_kept (since) values (((now() at time zone 'UTC')::date - 90)::timestamp at time zone 'UTC');

-- What the values of a patient by a device in one minute come to; by the month, so that old ones go by whole months.
create table telemetry.rollup_minute (
    device_id uuid not null,
    code int2 not null,
    at timestamptz not null,
    patient_id uuid not null,
    n int4 not null,
    low float8 not null,
    high float8 not null,
    total numeric not null,
    primary key (device_id, code, at, patient_id)
) partition by range (at);
comment on table telemetry.rollup_minute is 'Values by the minute; not those without a value, nor those whose device''s clock was wrong.';
comment on column telemetry.rollup_minute.total is 'The sum; exact, so that it does not depend on the order of summing.';

-- The same by the hour, for good.
create table telemetry.rollup_hour (
    device_id uuid not null,
    code int2 not null,
    at timestamptz not null,
    patient_id uuid not null,
    n int4 not null,
    low float8 not null,
    high float8 not null,
    total numeric not null,
    primary key (device_id, code, at, patient_id)
);

-- Hours of devices in which something changed since they were rolled up. The transaction of the change marks them.
create table telemetry.rollup_dirty (
    device_id uuid not null,
    hour timestamptz not null,
    marked_at timestamptz not null default now(),
    primary key (device_id, hour)
);

-- Marks that were taken to be worked off. They are, when every transaction that may have found the mark, and so did not
-- set one, has ended: those before `after`, a transaction that began when the mark was gone.
create table telemetry.rollup_taken (
    device_id uuid not null,
    hour timestamptz not null,
    after xid8,
    primary key (device_id, hour)
);

-- Makes the months of rollup_minute that readings may be of: from the oldest kept to the next one.
create function telemetry.ensure_rollup_months() returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    month timestamp;
    part text;
    made int := 0;
begin
    for month in
        select generate_series(date_trunc('month', since at time zone 'UTC'),
                               date_trunc('month', now() at time zone 'UTC') + interval '1 month', interval '1 month')
        from telemetry.raw_kept
    loop
        part := 'rollup_minute_' || to_char(month, 'YYYYMM');
        continue when to_regclass('telemetry.' || part) is not null;
        perform set_config('lock_timeout', '1s', true);
        perform pg_advisory_xact_lock(7253100011);
        continue when to_regclass('telemetry.' || part) is not null;
        execute format('create table telemetry.%I (like telemetry.rollup_minute including defaults)', part);
        execute format('alter table telemetry.rollup_minute attach partition telemetry.%I for values from (%L) to (%L)',
                       part, month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
        made := made + 1;
    end loop;
    return made;
end
$$;

-- Drops the months of rollup_minute that are wholly older than `keep` days; what readings are kept of is kept always.
create function telemetry.retire_rollups(keep int default 400) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    kept_from date;
    part text;
    retired int := 0;
begin
    perform set_config('lock_timeout', '1s', true);
    perform pg_advisory_xact_lock(7253100011);
    select least((now() at time zone 'UTC')::date - greatest(keep, 7), (since at time zone 'UTC')::date) into kept_from
    from telemetry.raw_kept;
    for part in select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
                where i.inhparent = 'telemetry.rollup_minute'::regclass and c.relname ~ '^rollup_minute_\d{6}$'
                  and to_date(right(c.relname, 6), 'YYYYMM') + interval '1 month' <= kept_from
    loop
        execute format('alter table telemetry.rollup_minute detach partition telemetry.%I', part);
        execute format('drop table telemetry.%I', part);
        retired := retired + 1;
    end loop;
    return retired;
end
$$;

-- As in 0070; and no day goes before it is rolled up, and it is put down from when on readings are all there.
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
    select least(kept_from, date_trunc('day', min(hour) at time zone 'UTC') at time zone 'UTC') into kept_from
    from (select hour from telemetry.rollup_dirty union all select hour from telemetry.rollup_taken) marked
    where hour >= (select since from telemetry.raw_kept);
    update telemetry.raw_kept set since = kept_from where since < kept_from;
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

-- The extension's own policy knows nothing of marks: it becomes the second net, behind the upkeep.
do $$
begin
    if (select relkind from pg_class where oid = 'telemetry.reading'::regclass) <> 'p' then
        if exists (select from timescaledb_information.jobs where hypertable_schema = 'telemetry'
                       and hypertable_name = 'reading' and proc_name = 'policy_retention')
        then
            perform remove_retention_policy('telemetry.reading');
            perform add_retention_policy('telemetry.reading', interval '93 days');
        end if;
    end if;
end
$$;

-- As in 0070; and it marks the hours it changes. An hour that is being worked off may hold readings that are not
-- committed yet, and that this does not see: it is marked anew.
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
    insert into telemetry.rollup_dirty (device_id, hour)
    select new.device_id, changed.hour
    from (
        select date_bin('1 hour', r.time, 'epoch') as hour
        from telemetry.signal s
        join telemetry.reading r on r.device_id = new.device_id and r.code = s.code and r.time >= since
            and r.quality & 4 = 0
        union
        select t.hour from telemetry.rollup_taken t
        where t.device_id = new.device_id and t.hour >= date_bin('1 hour', since, 'epoch')
    ) changed
    order by changed.hour
    on conflict (device_id, hour) do nothing;
    return null;
end
$$;

select telemetry.ensure_rollup_months();

-- What is there already is rolled up like everything else: its hours are marked, as far as readings are kept.
insert into telemetry.rollup_dirty (device_id, hour)
select distinct a.device_id, h
from telemetry.assignment a
cross join telemetry.raw_kept k
cross join generate_series(date_bin('1 hour', greatest(a.valid_from, k.since), 'epoch'),
                           least(a.valid_to, now() + interval '1 hour'), interval '1 hour') h
order by a.device_id, h;

revoke execute on function telemetry.ensure_rollup_months(), telemetry.retire_rollups(int) from public;
grant execute on function telemetry.ensure_rollup_months(), telemetry.retire_rollups(int) to healthcare_app;
grant select on telemetry.raw_kept to healthcare_app;
grant select, insert, delete on telemetry.rollup_minute, telemetry.rollup_hour to healthcare_app;
grant select, insert, update, delete on telemetry.rollup_dirty, telemetry.rollup_taken to healthcare_app;
