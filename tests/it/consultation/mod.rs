//! A consultation saved in one go, over the real server.

mod save;
