//! The name that may have been meant by one that is not known.

/// `; did you mean 'x'?` where a known name is near, else the list of them.
pub(super) fn suggestion<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    let near = did_you_mean(name, known.clone());
    near.unwrap_or_else(|| format!("; known are {}", known.collect::<Vec<_>>().join(", ")))
}

/// `; did you mean 'x'?` where a known name is near.
pub(super) fn did_you_mean<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let (distance, other) = known.map(|other| (strsim::damerau_levenshtein(name, other), other)).min()?;
    (distance <= 1 + other.len() / 3).then(|| format!("; did you mean '{other}'?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_is_suggested_and_nothing_else() {
        let near = |name| did_you_mean(name, ["socket", "connect", "bind"].into_iter());
        assert_eq!(near("sokcet").as_deref(), Some("; did you mean 'socket'?"));
        assert_eq!(near("conmect").as_deref(), Some("; did you mean 'connect'?"));
        assert_eq!(near("getrandom"), None);
        assert_eq!(suggestion("x", ["socket", "bind"].into_iter()), "; known are socket, bind");
    }
}
