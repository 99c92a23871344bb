//! Whole calls without a browser: real `Call`s and the real `Hub`, with fake connections, a network
//! that delays, loses, doubles and reorders, and one virtual clock.

mod fake_pc;
mod files_disk;
mod files_world;
mod world;

mod chat;
mod direct;
mod files;
mod gestures;
mod glare;
mod heal;
mod hostile;
mod needs;
mod recording;
mod rooms;
mod share;
mod verify;
