-- The directory in the order of names, by each word. A list by name wants whom a part of a name leads to in the order of
-- cards, and two short names want only those who have both. Of every word but the one a card begins with, the first letter
-- and the first two lead to the cards in their order; a card's beginning is a range of it. A word that the card's first one
-- begins with is left out (Ba of "Bauer Ba"): whoever looks for it finds the card by its beginning.
-- `crowded` says that two words or more follow the first (or that the card was cut, and nobody knows): two names of which
-- neither is the first are looked for among those alone.
alter table read.patient_word
    add column one text collate "C" not null generated always as (left(word, 1)) stored,
    add column two text collate "C" not null generated always as (left(word, 2)) stored,
    add column follows boolean not null generated always as (not starts_with(card, ' ' || word)) stored,
    add column crowded boolean not null generated always as
        (card ~ E'^(\t| [^ \t]+\t?)( [^ =\t]+\t?){2}' or right(card, 1) = '*') stored;
create index patient_word_by_letter on read.patient_word (one, crowded, card, patient_id) where follows;
create index patient_word_by_letters on read.patient_word (two, crowded, card, patient_id) where follows;

-- What names sound like, in the order of names as well: the key is asked for by sound and card, never by sound and patient
-- (that is what patient_sound_by_patient is for).
alter table read.patient_sound drop constraint patient_sound_pkey;
alter table read.patient_sound add constraint patient_sound_pkey primary key (sound, card, patient_id);
