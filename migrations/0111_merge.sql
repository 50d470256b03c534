-- One person under two registrations: which record holds the other, and how everything comes along and goes back.
-- (docs/adr/0024: events stay where they were stored; rows of what is read move, and remember from where.)

-- Who was merged into whom. `survivor` is where a chain ends: one look tells whose record it is now.
create table es.survivor (
    patient_id uuid primary key,
    survivor uuid not null,
    into_patient uuid not null,
    merged_at timestamptz not null,
    label_before text,
    label_version int,
    label_set text,
    check (patient_id <> survivor and patient_id <> into_patient)
);
create index survivor_holds on es.survivor (survivor);
comment on column es.survivor.label_before is 'The label of the surviving record before the merge made it the stricter of the two; with label_set.';

-- Streams that were begun on a surviving record and given to the restored one by an unmerge.
create table es.reassigned (
    stream_id uuid primary key,
    was uuid not null,
    patient_id uuid not null,
    at timestamptz not null default clock_timestamp()
);
create index reassigned_from on es.reassigned (was);
create index reassigned_to on es.reassigned (patient_id);

-- Whose registration a stream is of: the one it was begun on, or the one it was given to.
create function es.home(stream uuid, patient uuid) returns uuid language sql stable as
    $$ select coalesce((select r.patient_id from es.reassigned r where r.stream_id = stream), patient) $$;
-- The record that holds a registration now: its own, or the survivor's.
create function es.survivor_of(patient uuid) returns uuid language sql stable as
    $$ select coalesce((select s.survivor from es.survivor s where s.patient_id = patient), patient) $$;
-- The registrations that a record holds: its own and those merged into it.
create function es.identities(patient uuid) returns uuid[] language sql stable as
    $$ select array(select s.patient_id from es.survivor s where s.survivor = patient) || patient $$;

grant select on es.survivor, es.reassigned to healthcare_app;

-- The catalogue: every table with a patient in it, and what becomes of its rows. A test holds it against the schema.
--   moves  rows move to the survivor; `home` keeps from where, and leads back. Rows written later for the merged
--          registration arrive at the survivor by the trigger to_survivor.
--   once   there is one row a patient (and code, or moment): the rules stand in es.merge.
--   stays  rows stay with their registration; `why` says how they are found all the same.
create table access.merge_catalogue (
    name text primary key,
    how text not null check (how in ('moves', 'once', 'stays')),
    stream text,
    why text not null
);
comment on column access.merge_catalogue.stream is 'The column that names the stream a row comes of, where there is one: streams can be given away by an unmerge.';
grant select on access.merge_catalogue to healthcare_app;

-- The id of another patient within the text of an answer.
create function access.renamed(body text, old uuid, new uuid) returns text language sql immutable as
    $$ select replace(body, '"patient":"' || old || '"', '"patient":"' || new || '"') $$;

-- What is written for a merged registration arrives at its survivor.
create function access.to_survivor() returns trigger language plpgsql as $$
declare
    named uuid := new.patient_id;
    given uuid;
    held uuid;
begin
    if named is null or current_setting('app.merging', true) = 'on'
        or (tg_op = 'UPDATE' and named is not distinct from old.patient_id)
    then
        return new;
    end if;
    if tg_table_name = 'entry' then
        -- Who somebody is stays with them.
        if new.kind = 'patient' then
            return new;
        end if;
    end if;
    if tg_argv[0] <> '' and exists (select from es.reassigned r where r.was = named) then
        select r.patient_id into given from es.reassigned r where r.stream_id = (to_jsonb(new) ->> tg_argv[0])::uuid;
    end if;
    given := coalesce(given, named);
    held := es.survivor_of(given);
    new.home := nullif(given, held);
    if held <> named then
        new.patient_id := held;
        if tg_table_name = 'entry' then
            new.body := access.renamed(new.body, named, held);
        end if;
    end if;
    return new;
end
$$;

-- Takes a table into the catalogue whose rows move; it has a column patient_id. For every new table of patients.
create function access.follow_merges(of_table regclass, of_stream text, because text) returns void
language plpgsql as $$
declare
    named text := (select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.oid = of_table);
begin
    insert into access.merge_catalogue (name, how, stream, why) values (named, 'moves', of_stream, because);
    execute format('alter table %s add column home uuid', of_table);
    execute format('comment on column %s.home is %L', of_table,
        'The registration it came under, where that is merged into the one that holds it now.');
    execute format('create trigger to_survivor before insert or update on %s
        for each row execute function access.to_survivor(%L)', of_table, coalesce(of_stream, ''));
end
$$;

select access.follow_merges('read.entry', 'id', 'all entries but demographics');
select access.follow_merges('read.alert', 'id', 'alerts in progress go on at the survivor');
select access.follow_merges('read.appointment', 'id', 'appointments');
select access.follow_merges('read.booking', 'appointment_id', 'what appointments keep');
select access.follow_merges('read.waitlist', 'id', 'wishes');
select access.follow_merges('read.device', null, 'devices on the patient');
select access.follow_merges('telemetry.assignment', null, 'on whom devices are: the next reading is the survivor''s');
select access.follow_merges('telemetry.alert_change', null, 'alarms that are still to be brought into the record');
select access.follow_merges('live.notification', null, 'what was told');
select access.follow_merges('access.relationship', 'source', 'who cares for the one cares for the other');
select access.follow_merges('access.break_glass', 'id', 'grants');
select access.follow_merges('auth.account', null, 'the patient''s own account');

alter table telemetry.monitor add column home uuid;
alter table telemetry.latest add column home uuid;
alter table telemetry.score add column home uuid;
insert into access.merge_catalogue (name, how, stream, why) values
    ('telemetry.monitor', 'once', null, 'moves where the survivor has none; else its clock stops, and the survivor''s goes on'),
    ('telemetry.latest', 'once', null, 'the newer of the two values of a sign is the survivor''s'),
    ('telemetry.score', 'once', null, 'moves, but for a moment that both were scored at'),
    ('access.label', 'stays', null, 'the survivor''s becomes the stricter of the two'),
    ('es.event', 'stays', null, 'immutable, sealed under the registration''s key; histories read es.identities'),
    ('es.evaluation', 'stays', null, 'immutable, sealed likewise; read by es.identities'),
    ('es.safety', 'stays', null, 'es.pass_safety passes through the survivor''s row'),
    ('es.parked', 'stays', null, 'the order of events of one registration'),
    ('es.survivor', 'stays', null, 'says who was merged'),
    ('es.reassigned', 'stays', null, 'says what was given away'),
    ('audit.entry', 'stays', null, 'only ever added to; searches by patient read es.identities'),
    ('import.source_identity', 'stays', null, 'whose stream a source''s resource is; its rows follow from there'),
    ('read.patient', 'stays', null, 'who somebody is; searches answer with the survivor'),
    ('read.patient_word', 'stays', null, 'as read.patient'),
    ('read.patient_identifier', 'stays', null, 'as read.patient'),
    ('read.patient_sound', 'stays', null, 'as read.patient'),
    ('read.patient_phone', 'stays', null, 'as read.patient'),
    ('read.patient_pathway', 'stays', null, 'where the registration stands on its pathways, as its demographics'),
    ('access.patient_number', 'stays', null, 'a number stays taken by the registration that carries it'),
    ('read.patient_match_key', 'stays', null, 'who is merged is no candidate any more'),
    ('wf.duplicate_pair', 'stays', null, 'the pair is decided'),
    ('telemetry.reading', 'stays', null, 'as it was measured; found by the device''s assignment, which moves, or by es.identities'),
    ('telemetry.rollup_minute', 'stays', null, 'read by es.identities; rolled up anew while the readings are kept'),
    ('telemetry.rollup_hour', 'stays', null, 'as telemetry.rollup_minute'),
    ('live.vital', 'stays', null, 'the newest values for live views; the next reading is the survivor''s'),
    ('reporting_base.patient', 'stays', null, 'its consumer follows: dim_patient leaves merged ones out'),
    ('reporting_base.encounter', 'stays', null, 'its consumer follows: patient_key becomes the survivor''s'),
    ('reporting_base.alert', 'stays', null, 'as reporting_base.encounter'),
    ('reporting_base.medication_order', 'stays', null, 'as reporting_base.encounter'),
    ('reporting_base.merged', 'stays', null, 'what the consumer follows by');

-- One open alert a patient and rule, one open suggestion a patient and finding, of each registration: two that are merged
-- may bring one each, and neither is lost.
drop index read.entry_open_once;
create unique index entry_open_once on read.entry (patient_id, kind, code, coalesce(home, patient_id))
    where active and kind in ('alert', 'suggestion');

-- As in 0092; that a patient was merged is no news about a device, but the hours are rolled up anew: what a rollup says of
-- whose the values are is what the assignments said.
create or replace function telemetry.follow_assignment() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    since timestamptz := new.valid_from;
    merging bool := coalesce(current_setting('app.merging', true) = 'on', false);
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
    if not merging then
        update telemetry.reading r
        set patient_id = (
            select a.patient_id from telemetry.assignment a
            where a.device_id = r.device_id and a.valid_from <= r.time and (a.valid_to is null or r.time < a.valid_to)
            order by a.valid_from desc limit 1)
        where r.device_id = new.device_id and r.time >= since and r.quality & 4 = 0;
    end if;
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

-- As in 0001, through the row of whoever holds the record now.
create or replace function es.pass_safety(patient uuid, expected bigint) returns void language plpgsql as $$
declare
    held uuid := es.survivor_of(patient);
begin
    if expected is null then
        insert into es.safety as s (patient_id) values (held)
        on conflict (patient_id) do update set version = s.version + 1;
    elsif expected = 0 then
        begin
            insert into es.safety (patient_id) values (held);
        exception when unique_violation then
            raise exception 'the facts of the decision have changed' using errcode = 'HC001';
        end;
    else
        update es.safety set version = version + 1 where patient_id = held and version = expected;
        if not found then
            raise exception 'the facts of the decision have changed' using errcode = 'HC001';
        end if;
    end if;
end
$$;

-- Keeps everybody from appending until the end of the transaction: what is on its way is stored before, and its rows are
-- there to be moved; what comes after is projected by the trigger.
create function es.hold_appends() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    set local lock_timeout = '10s';
    lock table es.event in share row exclusive mode;
end
$$;

-- The registrations that were merged into one, it included.
create function es.merged_under(patient uuid) returns uuid[] language sql stable as $$
    with recursive under as (
        select patient as id
        union select s.patient_id from es.survivor s join under u on s.into_patient = u.id)
    select array(select id from under)
$$;

-- Moves rows of a catalogued table: from one patient to another, those of some homes, or of some streams.
create function es.move_rows(of_table text, stream text, from_patient uuid, to_patient uuid, homes uuid[], streams uuid[])
    returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    is_entry boolean := of_table = 'read.entry';
    also text := case when is_entry then ', body = access.renamed(body, $1, $2)' else '' end;
    other_than text := case when is_entry then ' and kind <> ''patient''' else '' end;
begin
    if homes is null then
        execute format('update %s set patient_id = $2, home = coalesce(home, $1)%s where patient_id = $1%s',
            of_table, also, other_than) using from_patient, to_patient;
        return;
    end if;
    execute format('update %s set patient_id = $2, home = nullif(home, $2)%s where patient_id = $1 and home = any($3)%s',
        of_table, also, other_than) using from_patient, to_patient, homes;
    if stream is not null then
        execute format('update %s set patient_id = $2, home = null%s where patient_id = $1 and home is null and %I = any($3)%s',
            of_table, also, stream, other_than) using from_patient, to_patient, streams;
    end if;
end
$$;

-- Merges a registration into another, with all that it holds.
create function es.merge(duplicate uuid, survivor uuid, at timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    t record;
    newer record;
    stricter constant text[] := array['N', 'R', 'V'];
    own text := (select l.label from access.label l where l.patient_id = survivor);
    theirs text := (select l.label from access.label l where l.patient_id = duplicate);
begin
    perform set_config('app.merging', 'on', true);
    insert into es.survivor (patient_id, survivor, into_patient, merged_at) values (duplicate, survivor, survivor, at);
    update es.survivor s set survivor = merge.survivor where s.survivor = duplicate;
    for t in select name, stream from access.merge_catalogue where how = 'moves' order by name loop
        perform es.move_rows(t.name, t.stream, duplicate, survivor, null, null);
    end loop;

    update telemetry.score d set patient_id = merge.survivor, home = coalesce(d.home, duplicate)
        where d.patient_id = duplicate
            and not exists (select from telemetry.score s where s.patient_id = merge.survivor and s.at = d.at);
    for newer in
        select d.*, s.value as s_value, s.at as s_at, s.received_at as s_received_at, s.device_id as s_device,
            s.vitals_id as s_vitals, s.home as s_home
        from telemetry.latest d join telemetry.latest s on s.patient_id = merge.survivor and s.code = d.code
        where d.patient_id = duplicate and d.at > s.at
    loop
        -- They change places.
        delete from telemetry.latest l where l.patient_id in (duplicate, merge.survivor) and l.code = newer.code;
        insert into telemetry.latest (patient_id, code, value, at, received_at, device_id, vitals_id, home) values
            (merge.survivor, newer.code, newer.value, newer.at, newer.received_at, newer.device_id, newer.vitals_id,
                coalesce(newer.home, duplicate)),
            (duplicate, newer.code, newer.s_value, newer.s_at, newer.s_received_at, newer.s_device, newer.s_vitals,
                coalesce(newer.s_home, merge.survivor));
    end loop;
    update telemetry.latest d set patient_id = merge.survivor, home = coalesce(d.home, duplicate)
        where d.patient_id = duplicate
            and not exists (select from telemetry.latest s where s.patient_id = merge.survivor and s.code = d.code);
    update telemetry.monitor d set patient_id = merge.survivor, home = coalesce(d.home, duplicate)
        where d.patient_id = duplicate
            and not exists (select from telemetry.monitor s where s.patient_id = merge.survivor);
    update telemetry.monitor set due_at = null where patient_id = duplicate;
    update telemetry.monitor set pregnant = null where patient_id = merge.survivor;

    if array_position(stricter, theirs) > coalesce(array_position(stricter, own), 1) then
        insert into access.label as l (patient_id, version, label) values (survivor, 0, theirs)
            on conflict (patient_id) do update set label = excluded.label;
        update es.survivor s set label_before = coalesce(own, 'N'), label_set = theirs, label_version =
            (select l.version from access.label l where l.patient_id = merge.survivor) where s.patient_id = duplicate;
    end if;

    update wf.duplicate_pair p set state = 'merged'
        where (p.one, p.other) in ((duplicate, merge.survivor), (merge.survivor, duplicate));
    -- What was decided on the facts of either alone is decided again: no version of before is met by chance.
    update es.safety s set version = 1 + greatest(s.version,
            coalesce((select d.version from es.safety d where d.patient_id = duplicate), 0))
        where s.patient_id = merge.survivor;
    perform set_config('app.merging', '', true);
end
$$;

-- Takes a merge back: what came with the duplicate goes with it, and the streams that are named go too.
create function es.unmerge(duplicate uuid, survivor uuid, given uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    t record;
    homes uuid[] := es.merged_under(duplicate);
    was record;
    back jsonb;
begin
    perform set_config('app.merging', 'on', true);
    delete from es.survivor s where s.patient_id = duplicate returning s.label_before, s.label_set, s.label_version into was;
    update es.survivor s set survivor = duplicate where s.patient_id = any(homes);
    insert into es.reassigned (stream_id, was, patient_id)
        select g, es.home(g, unmerge.survivor), duplicate from unnest(given) g
        on conflict (stream_id) do update set patient_id = excluded.patient_id, at = clock_timestamp();
    for t in select name, stream from access.merge_catalogue where how = 'moves' order by name loop
        perform es.move_rows(t.name, t.stream, survivor, duplicate, homes, given);
    end loop;

    update telemetry.score s set patient_id = duplicate, home = nullif(s.home, duplicate)
        where s.patient_id = unmerge.survivor and s.home = any(homes);
    -- What was charted after the merge at the survivor is the survivor's, though it stands in a row that came along.
    update telemetry.latest l set home = null
        where l.patient_id = unmerge.survivor and l.home = any(homes) and l.vitals_id is not null
            and not exists (select from es.event e where e.stream_id = l.vitals_id and e.version = 1
                and (e.patient_id = any(homes) or e.stream_id = any(given)));
    select jsonb_agg(to_jsonb(l)) into back from telemetry.latest l
        where (l.patient_id = unmerge.survivor and l.home = any(homes))
            or (l.patient_id = duplicate and l.home = unmerge.survivor);
    delete from telemetry.latest l
        where (l.patient_id = unmerge.survivor and l.home = any(homes))
            or (l.patient_id = duplicate and l.home = unmerge.survivor);
    insert into telemetry.latest (patient_id, code, value, at, received_at, device_id, vitals_id)
        select case when b.home = unmerge.survivor then unmerge.survivor else duplicate end,
            b.code, b.value, b.at, b.received_at, b.device_id, b.vitals_id
        from jsonb_populate_recordset(null::telemetry.latest, coalesce(back, '[]')) b on conflict do nothing;
    update telemetry.monitor m set patient_id = duplicate, home = nullif(m.home, duplicate)
        where m.patient_id = unmerge.survivor and m.home = any(homes)
            and not exists (select from telemetry.monitor d where d.patient_id = duplicate);
    update telemetry.monitor set pregnant = null where patient_id in (duplicate, unmerge.survivor);

    if was.label_set is not null then
        -- What still lies in the record keeps it as close as it was, and so does whoever has decided on it since.
        update access.label l set label = (
            select x.label from (select was.label_before as label union all
                select o.label from access.label o where o.patient_id = any(es.identities(unmerge.survivor))
                    and o.patient_id <> unmerge.survivor) x
            order by array_position(array['N', 'R', 'V'], x.label) desc limit 1)
        where l.patient_id = unmerge.survivor and l.label = was.label_set and l.version = was.label_version;
    end if;

    -- Who was taken apart was found to be two people.
    update wf.duplicate_pair p set state = 'dismissed'
        where (p.one, p.other) in ((duplicate, unmerge.survivor), (unmerge.survivor, duplicate)) and p.state = 'merged';
    update es.safety d set version = 1 + greatest(d.version,
            coalesce((select s.version from es.safety s where s.patient_id = unmerge.survivor), 0))
        where d.patient_id = duplicate;
    perform set_config('app.merging', '', true);
end
$$;

revoke execute on function es.hold_appends(), es.move_rows(text, text, uuid, uuid, uuid[], uuid[]),
    es.merge(uuid, uuid, timestamptz), es.unmerge(uuid, uuid, uuid[]) from public;
grant execute on function es.hold_appends(), es.merge(uuid, uuid, timestamptz), es.unmerge(uuid, uuid, uuid[])
    to healthcare_app;

-- Reports: facts of a merged registration count for the survivor.
create table reporting_base.merged (
    patient_key bigint primary key,
    survivor_key bigint not null,
    into_key bigint not null
);
alter table reporting_base.encounter add column home_key bigint;
alter table reporting_base.alert add column home_key bigint;
alter table reporting_base.medication_order add column home_key bigint;
grant select, insert, update, delete on reporting_base.merged to healthcare_app;
create or replace view reporting.dim_patient as
select p.patient_key,
    p.pseudonym,
    p.sex,
    greatest(p.birth_year, extract(year from current_date)::int - 90) as birth_year,
    p.deceased,
    p.pathway_stage,
    p.registered_at as registered_at_utc,
    p.registered_on,
    to_char(p.registered_on, 'YYYYMMDD')::int as registered_date_key,
    p.last_changed_at
from reporting_base.patient p
where not exists (select from reporting_base.merged m where m.patient_key = p.patient_key);
