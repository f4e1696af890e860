//! What a tracer hears from outside while it waits for its tracees: somebody wants it to end, or what was held back is
//! to be written.

use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

/// News for a tracer, mostly from signal handlers: telling is storing to atomics.
///
/// The wait for tracees ends early only where a signal interrupts it (its handler without `SA_RESTART`), and one that
/// comes just before the wait would be missed. So whoever tells goes on with signals until the news was heard.
#[derive(Debug)]
pub struct News {
    ticked: AtomicBool,
    signal: AtomicI32,
    sender: AtomicI32,
    heard: fn(),
}

/// A signal that asks us to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wish {
    /// Which.
    pub signal: i32,
    /// The process that sent it; 0 for the kernel, which sends ^C to the whole foreground.
    pub sender: i32,
}

impl News {
    /// None so far; `heard` is called whenever a tick was heard.
    pub const fn new(heard: fn()) -> Self {
        Self { ticked: AtomicBool::new(false), signal: AtomicI32::new(0), sender: AtomicI32::new(0), heard }
    }

    /// It is time to write what was held back.
    pub fn tick(&self) {
        self.ticked.store(true, Ordering::Relaxed);
    }

    /// This signal asks to end, and was sent by that process; 0 for the kernel.
    pub fn end(&self, signal: i32, sender: i32) {
        self.sender.store(sender, Ordering::Relaxed);
        self.signal.store(signal, Ordering::Release);
    }

    /// Whether it ticked since the last question.
    pub(super) fn ticked(&self) -> bool {
        let ticked = self.ticked.load(Ordering::Relaxed) && self.ticked.swap(false, Ordering::Relaxed);
        if ticked {
            (self.heard)();
        }
        ticked
    }

    /// The latest wish to end since the last question.
    pub(super) fn wish(&self) -> Option<Wish> {
        if self.signal.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let signal = self.signal.swap(0, Ordering::Acquire);
        (signal != 0).then(|| Wish { signal, sender: self.sender.load(Ordering::Relaxed) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_is_heard_once() {
        static HEARD: AtomicI32 = AtomicI32::new(0);
        let news = News::new(|| _ = HEARD.fetch_add(1, Ordering::Relaxed));
        assert!(!news.ticked() && news.wish().is_none());
        news.tick();
        news.end(2, 7);
        assert_eq!((news.ticked(), news.wish()), (true, Some(Wish { signal: 2, sender: 7 })));
        assert_eq!((news.ticked(), news.wish()), (false, None));
        assert_eq!(HEARD.load(Ordering::Relaxed), 1);
    }
}
