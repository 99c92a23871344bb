//! What there is to say about other servers that this one shares its rooms and names with.

use async_nats::ServerAddr;
use clap::Args;
use duologue_server::cluster;
use std::{fs, path::PathBuf};

/// Several servers that serve people together.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Several servers")]
pub(crate) struct ClusterArgs {
    /// Share rooms with other servers through this NATS, like nats://10.0.0.5:4222 or
    /// tls://user:password@nats.example.org; may be repeated for the servers of one NATS cluster
    /// (docs/cluster.md).
    #[arg(long, value_name = "URL", env = "DUOLOGUE_CLUSTER", value_delimiter = ',', value_parser = cluster::server)]
    cluster: Vec<ServerAddr>,

    /// Which servers belong together, where several clusters use one NATS.
    #[arg(long, value_name = "NAME", env = "DUOLOGUE_CLUSTER_NAME", default_value = "main", value_parser = cluster::name)]
    cluster_name: String,

    /// A credentials file of NATS, if it asks for one.
    #[arg(long, value_name = "FILE", env = "DUOLOGUE_CLUSTER_CREDENTIALS")]
    cluster_credentials: Option<PathBuf>,

    /// A file with a secret that all servers of the cluster have: then whoever else can write to NATS
    /// is not believed.
    #[arg(long, value_name = "FILE", env = "DUOLOGUE_CLUSTER_SECRET_FILE")]
    cluster_secret_file: Option<PathBuf>,
}

impl ClusterArgs {
    pub fn settings(self) -> Result<Option<cluster::Settings>, String> {
        if self.cluster.is_empty() {
            // Somebody meant it to be one of several.
            return match (self.cluster_credentials, self.cluster_secret_file) {
                (None, None) => Ok(None),
                _ => Err(
                    "there is no cluster to have secrets with; name its NATS with --cluster".into(),
                ),
            };
        }
        let read = |file: PathBuf| {
            let secret = fs::read_to_string(&file)
                .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
            match secret.trim() {
                "" => Err(format!("{} is empty", file.display())),
                secret => Ok(secret.as_bytes().to_vec()),
            }
        };
        Ok(Some(cluster::Settings {
            servers: self.cluster,
            credentials: self.cluster_credentials,
            name: self.cluster_name,
            secret: self.cluster_secret_file.map(read).transpose()?,
        }))
    }
}
