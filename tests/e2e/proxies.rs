//! The configurations in `deploy/` for the proxies that hosts put before the server, as they stand there
//! but for ports and certificates: the proxies of the distribution run with them. No browser takes part.

use anyhow::{Context, Result, ensure};
use duologue_core::{
    ids::PeerToken,
    wire::{self, ClientMsg, ServerMsg},
};
use duologue_e2e::{paths, process::Process, server::Server, until, within};
use futures_util::{SinkExt, StreamExt};
use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::Command,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{
    client_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http::HeaderValue},
};

/// As browsers see them: the proxy's port is nobody's affair.
const HOST: &str = "calls.example.org";
const SHARED_HOST: &str = "example.org";
const SCRIPT: &str = "page-0123456789abcdef.js";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn caddy_with_the_file_in_deploy_passes_everything_on() -> Result<()> {
    let behind = Behind::start().await?;
    let text = deployed("Caddyfile")?
        .replace("127.0.0.1:8080", &behind.server.to_string())
        .replace(
            &format!("\n{HOST} {{"),
            &format!("\nhttp://{HOST}:{} {{", behind.port),
        )
        .replace(
            &format!("\n{SHARED_HOST} {{"),
            &format!("\nhttp://{SHARED_HOST}:{} {{", behind.port),
        );
    let file = behind.folder.path().join("Caddyfile");
    fs::write(&file, format!("{{\n\tadmin off\n}}\n{text}"))?;
    let mut command = Command::new(tool("CADDY", "caddy")?);
    command
        .args(["run", "--adapter", "caddyfile", "--config"])
        .arg(file);
    command.env("HOME", behind.folder.path());
    behind.is_served_by(Process::spawn(command)?).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_with_the_file_in_deploy_passes_everything_on() -> Result<()> {
    let behind = Behind::start().await?;
    let folder = behind.folder.path().to_string_lossy().into_owned();
    // Ports of our own, and no certificates: what is tested is what is passed on.
    let kept = deployed("nginx.conf")?
        .lines()
        .filter(|line| !line.contains("[::]") && !line.contains("ssl_certificate"))
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    let (https, http) = (behind.port, free_port().await?);
    let site = kept
        .replace(
            "listen 443 ssl http2;",
            &format!("listen 127.0.0.1:{https};"),
        )
        .replace("listen 80;", &format!("listen 127.0.0.1:{http};"))
        .replace("127.0.0.1:8080", &behind.server.to_string());
    fs::write(behind.folder.path().join("site.conf"), site)?;
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|of| format!("{of}_temp_path {folder}/{of}; "))
        .collect();
    let whole = format!(
        "daemon off; error_log stderr; pid {folder}/pid; worker_processes 1;\n\
         events {{ worker_connections 64; }}\n\
         http {{ {temporary} include {folder}/site.conf; }}\n"
    );
    let file = behind.folder.path().join("nginx.conf");
    fs::write(&file, whole)?;
    let mut command = Command::new(tool("NGINX", "nginx")?);
    command
        .args(["-e", "stderr", "-p", &folder, "-c"])
        .arg(file);
    let nginx = Process::spawn(command)?;
    let sent_on = until("a word from nginx", within(15), async || {
        ask(http, HOST, "/sub?lang=ar", &[]).await
    })
    .await?;
    ensure!(sent_on.status == 308, "{}", sent_on.head);
    let there = format!("location: https://{HOST}/sub?lang=ar");
    ensure!(sent_on.has(&there), "{}", sent_on.head);
    behind.is_served_by(nginx).await
}

fn tool(variable: &str, name: &str) -> Result<std::path::PathBuf> {
    paths::tool(variable, &[name]).map_err(anyhow::Error::msg)
}

fn deployed(name: &str) -> Result<String> {
    let file = paths::root().join("deploy").join(name);
    fs::read_to_string(&file).with_context(|| file.display().to_string())
}

async fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port())
}

/// What hosts are given to begin with.
fn trusted_proxy() -> Result<String> {
    let text = deployed("environment")?;
    let mut lines = text.lines();
    let named = lines.find_map(|it| it.strip_prefix("DUOLOGUE_TRUSTED_PROXY="));
    Ok(named.context("no proxy is trusted")?.to_owned())
}

/// A real server with a small page, and a port for what stands before it.
struct Behind {
    folder: TempDir,
    server: SocketAddr,
    port: u16,
    _server: Server,
}

impl Behind {
    async fn start() -> Result<Self> {
        let folder = TempDir::new()?;
        let page = folder.path().join("page");
        write_page(&page)?;
        let page = page.to_str().context("a path in UTF-8")?;
        let trusted = trusted_proxy()?;
        let args = [
            "--static",
            page,
            "--trusted-proxy",
            &trusted,
            "--clients-per-address",
            "1",
        ];
        let server = Server::start_with(&args).await?;
        let address = server.page();
        let port = address.trim_end_matches('/').rsplit(':').next();
        let port: u16 = port.context("a port")?.parse()?;
        Ok(Behind {
            folder,
            server: SocketAddr::from(([127, 0, 0, 1], port)),
            port: free_port().await?,
            _server: server,
        })
    }

    async fn is_served_by(&self, proxy: Process) -> Result<()> {
        let log = proxy.output();
        let all = async {
            until("the proxy", within(15), async || {
                ask(self.port, HOST, "/healthz", &[]).await.map(drop)
            })
            .await?;
            self.passes(HOST, "").await.context("a site of its own")?;
            self.passes(SHARED_HOST, "/calls")
                .await
                .context("a sub-path")?;
            let to_folder = ask(self.port, SHARED_HOST, "/calls", &[]).await?;
            ensure!(
                to_folder.has("location: ") && to_folder.head.contains("/calls/"),
                "{}",
                to_folder.head
            );
            self.tells_visitors_apart().await
        };
        all.await.with_context(|| log.text())
    }

    async fn passes(&self, host: &str, under: &str) -> Result<()> {
        let get = async |path: &str, more: &[&str]| {
            ask(self.port, host, &format!("{under}{path}"), more).await
        };
        let health = get("/healthz", &[]).await?;
        ensure!(
            (health.status, &health.body[..]) == (200, b"ok"),
            "{}",
            health.head
        );
        let page = get("/", &[]).await?;
        ensure!(
            page.status == 200 && page.has("content-security-policy: default-src 'none'"),
            "{}",
            page.head
        );
        ensure!(page.body.starts_with(b"<!doctype html>"), "another page");
        for (encoding, ending) in [("br", "br"), ("gzip", "gz")] {
            let accept = format!("accept-encoding: {encoding}");
            let script = get(&format!("/{SCRIPT}"), &[&accept]).await?;
            ensure!(
                script.has(&format!("content-encoding: {encoding}")),
                "{}",
                script.head
            );
            ensure!(
                script.has("cache-control: public, max-age=31536000, immutable"),
                "{}",
                script.head
            );
            ensure!(script.body == ending.as_bytes(), "compressed anew");
        }
        let numbers = get("/metrics", &[]).await?;
        ensure!(
            numbers.status == 404,
            "numbers for everybody: {}",
            numbers.head
        );
        for socket in ["ws", "names"] {
            let origin = format!("https://{host}");
            self.open(host, &format!("{under}/{socket}"), &origin)
                .await?;
            let evil = self
                .open(host, &format!("{under}/{socket}"), "https://evil.example")
                .await;
            let refused = evil.err().context("a foreign page was let in")?;
            ensure!(refused.to_string().contains("403"), "{refused:#}");
        }
        Ok(())
    }

    /// Each has the limits of an address, and whatever one writes about itself is not believed.
    async fn tells_visitors_apart(&self) -> Result<()> {
        let [one, other] = [Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::new(127, 0, 0, 3)];
        let comes = async |from: Ipv4Addr, forged: &str| {
            let socket = TcpSocket::new_v4()?;
            socket.bind((from, 0).into())?;
            let proxy = SocketAddr::from(([127, 0, 0, 1], self.port));
            let stream = socket.connect(proxy).await?;
            let mut request = format!("ws://{HOST}/ws").into_client_request()?;
            let headers = request.headers_mut();
            let origin = format!("https://{HOST}");
            headers.insert("origin", HeaderValue::from_str(&origin)?);
            if !forged.is_empty() {
                headers.insert("x-forwarded-for", HeaderValue::from_str(forged)?);
            }
            let (mut socket, _) = client_async(request, stream).await?;
            let (version, token) = (wire::VERSION, PeerToken([from.octets()[3]; 16]));
            let hello = wire::encode(&ClientMsg::Hello { version, token });
            socket.send(Message::text(hello)).await?;
            let heard = timeout(within(5), socket.next()).await?;
            match heard.context("it ended")?? {
                Message::Close(Some(frame)) => Ok((Some(u16::from(frame.code)), socket)),
                Message::Text(_) => Ok((None, socket)),
                more => anyhow::bail!("{more:?}"),
            }
        };
        let (refused, _first) = comes(one, "").await?;
        ensure!(refused.is_none(), "{refused:?}");
        for forged in ["", "192.0.2.1", "127.0.0.1"] {
            let (refused, _) = comes(one, forged).await?;
            let why = format!("a second one as {forged:?}: {refused:?}");
            ensure!(refused == Some(wire::close::TOO_MANY), why);
        }
        let (refused, _second) = comes(other, "").await?;
        ensure!(refused.is_none(), "{refused:?}");
        Ok(())
    }

    /// Opens a socket through the proxy; on `/ws` it says hello and is answered.
    async fn open(&self, host: &str, path: &str, origin: &str) -> Result<()> {
        let mut request = format!("ws://{host}{path}").into_client_request()?;
        request
            .headers_mut()
            .insert("origin", HeaderValue::from_str(origin)?);
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        let (mut socket, _) = match client_async(request, stream).await {
            Ok(open) => open,
            Err(Error::Http(answer)) => anyhow::bail!("refused with {}", answer.status()),
            Err(other) => return Err(other.into()),
        };
        if path.ends_with("/ws") {
            let (version, token) = (wire::VERSION, PeerToken([1; 16]));
            let hello = wire::encode(&ClientMsg::Hello { version, token });
            socket.send(Message::text(hello)).await?;
            let heard = timeout(within(5), socket.next())
                .await?
                .context("closed")??;
            let said: Option<ServerMsg> = wire::decode(heard.to_text()?, wire::MAX_FRAME).ok();
            ensure!(matches!(said, Some(ServerMsg::Welcome { .. })), "{said:?}");
        }
        Ok(())
    }
}

/// Compressed forms that cannot be mistaken for what a proxy would make.
fn write_page(folder: &Path) -> Result<()> {
    fs::create_dir(folder)?;
    fs::write(
        folder.join("index.html"),
        "<!doctype html><title>Page</title>",
    )?;
    fs::write(folder.join(SCRIPT), "// a script ".repeat(200))?;
    for ending in ["br", "gz"] {
        fs::write(folder.join(format!("{SCRIPT}.{ending}")), ending)?;
    }
    Ok(())
}

struct Answer {
    status: u16,
    /// In small letters.
    head: String,
    body: Vec<u8>,
}

impl Answer {
    /// A header that begins like this.
    fn has(&self, line: &str) -> bool {
        self.head.lines().any(|it| it.starts_with(line))
    }
}

async fn ask(port: u16, host: &str, path: &str, more: &[&str]) -> Result<Answer> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let more: String = more.iter().map(|it| format!("{it}\r\n")).collect();
    let text = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{more}\r\n");
    stream.write_all(text.as_bytes()).await?;
    let mut answer = Vec::new();
    timeout(within(5), stream.read_to_end(&mut answer)).await??;
    let end = answer
        .windows(4)
        .position(|it| it == b"\r\n\r\n")
        .context("no answer")?;
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    let status = head.split(' ').nth(1).context("no status")?.parse()?;
    let body = answer[end + 4..].to_vec();
    Ok(Answer { status, head, body })
}
