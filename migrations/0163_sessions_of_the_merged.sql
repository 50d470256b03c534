-- A token of a patient's account names the record it opens. With a merge the account goes to another record, and with the merge
-- taken back it leaves that again: its sessions end with either, so that no token is left that opens what is somebody else's.
-- As in 0111 but for this.
create or replace function es.merge(duplicate uuid, survivor uuid, at timestamptz) returns void
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
    -- Whoever opens a session locks the account first: none slips by.
    perform 1 from auth.account a where a.patient_id = merge.duplicate order by a.id for no key update;
    perform auth.end_sessions(a.id, null, null, 'patient.merged') from auth.account a where a.patient_id = merge.duplicate;
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

create or replace function es.unmerge(duplicate uuid, survivor uuid, given uuid[]) returns void
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
    perform 1 from auth.account a where a.patient_id = unmerge.survivor and a.home = any(homes) order by a.id for no key update;
    perform auth.end_sessions(a.id, null, null, 'patient.unmerged') from auth.account a
        where a.patient_id = unmerge.survivor and a.home = any(homes);
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
