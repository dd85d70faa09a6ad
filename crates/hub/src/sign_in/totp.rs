//! Codes of six digits that change every half minute (RFC 6238, with HMAC-SHA-1 as every authenticator app has it).

use heliograph_domain::Instant;
use ring::hmac;

/// How long a code holds.
const STEP_MS: u64 = 30_000;
/// RFC 4226, 4: a secret of 160 bits.
pub(crate) const SECRET_BYTES: usize = 20;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The code of a step (RFC 4226, 5.3), as six digits.
fn code(secret: &[u8], step: u64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let digest = hmac::sign(&key, &step.to_be_bytes());
    let bytes = digest.as_ref();
    let offset = usize::from(bytes[bytes.len() - 1] & 0xf);
    let word = bytes[offset..offset + 4]
        .iter()
        .fold(0u32, |word, byte| word << 8 | u32::from(*byte));
    format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
}

fn step_of(now: Instant) -> u64 {
    now.0 / STEP_MS
}

/// The step whose code was typed, if it is this one, the last or the next and lies after `last`: each code works once.
pub(crate) fn accepts(secret: &[u8], typed: &str, last: u64, now: Instant) -> Option<u64> {
    let step = step_of(now);
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    // All three are made in any case; which digits fit shows in no time that is worth measuring.
    let near = [step.saturating_sub(1), step, step + 1].map(|step| (step, code(secret, step)));
    near.into_iter()
        .find(|(step, code)| *step > last && *code == typed)
        .map(|(step, _)| step)
}

/// Bytes as authenticator apps take them (RFC 4648, without padding).
pub(crate) fn base32(bytes: &[u8]) -> String {
    let bits = |index: usize| -> usize {
        (index * 5..index * 5 + 5).fold(0, |value, bit| {
            let byte = bytes.get(bit / 8).copied().unwrap_or(0);
            value << 1 | usize::from(byte >> (7 - bit % 8) & 1)
        })
    };
    (0..(bytes.len() * 8).div_ceil(5))
        .map(|index| char::from(ALPHABET[bits(index)]))
        .collect()
}

/// A fresh secret of 80 bits that people type: 16 small letters and digits in fours.
pub(crate) fn typed_secret() -> Result<String, getrandom::Error> {
    let mut random = [0u8; 10];
    getrandom::fill(&mut random)?;
    let letters = base32(&random).to_lowercase();
    let groups: Vec<&str> = letters
        .as_bytes()
        .chunks(4)
        .filter_map(|four| std::str::from_utf8(four).ok())
        .collect();
    Ok(groups.join("-"))
}

/// What a QR code tells the app.
pub(crate) fn uri(office: &str, account: &str, secret: &[u8]) -> String {
    let escaped = |text: &str| -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
        let escape = |byte: u8| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        };
        text.bytes().map(escape).collect()
    };
    let (office, account) = (escaped(office), escaped(account));
    format!(
        "otpauth://totp/{office}:{account}?secret={}&issuer={office}",
        base32(secret)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the rows of SHA-1; the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = b"12345678901234567890";
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = Instant(seconds * 1000);
            assert_eq!(code(secret, step_of(now)), expected);
            assert_eq!(accepts(secret, expected, 0, now), Some(step_of(now)));
        }
    }

    #[test]
    fn a_code_works_once_and_for_a_moment_around_its_time() {
        let (secret, now) = (b"12345678901234567890", Instant(1_111_111_111_000));
        let step = accepts(secret, "050 471", 0, now).unwrap();
        assert_eq!(accepts(secret, "050471", step, now), None, "it was used");
        let at = |ms: u64| accepts(secret, "050471", 0, Instant(step * STEP_MS + ms));
        assert!(at(STEP_MS).is_some() && at(STEP_MS * 2).is_none());
        assert!(accepts(secret, "050472", 0, now).is_none() && accepts(secret, "", 0, now).is_none());
    }

    /// RFC 4648, 10.
    #[test]
    fn base32_is_that_of_the_rfc() {
        for (bytes, expected) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), expected);
        }
    }

    #[test]
    fn an_app_is_told_whose_code_it_is() {
        let told = uri("Heliograph 滨河", "wang-fang", b"12345678901234567890");
        assert_eq!(
            told,
            "otpauth://totp/Heliograph%20%E6%BB%A8%E6%B2%B3:wang-fang?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Heliograph%20%E6%BB%A8%E6%B2%B3"
        );
    }
}
