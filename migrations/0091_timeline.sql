-- The timeline of a patient: entries of all kinds, newest first. A charted set of signs stands there as one entry; drafts are
-- their authors'.
create index entry_timeline on read.entry (patient_id, at desc, id desc)
    where item = 0 and not struck and kind not in ('patient', 'note_draft');
