-- Whose turn it is to seal: who locks this table. A lock by number is anybody's to take, and who takes it stops the sealing;
-- to lock a table against others one has to be allowed to change it.
create table seal.turn ();
comment on table seal.turn is 'Holds nothing. Who seals keeps it locked, and only the sealer''s role may.';
grant select, update on seal.turn to healthcare_sealer;
