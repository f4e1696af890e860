//! The table in which the agent finds its thread's ring, as the header of a process has it.

use crate::agent::{RING, RINGS, THREADS, header};

/// A place that was used: it is searched beyond.
const USED: u64 = 1;

/// Which thread is where, and what stands there.
#[derive(Debug)]
pub(super) struct Table {
    places: Vec<(u64, i32)>,
}

/// A word to be written in the header: where, and what.
pub(super) type Write = (u64, u64);

impl Default for Table {
    fn default() -> Self {
        Self { places: vec![(0, 0); header::PLACES as usize] }
    }
}

fn at(place: usize) -> u64 {
    header::TABLE + 16 * place as u64
}

impl Table {
    /// A thread with this pointer is to have this ring: what is to be written first and then. Where another one has that
    /// pointer, neither has a ring from then on, since the agent cannot tell them apart; only its place is written.
    pub(super) fn insert(&mut self, pointer: u64, tid: i32, ring: usize) -> Result<[Write; 2], Option<Write>> {
        if pointer <= USED {
            return Err(None);
        }
        let start = (pointer as u32 >> 6) as usize;
        let mut room = None;
        for place in (0..self.places.len()).map(|step| (start + step) % self.places.len()) {
            match self.places[place].0 {
                there if there == pointer => {
                    self.places[place] = (USED, 0);
                    return Err(Some((at(place), USED)));
                }
                0 => {
                    // Places that were never used end a search: some must stay.
                    let used = self.places.iter().filter(|(there, _)| *there != 0).count();
                    room = room.or((used < 2 * THREADS - 64).then_some(place));
                    break;
                }
                USED => _ = room.get_or_insert(place),
                _ => {}
            }
        }
        let place = room.ok_or(None)?;
        self.places[place] = (pointer, tid);
        Ok([(at(place) + 8, RINGS + ring as u64 * RING), (at(place), pointer)])
    }

    /// A thread is about to end.
    pub(super) fn remove(&mut self, tid: i32) -> Option<Write> {
        let place = self.places.iter().position(|(there, owner)| *owner == tid && *there > USED)?;
        self.places[place] = (USED, 0);
        Some((at(place), USED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_found_until_it_ends() {
        let mut table = Table::default();
        let first = table.insert(0x7f00_0000_1740, 7, 0).unwrap();
        assert_eq!(first[1].1, 0x7f00_0000_1740, "the pointer comes last");
        let second = table.insert(0x7f10_0000_1740, 8, 1).unwrap();
        assert_eq!(second[1].0, first[1].0 + 16, "the same hash");
        assert_eq!(table.remove(7), Some((first[1].0, USED)));
        assert_eq!(table.remove(7), None);
        assert_eq!(table.insert(0x7f10_0000_1740, 9, 2), Err(Some((second[1].0, USED))), "a pointer of two threads");
        assert_eq!(table.insert(0x7f00_0000_1740, 10, 0).unwrap()[1].0, first[1].0, "a place used again");
        assert_eq!(table.insert(0, 11, 3), Err(None), "a thread without a pointer");
    }

    #[test]
    fn a_search_ends_however_many_threads_there_are() {
        let mut table = Table::default();
        for n in 0..2000u64 {
            let _ = table.insert(0x10_0000 + n * 0x1000, n as i32 + 1, 0);
        }
        assert!(table.places.iter().any(|(there, _)| *there == 0));
    }
}
