//! Kernel settings under /proc/sys: read, and changed in a network namespace of our own only.

use std::fs;
use std::path::PathBuf;

/// The file of a setting: `net.ipv4.tcp_syncookies` is /proc/sys/net/ipv4/tcp_syncookies.
fn path(name: &str) -> PathBuf {
    PathBuf::from("/proc/sys").join(name.replace('.', "/"))
}

/// A setting's value in this process's namespace, tabs as spaces.
pub(crate) fn get(name: &str) -> Result<String, String> {
    let text = fs::read_to_string(path(name))
        .map_err(|error| format!("the setting {name} cannot be read ({error}); this kernel may not have it"))?;
    Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Changes a setting in this process's namespace.
pub(crate) fn set(name: &str, value: &str) -> Result<(), String> {
    fs::write(path(name), value).map_err(|error| {
        format!(
            "the setting {name} cannot be set to {value} here ({error}); /proc/sys may be read-only in this container"
        )
    })
}
