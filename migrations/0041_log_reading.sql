-- Reading the log between two snapshots, always by its index. A plan that was made while the log was short, or that
-- takes a bound by transaction id for a third of all events, would read the whole log for every tick: the functions are
-- planned without sequential scans, and their snapshots are read once and not for every row.
create function es.events_between(earlier pg_snapshot, later pg_snapshot, after_seq bigint, part_of int, part int,
    up_to bigint) returns setof es.event
language plpgsql stable set enable_seqscan = off as $$
begin
    -- get_byte keeps its meaning over versions of PostgreSQL, which its hash functions need not.
    return query
        select e.* from es.event e
        where e.xid >= pg_snapshot_xmax(earlier) and e.xid < pg_snapshot_xmax(later)
            and pg_visible_in_snapshot(e.xid, later) and e.seq > after_seq
            and (part_of = 1 or get_byte(uuid_send(coalesce(e.patient_id, e.stream_id)), 15) % part_of = part)
        union all
        select e.* from es.event e
        where e.xid = any(array(select pg_snapshot_xip(earlier)))
            and pg_visible_in_snapshot(e.xid, later) and e.seq > after_seq
            and (part_of = 1 or get_byte(uuid_send(coalesce(e.patient_id, e.stream_id)), 15) % part_of = part)
        order by seq limit up_to;
end
$$;

-- The window that begins at a tick and spans at most `most` ticks; no row when nothing is new. The beginning is null
-- when that tick is not there any more.
create function es.window_after(after bigint, most bigint)
    returns table (from_at timestamptz, from_snap pg_snapshot, to_id bigint, to_at timestamptz, to_snap pg_snapshot)
language plpgsql stable set enable_seqscan = off as $$
begin
    return query
        select f.at, f.snap, t.tick_id, t.at, t.snap
        from (select k.tick_id, k.at, k.snap from es.tick k where k.tick_id > after order by k.tick_id limit most) t
        left join es.tick f on f.tick_id = after
        order by t.tick_id desc limit 1;
end
$$;

-- The kinds of the events between two snapshots; null when there are `up_to` events or more, too many to look through.
create function es.kinds_between(earlier pg_snapshot, later pg_snapshot, up_to bigint) returns text[]
language plpgsql stable set enable_seqscan = off as $$
begin
    return (
        select case when count(*) < up_to then coalesce(array_agg(distinct kind), '{}') end
        from (
            (select e.event_type as kind from es.event e
             where e.xid >= pg_snapshot_xmax(earlier) and e.xid < pg_snapshot_xmax(later) limit up_to)
            union all
            (select e.event_type from es.event e
             where e.xid = any(array(select pg_snapshot_xip(earlier))) limit up_to)
        ) few);
end
$$;

-- Whether there is an event that a snapshot does not show, as far as its transaction has come.
create function es.has_events_after(snap pg_snapshot) returns boolean
language plpgsql stable set enable_seqscan = off as $$
begin
    return (select e.xid from es.event e order by e.xid desc limit 1) >= pg_snapshot_xmax(snap)
        or exists (select from es.event e where e.xid = any(array(select pg_snapshot_xip(snap))));
end
$$;

revoke execute on function es.events_between(pg_snapshot, pg_snapshot, bigint, int, int, bigint),
    es.window_after(bigint, bigint), es.kinds_between(pg_snapshot, pg_snapshot, bigint), es.has_events_after(pg_snapshot) from public;
grant execute on function es.events_between(pg_snapshot, pg_snapshot, bigint, int, int, bigint),
    es.window_after(bigint, bigint), es.kinds_between(pg_snapshot, pg_snapshot, bigint), es.has_events_after(pg_snapshot) to healthcare_app;
