//! A real NATS server with JetStream, at a port of its own choosing, gone on drop; and whoever else can
//! reach it, and writes what no node has said.

use crate::{paths, process::Process, within};
use anyhow::{Context, Result, ensure};
use std::process::Command;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::timeout,
};

#[must_use]
pub struct Nats {
    at: String,
    store: Option<TempDir>,
    process: Option<Process>,
}

impl Nats {
    pub async fn start() -> Result<Self> {
        Nats::with(Some(TempDir::new()?)).await
    }

    /// One that passes messages on, and has no JetStream.
    pub async fn without_store() -> Result<Self> {
        Nats::with(None).await
    }

    async fn with(store: Option<TempDir>) -> Result<Self> {
        let (process, at) = launch(store.as_ref(), "-1").await?;
        Ok(Nats {
            at,
            store,
            process: Some(process),
        })
    }

    pub fn url(&self) -> String {
        format!("nats://{}", self.at)
    }

    /// At once and without a word.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// At the same address again.
    pub async fn restart(&mut self) -> Result<()> {
        self.kill();
        let (_, port) = self.at.rsplit_once(':').context("a port")?;
        let (process, _) = launch(self.store.as_ref(), port).await?;
        self.process = Some(process);
        Ok(())
    }

    /// Somebody who is no node writes to that subject, and knows that it has arrived.
    pub async fn write(&self, subject: &str, text: &str) -> Result<()> {
        let mut stream = BufReader::new(TcpStream::connect(&self.at).await?);
        let hello = r#"CONNECT {"verbose":false,"pedantic":false,"echo":false}"#;
        let length = text.len();
        let said = format!("{hello}\r\nPUB {subject} {length}\r\n{text}\r\nPING\r\n");
        stream.get_mut().write_all(said.as_bytes()).await?;
        let answer = async {
            let mut line = String::new();
            while !line.starts_with("PONG") {
                line.clear();
                let read = stream.read_line(&mut line).await?;
                ensure!(read > 0 && !line.starts_with("-ERR"), "NATS says {line:?}");
            }
            Ok(())
        };
        timeout(within(5), answer).await?
    }
}

/// The process, and where it listens.
async fn launch(store: Option<&TempDir>, port: &str) -> Result<(Process, String)> {
    let binary = paths::tool("NATS_SERVER", &["nats-server"]).map_err(anyhow::Error::msg)?;
    let mut command = Command::new(binary);
    command.args(["-a", "127.0.0.1", "-p", port]);
    if let Some(store) = store {
        command.args(["-js", "-sd"]).arg(store.path());
    }
    let process = Process::spawn(command)?;
    let listens = "Listening for client connections on ";
    let at = process.announces(listens, within(15)).await?;
    process.announces("Server is ready", within(15)).await?;
    Ok((process, at))
}
