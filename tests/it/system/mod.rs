//! The server as operators meet it: its health, its demonstration, its recovery.

mod demonstration;
mod health;
