//! The line-by-line channel to a worker, which may say anything or nothing.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use worker::protocol::MAX_MESSAGE_BYTES;

/// How long [`Channel::receive`] waits before it says [`Received::Nothing`].
const TICK: Duration = Duration::from_millis(4);

/// How long the worker may leave our orders unread.
const SEND_LIMIT: Duration = Duration::from_secs(2);

/// Bytes sent without waiting for answers; far less than a socket holds.
const SEND_AT_ONCE: usize = 32 << 10;

/// The grader's end of the socket.
#[derive(Debug)]
pub(super) struct Channel {
    stream: UnixStream,
    queued: Vec<u8>,
    buffer: Vec<u8>,
    /// Where in the buffer no newline has been looked for yet.
    searched: usize,
}

/// What came in.
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
        stream.set_read_timeout(Some(TICK))?;
        stream.set_write_timeout(Some(SEND_LIMIT))?;
        Ok(Channel {
            stream,
            queued: Vec::new(),
            buffer: Vec::new(),
            searched: 0,
        })
    }

    /// Adds a message to what [`Channel::flush`] sends.
    pub(super) fn queue(&mut self, message: &impl serde::Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.queued, message)?;
        self.queued.push(b'\n');
        Ok(())
    }

    /// Whether so much is queued that it should be sent and answered first.
    pub(super) fn is_full(&self) -> bool {
        self.queued.len() > SEND_AT_ONCE
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        let queued = std::mem::take(&mut self.queued);
        self.stream.write_all(&queued)
    }

    pub(super) fn receive(&mut self) -> Received {
        loop {
            if let Some(at) = self.buffer[self.searched..]
                .iter()
                .position(|byte| *byte == b'\n')
            {
                let end = self.searched + at;
                if end > MAX_MESSAGE_BYTES {
                    return Received::TooLong;
                }
                let rest = self.buffer.split_off(end + 1);
                let mut line = std::mem::replace(&mut self.buffer, rest);
                line.pop();
                self.searched = 0;
                return Received::Message(line);
            }
            self.searched = self.buffer.len();
            if self.buffer.len() > MAX_MESSAGE_BYTES {
                return Received::TooLong;
            }
            let mut chunk = [0; 64 * 1024];
            match self.stream.read(&mut chunk) {
                Ok(0) => return Received::Ended,
                Ok(length) => self.buffer.extend_from_slice(&chunk[..length]),
                Err(error) => match error.kind() {
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
                        return Received::Nothing;
                    }
                    io::ErrorKind::Interrupted => {}
                    // A reset is an end: the worker died with orders unread.
                    _ => return Received::Ended,
                },
            }
        }
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
