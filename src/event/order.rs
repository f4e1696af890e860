//! What several sources report, each in its own time, put into the order in which it happened.

use std::collections::BTreeMap;

/// Items by time; those of the same time in the order in which they were added.
#[derive(Debug)]
pub(crate) struct ByTime<T> {
    items: BTreeMap<(u64, u64), T>,
    added: u64,
    last_ns: u64,
}

impl<T> Default for ByTime<T> {
    fn default() -> Self {
        Self { items: BTreeMap::new(), added: 0, last_ns: 0 }
    }
}

impl<T> ByTime<T> {
    /// Adds an item. One whose time is not known (0) goes with the one that was added before it.
    pub(crate) fn add(&mut self, ts_ns: u64, item: T) {
        if ts_ns != 0 {
            self.last_ns = ts_ns;
        }
        self.items.insert((self.last_ns, self.added), item);
        self.added += 1;
    }

    /// The first item and its time.
    pub(crate) fn first(&self) -> Option<(u64, &T)> {
        self.items.first_key_value().map(|(&(ts_ns, _), item)| (ts_ns, item))
    }

    /// Takes the first item away.
    pub(crate) fn pop(&mut self) -> Option<(u64, T)> {
        self.items.pop_first().map(|((ts_ns, _), item)| (ts_ns, item))
    }

    /// Takes the first item away if it is of that time or an earlier one.
    pub(crate) fn pop_until(&mut self, horizon: u64) -> Option<(u64, T)> {
        self.first().is_some_and(|(ts_ns, _)| ts_ns <= horizon).then(|| self.pop()).flatten()
    }

    /// The times and items in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &T)> {
        self.items.iter().map(|(&(ts_ns, _), item)| (ts_ns, item))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_in_order_of_time_and_then_of_arrival() {
        let mut order = ByTime::default();
        for (ts_ns, item) in [(30, "c"), (10, "a"), (0, "a, too"), (30, "d"), (20, "b")] {
            order.add(ts_ns, item);
        }
        assert_eq!(order.first(), Some((10, &"a")));
        assert_eq!(order.iter().map(|(_, item)| *item).collect::<Vec<_>>(), ["a", "a, too", "b", "c", "d"]);
        assert_eq!(order.pop(), Some((10, "a")));
        order.add(5, "late");
        assert_eq!(order.pop(), Some((5, "late")));
    }
}
