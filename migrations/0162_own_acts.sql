-- Nobody comes closer to a patient by their own act. Who admits somebody, or plans a visit, names themselves in a visit, or
-- takes somebody onto a ward they work on without having stood that close, has begun a relationship; for them it counts as
-- the whole house does. For everybody else it counts as what it is.
alter table access.relationship drop constraint relationship_kind_check;
alter table access.relationship add constraint relationship_kind_check
    check (kind in ('team', 'referral', 'registration', 'admission', 'encounter', 'ward'));
alter table access.relationship add column by_account uuid;
comment on column access.relationship.by_account is 'Whose own act it came of, where they did not stand that close: for them it counts as the whole house does.';

-- Who admitted somebody stood among those who take part in the visit.
update access.relationship r set kind = 'admission', by_account = r.account_id
    from es.event e
    where r.kind = 'encounter' and e.stream_id = r.source and e.version = 1 and e.meta ->> 'actor' = r.account_id::text
        and not exists (select from read.entry n
            where n.id = r.source and n.kind = 'encounter' and jsonb_path_exists(n.body::jsonb,
                '$.team[*] ? (@.account == $who)', jsonb_build_object('who', r.account_id)));

-- As in 0060, but for this.
create or replace function access.closeness(
    of_account uuid, now timestamptz, ended_after timestamptz
) returns table (patient_id uuid, rank int) language sql stable as $$
    select r.patient_id,
            case when r.by_account = of_account then 1 when r.valid_to is null or r.valid_to > now then 3 else 1 end
        from access.relationship r
        where r.account_id = of_account and r.valid_from <= now + interval '1 minute'
            and (r.valid_to is null or r.valid_to > now or (r.graced and r.valid_to > ended_after))
    union all
    select r.patient_id,
            case when r.by_account = of_account then 1 when r.valid_to is null or r.valid_to > now then 2 else 1 end
        from access.staff_ward w join access.relationship r on r.ward = w.ward
        where w.account_id = of_account and w.valid_from <= now + interval '1 minute'
            and (w.valid_to is null or w.valid_to > now) and r.valid_from <= now + interval '1 minute'
            and (r.valid_to is null or r.valid_to > now or (r.graced and r.valid_to > ended_after))
$$;

-- As in 0062. Of a record without a label whoever has an active relationship hears, of their own act too: who admitted
-- somebody to an emergency room hears of them.
create or replace function access.hears(of_account uuid, of_patient uuid, now timestamptz) returns boolean language sql stable as $$
    select exists (
        select from access.closeness(of_account, now, now) c left join access.label l using (patient_id)
            where c.patient_id = of_patient
                and c.rank >= case l.label when 'V' then 3 when 'R' then 2 else 1 end
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
