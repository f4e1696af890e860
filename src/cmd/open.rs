//! `--open`: a page in the browser.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::print_bytes;
use crate::format::{FORMATS, Format};
use crate::sys::folder;

/// `--open`, for what makes pages.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(super) struct OpenArg {
    /// Show the page in the browser: the first command of $BROWSER that works, or xdg-open. Without a file to write to, it is
    /// kept in a temporary folder
    #[arg(long = "open")]
    pub open: bool,
}

/// How long a command may take to say that it cannot show a page; one that goes on is a browser.
const PATIENCE: Duration = Duration::from_secs(3);

impl OpenArg {
    /// Where a page is written and in which format, if it is to be opened: where and as was asked for, or else as a page in
    /// a folder of its own.
    pub(super) fn target(
        self,
        output: Option<PathBuf>,
        format: Option<&'static Format>,
        name: &str,
    ) -> anyhow::Result<(Option<PathBuf>, Option<&'static Format>)> {
        if !self.open {
            return Ok((output, format));
        }
        let named = super::format::chosen(format, output.as_deref())?.format;
        let page = if output.is_none() && format.is_none() {
            FORMATS.iter().find(|format| format.teaches).unwrap_or(named)
        } else {
            named
        };
        if !page.in_browser {
            bail!("--open shows pages, and {} is none: give --format html, or a file that ends in .html", page.name);
        }
        let output = match output {
            Some(path) => path,
            None => kept(name, page.endings[0])?,
        };
        Ok((Some(output), Some(page)))
    }

    /// Shows what was written there, if that was asked for.
    pub(super) fn show(self, path: Option<&Path>) -> anyhow::Result<()> {
        match path {
            Some(path) if self.open => show(path),
            _ => Ok(()),
        }
    }

    /// Prints a page, or opens it.
    pub(super) fn page(self, html: &str, name: &str) -> anyhow::Result<()> {
        if !self.open {
            return print_bytes(html.as_bytes());
        }
        let path = kept(name, "html")?;
        std::fs::write(&path, html).with_context(|| format!("cannot write {}", path.display()))?;
        show(&path)
    }
}

/// A file in a folder of its own that stays, since a browser may look at it long after.
fn kept(name: &str, ending: &str) -> anyhow::Result<PathBuf> {
    let folder = folder::kept("sockscope-").context("cannot make a folder for the page")?;
    Ok(folder.join(format!("{name}.{ending}")))
}

/// Opens a file in the browser.
fn show(path: &Path) -> anyhow::Result<()> {
    let path = path.canonicalize().with_context(|| format!("cannot find {}", path.display()))?;
    let address = address(&path);
    let browsers = std::env::var_os("BROWSER").unwrap_or_default();
    let named = browsers.as_bytes().split(|byte| *byte == b':').map(|name| String::from_utf8_lossy(name).into_owned());
    let named: Vec<String> = named.filter(|name| !name.trim().is_empty()).collect();
    for browser in named.iter().map(String::as_str).chain(["xdg-open"]) {
        if started(browser, &address) {
            return Ok(());
        }
    }
    bail!(
        "cannot open {}: there is no browser here{}; set BROWSER to the command of one, or install xdg-utils",
        path.display(),
        if named.is_empty() { String::new() } else { format!(" ({} and xdg-open failed)", named.join(", ")) }
    )
}

/// Whether a command shows a page: it ends well, or goes on.
fn started(browser: &str, address: &str) -> bool {
    let mut words: Vec<OsString> = browser.split_whitespace().map(|word| word.replace("%s", address).into()).collect();
    if !browser.contains("%s") {
        words.push(address.into());
    }
    let Some((program, rest)) = words.split_first() else { return false };
    let spawned =
        Command::new(program).args(rest).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    spawned.is_ok_and(went_well)
}

fn went_well(mut child: Child) -> bool {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => std::thread::park_timeout(Duration::from_millis(10)),
            Err(_) => return false,
        }
    }
    true
}

/// `file:///tmp/a%20page.html`.
fn address(path: &Path) -> String {
    let mut out = "file://".to_owned();
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => out.push(char::from(*byte)),
            byte => out += &format!("%{byte:02X}"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_nothing_that_a_browser_would_take_for_something_else() {
        assert_eq!(address(Path::new("/tmp/a b#c?d%é.html")), "file:///tmp/a%20b%23c%3Fd%25%C3%A9.html");
    }

    #[test]
    fn a_command_that_fails_or_does_not_exist_is_no_browser() {
        assert!(started("true", "x") && started("test %s = x", "x"));
        assert!(!started("false", "x") && !started("no-such-browser-anywhere", "x") && !started("", "x"));
    }
}
