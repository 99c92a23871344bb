//! Files for nobody's eyes but ours: keys, and what they sign in with elsewhere.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

/// Writes it whole or not at all, in the place of what was there. Nobody else can read it, from its first byte
/// on; and when this comes back, it outlives a machine that stops.
pub fn keep(path: &Path, text: &str) -> io::Result<()> {
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".fresh");
    let fresh = Path::new(&fresh);
    // Of somebody who was stopped half-way. What is opened has to be new, to be ours alone.
    fs::remove_file(fresh).ok();
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(fresh)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all());
    let kept = written.and_then(|()| fs::rename(fresh, path));
    if kept.is_err() {
        fs::remove_file(fresh).ok();
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    #[test]
    fn what_is_kept_replaces_what_was_there_and_leaves_nothing_beside_it() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("key.pem");
        fs::write(folder.path().join("key.pem.fresh"), "half").unwrap();
        for text in ["one", "another"] {
            keep(&path, text).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(keep(&folder.path().join("none/key.pem"), "x").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn whoever_could_read_the_file_before_cannot_any_more() {
        use std::os::unix::fs::PermissionsExt;
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("key.pem");
        for before in ["key.pem", "key.pem.fresh"] {
            let before = folder.path().join(before);
            fs::write(&before, "old").unwrap();
            fs::set_permissions(&before, fs::Permissions::from_mode(0o644)).unwrap();
        }
        keep(&path, "new").unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
