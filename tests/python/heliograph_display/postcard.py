"""Postcard, as far as section 4 of docs/wire-format.md needs it. A type is an object that reads and writes its values."""

import re
import uuid


class Malformed(ValueError):
    """Bytes that are not of the form they should have."""


class Reader:
    """Bytes and how far they were read."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def left(self):
        return len(self.data) - self.at

    def take(self, count):
        if count > self.left():
            raise Malformed(f"{count} bytes are said to follow, {self.left()} do")
        self.at += count
        return self.data[self.at - count:self.at]

    def varint(self, bits):
        value = 0
        for index in range((bits + 6) // 7):
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << (7 * index)
            if byte < 0x80:
                if value >> bits:
                    break
                return value
        raise Malformed(f"a number does not fit {bits} bits")

    def end(self):
        if self.left():
            raise Malformed(f"{self.left()} bytes are left over")


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


class Number:
    def __init__(self, bits, low=0, high=None):
        self.bits, self.low, self.high = bits, low, high

    def read(self, reader):
        value = reader.take(1)[0] if self.bits == 8 else reader.varint(self.bits)
        if value < self.low or self.high is not None and value > self.high:
            raise Malformed(f"{value} is out of bounds")
        return value

    def write(self, value):
        return bytes([value]) if self.bits == 8 else varint(value)


class Bool:
    def read(self, reader):
        value = reader.take(1)[0]
        if value > 1:
            raise Malformed(f"{value} is no bool")
        return value == 1

    def write(self, value):
        return bytes([value])


class Bytes:
    """`[u8]`, its length before it."""

    def read(self, reader):
        return reader.take(reader.varint(64))

    def write(self, value):
        return varint(len(value)) + value


class Text:
    def __init__(self, form=None):
        self.form = re.compile(form) if form else None

    def read(self, reader):
        try:
            text = BYTES.read(reader).decode("utf-8")
        except UnicodeDecodeError as error:
            raise Malformed("a text is not UTF-8") from error
        if self.form and not self.form.fullmatch(text):
            raise Malformed(f"{text[:40]!r} is no name")
        return text

    def write(self, value):
        return BYTES.write(value.encode())


class Fixed:
    def __init__(self, count):
        self.count = count

    def read(self, reader):
        return reader.take(self.count)

    def write(self, value):
        assert len(value) == self.count, "a value of another length"
        return value


class Id:
    """A UUID: 16, then its bytes. Its value is its text."""

    def read(self, reader):
        data = BYTES.read(reader)
        if len(data) != 16:
            raise Malformed(f"an id of {len(data)} bytes")
        return str(uuid.UUID(bytes=data))

    def write(self, value):
        return BYTES.write(uuid.UUID(value).bytes)


class List:
    def __init__(self, item):
        self.item = item

    def read(self, reader):
        count = reader.varint(64)
        # No item takes less than a byte, so a count beyond the bytes that are left is known for a lie before it is tried.
        if count > reader.left():
            raise Malformed(f"a list of {count} in {reader.left()} bytes")
        return [self.item.read(reader) for _ in range(count)]

    def write(self, value):
        return varint(len(value)) + b"".join(self.item.write(item) for item in value)


class Maybe:
    def __init__(self, item):
        self.item = item

    def read(self, reader):
        return self.item.read(reader) if BOOL.read(reader) else None

    def write(self, value):
        return b"\0" if value is None else b"\1" + self.item.write(value)


class Enum:
    """Variants without fields. Its value is the variant's name."""

    def __init__(self, *names):
        self.names = names

    def read(self, reader):
        number = reader.varint(32)
        if number >= len(self.names):
            raise Malformed(f"there is no variant {number}")
        return self.names[number]

    def write(self, value):
        return varint(self.names.index(value))


class Tagged:
    """Variants with something in them. Its value is (name, value)."""

    def __init__(self, **variants):
        self.names, self.types = Enum(*variants), variants

    def read(self, reader):
        name = self.names.read(reader)
        return name, self.types[name].read(reader)

    def write(self, value):
        return self.names.write(value[0]) + self.types[value[0]].write(value[1])


class Struct:
    """Its value is a dict."""

    def __init__(self, **fields):
        self.fields = fields

    def read(self, reader):
        return {name: kind.read(reader) for name, kind in self.fields.items()}

    def write(self, value):
        return b"".join(kind.write(value[name]) for name, kind in self.fields.items())


class LocalText:
    """`map of lang to text`, ascending by the language's number."""

    def read(self, reader):
        count, last, texts = reader.varint(64), -1, {}
        for _ in range(count):
            lang = LANG.read(reader)
            if LANG.names.index(lang) <= last:
                raise Malformed("languages that do not ascend")
            last = LANG.names.index(lang)
            texts[lang] = TEXT.read(reader)
        return texts

    def write(self, value):
        pairs = sorted(value.items(), key=lambda pair: LANG.names.index(pair[0]))
        return varint(len(pairs)) + b"".join(LANG.write(lang) + TEXT.write(text) for lang, text in pairs)


BYTES, TEXT, BOOL, ID = Bytes(), Text(), Bool(), Id()
U8, U16, U32, U64 = Number(8), Number(16), Number(32), Number(64)
INSTANT, HASH, NONCE, NAME = U64, Fixed(32), Fixed(16), Text("[a-z0-9-]{1,32}")
LANG = Enum("zh-Hans", "en", "ja", "ko", "ru")
