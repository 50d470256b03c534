-- Whether a patient is called or sounds so, of whose card in the directory a part was cut off. Hardly anybody has such a card;
-- a function is planned when the first is met, a subselect in each statement that might meet one. Its cost is that of looking.

create function access.has_word(patient uuid, from_word text, to_word text) returns boolean language plpgsql stable cost 2000 as $$
begin
    return exists (select from read.patient_word w
        where w.patient_id = patient and w.word >= from_word and w.word < to_word);
end
$$;

create function access.has_sound(patient uuid, codes text[]) returns boolean language plpgsql stable cost 2000 as $$
begin
    return exists (select from read.patient_sound s where s.patient_id = patient and s.sound = any(codes));
end
$$;

revoke execute on function access.has_word(uuid, text, text), access.has_sound(uuid, text[]) from public;
grant execute on function access.has_word(uuid, text, text), access.has_sound(uuid, text[]) to healthcare_app;
