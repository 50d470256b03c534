-- The key that seals is replaced: the last block of the old key hands over to the new one.
alter table seal.block
    add column next_key bytea check (octet_length(next_key) = 32),
    add column hand_over bytea check (octet_length(hand_over) = 64),
    add check ((next_key is null) = (hand_over is null));
comment on column seal.block.next_key is 'The key that seals all blocks behind this one, where another one takes over. Part of what the hash is over.';
comment on column seal.block.hand_over is 'The signature of this block''s key over the block''s hash and the key that takes over.';
