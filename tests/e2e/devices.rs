//! A call with what is left: no camera, no microphone, or leave refused. Whoever joins so is told in
//! a sentence, joins all the same, and sees and hears the others.

use crate::{first_load::FETCHED, steps::*, *};
use anyhow::ensure;
use duologue_e2e::{
    Access::{Denied, Granted},
    Devices, Scene,
    server::Server,
};

/// What the newcomer's browser offers, and the words of the sentence that must say what is missing.
#[derive(Clone, Copy, Debug)]
struct Lack {
    kind: Kind,
    devices: Devices,
    camera: bool,
    microphone: bool,
}

const fn lack(kind: Kind, devices: Devices) -> Lack {
    let (camera, microphone) = match devices {
        Devices::Fake | Devices::Quick | Devices::FakeAndScreen | Devices::Private => (true, true),
        Devices::NoCamera => (false, true),
        Devices::None => (false, false),
        Devices::Allowed { camera, microphone } => {
            (matches!(camera, Granted), matches!(microphone, Granted))
        }
    };
    Lack {
        kind,
        devices,
        camera,
        microphone,
    }
}

const NO_CAMERA: Devices = Devices::Allowed {
    camera: Denied,
    microphone: Granted,
};
const NO_MICROPHONE: Devices = Devices::Allowed {
    camera: Granted,
    microphone: Denied,
};
const NOTHING: Devices = Devices::Allowed {
    camera: Denied,
    microphone: Denied,
};

pairs!(a_call_with_what_is_left, Light, {
    chromium_without_a_camera: lack(Chromium, Devices::NoCamera),
    chromium_without_any_device: lack(Chromium, Devices::None),
    chromium_camera_denied: lack(Chromium, NO_CAMERA),
    chromium_microphone_denied: lack(Chromium, NO_MICROPHONE),
    chromium_both_denied: lack(Chromium, NOTHING),
    firefox_without_any_device: lack(Firefox, Devices::None),
    firefox_camera_denied: lack(Firefox, NO_CAMERA),
    firefox_microphone_denied: lack(Firefox, NO_MICROPHONE),
    firefox_both_denied: lack(Firefox, NOTHING),
});

async fn a_call_with_what_is_left(scene: &Scene, with: Lack) -> Result<()> {
    let server = Server::start().await?;
    let ana = scene.person(Chromium, "Ana").await?;
    let ben = scene.person_with(with.kind, with.devices, "Ben").await?;
    let room = start_call(&ana, &server.page()).await?;
    enter(&ana).await?;

    ben.goto(&room).await?;
    ben.fill("Your name", "Ben").await?;
    for (there, word) in [(with.camera, "camera"), (with.microphone, "microphone")] {
        if !there {
            ben.is_told(&[word]).await?;
        }
    }
    ben.press("Join call").await?;
    in_call(&ben).await?;
    all_connected(&[&ana, &ben]).await?;

    sees(&ben, &ana).await?;
    hears(&ben, &ana).await?;
    if with.camera {
        sees(&ana, &ben).await?;
    } else {
        let shows = ana
            .picture("Ben")
            .await
            .is_ok_and(|picture| picture.brightness > 16.0);
        ensure!(!shows, "Ana sees a picture of someone without a camera");
    }
    if with.microphone {
        hears(&ana, &ben).await?;
    }
    let fetched: Vec<String> = ben.script(FETCHED, vec![]).await?;
    ensure!(
        !fetched.iter().any(|it| it.starts_with("xmlhttprequest")),
        "typing was held up by the rest of the page: {fetched:?}"
    );
    Ok(())
}
