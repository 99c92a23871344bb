//! Who may come in, and how many: the options for that, and what they come to.

use clap::{Args, ValueEnum};
use duologue_server::{
    Entry, Limits, Rate,
    doors::Rules,
    passes::{Key, Passes},
    proxies::{Proxies, Range, Written},
    secret,
};
use std::{
    fs, io,
    path::{Path, PathBuf},
    str::FromStr,
};

/// In the folder for what this server keeps.
const KEY: &str = "invite-key";

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Who may use it")]
pub(crate) struct EntryArgs {
    /// The password of this host stands in this file. The page asks for it once; who does not know it can
    /// still be invited.
    #[arg(long, value_name = "FILE", env = "DUOLOGUE_PASSWORD_FILE")]
    pub password_file: Option<PathBuf>,

    /// Only for those who have an invitation, which `duologue invite` makes, or the password.
    #[arg(
        long,
        value_name = "true|false",
        env = "DUOLOGUE_INVITE_ONLY",
        default_value = "false",
        default_missing_value = "true",
        num_args = 0..=1,
        require_equals = true
    )]
    pub invite_only: bool,

    /// What signs invitations; several servers of one host share it. Made at the first start, as invite-key
    /// in the folder of --state, unless named here.
    #[arg(long, value_name = "FILE", env = "DUOLOGUE_INVITE_KEY_FILE")]
    pub invite_key_file: Option<PathBuf>,

    /// A reverse proxy of yours, like 127.0.0.1 or 10.0.0.0/8: whom it says that it serves is believed, and
    /// limits are theirs; may be repeated.
    #[arg(
        long,
        value_name = "ADDR",
        env = "DUOLOGUE_TRUSTED_PROXY",
        value_delimiter = ','
    )]
    pub trusted_proxy: Vec<Range>,

    /// Where that proxy says it. Name the one that it writes itself: others may come from anybody.
    #[arg(
        long,
        value_name = "HEADER",
        env = "DUOLOGUE_PROXY_HEADER",
        value_enum,
        default_value = "x-forwarded-for"
    )]
    pub proxy_header: ProxyHeader,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitArgs {
    /// People connected at once; one more is told that the server is full.
    #[arg(
        long,
        value_name = "N",
        env = "DUOLOGUE_MAX_CLIENTS",
        default_value_t = 10_000
    )]
    pub max_clients: usize,

    /// TCP connections at once, whatever they are for.
    #[arg(
        long,
        value_name = "N",
        env = "DUOLOGUE_MAX_CONNECTIONS",
        default_value_t = 25_000
    )]
    pub max_connections: usize,

    /// Rooms at once.
    #[arg(
        long,
        value_name = "N",
        env = "DUOLOGUE_MAX_ROOMS",
        default_value_t = 20_000
    )]
    pub max_rooms: usize,

    /// People in one room; the page shows eight.
    #[arg(
        long,
        value_name = "N",
        env = "DUOLOGUE_ROOM_SIZE",
        default_value_t = 8,
        value_parser = clap::value_parser!(u8).range(2..=8)
    )]
    pub room_size: u8,

    /// Tabs that look at one room without being in it.
    #[arg(
        long,
        value_name = "N",
        env = "DUOLOGUE_ROOM_LOOKERS",
        default_value_t = 32
    )]
    pub room_lookers: usize,

    /// Rooms that one tab is in at once.
    #[arg(
        long,
        value_name = "N",
        env = "DUOLOGUE_ROOMS_PER_CLIENT",
        default_value_t = 4
    )]
    pub rooms_per_client: usize,

    /// WebSockets from one address (IPv6: from one /64). A tab has one, and one more when it is signed in
    /// under a name.
    #[arg(
        long,
        value_name = "N",
        env = "DUOLOGUE_CLIENTS_PER_ADDRESS",
        default_value_t = 400
    )]
    pub clients_per_address: usize,

    /// TCP connections from one address; who has more is not answered.
    #[arg(
        long,
        value_name = "N",
        env = "DUOLOGUE_CONNECTIONS_PER_ADDRESS",
        default_value_t = 1_000
    )]
    pub connections_per_address: usize,

    /// Rooms that people of one address are in, counted for each of them.
    #[arg(
        long,
        value_name = "N",
        env = "DUOLOGUE_ROOMS_PER_ADDRESS",
        default_value_t = 1_000
    )]
    pub rooms_per_address: usize,

    /// New WebSockets from one address: so many at once, and so many in each minute after that.
    #[arg(
        long,
        value_name = "N,A_MINUTE",
        env = "DUOLOGUE_CLIENT_PACE",
        default_value = "300,240"
    )]
    pub client_pace: Pace,

    /// New TCP connections from one address.
    #[arg(
        long,
        value_name = "N,A_MINUTE",
        env = "DUOLOGUE_CONNECTION_PACE",
        default_value = "600,1200"
    )]
    pub connection_pace: Pace,

    /// Rooms that one tab may enter or look into, one after another.
    #[arg(
        long,
        value_name = "N,A_MINUTE",
        env = "DUOLOGUE_JOIN_PACE",
        default_value = "20,30"
    )]
    pub join_pace: Pace,

    /// The same for all tabs of one address.
    #[arg(
        long,
        value_name = "N,A_MINUTE",
        env = "DUOLOGUE_ADDRESS_JOIN_PACE",
        default_value = "300,120"
    )]
    pub address_join_pace: Pace,

    /// Names for relays, each with a share of its own, that visitors of one address are given; who comes faster
    /// shares one with the others.
    #[arg(
        long,
        value_name = "N,A_MINUTE",
        env = "DUOLOGUE_TICKET_PACE",
        default_value = "60,30"
    )]
    pub ticket_pace: Pace,

    /// Tries of a password from one address.
    #[arg(
        long,
        value_name = "N,A_MINUTE",
        env = "DUOLOGUE_PASSWORD_PACE",
        default_value = "10,6"
    )]
    pub password_pace: Pace,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ProxyHeader {
    XForwardedFor,
    Forwarded,
    /// No header: the PROXY protocol, versions 1 and 2, before anything else.
    ProxyProtocol,
}

/// So many at once, and so many a minute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace(Rate);

impl FromStr for Pace {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "write it like 300,120: so many at once, and so many a minute";
        let (burst, a_minute) = text.split_once(',').ok_or(wrong)?;
        let number = |text: &str| text.trim().parse().map_err(|_| wrong);
        let (burst, a_minute) = (number(burst)?, number(a_minute)?);
        if burst == 0 || a_minute == 0 {
            return Err("neither of the two can be 0");
        }
        Ok(Pace(Rate { burst, a_minute }))
    }
}

/// Whether a key is made where there is none.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    Make,
    /// Only a look at what would be.
    Pass,
    Refuse,
}

impl LimitArgs {
    pub fn limits(&self) -> Limits {
        Limits {
            room: self.room_size.into(),
            lookers: self.room_lookers,
            rooms_per_client: self.rooms_per_client,
            clients: self.max_clients,
            rooms: self.max_rooms,
            rooms_per_source: self.rooms_per_address,
            joins: self.join_pace.0,
            joins_per_source: self.address_join_pace.0,
        }
    }
}

impl EntryArgs {
    pub fn entry(
        &self,
        limits: &LimitArgs,
        state: Option<&Path>,
        key: Missing,
    ) -> Result<Entry, String> {
        let written = match self.proxy_header {
            ProxyHeader::XForwardedFor => Written::XForwardedFor,
            ProxyHeader::Forwarded => Written::Forwarded,
            ProxyHeader::ProxyProtocol => Written::First,
        };
        Ok(Entry {
            connections: Rules {
                total: limits.max_connections,
                each: limits.connections_per_address,
                pace: limits.connection_pace.0,
            },
            sockets: Rules {
                total: usize::MAX,
                each: limits.clients_per_address,
                pace: limits.client_pace.0,
            },
            tickets: limits.ticket_pace.0,
            tries: limits.password_pace.0,
            proxies: Proxies::trust(self.trusted_proxy.clone(), written),
            passes: self.passes(state, key)?,
        })
    }

    /// `None` on a host for everybody.
    fn passes(&self, state: Option<&Path>, missing: Missing) -> Result<Option<Passes>, String> {
        let password = match &self.password_file {
            Some(file) => Some(password(file)?),
            None if self.invite_only => None,
            None => return Ok(None),
        };
        let key = self.key(state, missing)?;
        Ok(Some(Passes::new(key, password.as_deref())))
    }

    pub fn key(&self, state: Option<&Path>, missing: Missing) -> Result<Key, String> {
        let file = match (&self.invite_key_file, state) {
            (Some(file), _) => file.clone(),
            (None, Some(state)) => state.join(KEY),
            (None, None) => {
                return Err(
                    "there is no home to keep a key in; name a file with --invite-key-file".into(),
                );
            }
        };
        let failed = |error| format!("cannot read {}: {error}", file.display());
        let text = match fs::read_to_string(&file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => match missing {
                Missing::Make => make_key(&file)?,
                Missing::Pass => Key::fresh()?,
                Missing::Refuse => {
                    return Err(format!(
                        "there is no key at {}; start the server with --invite-only first, or name the \
                         file that it has with --invite-key-file",
                        file.display()
                    ));
                }
            },
            read => read.map_err(failed)?,
        };
        Key::of(&text).map_err(|error| format!("{}: {error}", file.display()))
    }
}

fn password(file: &Path) -> Result<String, String> {
    let text = fs::read_to_string(file);
    let text = text.map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    match text.trim() {
        "" => Err(format!("there is no password in {}", file.display())),
        word => Ok(word.to_owned()),
    }
}

fn make_key(file: &Path) -> Result<String, String> {
    let failed = |error: io::Error| format!("cannot write {}: {error}", file.display());
    if let Some(folder) = file.parent().filter(|it| !it.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let text = Key::fresh()?;
    secret::keep(file, &format!("{text}\n")).map_err(failed)?;
    Ok(text)
}
