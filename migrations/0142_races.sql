-- Two races that were open.

-- A visit begins while its patient's record is laid down. As in 0100; who begins a visit keeps the patient's row as it is
-- until it is stored, and who lays the record down waits for that, and looks then whether a visit is open.
create or replace function access.ensure_open(patients uuid[], needs int2[]) returns void language plpgsql as $$
declare
    closed text;
begin
    perform from read.patient p where p.id in (select w.id from unnest(patients, needs) w(id, need) where w.need = 2)
        order by p.id for key share;
    select case when p.status = 'entered-in-error' then p.status
                when p.status = 'inactive' and w.need >= 2 then p.status
                when p.deceased and w.need >= 3 then 'deceased' end
        into closed
        from unnest(patients, needs) w(id, need) join read.patient p on p.id = w.id
        where p.status = 'entered-in-error' or (p.status = 'inactive' and w.need >= 2) or (p.deceased and w.need >= 3)
        limit 1;
    if closed is not null then
        raise exception '%', closed using errcode = 'HC002';
    end if;
end
$$;

-- Refuses to lay down the records of patients of whom a visit is open by now.
create function access.ensure_unvisited(patients uuid[]) returns void language plpgsql as $$
begin
    perform from read.patient p where p.id = any(patients) order by p.id for update;
    if exists (select from read.entry e where e.patient_id = any(patients) and e.kind = 'encounter' and e.active
               and not e.struck) then
        raise exception 'a visit began meanwhile' using errcode = 'HC001';
    end if;
end
$$;
grant execute on function access.ensure_unvisited(uuid[]) to healthcare_app;

-- A record is labelled while it is merged into another: the label that arrives after the merge holds for the record that
-- it was merged into, as the stricter of the two does in a merge. In a chain each passes it on to the next (its own label is
-- set here, which leads here again), so that whichever is taken apart later keeps it.
create function access.label_of_merged() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    stricter constant text[] := array['N', 'R', 'V'];
    held uuid := (select s.into_patient from es.survivor s where s.patient_id = new.patient_id);
    own text;
begin
    if held is null or current_setting('app.merging', true) = 'on' then
        return null;
    end if;
    own := coalesce((select l.label from access.label l where l.patient_id = held), 'N');
    if array_position(stricter, new.label) > array_position(stricter, own) then
        insert into access.label as l (patient_id, version, label) values (held, 0, new.label)
            on conflict (patient_id) do update set label = excluded.label;
        update es.survivor s set label_before = coalesce(s.label_before, own), label_set = new.label,
                label_version = (select l.version from access.label l where l.patient_id = held)
            where s.patient_id = new.patient_id;
    end if;
    return null;
end
$$;
create trigger label_of_merged after insert or update on access.label
    for each row execute function access.label_of_merged();
