//! The page of Duologue: `screens` and `parts` show, `session` drives the core, `browser` wraps one
//! browser API a file. Arrows point one way: screens, parts → session → core and browser.

pub mod app;
pub mod browser;
pub mod parts;
pub mod route;
pub mod screens;
pub mod session;
pub mod words;
