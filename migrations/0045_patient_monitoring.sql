-- Whether the problem list calls the patient pregnant, for NEWS2 is not made for pregnancy. Null: to be looked up before
-- the patient is scored next, as after each change of the problem list.
alter table telemetry.monitor add column pregnant boolean;
comment on column telemetry.monitor.limits is
    'Alarm limits set for this patient: [{signal, side, warn, critical, until}]. Kept up from the record by a consumer.';
