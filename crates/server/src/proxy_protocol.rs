//! The PROXY protocol, versions 1 and 2: what a proxy says about whom it serves before anything else, on
//! connections that it passes on unread. Only for those of the host's own proxies; reads what belongs to
//! it and not a byte more.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};
use tokio::io::{AsyncRead, AsyncReadExt};

/// How version 2 begins, and no other protocol.
const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";
/// The longest line of version 1, its end included.
const LINE: usize = 107;
/// Of version 2, behind its head: addresses, and things that are of no use here. No proxy sends more.
const REST: usize = 4 * 1024;

/// Whom the proxy serves. `None`: nobody but itself, to see whether we are well.
pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<IpAddr>> {
    // Not even the shortest line of version 1 is shorter.
    let mut begin = [0; 12];
    stream.read_exact(&mut begin).await?;
    if begin == SIGNATURE {
        return binary(stream).await;
    }
    let mut line = begin.to_vec();
    while !line.ends_with(b"\r\n") {
        if line.len() >= LINE || !line.starts_with(b"PROXY ") {
            return Err(wrong());
        }
        line.push(stream.read_u8().await?);
    }
    let line = std::str::from_utf8(&line).map_err(|_| wrong())?;
    let mut words = line.split_whitespace().skip(1);
    match (words.next(), words.next()) {
        (Some("UNKNOWN"), _) => Ok(None),
        (Some("TCP4" | "TCP6"), Some(from)) => Ok(Some(from.parse().map_err(|_| wrong())?)),
        _ => Err(wrong()),
    }
}

async fn binary(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<IpAddr>> {
    let (what, family) = (stream.read_u8().await?, stream.read_u8().await?);
    let length = usize::from(stream.read_u16().await?);
    if length > REST {
        return Err(wrong());
    }
    let mut rest = vec![0; length];
    stream.read_exact(&mut rest).await?;
    match (what, family >> 4) {
        (0x20, _) | (0x21, 0) => Ok(None),
        (0x21, 1) => {
            let from: Option<&[u8; 4]> = rest.first_chunk();
            Ok(Some(Ipv4Addr::from(*from.ok_or_else(wrong)?).into()))
        }
        (0x21, 2) => {
            let from: Option<&[u8; 16]> = rest.first_chunk();
            Ok(Some(Ipv6Addr::from(*from.ok_or_else(wrong)?).into()))
        }
        _ => Err(wrong()),
    }
}

fn wrong() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn served(said: &[u8]) -> Result<(Option<String>, usize), io::ErrorKind> {
        let mut left = said;
        let found = read(&mut left).await.map_err(|error| error.kind())?;
        Ok((found.map(|it| it.to_string()), left.len()))
    }

    fn version2(what: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let length = u16::try_from(rest.len()).unwrap().to_be_bytes();
        [&SIGNATURE, &[what, family][..], &length, rest, b"GET"].concat()
    }

    #[tokio::test]
    async fn both_versions_say_who_it_is_and_nothing_behind_them_is_lost() {
        let v4 = [192, 0, 2, 1, 198, 51, 100, 2, 0x12, 0x34, 1, 187];
        let v6 = [
            &[0x20, 1, 0x0d, 0xb8][..],
            &[0; 11],
            &[1],
            &[0; 16],
            &[0; 4],
        ]
        .concat();
        let with_more = [&v4[..], &[3, 0, 4, 1, 2, 3, 4]].concat();
        for (said, who) in [
            (
                b"PROXY TCP4 192.0.2.1 198.51.100.2 4660 443\r\nGET".to_vec(),
                Some("192.0.2.1"),
            ),
            (
                b"PROXY TCP6 2001:db8::1 2001:db8::2 4660 443\r\nGET".to_vec(),
                Some("2001:db8::1"),
            ),
            (b"PROXY UNKNOWN\r\nGET".to_vec(), None),
            (version2(0x21, 0x11, &v4), Some("192.0.2.1")),
            (version2(0x21, 0x21, &v6), Some("2001:db8::1")),
            (version2(0x21, 0x11, &with_more), Some("192.0.2.1")),
            (version2(0x20, 0, &[]), None),
            (version2(0x21, 0, &[1, 2]), None),
        ] {
            let found = served(&said).await;
            assert_eq!(found, Ok((who.map(str::to_owned), 3)), "{said:?}");
        }
    }

    #[tokio::test]
    async fn whatever_else_it_is_is_refused() {
        use io::ErrorKind::{InvalidData, UnexpectedEof};
        let endless = [b"PROXY TCP4 ".to_vec(), vec![b'1'; 1_000]].concat();
        for (said, why) in [
            (b"GET / HTTP/1.1\r\n\r\n".to_vec(), InvalidData),
            (b"PROXY TCP4 example.org 1 2 3\r\n".to_vec(), InvalidData),
            (b"PROXY TCP4\r\n".to_vec(), InvalidData),
            (endless, InvalidData),
            (version2(0x31, 0x11, &[0; 12]), InvalidData),
            (version2(0x21, 0x11, &[0; 3]), InvalidData),
            (version2(0x21, 0x31, &[0; 216]), InvalidData),
            (version2(0x21, 0x11, &[0; 5_000]), InvalidData),
            (b"PROXY ".to_vec(), UnexpectedEof),
            (SIGNATURE.to_vec(), UnexpectedEof),
        ] {
            assert_eq!(served(&said).await, Err(why), "{said:?}");
        }
    }
}
