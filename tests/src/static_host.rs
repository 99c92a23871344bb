//! The dumbest host there is: a folder under a sub-path, right content types, 404 for the rest. No
//! sockets, no fallback page, nothing that a static host on the Internet might lack.

use anyhow::{Result, ensure};
use axum::{
    Router,
    body::Body,
    extract::State,
    http::{StatusCode, Uri, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use std::{
    net::{IpAddr, Ipv4Addr},
    path::{Component, Path, PathBuf},
};
use tokio::{net::TcpListener, task::JoinHandle};

#[must_use]
pub struct StaticHost {
    name: String,
    port: u16,
    under: String,
    task: JoinHandle<()>,
}

impl StaticHost {
    /// Serves `folder` at `/UNDER/`; `under` is empty for the root.
    pub async fn start(folder: PathBuf, under: &str) -> Result<Self> {
        Self::listen(folder, under, Ipv4Addr::LOCALHOST.into(), "localhost").await
    }

    /// At an address that is not this browser's own machine: a page from there is not secure.
    pub async fn plain(folder: PathBuf, at: IpAddr) -> Result<Self> {
        Self::listen(folder, "", at, &at.to_string()).await
    }

    async fn listen(folder: PathBuf, under: &str, at: IpAddr, name: &str) -> Result<Self> {
        ensure!(
            folder.join("index.html").exists() || folder.is_dir(),
            "no folder {}",
            folder.display()
        );
        let listener = TcpListener::bind((at, 0)).await?;
        let port = listener.local_addr()?.port();
        let under = under.trim_matches('/').to_string();
        let router = router(folder, &under);
        let task = tokio::spawn(async move {
            // Ends with the test's runtime.
            let _ = axum::serve(listener, router).await;
        });
        Ok(StaticHost {
            name: name.to_string(),
            port,
            under,
            task,
        })
    }

    pub fn page(&self) -> String {
        let slash = if self.under.is_empty() { "" } else { "/" };
        format!("http://{}:{}/{}{slash}", self.name, self.port, self.under)
    }
}

impl Drop for StaticHost {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The files alone, for a host that adds routes of its own.
pub fn router(folder: PathBuf, under: &str) -> Router {
    let prefix = if under.is_empty() {
        String::from("/")
    } else {
        format!("/{under}/")
    };
    Router::new().fallback(file).with_state((folder, prefix))
}

async fn file(State((folder, prefix)): State<(PathBuf, String)>, uri: Uri) -> Response {
    let Some(path) = uri.path().strip_prefix(&prefix) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let path = if path.is_empty() || path.ends_with('/') {
        format!("{path}index.html")
    } else {
        path.to_string()
    };
    let inside = Path::new(&path)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if !inside {
        return StatusCode::NOT_FOUND.into_response();
    }
    match tokio::fs::read(folder.join(&path)).await {
        Ok(bytes) => ([(CONTENT_TYPE, content_type(&path))], Body::from(bytes)).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "webmanifest" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        _ => "application/octet-stream",
    }
}
