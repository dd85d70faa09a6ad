//! As much CBOR (RFC 8949) as an authenticator speaks: whole numbers, byte and text strings, arrays and maps of definite
//! length. Anything else is refused.

/// Arrays and maps within each other.
const DEEPEST: u8 = 4;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cbor<'a> {
    Number(i64),
    Bytes(&'a [u8]),
    Text(&'a str),
    Array(Vec<Cbor<'a>>),
    Map(Vec<(Cbor<'a>, Cbor<'a>)>),
    /// True, false, null: known to be there, of no use here.
    Simple(u8),
}

impl<'a> Cbor<'a> {
    /// The first value, and what follows it.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        value(bytes, 0)
    }

    /// The value of a key of a map.
    pub(crate) fn at(&self, key: &Cbor<'_>) -> Option<&Self> {
        match self {
            Self::Map(pairs) => pairs.iter().find(|(known, _)| known == key).map(|(_, value)| value),
            _ => None,
        }
    }

    pub(crate) fn bytes(&self) -> Option<&'a [u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(crate) fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }
}

/// The major type, its argument, and what follows.
fn head(bytes: &[u8]) -> Option<(u8, u64, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let (major, short) = (first >> 5, first & 0x1f);
    let width = match short {
        0..=23 => return Some((major, u64::from(short), rest)),
        24 => 1,
        25 => 2,
        26 => 4,
        27 => 8,
        _ => return None,
    };
    let (number, rest) = rest.split_at_checked(width)?;
    let number = number.iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    Some((major, number, rest))
}

fn value(bytes: &[u8], depth: u8) -> Option<(Cbor<'_>, &[u8])> {
    if depth > DEEPEST {
        return None;
    }
    let (major, number, rest) = head(bytes)?;
    let length = usize::try_from(number).ok();
    match major {
        0 => Some((Cbor::Number(i64::try_from(number).ok()?), rest)),
        1 => Some((Cbor::Number(-1 - i64::try_from(number).ok()?), rest)),
        2 => rest
            .split_at_checked(length?)
            .map(|(text, rest)| (Cbor::Bytes(text), rest)),
        3 => {
            let (text, rest) = rest.split_at_checked(length?)?;
            Some((Cbor::Text(std::str::from_utf8(text).ok()?), rest))
        }
        4 => several(rest, number, depth, |rest, depth| value(rest, depth))
            .map(|(items, rest)| (Cbor::Array(items), rest)),
        5 => several(rest, number, depth, |rest, depth| {
            let (key, rest) = value(rest, depth)?;
            let (value, rest) = value(rest, depth)?;
            Some(((key, value), rest))
        })
        .map(|(pairs, rest)| (Cbor::Map(pairs), rest)),
        7 => Some((Cbor::Simple(u8::try_from(number).ok()?), rest)),
        _ => None,
    }
}

/// So many items. Nothing is set aside for them before they are there.
fn several<'a, T>(
    mut rest: &'a [u8],
    count: u64,
    depth: u8,
    read: impl Fn(&'a [u8], u8) -> Option<(T, &'a [u8])>,
) -> Option<(Vec<T>, &'a [u8])> {
    let mut items = Vec::new();
    for _ in 0..count {
        let (item, after) = read(rest, depth + 1)?;
        items.push(item);
        rest = after;
    }
    Some((items, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Examples of RFC 8949, appendix A.
    #[test]
    fn values_are_read_as_the_rfc_writes_them() {
        let read = |bytes: &[u8]| Cbor::read(bytes).map(|(value, rest)| (format!("{value:?}"), rest.len()));
        let told = |text: &str| Some((text.to_owned(), 0));
        assert_eq!(read(&[0x17]), told("Number(23)"));
        assert_eq!(read(&[0x19, 0x03, 0xe8]), told("Number(1000)"));
        assert_eq!(read(&[0x38, 0x63]), told("Number(-100)"));
        assert_eq!(read(&[0x44, 1, 2, 3, 4]), told("Bytes([1, 2, 3, 4])"));
        assert_eq!(read(&[0x62, 0xc3, 0xbc, 0xf5]), Some(("Text(\"ü\")".to_owned(), 1)));
        let map = [0xa2, 0x61, 0x61, 0x01, 0x61, 0x62, 0x82, 0x02, 0x03];
        let (map, rest) = Cbor::read(&map).unwrap();
        assert!(rest.is_empty() && map.at(&Cbor::Text("a")) == Some(&Cbor::Number(1)));
        assert_eq!(
            map.at(&Cbor::Text("b")),
            Some(&Cbor::Array(vec![Cbor::Number(2), Cbor::Number(3)]))
        );
    }

    #[test]
    fn what_is_cut_short_endless_or_too_deep_is_refused() {
        let promises = [0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00];
        let cases: [&[u8]; 8] = [
            &[],
            &[0x18],
            &[0x44, 1, 2],
            &[0x62, 0xff, 0xff],
            &[0x9f, 0x01, 0xff],
            &promises,
            &[0x81, 0x81, 0x81, 0x81, 0x81, 0x01],
            &[0xc0, 0x00],
        ];
        for bytes in cases {
            assert_eq!(Cbor::read(bytes), None, "{bytes:?}");
        }
        // Every beginning of a sound value is none.
        let sound = [0xa1, 0x63, b'f', b'm', b't', 0x64, b'n', b'o', b'n', b'e'];
        assert!(Cbor::read(&sound).is_some());
        assert!((0..sound.len()).all(|end| Cbor::read(&sound[..end]).is_none()));
    }
}
