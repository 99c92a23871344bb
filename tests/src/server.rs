//! The real server: the binary, on a port of its own choosing, gone on drop.

use crate::{paths, process::Process, until, within};
use anyhow::{Context, Result, ensure};
use std::process::Command;

#[must_use]
pub struct Server {
    port: u16,
    process: Process,
    args: Vec<String>,
}

impl Server {
    pub async fn start() -> Result<Self> {
        Server::start_with(&[]).await
    }

    pub async fn start_with(args: &[&str]) -> Result<Self> {
        let args: Vec<String> = args.iter().map(|it| (*it).to_owned()).collect();
        Server::listen(0, args).await
    }

    /// Gone, and there again at the same address, knowing nobody.
    pub async fn restart(&mut self) -> Result<()> {
        let (port, args) = (self.port, self.args.clone());
        self.process.kill();
        // Until the old one is gone, the address is taken.
        let fresh = async || Server::listen(port, args.clone()).await;
        *self = until("the server at the same address", within(15), fresh).await?;
        Ok(())
    }

    async fn listen(port: u16, args: Vec<String>) -> Result<Self> {
        let binary = paths::server_binary();
        ensure!(
            binary.exists(),
            "no server at {}: run `cargo xtask dist`",
            binary.display()
        );
        let mut command = Command::new(binary);
        command.args(["--listen", &format!("127.0.0.1:{port}")]);
        command.args(&args);
        let process = Process::spawn(command)?;
        let port = process
            .announces("listening on http://127.0.0.1:", within(15))
            .await?;
        Ok(Server {
            port: port
                .parse()
                .with_context(|| format!("the server's port: {port}"))?,
            process,
            args,
        })
    }

    /// The page's address. `localhost`, since a secure context needs the name.
    pub fn page(&self) -> String {
        format!("http://localhost:{}/", self.port)
    }

    pub fn socket(&self) -> String {
        format!("ws://localhost:{}/ws", self.port)
    }

    pub fn names(&self) -> String {
        format!("ws://localhost:{}/names", self.port)
    }

    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    pub fn log(&self) -> String {
        self.process.output().text()
    }
}
