-- What is there already. Where a row breaks it the server starts all the same: `healthcare verify` names the row.
do $$
begin
    alter table es.event validate constraint event_can_be_sealed;
exception when check_violation then
    raise warning 'es.event holds rows that no block can cover: run healthcare verify';
end
$$;
do $$
begin
    alter table audit.entry validate constraint entry_can_be_sealed;
exception when check_violation then
    raise warning 'audit.entry holds rows that no block can cover: run healthcare verify';
end
$$;
