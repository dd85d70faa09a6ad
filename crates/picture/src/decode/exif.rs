//! The one thing that EXIF (CIPA DC-008) says that changes a picture: which way is up.

/// Tag 0x0112, `Orientation`, of the first directory; 1 (upright) when there is none that makes sense.
pub(super) fn orientation(exif: &[u8]) -> u8 {
    find(exif).unwrap_or(1)
}

fn find(exif: &[u8]) -> Option<u8> {
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let big = match tiff.get(..4)? {
        b"MM\0*" => true,
        b"II*\0" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let pair: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if big {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        })
    };
    let four: [u8; 4] = tiff.get(4..8)?.try_into().ok()?;
    let directory = if big {
        u32::from_be_bytes(four)
    } else {
        u32::from_le_bytes(four)
    } as usize;
    let entries = short(directory)?;
    (0..usize::from(entries)).find_map(|entry| {
        let at = directory.checked_add(2 + entry * 12)?;
        let is_it = short(at)? == 0x0112;
        let value = if is_it { short(at + 8) } else { None };
        value
            .and_then(|value| u8::try_from(value).ok())
            .filter(|value| (1..=8).contains(value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_byte_orders_are_read_and_nonsense_is_upright() {
        let little = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0";
        let big = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0";
        assert_eq!((orientation(little), orientation(big)), (6, 8));
        for bad in [
            &b""[..],
            b"II*\0",
            b"II*\0\xff\xff\xff\xff",
            &little[..20],
            b"MM\0*\0\0\0\x08\xff\xff",
        ] {
            assert_eq!(orientation(bad), 1, "{bad:?}");
        }
    }
}
