//! The line-by-line channel to a worker, which may send anything or nothing.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use protocol::MAX_MESSAGE_BYTES;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// How long [`Channel::receive`] waits before it says [`Received::Nothing`].
const TICK: Duration = Duration::from_millis(4);

/// How long the worker may leave our orders unread.
const SEND_LIMIT: Duration = Duration::from_secs(2);

/// How much is kept of messages that nobody has asked for yet. If a worker sends more
/// while we send, the rest is not read: that is too much by any measure.
const KEPT: usize = 16 * MAX_MESSAGE_BYTES;

/// The grader's end of the socket.
#[derive(Debug)]
pub(super) struct Channel {
    stream: UnixStream,
    queued: Vec<u8>,
    buffer: Vec<u8>,
    /// Where in the buffer the next message begins.
    begin: usize,
    /// Where in the buffer the search for a newline continues.
    searched: usize,
    /// The buffer of one read.
    chunk: Box<[u8]>,
}

/// What [`Channel::receive`] found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Received {
    /// A line, without its newline.
    Message(Vec<u8>),
    /// More than a message may have, and no newline.
    TooLong,
    /// The other side closed the channel.
    Ended,
    /// Nothing within the tick.
    Nothing,
}

impl Channel {
    pub(super) fn new(stream: UnixStream) -> io::Result<Channel> {
        stream.set_nonblocking(true)?;
        Ok(Channel {
            stream,
            queued: Vec::new(),
            buffer: Vec::new(),
            begin: 0,
            searched: 0,
            chunk: vec![0; 64 << 10].into(),
        })
    }

    /// The queue that [`Channel::flush`] sends; add whole lines to it.
    pub(super) fn queued(&mut self) -> &mut Vec<u8> {
        &mut self.queued
    }

    /// Sends the queue, and reads meanwhile: a worker whose reports nobody reads would
    /// stop reading orders, and both sides would wait for each other.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        let queued = std::mem::take(&mut self.queued);
        let deadline = Instant::now() + SEND_LIMIT;
        let mut rest = &queued[..];
        while !rest.is_empty() {
            match self.stream.write(rest) {
                Ok(sent) => rest = &rest[sent..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if Instant::now() > deadline {
                        return Err(io::ErrorKind::TimedOut.into());
                    }
                    let room = self.buffer.len() - self.begin < KEPT;
                    let reading = if room {
                        PollFlags::IN
                    } else {
                        PollFlags::empty()
                    };
                    self.wait_for(PollFlags::OUT | reading)?;
                    if room {
                        self.read()?;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    pub(super) fn receive(&mut self) -> Received {
        loop {
            if let Some(at) = memchr::memchr(b'\n', &self.buffer[self.searched..]) {
                let end = self.searched + at;
                let line = self.begin..end;
                (self.begin, self.searched) = (end + 1, end + 1);
                if line.len() > MAX_MESSAGE_BYTES {
                    return Received::TooLong;
                }
                return Received::Message(self.buffer[line].to_vec());
            }
            self.searched = self.buffer.len();
            if self.buffer.len() - self.begin > MAX_MESSAGE_BYTES {
                return Received::TooLong;
            }
            match self.read() {
                Ok(Some(0)) => return Received::Ended,
                Ok(Some(_)) => {}
                Ok(None) => match self.wait_for(PollFlags::IN) {
                    Ok(true) => {}
                    // The caller looks at the clock and asks again.
                    Ok(false) | Err(_) => return Received::Nothing,
                },
                // A reset is an end: the worker died with orders unread.
                Err(_) => return Received::Ended,
            }
        }
    }

    /// Reads what has come in. Returns how many bytes; `None` if nothing has.
    fn read(&mut self) -> io::Result<Option<usize>> {
        // Consumed lines are dropped, or everything that a worker ever sends would be kept.
        if self.begin * 2 >= self.buffer.len() {
            self.buffer.drain(..self.begin);
            self.searched -= self.begin;
            self.begin = 0;
        }
        loop {
            match self.stream.read(&mut self.chunk) {
                Ok(length) => {
                    self.buffer.extend_from_slice(&self.chunk[..length]);
                    return Ok(Some(length));
                }
                Err(error) => match error.kind() {
                    io::ErrorKind::WouldBlock => return Ok(None),
                    io::ErrorKind::Interrupted => {}
                    _ => return Err(error),
                },
            }
        }
    }

    /// Waits for one tick at most. Returns whether the socket is ready.
    fn wait_for(&self, what: PollFlags) -> io::Result<bool> {
        let tick = Timespec {
            tv_sec: 0,
            tv_nsec: TICK.as_nanos() as i64,
        };
        let ready = poll(&mut [PollFd::new(&self.stream, what)], Some(&tick))?;
        Ok(ready > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel_with(bytes: &[u8]) -> Channel {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let bytes = bytes.to_vec();
        std::thread::spawn(move || theirs.write_all(&bytes));
        Channel::new(ours).unwrap()
    }

    fn next(channel: &mut Channel) -> Received {
        loop {
            let received = channel.receive();
            if received != Received::Nothing {
                return received;
            }
        }
    }

    #[test]
    fn lines_come_out_as_they_went_in() {
        let mut channel = channel_with(b"one\n\ntwo\nhalf");
        assert_eq!(next(&mut channel), Received::Message(b"one".to_vec()));
        assert_eq!(next(&mut channel), Received::Message(b"".to_vec()));
        assert_eq!(next(&mut channel), Received::Message(b"two".to_vec()));
        assert_eq!(next(&mut channel), Received::Ended);
    }

    #[test]
    fn a_line_without_end_is_cut_off() {
        let mut channel = channel_with(&vec![b'x'; 3 * MAX_MESSAGE_BYTES]);
        assert_eq!(next(&mut channel), Received::TooLong);
        let mut line = vec![b'x'; MAX_MESSAGE_BYTES + 1];
        line.push(b'\n');
        assert_eq!(next(&mut channel_with(&line)), Received::TooLong);
    }

    #[test]
    fn a_sender_of_much_still_receives_meanwhile() {
        // More in both directions than any socket holds: the other side reads
        // nothing while nobody reads what it sends.
        let (ours, theirs) = UnixStream::pair().unwrap();
        let text = "x".repeat(1000);
        let lines = 4000;
        let echo = std::thread::spawn(move || {
            let reader = io::BufReader::new(theirs.try_clone().unwrap());
            let mut writer = theirs;
            for line in io::BufRead::lines(reader).take(lines) {
                writeln!(writer, "{}", line.unwrap()).unwrap();
            }
        });
        let mut channel = Channel::new(ours).unwrap();
        for _ in 0..lines {
            writeln!(channel.queued(), "{text}").unwrap();
        }
        channel.flush().unwrap();
        let line = text.into_bytes();
        for _ in 0..lines {
            assert_eq!(next(&mut channel), Received::Message(line.clone()));
        }
        assert_eq!(next(&mut channel), Received::Ended);
        echo.join().unwrap();
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_give_lines_or_an_end(bytes: Vec<u8>) {
            let mut channel = channel_with(&bytes);
            let mut lines = Vec::new();
            while let Received::Message(line) = next(&mut channel) {
                lines.push(line);
            }
            let whole = bytes.iter().filter(|byte| **byte == b'\n').count();
            proptest::prop_assert_eq!(lines.len(), whole);
        }
    }
}
