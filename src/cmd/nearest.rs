//! Suggestions for names that are not known.

/// `; did you mean 'x'?` where a known name is near, else the list of them.
pub fn suggestion<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    let nearest = known.clone().map(|other| (strsim::damerau_levenshtein(name, other), other)).min();
    match nearest {
        Some((distance, other)) if distance <= 1 + other.len() / 3 => format!("; did you mean '{other}'?"),
        _ => format!("; known are {}", known.collect::<Vec<_>>().join(", ")),
    }
}
