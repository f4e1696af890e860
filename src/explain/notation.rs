//! How strace, and this program, write what a trace contains: a row for each way of writing.

/// A way of writing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Notation {
    /// What it looks like.
    pub(crate) spelling: &'static str,
    /// What somebody who asks for it may write, where `*` stands for anything.
    finds: &'static [&'static str],
    /// What it means, in one sentence for beginners.
    pub(crate) doc: &'static str,
}

impl Notation {
    /// Whether somebody who writes this means it.
    pub(crate) fn is_meant(&self, word: &str) -> bool {
        word == self.spelling || self.finds.iter().any(|pattern| fits(pattern, word))
    }
}

/// Whether a word fits a pattern, in which `*` stands for one or more characters.
fn fits(pattern: &str, word: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == word,
        Some((before, after)) => word.strip_prefix(before).is_some_and(|rest| {
            let mut ends = rest.char_indices().map(|(at, c)| at + c.len_utf8());
            ends.any(|end| fits(after, &rest[end..]))
        }),
    }
}

/// Declares notations, and the list of all of them.
macro_rules! notations {
    ($($name:ident $spelling:literal $finds:tt $doc:literal)*) => {
        $(pub(crate) static $name: Notation = Notation { spelling: $spelling, finds: &$finds, doc: $doc };)*

        /// Every notation.
        pub(crate) static NOTATIONS: &[&Notation] = &[$(&$name),*];
    };
}

notations! {
    HTONS "htons(…)" ["htons", "htons(*)"]
        "A port or protocol; htons puts its two bytes into the network's order, the number inside is the one you know."
    HTONL "htonl(…)" ["htonl", "htonl(*)"]
        "A number whose four bytes are in the network's order; the number inside is the one you know."
    INET_ADDR "inet_addr(\"…\")" ["inet_addr", "inet_addr(*)"]
        "An IPv4 address; inet_addr makes the four bytes of it that the kernel takes."
    INET_PTON "inet_pton(AF_INET6, \"…\")" ["inet_pton", "inet_pton(*)"]
        "An IPv6 address; inet_pton makes the sixteen bytes of it that the kernel takes."
    INTERFACE "if_nametoindex(\"…\")" ["if_nametoindex", "if_nametoindex(*)"]
        "A network interface by its name; if_nametoindex makes the number of it that the kernel takes."
    CHANGED "[128 => 16]" ["=>", "[* => *]"]
        "A length that the call changed: before the arrow the room that the program offered, behind it what was needed."
    UNCHANGED "[16]" ["[*]"]
        "Square brackets stand for a pointer: this is the value that it points to."
    NULL "NULL" ["null", "(nil)"]
        "A pointer to nothing: the program does not want this part, or has nothing to give."
    ADDRESS "0x7ffd…" ["0x7*", "0x5*"]
        "An address in the program's memory, which was not looked at or could not be read."
    CUT "\"…\"..." ["...", "\"*\"...", "…"]
        "A string of which only the beginning is shown; -s 1000 keeps more of it."
    ESCAPED "\\n, \\346" ["\\*"]
        "A byte that is no plain letter or sign: \\n ends a line, \\r\\n does so on the network, digits are octal."
    ELIDED "[…, ...]" ["[*, ...]"]
        "Only the first elements are shown; -v shows them all."
    OR "A|B" ["|", "*|*"]
        "Several flags at once, joined by |."
    BRACES "{name=value, …}" ["{*}", "{}"]
        "A structure in memory: the name and value of each member."
    UNNAMED "0x… /* AF_??? */" ["/*", "/* *", "0x* /* * */", "*???*"]
        "A number that has no name; the comment shows where a name was looked for."
    ABSTRACT "@\"…\"" ["@", "@*"]
        "An abstract name of a Unix socket, which is in no folder and goes away with the socket."
    TARGET "3<TCP:[… -> …]>" ["*<*>"]
        "A descriptor, and in angle brackets what it is: a file's path, or a socket's own address and its peer's."
    SUCCESS "= 0" ["0"]
        "The call succeeded."
    DESCRIPTOR "= 3" ["3"]
        "The new descriptor: the number by which the program names what it has opened; 0, 1 and 2 are taken at the start."
    COUNT "= 5" ["= *"]
        "The call succeeded; the number is how many bytes it moved."
    END "= 0 (of read, recvfrom, recvmsg)" ["EOF", "eof"]
        "Nothing more comes: the peer ended its side of the connection, or the file ends here. Datagrams may be empty."
    READY "= 1 ([…])" ["= * ([*])", "= * (in [*])", "revents", "= * (in [*], left *)"]
        "How many descriptors are ready; the brackets list them with what they are ready for."
    TIMEOUT "= 0 (Timeout)" ["Timeout", "timeout"]
        "The time was over before anything happened."
    FAILED "= -1 ENAME (text)" ["-1", "= -1", "= -1 *", "-1 *"]
        "The call failed: it returns -1, the name is the reason as programs know it, the text is the reason in words."
    NO_RESULT "= ?" ["?", "= ? *"]
        "The call has no result: the program ended in it, or a signal came first and the kernel makes the call again."
    UNFINISHED "<unfinished ...>" ["unfinished", "<unfinished …>", "* <unfinished ...>"]
        "The call has not returned yet and other lines come first; the rest follows at resumed, if it ever returns."
    RESUMED "<... NAME resumed>" ["resumed", "<... * resumed>", "<… * resumed>"]
        "The rest of a call that was left unfinished further up; together they are one call."
    DETACHED "<detached ...>" ["detached", "* <detached ...>"]
        "The tracer let go of the program while the call had not returned."
    SIGNALLED "--- SIGNAME {…} ---" ["---", "--- SIG*"]
        "A signal arrived; the braces show which, why and from whom."
    STOPPED "--- stopped by SIGNAME ---" ["--- stopped by *"]
        "A signal stopped the program, until SIGCONT lets it go on."
    EXITED "+++ exited with 0 +++" ["+++", "exited", "+++ exited with *"]
        "The process or thread ended by itself; the number is its exit status, and 0 means success."
    KILLED "+++ killed by SIGNAME +++" ["killed", "+++ killed by *"]
        "A signal ended the process."
    UNDESCRIBED "name(0x1, …)" []
        "A call that is not described here: its arguments are shown as they were passed; its manual page explains it."
    THREAD "[pid 123]" ["pid", "[pid *]"]
        "The thread that made the call; shown where there are several."
    DURATION "<0.000123>" ["<0.*>", "<1.*>"]
        "How long the call took, in seconds; waiting is part of it."
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(word: &str) -> Vec<&'static str> {
        NOTATIONS.iter().filter(|notation| notation.is_meant(word)).map(|notation| notation.spelling).collect()
    }

    #[test]
    fn a_notation_is_found_as_it_stands_in_a_trace() {
        for (word, spelling) in [
            ("htons(8090)", "htons(…)"),
            ("[128 => 16]", "[128 => 16]"),
            ("<unfinished ...>", "<unfinished ...>"),
            ("<unfinished …>", "<unfinished ...>"),
            ("<... accept4 resumed>", "<... NAME resumed>"),
            ("= ?", "= ?"),
            ("NULL", "NULL"),
            ("= -1 ECONNREFUSED (Connection refused)", "= -1 ENAME (text)"),
            ("--- SIGINT {si_signo=SIGINT} ---", "--- SIGNAME {…} ---"),
            ("+++ exited with 1 +++", "+++ exited with 0 +++"),
            ("/* why */", "0x… /* AF_??? */"),
            ("3<TCP:[127.0.0.1:1 -> 127.0.0.1:2]>", "3<TCP:[… -> …]>"),
        ] {
            assert!(meant(word).contains(&spelling), "{word}: {:?}", meant(word));
        }
        assert_eq!(meant("connect"), [""; 0]);
    }

    #[test]
    fn a_star_stands_for_something() {
        assert!(fits("a*c", "abc") && fits("a*c*", "abcd") && !fits("a*c", "ac") && !fits("a*", "b"));
    }
}
