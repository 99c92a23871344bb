//! The end-to-end harness: real browsers by WebDriver, the server binary, a dumb static host and a
//! hostile signaller, each a guard that leaves nothing behind. It knows the page only by its
//! addresses, accessible names and `window.duologue`; never by its code.

pub mod between;
pub mod browser;
pub mod caller;
pub mod crowd;
pub mod fake_peer;
pub mod far;
pub mod film;
pub mod guest;
pub mod hostile;
pub mod ice;
pub mod nats;
pub mod page;
pub mod paths;
pub mod person;
pub mod process;
pub mod scene;
pub mod server;
mod socket;
pub mod static_host;
mod until;

pub use browser::{Access, Devices, Kind};
pub use person::Person;
pub use scene::Scene;
pub use until::{until, within};
