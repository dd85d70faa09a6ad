//! Frames: how packets stand on the wire, with their ends and escapes.

use thiserror::Error;

const START: u8 = 0xA5;
const END: u8 = 0x5A;
/// Stands for a start or itself.
const ESCAPE_START: u8 = 0xA6;
/// Stands for an end or itself.
const ESCAPE_END: u8 = 0x5B;
/// Starts before a packet; a receiver takes any number.
const STARTS: usize = 8;
/// No answer is longer.
const LONGEST: usize = 8192;

/// A packet as it is sent.
pub(super) fn framed(packet: &[u8]) -> Vec<u8> {
    let mut frame = vec![START; STARTS];
    for byte in packet {
        match *byte {
            START => frame.extend([ESCAPE_START, 2]),
            ESCAPE_START => frame.extend([ESCAPE_START, 1]),
            END => frame.extend([ESCAPE_END, 2]),
            ESCAPE_END => frame.extend([ESCAPE_END, 1]),
            plain => frame.push(plain),
        }
    }
    frame.push(END);
    frame
}

/// Why a frame is none.
#[derive(Debug, Error, PartialEq, Eq)]
pub(super) enum FrameError {
    #[error("{0:02X} is followed by {1:02X}, which is no escape")]
    Escape(u8, u8),
    #[error("a frame has more than {LONGEST} bytes")]
    TooLong,
    #[error("a frame began before the last one's end")]
    Unended,
}

/// Finds packets in what comes in, byte by byte.
#[derive(Debug, Default)]
pub(super) struct Unframer {
    inside: bool,
    escape: Option<u8>,
    packet: Vec<u8>,
}

impl Unframer {
    /// Takes a byte; answers a packet when it was the last of one. Bytes between frames are passed over; after an error
    /// the next start begins anew.
    pub(super) fn push(&mut self, byte: u8) -> Option<Result<Vec<u8>, FrameError>> {
        if !self.inside {
            self.inside = byte == START;
            return None;
        }
        if let Some(escape) = self.escape.take() {
            let stood_for = match (escape, byte) {
                (ESCAPE_START, 1) => ESCAPE_START,
                (ESCAPE_START, 2) => START,
                (ESCAPE_END, 1) => ESCAPE_END,
                (ESCAPE_END, 2) => END,
                _ => return self.failed(FrameError::Escape(escape, byte)),
            };
            return self.take(stood_for);
        }
        match byte {
            START if self.packet.is_empty() => None,
            START => {
                let failed = self.failed(FrameError::Unended);
                self.inside = true;
                failed
            }
            END => {
                self.inside = false;
                Some(Ok(std::mem::take(&mut self.packet)))
            }
            ESCAPE_START | ESCAPE_END => {
                self.escape = Some(byte);
                None
            }
            plain => self.take(plain),
        }
    }

    fn take(&mut self, byte: u8) -> Option<Result<Vec<u8>, FrameError>> {
        if self.packet.len() >= LONGEST {
            return self.failed(FrameError::TooLong);
        }
        self.packet.push(byte);
        None
    }

    fn failed(&mut self, error: FrameError) -> Option<Result<Vec<u8>, FrameError>> {
        *self = Self::default();
        Some(Err(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<Result<Vec<u8>, FrameError>> {
        let mut unframer = Unframer::default();
        bytes.iter().filter_map(|byte| unframer.push(*byte)).collect()
    }

    #[test]
    fn every_byte_survives_its_frame() {
        let packet: Vec<u8> = (0..=255).chain([0xA5, 0x5A, 0xA6, 0x5B, 1, 2]).collect();
        let frame = framed(&packet);
        assert!(
            !frame[STARTS..frame.len() - 1]
                .iter()
                .any(|byte| [START, END].contains(byte))
        );
        assert_eq!(read(&frame), [Ok(packet)]);
    }

    #[test]
    fn noise_between_frames_is_passed_over_and_broken_frames_are_told() {
        let mut bytes = vec![0, 1, 2];
        bytes.extend(framed(&[7]));
        bytes.extend([9, 9]);
        bytes.extend([START, 5, ESCAPE_START, 3, 0, START, 1, START, 2, END]);
        let expected = [
            Ok(vec![7]),
            Err(FrameError::Escape(ESCAPE_START, 3)),
            Err(FrameError::Unended),
            Ok(vec![2]),
        ];
        assert_eq!(read(&bytes), expected);
    }

    #[test]
    fn a_frame_without_end_takes_no_more_than_its_share_of_memory() {
        let mut unframer = Unframer::default();
        unframer.push(START);
        let errors = (0..100_000).filter_map(|_| unframer.push(7)).count();
        assert_eq!(errors, 1);
        assert!(unframer.packet.capacity() <= 2 * LONGEST);
    }
}
