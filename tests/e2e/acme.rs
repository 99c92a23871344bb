//! Certificates by ACME, from an authority of the distribution's packages (pebble, which is Let's Encrypt's
//! own for tests). No browser takes part.

use anyhow::{Context, Result, ensure};
use duologue_e2e::{paths, process::Process, server::Server, until, within};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::{fs, net::SocketAddr, path::Path, process::Command, sync::Arc};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};

const DOMAIN: &str = "calls.example.org";
const OTHER_DOMAIN: &str = "www.example.org";
/// Seconds that a certificate lasts: time enough to see it kept over a restart, and then replaced.
const LASTS: u32 = 30;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_is_got_kept_over_a_restart_and_renewed_in_time() -> Result<()> {
    let state = TempDir::new()?;
    let authority = Authority::start().await?;
    let server = authority.server(state.path()).await?;
    let root = authority.root().await?;
    let at = authority.looks_at;
    let first = until("the first certificate", within(20), async || {
        shown(at, DOMAIN, &root).await
    })
    .await
    .with_context(|| server.log())?;
    ensure!(
        shown(at, OTHER_DOMAIN, &root).await? == first,
        "two certificates"
    );
    let page = https(connect(at, DOMAIN, &root).await?, "/healthz").await?;
    ensure!(
        page.starts_with("HTTP/1.1 200") && page.ends_with("ok"),
        "{page}"
    );
    ensure!(
        page.contains("strict-transport-security: max-age=31536000"),
        "{page}"
    );

    drop(server);
    let server = until("the server at the same address", within(10), async || {
        authority.server(state.path()).await
    })
    .await?;
    ensure!(
        shown(at, DOMAIN, &root).await? == first,
        "asked again after a restart"
    );
    let orders = authority.orders();
    ensure!(orders == 1, "{orders} orders");

    until(
        "another certificate",
        within(u64::from(LASTS)),
        async || {
            let now = shown(at, DOMAIN, &root).await?;
            ensure!(now != first, "the same one");
            Ok(())
        },
    )
    .await
    .with_context(|| server.log())?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_authority_there_is_a_line_and_no_https() -> Result<()> {
    let state = TempDir::new()?;
    let nowhere = "https://127.0.0.1:1/directory";
    let state = state.path().to_str().context("a path in UTF-8")?;
    let tls = format!("acme:{DOMAIN}");
    let args = ["--tls", &tls, "--acme-directory", nowhere, "--state", state];
    let server = Server::start_with(&args).await?;
    let line = format!("duologue: no certificate for {DOMAIN} from {nowhere}: ");
    let said = until("a line about it", within(10), async || {
        let log = server.log();
        let line = log
            .lines()
            .find(|it| it.starts_with(&line))
            .map(str::to_owned);
        line.context(log)
    })
    .await?;
    ensure!(
        said.ends_with("; https does not work without; asking again in 2 minutes"),
        "{said}"
    );
    let port = server
        .page()
        .trim_end_matches('/')
        .rsplit(':')
        .next()
        .context("a port")?
        .parse()?;
    let at = SocketAddr::from(([127, 0, 0, 1], port));
    let any = RootCertStore::empty();
    ensure!(
        connect(at, DOMAIN, &Arc::new(any)).await.is_err(),
        "a certificate from nowhere"
    );
    Ok(())
}

/// What makes certificates, with what tells it where domains are.
struct Authority {
    folder: TempDir,
    directory: String,
    management: SocketAddr,
    /// Where it looks whether somebody is there.
    looks_at: SocketAddr,
    pebble: Process,
    _names: Process,
}

impl Authority {
    async fn start() -> Result<Self> {
        let folder = TempDir::new()?;
        let own = own_certificate(folder.path())?;
        let (listen, management) = (free().await?, free().await?);
        let (looks_at, names, names_management) = (free().await?, free().await?, free().await?);
        let config = serde_json::json!({ "pebble": {
            "listenAddress": listen.to_string(),
            "managementListenAddress": management.to_string(),
            "certificate": own.0,
            "privateKey": own.1,
            "httpPort": 1,
            "tlsPort": looks_at.port(),
            "certificateValidityPeriod": LASTS,
        }});
        let file = folder.path().join("pebble.json");
        fs::write(&file, config.to_string())?;
        // Every name is this machine.
        let mut command = Command::new(tool("PEBBLE_NAMES", "pebble-challtestsrv")?);
        command.args([
            "-defaultIPv6",
            "",
            "-http01",
            "",
            "-https01",
            "",
            "-tlsalpn01",
            "",
        ]);
        command.args([
            "-dns01",
            &names.to_string(),
            "-management",
            &names_management.to_string(),
        ]);
        let names_process = Process::spawn(command)?;
        let mut command = Command::new(tool("PEBBLE", "pebble")?);
        command
            .arg("-config")
            .arg(file)
            .args(["-dnsserver", &names.to_string()]);
        command.env("PEBBLE_VA_NOSLEEP", "1");
        let pebble = Process::spawn(command)?;
        pebble.announces("Listening on:", within(10)).await?;
        Ok(Authority {
            folder,
            directory: format!("https://localhost:{}/dir", listen.port()),
            management,
            looks_at,
            pebble,
            _names: names_process,
        })
    }

    /// Duologue, where the authority looks.
    async fn server(&self, state: &Path) -> Result<Server> {
        let path = |it: &Path| it.to_str().map(str::to_owned).context("a path in UTF-8");
        let tls = format!("acme:{DOMAIN},{OTHER_DOMAIN}");
        let listen = self.looks_at.to_string();
        let root = path(&self.folder.path().join("root.pem"))?;
        let state = path(state)?;
        let args = [
            "--listen",
            &listen,
            "--tls",
            &tls,
            "--acme-directory",
            &self.directory,
            "--acme-root",
            &root,
            "--state",
            &state,
        ];
        Server::start_with(&args).await
    }

    /// Whom to trust that a certificate is of this authority.
    async fn root(&self) -> Result<Arc<RootCertStore>> {
        let own = trusting(CertificateDer::from_pem_file(
            self.folder.path().join("root.pem"),
        )?)?;
        let stream = connect(self.management, "localhost", &own).await?;
        let answer = https(stream, "/roots/0").await?;
        trusting(CertificateDer::from_pem_slice(answer.as_bytes())?)
    }

    fn orders(&self) -> usize {
        self.pebble.output().text().matches("Added order").count()
    }
}

fn tool(variable: &str, name: &str) -> Result<std::path::PathBuf> {
    paths::tool(variable, &[name]).map_err(anyhow::Error::msg)
}

async fn free() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0").await?.local_addr()?)
}

/// For the authority's own https: files of a certificate and its key, and `root.pem` that vouches for it.
fn own_certificate(folder: &Path) -> Result<(String, String)> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate()?;
    let root = params.self_signed(&key)?;
    fs::write(folder.join("root.pem"), root.pem())?;
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate()?;
    let made = CertificateParams::new(["localhost".to_owned()])?.signed_by(&key, &issuer)?;
    let at = |name: &str| folder.join(name).to_string_lossy().into_owned();
    fs::write(at("own.pem"), made.pem())?;
    fs::write(at("own-key.pem"), key.serialize_pem())?;
    Ok((at("own.pem"), at("own-key.pem")))
}

fn trusting(root: CertificateDer<'static>) -> Result<Arc<RootCertStore>> {
    let mut roots = RootCertStore::empty();
    roots.add(root)?;
    Ok(Arc::new(roots))
}

async fn connect(
    at: SocketAddr,
    name: &str,
    roots: &Arc<RootCertStore>,
) -> Result<TlsStream<TcpStream>> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots.clone())
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned())?;
    let stream = TcpStream::connect(at).await?;
    let connecting = TlsConnector::from(Arc::new(config)).connect(name, stream);
    Ok(timeout(within(5), connecting).await??)
}

/// The certificate there, if it is one of this authority for that name.
async fn shown(
    at: SocketAddr,
    name: &str,
    roots: &Arc<RootCertStore>,
) -> Result<CertificateDer<'static>> {
    let stream = connect(at, name, roots).await?;
    let chain = stream.get_ref().1.peer_certificates();
    let first = chain.and_then(<[_]>::first).context("no certificate")?;
    Ok(first.clone().into_owned())
}

async fn https(mut stream: TlsStream<TcpStream>, path: &str) -> Result<String> {
    let text = format!("GET {path} HTTP/1.1\r\nhost: {DOMAIN}\r\nconnection: close\r\n\r\n");
    stream.write_all(text.as_bytes()).await?;
    let mut answer = Vec::new();
    // Some end without a goodbye.
    timeout(within(5), stream.read_to_end(&mut answer))
        .await?
        .ok();
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
