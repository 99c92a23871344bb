//! coturn as Debian ships it, with the configuration that hosts are given (`deploy/coturn.conf`): it lends
//! addresses by our passwords, reaches the open Internet, and nobody in its host's network.

#[path = "../../crates/server/tests/turn/client.rs"]
mod client;

use anyhow::{Context, Result, bail, ensure};
use base64ct::{Base64, Encoding};
use client::{Client, Wire};
use duologue_e2e::{paths, process::Process, until, within};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use std::{
    net::{IpAddr, SocketAddr},
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

const SECRET: &str = "north";

/// Of this machine and near it, as it is and in every disguise.
const REFUSED: [&str; 33] = [
    "127.0.0.1",
    "127.1.2.3",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "169.254.169.254",
    "192.0.0.192",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:192.168.0.1",
    "::127.0.0.1",
    "64:ff9b::127.0.0.1",
    "2002:7f00:1::1",
    "2001::1",
    "100::1",
];
const REACHED: [&str; 4] = [
    "1.1.1.1",
    "8.8.8.8",
    "2606:4700:4700::1111",
    "2a01:db9:7::1",
];

/// At a port of this machine; gone with its guard.
async fn start(folder: &std::path::Path) -> Result<(Process, SocketAddr)> {
    let free = std::net::UdpSocket::bind("127.0.0.1:0")?;
    let at = free.local_addr()?;
    drop(free);
    let mut command = Command::new("turnserver");
    command
        .arg("-c")
        .arg(paths::root().join("deploy/coturn.conf"));
    command.args([
        "--listening-ip",
        "127.0.0.1",
        "--listening-port",
        &at.port().to_string(),
    ]);
    command.args([
        "--no-tls",
        "--no-dtls",
        "--relay-ip",
        "127.0.0.1",
        "--relay-ip",
        "::1",
    ]);
    command.args(["--realm", "duologue", "--static-auth-secret", SECRET]);
    command.arg("--pidfile").arg(folder.join("pid"));
    command.arg("--userdb").arg(folder.join("users"));
    let process = Process::spawn(command)
        .context("Debian's package coturn is not installed: `cargo xtask setup` does it")?;
    let ready = async || {
        let asked = tokio::net::TcpStream::connect(at).await;
        asked.with_context(|| process.output().text())
    };
    until("coturn to listen", within(15), ready).await?;
    Ok((process, at))
}

fn ticket(lasts: i64) -> Result<(String, String)> {
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    let name = format!("{}:ana", now + lasts);
    let mac = Hmac::<Sha1>::new_from_slice(SECRET.as_bytes())?;
    let password = mac.chain_update(name.as_bytes()).finalize().into_bytes();
    Ok((name, Base64::encode_string(&password)))
}

#[tokio::test]
async fn coturn_as_we_configure_it_is_no_way_into_its_hosts_network() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (_coturn, at) = start(folder.path()).await?;
    let client =
        async |lasts| Ok::<_, anyhow::Error>(Client::new(Wire::udp(at).await, ticket(lasts)?));
    let (mut v4, mut v6) = (client(600).await?, client(600).await?);
    let lent = [v4.allocate().await, v6.allocate_ipv6().await];
    let [Ok(SocketAddr::V4(_)), Ok(SocketAddr::V6(_))] = lent else {
        bail!("lent {lent:?}");
    };
    for (peers, expected) in [(&REFUSED[..], Err(403)), (&REACHED, Ok(()))] {
        for peer in peers {
            let peer: IpAddr = peer.parse()?;
            let client = if peer.is_ipv4() { &mut v4 } else { &mut v6 };
            let said = client.permit(&[SocketAddr::new(peer, 9)]).await;
            ensure!(said == expected, "{peer}: {said:?}");
        }
    }
    let late = client(-600).await?.allocate().await;
    ensure!(late == Err(401), "by a name that has ended: {late:?}");
    Ok(())
}
