//! The real server: the binary, on a port of its own choosing, gone on drop.

use crate::{paths, process::Process, within};
use anyhow::{Context, Result, ensure};
use std::process::Command;

#[must_use]
pub struct Server {
    port: u16,
    process: Process,
}

impl Server {
    pub async fn start() -> Result<Self> {
        let binary = paths::server_binary();
        ensure!(
            binary.exists(),
            "no server at {}: run `cargo xtask dist`",
            binary.display()
        );
        let mut command = Command::new(binary);
        command.args(["--listen", "127.0.0.1:0"]);
        let process = Process::spawn(command)?;
        let port = process
            .announces("listening on http://127.0.0.1:", within(15))
            .await?;
        Ok(Server {
            port: port
                .parse()
                .with_context(|| format!("the server's port: {port}"))?,
            process,
        })
    }

    /// The page's address. `localhost`, since a secure context needs the name.
    pub fn page(&self) -> String {
        format!("http://localhost:{}/", self.port)
    }

    pub fn socket(&self) -> String {
        format!("ws://localhost:{}/ws", self.port)
    }

    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    pub fn log(&self) -> String {
        self.process.output().text()
    }
}
