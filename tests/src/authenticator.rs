//! An authenticator app, as RFC 6238 describes it, written apart from the hub's.

use ring::hmac;

/// The six digits that an app shows at `now_ms`, of the secret that it was told in base 32.
#[must_use]
pub fn code_of(secret: &str, now_ms: u64) -> String {
    let letters = secret.chars().filter(|c| c.is_ascii_alphanumeric());
    let values = letters.map(|c| {
        u64::from(if c.is_ascii_digit() {
            c as u8 - b'2' + 26
        } else {
            c as u8 - b'A'
        })
    });
    let (mut bytes, mut pool, mut bits) = (Vec::new(), 0u64, 0);
    for value in values {
        (pool, bits) = ((pool << 5 | value) & 0xffff, bits + 5);
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(pool >> bits & 0xff).unwrap());
        }
    }
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes);
    let digest = hmac::sign(&key, &(now_ms / 30_000).to_be_bytes());
    let at = usize::from(digest.as_ref()[19] % 16);
    let word = u32::from_be_bytes(digest.as_ref()[at..at + 4].try_into().unwrap()) % (1 << 31);
    format!("{:06}", word % 1_000_000)
}
