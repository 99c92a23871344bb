//! What screens share. A part takes signals and callbacks, shows, and sends intents; it holds no state
//! but that of its own surface (is it open, was it copied).

pub mod brand;
pub mod button;
pub mod call_bar;
pub mod copy_field;
pub mod device_picker;
pub mod dialog;
pub mod grid;
pub mod icon;
pub mod invite;
pub mod lean;
pub mod level_meter;
pub mod message;
pub mod mirror;
pub mod news;
pub mod notice;
pub mod options;
pub mod own_tile;
pub mod page;
pub mod panel;
pub mod picture;
pub mod qr_code;
pub mod scanner;
pub mod screen_tile;
pub mod shortcuts;
pub mod size;
pub mod stillness;
pub mod tile;
pub mod toggle;
pub mod toolbar;
pub mod update;
