//! The sockets of a trace, while its events pass, in memory that does not grow with it: a socket is given away when it was
//! closed long ago, and the others at the end.

use super::Socket;
use super::identity::join;
use super::steps::{Action, SocketStep};
use super::table::{Builder, Order, StepQueue};
use crate::event::{Event, SocketUse};

/// How many events are held, so that each is taken when it was done.
const MAX_HELD: usize = 4096;

/// A socket, and the numbers of those that have to do with it.
#[derive(Debug, Clone)]
pub(crate) struct SocketRecord {
    /// The socket; its numbers of events are their `seq`.
    pub(crate) socket: Socket,
    /// The socket at its other end.
    pub(crate) other: Option<u64>,
    /// The listening socket that it was accepted from.
    pub(crate) listener: Option<u64>,
}

/// Keeps account of the sockets of events that name them.
#[derive(Debug)]
pub(crate) struct Ledger {
    builder: Builder,
    order: Order,
    steps: StepQueue,
}

impl Default for Ledger {
    fn default() -> Self {
        let mut builder = Builder::online(0);
        builder.gone = Some(Vec::new());
        Self { builder, order: Order::default(), steps: StepQueue::default() }
    }
}

impl Ledger {
    /// Takes in the next event.
    pub(crate) fn event(&mut self, event: &Event) {
        if let Some(mut step) = SocketStep::of(event, event.seq as usize, &[]) {
            self.builder.foresee(&step);
            self.order.done(&mut step);
            self.steps.add(step);
        }
        while self.steps.len() > MAX_HELD && self.next() {}
    }

    fn next(&mut self) -> bool {
        let Some(step) = self.steps.next(&mut self.builder) else { return false };
        let given = if let Action::Call(facts) = &step.action { facts.given.clone() } else { None };
        self.builder.step(step);
        self.builder.take_named();
        given.iter().for_each(|given| self.builder.learn_from(given));
        true
    }

    /// The sockets that nothing more is known of.
    pub(crate) fn gone(&mut self) -> Vec<SocketRecord> {
        self.builder.gone.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// All others, in the order of their numbers: the trace is over.
    pub(crate) fn rest(&mut self) -> Vec<SocketRecord> {
        while self.next() {}
        let mut rest = self.gone();
        rest.extend(self.builder.records());
        rest.sort_by_key(|record| record.socket.number);
        rest
    }
}

impl Builder {
    /// A socket with the numbers of those that have to do with it.
    pub(super) fn record(&self, sock: usize) -> SocketRecord {
        let socket = self.sockets[sock].clone();
        let other = socket.other.map(|other| self.sockets[other].number).or(socket.past_other);
        // Its place may be another's by now, which was made later.
        let listener = socket.listener.map(|listener| &self.sockets[listener]);
        let listener = listener.filter(|listener| listener.listens && listener.made < socket.made);
        SocketRecord { other, listener: listener.map(|listener| listener.number), socket }
    }

    /// An event says of its socket what did not follow from the events before: it was looked up.
    fn learn_from(&mut self, given: &SocketUse) {
        let Some(sock) = given.sock.and_then(|number| self.identity.by_number(number)) else { return };
        let socket = &mut self.sockets[sock];
        socket.family = socket.family.or(given.family);
        socket.local = socket.local.take().or_else(|| given.local.clone());
        socket.peer = socket.peer.take().or_else(|| given.peer.clone());
        let Some(number) = given.peer_sock else { return };
        match self.identity.by_number(number) {
            Some(other) => join(&mut self.sockets, sock, other),
            None => socket.past_other = Some(number),
        }
    }

    fn records(&self) -> impl Iterator<Item = SocketRecord> {
        // A place is free once its socket was forgotten, which happens when it is given to another.
        (0..self.sockets.len()).map(|sock| self.record(sock))
    }
}
