//! MQTT 3.1.1 written byte by byte, for what no well-behaved client does.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::house::PATIENCE;

/// A CONNECT packet.
#[derive(Default)]
pub(crate) struct Connect<'a> {
    pub(crate) client_id: &'a [u8],
    pub(crate) username: Option<&'a [u8]>,
    pub(crate) password: Option<&'a [u8]>,
    /// Topic and message.
    pub(crate) will: Option<(&'a [u8], &'a [u8])>,
    /// Ask for the session of before.
    pub(crate) keep_session: bool,
}

impl Connect<'_> {
    fn bytes(&self) -> Vec<u8> {
        let flags = u8::from(self.username.is_some()) << 7
            | u8::from(self.password.is_some()) << 6
            | u8::from(self.will.is_some()) << 2
            | u8::from(!self.keep_session) << 1;
        let mut body = vec![0, 4, b'M', b'Q', b'T', b'T', 4, flags, 0, 30];
        body.extend(text(self.client_id));
        for part in self.will.iter().flat_map(|(topic, message)| [topic, message]) {
            body.extend(text(part));
        }
        for part in [self.username, self.password].into_iter().flatten() {
            body.extend(text(part));
        }
        packet(0x10, &body)
    }

    /// Sends it; the return code of the answer (0 for welcome), or `None` when the broker just hangs up.
    pub(crate) fn send(&self, address: SocketAddr) -> (TcpStream, Option<u8>) {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(&self.bytes()).unwrap();
        let mut answer = [0; 4];
        let code = stream.read_exact(&mut answer).ok().map(|()| {
            assert_eq!(answer[..2], [0x20, 2], "a CONNACK");
            answer[3]
        });
        (stream, code)
    }
}

/// A PUBLISH packet at QoS 0.
pub(crate) fn publish(topic: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut body = text(topic);
    body.extend(payload);
    packet(0x30, &body)
}

/// A SUBSCRIBE packet for one filter at QoS 1.
pub(crate) fn subscribe(filter: &[u8]) -> Vec<u8> {
    let mut body = vec![0, 1];
    body.extend(text(filter));
    body.push(1);
    packet(0x82, &body)
}

fn text(bytes: &[u8]) -> Vec<u8> {
    let mut out = u16::try_from(bytes.len()).unwrap().to_be_bytes().to_vec();
    out.extend(bytes);
    out
}

fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u8::try_from(body.len()).unwrap();
    assert!(length < 128, "the length of these packets is one byte");
    [&[kind, length], body].concat()
}
