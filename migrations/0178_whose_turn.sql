-- Who seals locks a view in place of the table seal.turn: clearing away the old rows of a whole database waits for the lock of
-- each of its tables, and waited for who sealed. No such thing is done to a view. The right to lock is as before: the sealer's.
create view seal.whose_turn as select true as held;
comment on view seal.whose_turn is 'Holds nothing. Who seals keeps it locked, and only the sealer''s role may.';
grant select, update on seal.whose_turn to healthcare_sealer;
comment on table seal.turn is 'Of releases before this one, whose sealer kept it locked.';
revoke all on seal.turn from healthcare_sealer;
