-- The order of the parked events of a patient is that of the log, and parts are asked for by name.
create index parked_by_part on es.parked (name, part);

-- After a restore from a dump the counter of transactions may lie below the last tick's: new events would lie in the
-- past of every reader. This uses up transaction ids until it does not (some 100,000 a second).
create procedure es.catch_up_transactions() language plpgsql as $$
declare
    last xid8 := (select pg_snapshot_xmax(snap) from es.tick order by tick_id desc limit 1);
begin
    while pg_snapshot_xmax(pg_current_snapshot()) < last loop
        perform pg_current_xact_id();
        commit;
    end loop;
end
$$;
revoke all on procedure es.catch_up_transactions() from public;
