//! The server as a process of its own, and all that it says.

use super::PATIENCE;
use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    process::{Child, Command, ExitStatus, Stdio},
    thread::JoinHandle,
};
use tokio::time::timeout;

/// Ends with the test, whatever becomes of it.
#[must_use]
pub struct Process {
    child: Child,
    pub address: SocketAddr,
    /// Of its other lines.
    out: BufReader<std::process::ChildStdout>,
    errors: Option<JoinHandle<String>>,
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Process {
    /// On a free port, at work.
    pub fn start(arguments: &[&str]) -> Process {
        let mut child = Command::new(env!("CARGO_BIN_EXE_duologue"))
            .args(["--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut errors = child.stderr.take().unwrap();
        let errors = std::thread::spawn(move || {
            let mut text = String::new();
            errors.read_to_string(&mut text).unwrap();
            text
        });
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let (_, address) = line.trim_end().split_once("://").unwrap();
        Process {
            child,
            address: address.parse().unwrap(),
            out,
            errors: Some(errors),
        }
    }

    /// The next line on standard output.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line
    }

    pub fn ask_to_stop(&self) {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status();
        assert!(asked.unwrap().success());
    }

    /// How it ended, and what it had said on standard error by then.
    pub async fn end(mut self) -> (ExitStatus, String) {
        let waited = tokio::task::spawn_blocking(move || {
            let status = self.child.wait().unwrap();
            (status, self.errors.take().unwrap().join().unwrap())
        });
        timeout(PATIENCE, waited).await.unwrap().unwrap()
    }

    pub async fn stop(self) -> String {
        self.ask_to_stop();
        let (status, said) = self.end().await;
        assert!(status.success());
        said
    }
}
