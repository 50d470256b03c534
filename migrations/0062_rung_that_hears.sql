-- Whether somebody hears of a patient now: by a relationship as close as the label of the record asks for, by a grant of
-- a broken glass, or as staff of the whole house where the record is not labelled. A relationship that has ended does
-- not count, although it opens the record for a while: who relies on it may have gone home. Who registered somebody, and
-- their unit, hear of them for as long as nobody else cares for them: an outpatient's clinic.
create function access.hears(of_account uuid, of_patient uuid, now timestamptz) returns boolean language sql stable as $$
    select exists (
        select from access.closeness(of_account, now, now) c left join access.label l using (patient_id)
            where c.patient_id = of_patient
                and c.rank >= case l.label when 'V' then 3 else 2 end
        union all
        select from access.relationship r
            left join access.staff_ward w on w.ward = r.ward and w.account_id = of_account
                and w.valid_from <= now + interval '1 minute' and (w.valid_to is null or w.valid_to > now)
            where r.patient_id = of_patient and r.kind = 'registration' and r.valid_from > now - interval '30 days'
                and (r.account_id = of_account or w.account_id is not null)
                and not exists (select from access.relationship o
                    where o.patient_id = of_patient and o.kind <> 'registration')
                and not exists (select from access.label l where l.patient_id = of_patient and l.label <> 'N')
        union all
        select from access.break_glass b
            where b.account_id = of_account and b.patient_id = of_patient and b.until > now
                and (b.closed_at is null or b.closed_at > now)
        union all
        select from access.staff_ward w
            where w.account_id = of_account and w.ward = '*' and w.valid_from <= now + interval '1 minute'
                and (w.valid_to is null or w.valid_to > now)
                and not exists (select from access.label l where l.patient_id = of_patient and l.label <> 'N'))
$$;

-- As before, but a rung is passed at once too when nobody of its role hears of the patient.
create or replace function wf.arm(alert uuid, at_version int, of_priority text, told int2) returns void language plpgsql as $$
declare
    step record;
    earlier timestamptz;
    whose uuid;
begin
    select t.due_at into earlier from wf.timer t
        where t.alert_id = alert and t.state = 'armed' and t.rung = told + 1;
    perform wf.disarm(alert);
    select l.role, l.delay, l.rung = max(l.rung) over () as is_last into step
        from wf.ladder l where l.priority = of_priority order by (l.rung <= told) desc, abs(l.rung - told) limit 1;
    if not found then
        return;
    end if;
    select a.patient_id into whose from read.alert a where a.id = alert;
    if not step.is_last and not exists (
        select from auth.account a
            where a.role = step.role and a.enabled and (whose is null or access.hears(a.id, whose, clock_timestamp())))
    then
        step.delay := interval '0';
    end if;
    insert into wf.timer (alert_id, version, rung, due_at)
        values (alert, at_version, least(told + 1, 32767), least(wf.now() + step.delay, earlier))
        on conflict (alert_id, version) do update
            set state = 'armed', rung = excluded.rung, due_at = excluded.due_at, ended_at = null;
    perform pg_notify('timer', '');
end
$$;
