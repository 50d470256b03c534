-- The directory by cards. A card is all that a search by name compares and sorts by, in one text: the words of the first
-- name, family name first, a blank before each; then, behind a tab (so that it sorts before any word), the words of other
-- names; then, behind another, what they sound like, as ' =CODE='. Cards sort as the names do. Each index that a search
-- walks carries the card, so that no other row is read to know whether somebody matches. What an index row cannot hold
-- (more than 1,500 bytes) is cut and ends in a star, which no word has: of those the table of words is asked.
alter table read.patient rename column sort_name to card;
alter table read.patient_word add column card text collate "C" not null default '';
alter table read.patient_sound add column card text collate "C" not null default '';

drop index read.patient_by_name;
update read.patient p set card =
    coalesce((select string_agg(' ' || w.word, '' order by w.n)
              from unnest(string_to_array(p.card, ' ')) with ordinality w(word, n) where w.word <> ''), '')
    || coalesce((select E'\t' || string_agg(' ' || w.word, '' order by w.word) from read.patient_word w
                 where w.patient_id = p.id and w.word <> all (string_to_array(p.card, ' '))), '')
    || coalesce((select E'\t' || string_agg(' =' || s.sound || '=', '' order by s.sound) from read.patient_sound s
                 where s.patient_id = p.id), '');
update read.patient set card = left(card, 370) || '*' where octet_length(card) > 1500;
update read.patient_word w set card = p.card from read.patient p where p.id = w.patient_id;
update read.patient_sound s set card = p.card from read.patient p where p.id = s.patient_id;

create index patient_by_name on read.patient (card, id) include (status);
create index patient_by_registration on read.patient (id) include (card, status);
alter table read.patient_word drop constraint patient_word_pkey;
alter table read.patient_word add constraint patient_word_pkey primary key (word, patient_id) include (card);
alter table read.patient_sound drop constraint patient_sound_pkey;
alter table read.patient_sound add constraint patient_sound_pkey primary key (sound, patient_id) include (card);
