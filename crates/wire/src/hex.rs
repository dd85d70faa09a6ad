//! Bytes as hexadecimal digits, as keys and nonces are written in files and addresses. The log has the same of its own,
//! since neither of the two may know the other.

/// Two lower-case digits a byte.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `N` bytes from twice as many digits; `None` when it is anything else.
#[must_use]
pub fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    // `from_str_radix` alone would take a sign for a digit.
    if text.len() != 2 * N || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, at) in bytes.iter_mut().zip((0..2 * N).step_by(2)) {
        *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        assert_eq!(decode(&encode(&[0, 0x0a, 0xff])), Some([0, 0x0a, 0xff]));
        for wrong in ["", "0a", "000aff0", "000af", "000a+f", "000a f", "000azz", "00é0a"] {
            assert_eq!(decode::<3>(wrong), None, "{wrong}");
        }
    }
}
