-- A time is booked while its resource closes. Both pass the resource's lock (`booking:`), so that one of the two comes
-- second: a closure then finds what was booked, and a booking is refused here and decided again.
create function wf.ensure_not_closed(resources uuid[], begins timestamptz[], ends timestamptz[]) returns void
    language plpgsql as $$
begin
    if exists (
        select from unnest(resources, begins, ends) kept(resource, begins, ends)
            join read.entry e on e.id = kept.resource and e.item = 0
            cross join lateral jsonb_each(e.body::jsonb -> 'closures') closure
        where e.kind = 'resource' and (closure.value ->> 'from')::timestamptz < kept.ends
            and (closure.value ->> 'until')::timestamptz > kept.begins) then
        raise exception 'a resource closed meanwhile' using errcode = 'HC001';
    end if;
end
$$;
grant execute on function wf.ensure_not_closed(uuid[], timestamptz[], timestamptz[]) to healthcare_app;
