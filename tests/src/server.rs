//! The real server: the binary, on a port of its own choosing, gone on drop.

use crate::{ice::own_address, paths, process::Process, until, within};
use anyhow::{Context, Result, ensure};
use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::Command,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

#[must_use]
pub struct Server {
    at: SocketAddr,
    /// By which it is spoken to: a secure context needs the name, or https.
    origin: String,
    process: Process,
    args: Vec<String>,
}

impl Server {
    pub async fn start() -> Result<Self> {
        Server::start_with(&[]).await
    }

    pub async fn start_with(args: &[&str]) -> Result<Self> {
        Server::listen((Ipv4Addr::LOCALHOST, 0).into(), owned(args)).await
    }

    /// At an address of this machine that others reach, by a certificate of its own making.
    pub async fn for_telephones(state: &Path) -> Result<Self> {
        Server::for_telephones_with(state, &[]).await
    }

    pub async fn for_telephones_with(state: &Path, args: &[&str]) -> Result<Self> {
        let state = state.to_str().context("a path in UTF-8")?;
        let mut args = owned(args);
        args.extend(owned(&["--tls", "self-signed", "--state", state]));
        Server::listen(SocketAddr::new(own_address(), 0), args).await
    }

    /// A link to this host's page, for whoever has none of its password: what its owner types for one.
    pub fn invite(&self) -> Result<String> {
        let mut command = Command::new(paths::server_binary());
        let page = self.origin.as_str();
        let command = command.args(&self.args).args(["invite", "--page", page]);
        let output = command.output().context("no invitation")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{said}");
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Gone, and there again at the same address, knowing nobody.
    pub async fn restart(&mut self) -> Result<()> {
        let (at, args) = (self.at, self.args.clone());
        self.process.kill();
        // Until the old one is gone, the address is taken.
        let fresh = async || Server::listen(at, args.clone()).await;
        *self = until("the server at the same address", within(15), fresh).await?;
        Ok(())
    }

    /// At once and without a word, as by `kill -9`.
    pub fn kill(&self) {
        self.process.kill();
    }

    /// What it says of itself to whoever balances load, and by which status.
    pub async fn health(&self) -> Result<(u16, String)> {
        let mut stream = TcpStream::connect(self.at).await?;
        let ask = format!(
            "GET /healthz HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
            self.at
        );
        stream.write_all(ask.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let (head, body) = answer.split_once("\r\n\r\n").context("an answer")?;
        let status = head.split(' ').nth(1).context("a status")?;
        Ok((status.parse()?, body.to_owned()))
    }

    async fn listen(at: SocketAddr, args: Vec<String>) -> Result<Self> {
        let binary = paths::server_binary();
        ensure!(
            binary.exists(),
            "no server at {}: run `cargo xtask dist`",
            binary.display()
        );
        let mut command = Command::new(binary);
        command.args(["--listen", &at.to_string()]);
        command.args(&args);
        let process = Process::spawn(command)?;
        let url = process.announces("listening on ", within(15)).await?;
        let (scheme, at) = url.split_once("://").context("an address")?;
        let at: SocketAddr = at.parse().with_context(|| format!("the address: {url}"))?;
        let origin = match scheme {
            "http" => format!("http://localhost:{}", at.port()),
            _ => url.clone(),
        };
        Ok(Server {
            at,
            origin,
            process,
            args,
        })
    }

    /// The page's address.
    pub fn page(&self) -> String {
        format!("{}/", self.origin)
    }

    /// The same, by whoever forgets the s of https.
    pub fn page_without_tls(&self) -> String {
        format!("http://{}/", self.at)
    }

    pub fn socket(&self) -> String {
        self.origin.replacen("http", "ws", 1) + "/ws"
    }

    pub fn names(&self) -> String {
        self.origin.replacen("http", "ws", 1) + "/names"
    }

    pub fn origin(&self) -> String {
        self.origin.clone()
    }

    pub fn log(&self) -> String {
        self.process.output().text()
    }
}

fn owned(args: &[&str]) -> Vec<String> {
    args.iter().map(|it| (*it).to_owned()).collect()
}
