"""Where a display's state is: a JSON file that only its owner reads, and beside it a folder with the content it keeps."""

import json
import os
import pathlib
import re
from collections.abc import MutableMapping

FILE_NAME = re.compile("[0-9a-f]{64}")


def write_whole(path, data):
    """The file is the former one or this one, whatever happens."""
    beside = path.with_name(path.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


class StateFile:
    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.last = None

    def load(self):
        try:
            return json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return {}

    def save(self, state):
        data = json.dumps(state, ensure_ascii=False).encode()
        if data != self.last:
            write_whole(self.path, data)
            self.last = data

    def contents(self):
        return Folder(self.path.with_name(self.path.name + ".content"))


class Folder(MutableMapping):
    """Content payloads by hash, a file each."""

    def __init__(self, path):
        self.path = path
        path.mkdir(mode=0o700, exist_ok=True)
        self.here = {bytes.fromhex(entry.name) for entry in path.iterdir() if FILE_NAME.fullmatch(entry.name)}

    def __getitem__(self, digest):
        if digest not in self.here:
            raise KeyError(digest)
        return (self.path / digest.hex()).read_bytes()

    def __setitem__(self, digest, payload):
        write_whole(self.path / digest.hex(), payload)
        self.here.add(digest)

    def __delitem__(self, digest):
        (self.path / digest.hex()).unlink(missing_ok=True)
        self.here.discard(digest)

    def __contains__(self, digest):
        return digest in self.here

    def __iter__(self):
        return iter(list(self.here))

    def __len__(self):
        return len(self.here)
