//! The command line of a role, the same for the Rust program and its twin.

/// All arguments; each role reads those that concern it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arguments {
    /// `--host`: where to bind or connect, or the name to look up.
    pub host: Option<String>,
    /// `--port`; not checked here, since Python checks it where it is used.
    pub port: Option<i64>,
    /// `--rounds`: how many rounds to serve; 0 for no limit.
    pub rounds: u32,
    /// `--case`: the situation to play.
    pub case: Option<String>,
    /// `--drop`: the numbers of the datagrams to drop, comma-separated, or `none`.
    pub drop: Option<String>,
    /// `--resolver`: the name server to ask.
    pub resolver: Option<String>,
}

impl Arguments {
    /// Reads `--name value` pairs.
    ///
    /// # Errors
    /// A sentence that names the wrong argument.
    pub fn parse<S: AsRef<str>>(words: &[S]) -> Result<Self, String> {
        let mut args = Self::default();
        let mut words = words.iter().map(AsRef::as_ref);
        while let Some(name) = words.next() {
            let (name, value) = match name.split_once('=') {
                Some((name, value)) => (name, value),
                None => {
                    (name, words.next().ok_or_else(|| format!("the program's argument {name} needs a value after it"))?)
                }
            };
            let number = || format!("the program's argument {name} needs a number, not '{value}'");
            match name {
                "--host" => args.host = Some(value.to_owned()),
                "--port" => args.port = Some(value.parse().map_err(|_| number())?),
                "--rounds" => args.rounds = value.parse().map_err(|_| number())?,
                "--case" => args.case = Some(value.to_owned()),
                "--drop" => args.drop = Some(value.to_owned()),
                "--resolver" => args.resolver = Some(value.to_owned()),
                _ => {
                    return Err(format!(
                        "the programs have no argument {name}; try --host, --port, --rounds, --case, --drop or --resolver"
                    ));
                }
            }
        }
        Ok(args)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_in_both_spellings() {
        let args = Arguments::parse(&["--port", "65536", "--drop=1,2"]).unwrap();
        assert_eq!((args.port, args.drop.as_deref(), args.host), (Some(65536), Some("1,2"), None));
        assert!(Arguments::parse(&["--port"]).unwrap_err().contains("--port needs a value"));
        assert!(Arguments::parse(&["--port", "x"]).unwrap_err().contains("needs a number, not 'x'"));
        assert!(Arguments::parse(&["--prot", "1"]).unwrap_err().contains("no argument --prot"));
    }
}
