//! Every promise that only real browsers can prove, one file a promise. Each test names the browsers
//! that take part; the bodies are the same for all.

use anyhow::Result;
use duologue_e2e::{
    Kind::{self, Chromium, Firefox},
    Person,
};

/// One test a pair of browsers, all with the same body: `pairs!(body, Light, { name: (A, B), … })`.
macro_rules! pairs {
    ($body:ident, $weight:ident, { $($name:ident: $with:expr),+ $(,)? }) => {
        mod $body {
            use super::*;
            $(
                #[test]
                fn $name() -> Result<(), duologue_e2e::scene::Failure> {
                    let with = $with;
                    let test = format!("{}::{} {with:?}", stringify!($body), stringify!($name));
                    let weight = duologue_e2e::scene::Weight::$weight;
                    duologue_e2e::scene::test(&test, weight, async |scene| super::$body(scene, with).await)
                }
            )+
        }
    };
}

mod access;
mod acme;
mod broken;
mod chat;
mod check;
mod cluster;
mod cluster_names;
mod controls;
mod coturn;
mod details;
mod device_changes;
mod devices;
mod doors;
mod files;
mod first_load;
mod harness;
mod healing;
mod hostile;
mod keeping;
mod lan;
mod languages;
mod names;
mod needs;
mod offline;
mod people;
mod privacy;
mod proxies;
mod recordings;
mod server_calls;
mod serverless;
mod share;
mod stage;
mod steps;
mod verify;
