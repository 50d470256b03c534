-- What was done to an account, a program or a session is found by it: sign-ins that were tried in vain above all. Entries about
-- a patient, nearly all there are, are found by the patient and are not in this index.
create index entry_by_subject on audit.entry (subject, at, seq) where subject is not null and patient is null;
