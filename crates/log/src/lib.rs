//! A durable, ordered log of bytes with content objects by hash, in one redb file.
