#!/usr/bin/env python3
"""A DDP receiver, written from the specification alone (http://www.3waylabs.com/ddp/), to judge what others send.

It listens on a free UDP port of 127.0.0.1, prints `port N`, then for each frame that was pushed
`frame PACKETS HEX`, and for whatever is not as the specification says `error WORDS`. With `--modules WxH CxR` the
panel is C×R modules of W×H pixels whose data line goes through the rows of modules to and fro, and through each module
row by row; the frame is then printed as the picture that visitors see.
"""

import socket
import struct
import sys
from typing import Optional

COLOURS = {1: ("rgb", 3), 2: ("hsl", 3), 3: ("rgbw", 4), 4: ("grey", 1)}
BITS = {1: 1, 2: 4, 3: 8, 4: 16, 5: 24, 6: 32}


class Wrong(Exception):
    """Not as the specification says."""


class Display:
    """What the packets since the last push have drawn."""

    def __init__(self):
        self.runs = {}
        self.packets = 0
        self.sequence = None

    def take(self, datagram: bytes) -> Optional[bytes]:
        if len(datagram) < 10:
            raise Wrong(f"{len(datagram)} bytes are less than a header")
        flags, sequence, kind, ident, offset, length = struct.unpack(">BBBBIH", datagram[:10])
        if flags >> 6 != 1:
            raise Wrong(f"version {flags >> 6}")
        if flags & 0b0010_0000:
            raise Wrong("the reserved flag is set")
        timecode, storage, reply, query, push = (bool(flags & bit) for bit in (16, 8, 4, 2, 1))
        if storage or reply or query:
            raise Wrong("not a packet that writes to the display")
        data = datagram[14 if timecode else 10:]
        self.check_kind(kind)
        if ident != 1:
            raise Wrong(f"destination {ident} is not the default output")
        if len(data) != length:
            raise Wrong(f"{len(data)} bytes of data, the header says {length}")
        if length > 1440:
            raise Wrong(f"{length} bytes are more than an Ethernet frame should carry")
        self.follow(sequence)
        self.runs[offset] = data
        self.packets += 1
        return self.whole() if push else None

    @staticmethod
    def check_kind(kind: int):
        if kind & 0x80:
            raise Wrong("a data type of the customer's own")
        colour, channels = COLOURS.get((kind >> 3) & 7, ("undefined", 0))
        bits = BITS.get(kind & 7)
        if (colour, channels, bits) != ("rgb", 3, 8):
            raise Wrong(f"{colour} of {bits} bits is not what an RGB panel takes")

    def follow(self, sequence: int):
        if sequence >> 4 or sequence == 0:
            raise Wrong(f"sequence {sequence} is not 1 to 15")
        before, self.sequence = self.sequence, sequence
        if before is not None and sequence != (1 if before == 15 else before + 1):
            raise Wrong(f"sequence {sequence} follows {before}")

    def whole(self) -> bytes:
        line = bytearray()
        for offset in sorted(self.runs):
            if offset != len(line):
                raise Wrong(f"data at {offset}, but {len(line)} bytes came before")
            line += self.runs[offset]
        return bytes(line)


def picture(line: bytes, width: int, height: int, columns: int, rows: int) -> bytes:
    """Cuts the line into modules, and glues the modules' rows together as they hang."""
    size = width * height * 3
    modules = [line[at:at + size] for at in range(0, len(line), size)]
    if len(modules) != columns * rows or any(len(module) != size for module in modules):
        raise Wrong(f"{len(line)} bytes are not {columns}×{rows} modules of {width}×{height}")
    seen = b""
    for row in range(rows):
        beside = modules[row * columns:(row + 1) * columns]
        if row % 2:
            beside.reverse()
        for y in range(height):
            seen += b"".join(module[y * width * 3:(y + 1) * width * 3] for module in beside)
    return seen


def main():
    modules = None
    if sys.argv[1:2] == ["--modules"]:
        modules = [int(side) for pair in sys.argv[2:4] for side in pair.split("x")]
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.settimeout(60)
    print("port", receiver.getsockname()[1], flush=True)
    display = Display()
    while True:
        try:
            datagram = receiver.recv(65536)
        except socket.timeout:
            return
        try:
            line = display.take(datagram)
            if line is None:
                continue
            seen = picture(line, *modules) if modules else line
            print("frame", display.packets, seen.hex(), flush=True)
        except Wrong as wrong:
            print("error", wrong, flush=True)
        display.runs, display.packets = {}, 0


if __name__ == "__main__":
    main()
