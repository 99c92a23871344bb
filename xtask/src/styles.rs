//! The page's style sheets in two: what a first call shows, and the rest, which comes with the rest of
//! the page's code. They say much the same words, so together they weigh less, and one request is less
//! than ten.

use std::fs;
use std::path::Path;

use crate::halves::digest;
use crate::run::{Fail, Outcome};

/// Sheets of what no first call shows. They are the last ones in index.html, and stay the last.
const LATE: [&str; 7] = [
    "chat",
    "check",
    "details",
    "files",
    "names",
    "recording",
    "verify",
];
const LATE_FILE: &str = "late-";

const LINK: (&str, &str) = ("<link href=./", ".css rel=stylesheet>");

/// Joins what index.html in `folder` links to, in that order.
pub fn join(folder: &Path) -> Outcome {
    let index = folder.join("index.html");
    let mut page = fs::read_to_string(&index)?;
    let (mut whole, mut late) = (String::new(), String::new());
    let mut place = None;
    while let Some((start, name)) = first_link(&page) {
        let file = folder.join(&name);
        let is_late = name
            .rsplit_once('-')
            .is_some_and(|(it, _)| LATE.contains(&it));
        let sheet = if is_late { &mut late } else { &mut whole };
        *sheet += &fs::read_to_string(&file)?;
        fs::remove_file(file)?;
        page.replace_range(
            start..start + LINK.0.len() + name.len() + " rel=stylesheet>".len(),
            "",
        );
        place.get_or_insert(start);
    }
    let Some(place) = place else { return Ok(()) };
    let name = format!("style-{:016x}.css", digest(&[whole.as_bytes()]));
    page.insert_str(place, &format!("<link href=./{name} rel=stylesheet>"));
    fs::write(folder.join(name), whole)?;
    let name = format!("{LATE_FILE}{:016x}.css", digest(&[late.as_bytes()]));
    fs::write(folder.join(name), late)?;
    Ok(fs::write(index, page)?)
}

/// The sheet that comes with the rest of the page's code.
pub fn late(folder: &Path) -> Outcome<String> {
    let names = fs::read_dir(folder)?.flatten();
    let mut names = names.filter_map(|it| it.file_name().into_string().ok());
    let name = names.find(|it| it.starts_with(LATE_FILE) && it.ends_with(".css"));
    name.ok_or_else(|| {
        Fail::new(
            "the bundle has no second style sheet",
            "see xtask/src/styles.rs",
        )
    })
}

/// Where it begins, and the file that it names.
fn first_link(page: &str) -> Option<(usize, String)> {
    let start = page.find(LINK.0).filter(|start| {
        let rest = &page[*start..];
        rest.find('>')
            .is_some_and(|end| rest[..=end].ends_with(LINK.1))
    })?;
    let rest = &page[start + LINK.0.len()..];
    let name = &rest[..rest.find(' ')?];
    Some((start, name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_page_links_to_becomes_one_sheet_in_the_same_order() {
        let folder = std::env::temp_dir().join(format!("duologue-styles-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("b-1.css"), "b{}").unwrap();
        fs::write(folder.join("a-2.css"), "a{}").unwrap();
        fs::write(folder.join("chat-3.css"), "c{}").unwrap();
        let page = "<title>x</title><link href=./b-1.css rel=stylesheet><link href=./a-2.css rel=stylesheet>\
                    <link href=./chat-3.css rel=stylesheet><script>";
        fs::write(folder.join("index.html"), page).unwrap();
        join(&folder).unwrap();
        let page = fs::read_to_string(folder.join("index.html")).unwrap();
        let (_, name) = first_link(&page).unwrap();
        assert_eq!(fs::read_to_string(folder.join(&name)).unwrap(), "b{}a{}");
        let second = late(&folder).unwrap();
        assert_eq!(fs::read_to_string(folder.join(second)).unwrap(), "c{}");
        assert_eq!(
            page,
            format!("<title>x</title><link href=./{name} rel=stylesheet><script>")
        );
        assert!(!folder.join("b-1.css").exists());
        fs::remove_dir_all(folder).unwrap();
    }
}
