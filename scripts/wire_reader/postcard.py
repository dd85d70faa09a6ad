"""Postcard, as far as it is needed (section 4 of docs/wire-format.md). A type is a pair of a reader and a writer."""

import re
import uuid

from .refusal import Refused, need


class Bytes:
    """Bytes being read."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        need(count <= len(self.data) - self.at, "cut short")
        self.at += count
        return self.data[self.at - count : self.at]


def varint(bits):
    most = -(-bits // 7)

    def read(source):
        value = 0
        for place in range(most):
            byte = source.take(1)[0]
            value |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                need(value < 1 << bits, "a number too large for its type")
                return value
        raise Refused("a varint too long")

    def write(value):
        out = bytearray()
        while value >= 0x80:
            out.append(value & 0x7F | 0x80)
            value >>= 7
        return bytes(out) + bytes([value])

    return read, write


U8 = (lambda source: source.take(1)[0], lambda value: bytes([value]))
U16, U32, U64 = varint(16), varint(32), varint(64)
INSTANT = U64


def flag():
    def read(source):
        byte = source.take(1)[0]
        need(byte < 2, "neither 0 nor 1")
        return byte == 1

    return read, lambda value: bytes([value])


BOOL = flag()


def array(count):
    return (lambda source: source.take(count).hex()), bytes.fromhex


def count_and_bytes():
    def read(source):
        return source.take(U64[0](source)).hex()

    return read, lambda value: U64[1](len(value) // 2) + bytes.fromhex(value)


BYTES = count_and_bytes()


def text(fits=lambda _: True):
    def read(source):
        try:
            value = source.take(U64[0](source)).decode("utf-8")
        except UnicodeDecodeError:
            raise Refused("not UTF-8") from None
        need(fits(value), f"not a name: {value!r}")
        return value

    def write(value):
        data = value.encode("utf-8")
        return U64[1](len(data)) + data

    return read, write


TEXT = text()
NAME = text(lambda value: re.fullmatch("[a-z0-9-]{1,32}", value))
HASH = array(32)


def identifier():
    def read(source):
        need(U64[0](source) == 16, "an id has 16 bytes")
        return str(uuid.UUID(bytes=source.take(16)))

    return read, lambda value: b"\x10" + uuid.UUID(value).bytes


ID = identifier()


def list_of(kind):
    def read(source):
        count = U64[0](source)
        need(count <= len(source.data) - source.at, "more elements than bytes")
        return [kind[0](source) for _ in range(count)]

    return read, lambda values: U64[1](len(values)) + b"".join(map(kind[1], values))


def optional(kind):
    def read(source):
        return kind[0](source) if BOOL[0](source) else None

    return read, lambda value: b"\0" if value is None else b"\1" + kind[1](value)


def enum(*variants):
    """Variants are names, or pairs of a name and the type of what follows."""
    table = [variant if isinstance(variant, tuple) else (variant, None) for variant in variants]
    numbers = {name: number for number, (name, _) in enumerate(table)}

    def read(source):
        number = U32[0](source)
        need(number < len(table), f"no variant {number}")
        name, kind = table[number]
        return {name: kind[0](source)} if kind else name

    def write(value):
        if isinstance(value, str):
            return U32[1](numbers[value])
        ((name, held),) = value.items()
        return U32[1](numbers[name]) + table[numbers[name]][1][1](held)

    return read, write


def struct(**fields):
    def read(source):
        return {name: kind[0](source) for name, kind in fields.items()}

    return read, lambda value: b"".join(kind[1](value[name]) for name, kind in fields.items())


def read_body(kind, data, form=1):
    """A body: format byte, then postcard, all of it. What was read is written again, and must be the same."""
    need(data, "empty")
    need(data[0] == form, f"format {data[0]}")
    source = Bytes(data)
    source.at = 1
    value = kind[0](source)
    need(source.at == len(data), "bytes left over")
    need(bytes([form]) + kind[1](value) == data, "written again it has other bytes")
    return value
