//! Which code is the user's own, and which a library's.
//!
//! The rule is on [`Frame::library`](super::Frame::library); `--own` and `--library` decide for paths in which the user
//! knows better.

use super::Version;
use std::path::{Path, PathBuf};

/// Files and folders whose code is the user's own, or a library's, whatever their names suggest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnCode {
    rules: Vec<(PathBuf, bool)>,
}

impl OwnCode {
    /// Of paths in which all code is the user's, and of paths in which all is a library's. The longest that matches
    /// counts; relative ones start at the current directory, and where a path leads through links both ends count.
    pub fn new(own: &[PathBuf], library: &[PathBuf]) -> Self {
        let spellings = |path: &PathBuf| {
            let typed = (!is_pseudo_file(path)).then(|| std::path::absolute(path).ok()).flatten();
            [Some(typed.unwrap_or_else(|| path.clone())), path.canonicalize().ok()].into_iter().flatten()
        };
        let own = own.iter().flat_map(spellings).map(|path| (path, true));
        let library = library.iter().flat_map(spellings).map(|path| (path, false));
        Self { rules: own.chain(library).collect() }
    }

    /// Whether the code of a file is the user's own; `None` where no path matches.
    pub(super) fn of(&self, file: &Path) -> Option<bool> {
        let matching = self.rules.iter().filter(|(path, _)| file.starts_with(path));
        matching.max_by_key(|(path, _)| path.components().count()).map(|(_, own)| *own)
    }
}

fn is_pseudo_file(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().starts_with(b"<")
}

/// Whether a file with a path is part of a library.
pub(super) fn is_in_library(file: &str, version: Version) -> bool {
    let folders: Vec<&str> = file.split('/').collect();
    let standard = format!("python{version}");
    let zipped = format!("python{}{}.zip", version.major, version.minor);
    folders.iter().any(|&folder| matches!(folder, "site-packages" | "dist-packages") || folder == zipped)
        || folders.windows(2).any(|pair| pair[0].starts_with("lib") && pair[1] == standard)
}

/// The names that an interpreter gives to what somebody types: the prompts of CPython and IPython, and documentation
/// that is tested. All other code without a file was made by a program from strings.
pub(super) fn is_typed(file: &str) -> bool {
    let prompts = ["<stdin", "<console>", "<input>", "<python-input-", "<ipython-input-", "<doctest "];
    prompts.iter().any(|prompt| file.starts_with(prompt))
}

/// Whether a file is in a `bin` folder, where installers put the scripts of entry points.
pub(super) fn is_in_bin(file: &str) -> bool {
    file.rsplit('/').nth(1) == Some("bin")
}

/// Whether the text of `-c` only imports a `main` function and calls it, as the programs do with which a library starts
/// processes: `from multiprocessing.spawn import spawn_main; spawn_main(tracker_fd=5, pipe_handle=7)`.
pub(super) fn is_bootstrap(text: &str) -> bool {
    let Some((import, call)) = text.trim().split_once(';') else { return false };
    let name = import.strip_prefix("from ").and_then(|rest| rest.split_once(" import ")).map(|(_, name)| name.trim());
    name.is_some_and(|name| {
        let called = call.trim().strip_prefix(name).and_then(|rest| rest.strip_prefix('('));
        name.ends_with("main") && called.is_some_and(|rest| rest.ends_with(')')) && !text.trim().contains('\n')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn library_files_and_the_users_own() {
        let library = |file| is_in_library(file, Version { major: 3, minor: 11 });
        for file in [
            "/usr/lib/python3.11/socket.py",
            "/home/u/.pyenv/versions/3.11.7/lib/python3.11/asyncio/base_events.py",
            "/usr/lib64/python3.11/ssl.py",
            "/srv/app/venv/lib/python3.11/site-packages/requests/api.py",
            "/usr/lib/python3/dist-packages/six.py",
            "/opt/python311.zip/socket.py",
        ] {
            assert!(library(file), "{file}");
        }
        for file in ["server.py", "/home/u/python3.11/server.py", "/srv/lib/python3.9/x.py", ""] {
            assert!(!library(file), "{file}");
        }
    }

    #[test]
    fn what_somebody_typed_differs_from_what_a_program_made() {
        for file in
            ["<stdin>", "<stdin-3>", "<console>", "<python-input-7>", "<ipython-input-1-a0b1>", "<doctest x[0]>"]
        {
            assert!(is_typed(file), "{file}");
        }
        for file in ["<string>", "<frozen runpy>", "<attrs generated init a.B>", "<decorator-gen-1>", "server.py", ""] {
            assert!(!is_typed(file), "{file}");
        }
    }

    #[test]
    fn the_programs_that_start_a_librarys_processes() {
        for text in [
            "from multiprocessing.spawn import spawn_main; spawn_main(tracker_fd=5, pipe_handle=7)",
            "from multiprocessing.forkserver import main; main(8, 9, ['__main__'], **{'sys_path': ['/a;b']})",
            "from multiprocessing.resource_tracker import main;main(4)",
            "from multiprocessing.semaphore_tracker import main;main(4)\n",
            "from billiard.spawn import spawn_main; spawn_main()",
        ] {
            assert!(is_bootstrap(text), "{text}");
        }
        for text in [
            "import socket; socket.create_connection(('a', 1))",
            "from socket import create_connection; create_connection(('a', 1))",
            "from app import main; main()\nserve()",
            "from app import main; x = main()",
            "",
        ] {
            assert!(!is_bootstrap(text), "{text}");
        }
    }

    #[test]
    fn the_longest_path_decides() {
        let paths = |paths: &[&str]| paths.iter().map(PathBuf::from).collect::<Vec<_>>();
        let rules = OwnCode::new(
            &paths(&["/v/site-packages/mine", "<string>"]),
            &paths(&["/srv/app", "/v/site-packages/mine/vendor"]),
        );
        let own = |file: &str| rules.of(Path::new(file));
        assert_eq!(own("/v/site-packages/mine/a.py"), Some(true));
        assert_eq!(own("/v/site-packages/mine/vendor/six.py"), Some(false));
        assert_eq!((own("/srv/app/a.py"), own("/srv/application/a.py")), (Some(false), None));
        assert_eq!((own("<string>"), own("<frozen os>")), (Some(true), None));
        let here = OwnCode::new(&paths(&["lib"]), &[]);
        assert_eq!(here.of(&std::env::current_dir().unwrap().join("lib/a.py")), Some(true));
    }
}
