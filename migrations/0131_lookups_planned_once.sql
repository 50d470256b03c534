-- Who holds a record is looked up with every row of a patient that is written. A function in SQL is planned anew in each
-- statement that calls it, which took longer than the lookup; one in PL/pgSQL is planned once a session.

create or replace function es.home(stream uuid, patient uuid) returns uuid language plpgsql stable as $$
begin
    return coalesce((select r.patient_id from es.reassigned r where r.stream_id = stream), patient);
end
$$;

create or replace function es.survivor_of(patient uuid) returns uuid language plpgsql stable as $$
begin
    return coalesce((select s.survivor from es.survivor s where s.patient_id = patient), patient);
end
$$;

create or replace function es.identities(patient uuid) returns uuid[] language plpgsql stable as $$
begin
    return array(select s.patient_id from es.survivor s where s.survivor = patient) || patient;
end
$$;
