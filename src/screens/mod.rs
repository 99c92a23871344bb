//! One file a screen. A screen puts parts together and says what leads where.

pub mod call;
pub mod check;
pub mod direct;
pub mod door;
pub mod ended;
pub mod green_room;
pub mod home;
pub mod not_found;
pub mod people;
pub mod recordings;
pub mod room;
pub mod upcoming;
