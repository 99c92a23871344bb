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
    #[arg(
        long,
        value_name = "URL",
        env = "DUOLOGUE_CLUSTER",
        hide_env_values = true,
        value_delimiter = ',',
        value_parser = cluster::server
    )]
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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Alone {
        #[command(flatten)]
        cluster: ClusterArgs,
    }

    fn settings(words: &[&str]) -> Result<Option<cluster::Settings>, String> {
        let all = ["duologue"].iter().chain(words);
        Alone::parse_from(all).cluster.settings()
    }

    #[test]
    fn secrets_need_a_cluster_and_a_file_with_something_in_it() {
        assert!(settings(&[]).unwrap().is_none());
        let nats = "--cluster=nats://10.0.0.5";
        assert!(settings(&[nats]).unwrap().unwrap().secret.is_none());
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        let secret = format!("--cluster-secret-file={}", file.display());
        assert!(settings(&[&secret]).unwrap_err().contains("--cluster"));
        assert!(settings(&[nats, &secret]).is_err(), "there is no such file");
        fs::write(&file, " \n").unwrap();
        assert!(
            settings(&[nats, &secret])
                .unwrap_err()
                .ends_with("is empty")
        );
        fs::write(&file, "north\n").unwrap();
        let settings = settings(&[nats, &secret]).unwrap().unwrap();
        assert_eq!(settings.secret.as_deref(), Some(&b"north"[..]));
    }
}
