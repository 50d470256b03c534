-- An entry as it is handed over to be recorded. One array of these is read in one pass, where fifteen arrays of columns took
-- as many: of what an entry that is recorded alone costs the server, that was a third (23 to 16 µs).
create type audit.line as (
    at timestamptz,
    actor uuid,
    role text,
    session uuid,
    address inet,
    purpose text,
    action text,
    resource text,
    fields text,
    patient uuid,
    subject uuid,
    outcome text,
    reason text,
    request uuid,
    note text
);
