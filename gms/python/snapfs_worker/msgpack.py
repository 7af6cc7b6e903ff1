"""The part of MessagePack that the GMS protocol uses, since workers must not need packages for it.

Packs and unpacks None, bool, int (64 bits), str, bytes, list and dict; floats are unpacked only. What comes from a
socket is not believed: a length is compared with what is there before it is used, and nesting is bounded.
"""

import struct

MAX_DEPTH = 16


class MalformedMessage(ValueError):
    """Bytes that are no message of this kind; says at which offset."""


def pack(value):
    """Packs a value; returns bytes. TypeError or OverflowError if MessagePack, or this part of it, can't express it."""
    out = bytearray()
    _pack(value, out, 0)
    return bytes(out)


def unpack(data):
    """Unpacks exactly one value; raises MalformedMessage for anything else."""
    reader = _Reader(data)
    value = reader.value(0)
    if reader.position != len(data):
        raise MalformedMessage(f"{len(data) - reader.position} bytes too many at offset {reader.position}")
    return value


def _pack(value, out, depth):
    if depth > MAX_DEPTH:
        raise OverflowError(f"nested more than {MAX_DEPTH} deep")
    if value is None:
        out.append(0xC0)
    elif value is False or value is True:
        out.append(0xC3 if value else 0xC2)
    elif isinstance(value, int):
        _pack_int(value, out)
    elif isinstance(value, str):
        text = value.encode("utf-8")
        _pack_length(len(text), out, 0xA0, 31, (0xD9, 0xDA, 0xDB))
        out += text
    elif isinstance(value, (bytes, bytearray, memoryview)):
        data = bytes(value)
        _pack_length(len(data), out, None, -1, (0xC4, 0xC5, 0xC6))
        out += data
    elif isinstance(value, (list, tuple)):
        _pack_length(len(value), out, 0x90, 15, (None, 0xDC, 0xDD))
        for item in value:
            _pack(item, out, depth + 1)
    elif isinstance(value, dict):
        _pack_length(len(value), out, 0x80, 15, (None, 0xDE, 0xDF))
        for key, item in value.items():
            _pack(key, out, depth + 1)
            _pack(item, out, depth + 1)
    else:
        raise TypeError(f"can't pack a {type(value).__name__}")


def _pack_int(value, out):
    if 0 <= value < 0x80:
        out.append(value)
    elif -32 <= value < 0:
        out.append(0x100 + value)
    elif value >= 0:
        for tag, form, limit in ((0xCC, ">B", 8), (0xCD, ">H", 16), (0xCE, ">I", 32), (0xCF, ">Q", 64)):
            if value < 1 << limit:
                out.append(tag)
                out += struct.pack(form, value)
                return
        raise OverflowError(f"{value} needs more than 64 bits")
    else:
        for tag, form, limit in ((0xD0, ">b", 7), (0xD1, ">h", 15), (0xD2, ">i", 31), (0xD3, ">q", 63)):
            if value >= -(1 << limit):
                out.append(tag)
                out += struct.pack(form, value)
                return
        raise OverflowError(f"{value} needs more than 64 bits")


def _pack_length(length, out, small, small_limit, tags):
    if length <= small_limit:
        out.append(small | length)
        return
    for tag, form, bits in zip(tags, (">B", ">H", ">I"), (8, 16, 32)):
        if tag is not None and length < 1 << bits:
            out.append(tag)
            out += struct.pack(form, length)
            return
    raise OverflowError(f"length {length} needs more than 32 bits")


class _Reader:
    _NUMBERS = {
        0xCA: ">f", 0xCB: ">d",
        0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q",
        0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q",
    }  # fmt: skip
    _CONSTANTS = {0xC0: None, 0xC2: False, 0xC3: True}
    _LENGTHS = {
        0xC4: (">B", "bytes"), 0xC5: (">H", "bytes"), 0xC6: (">I", "bytes"),
        0xD9: (">B", "text"), 0xDA: (">H", "text"), 0xDB: (">I", "text"),
        0xDC: (">H", "list"), 0xDD: (">I", "list"),
        0xDE: (">H", "dict"), 0xDF: (">I", "dict"),
    }  # fmt: skip

    def __init__(self, data):
        self.data = data
        self.position = 0

    def value(self, depth):
        if depth > MAX_DEPTH:
            raise MalformedMessage(f"nested more than {MAX_DEPTH} deep at offset {self.position}")
        at = self.position
        tag = self._take(1)[0]
        if tag < 0x80:
            return tag
        if tag >= 0xE0:
            return tag - 0x100
        if tag < 0x90:
            return self._dict(tag & 0x0F, depth)
        if tag < 0xA0:
            return self._list(tag & 0x0F, depth)
        if tag < 0xC0:
            return self._text(tag & 0x1F)
        if tag in self._CONSTANTS:
            return self._CONSTANTS[tag]
        if tag in self._NUMBERS:
            return self._number(self._NUMBERS[tag])
        if tag in self._LENGTHS:
            form, kind = self._LENGTHS[tag]
            length = self._number(form)
            if kind == "bytes":
                return bytes(self._take(length))
            if kind == "text":
                return self._text(length)
            return self._list(length, depth) if kind == "list" else self._dict(length, depth)
        raise MalformedMessage(f"unknown tag 0x{tag:02x} at offset {at}")

    def _take(self, length):
        end = self.position + length
        if end > len(self.data):
            raise MalformedMessage(
                f"{length} bytes wanted at offset {self.position}, but only {len(self.data) - self.position} are there"
            )
        taken = self.data[self.position : end]
        self.position = end
        return taken

    def _number(self, form):
        return struct.unpack(form, self._take(struct.calcsize(form)))[0]

    def _text(self, length):
        at = self.position
        try:
            return bytes(self._take(length)).decode("utf-8")
        except UnicodeDecodeError as e:
            raise MalformedMessage(f"text at offset {at} is not UTF-8") from e

    def _list(self, length, depth):
        return [self.value(depth + 1) for _ in range(self._countable(length))]

    def _dict(self, length, depth):
        result = {}
        for _ in range(self._countable(2 * length) // 2):
            at = self.position
            key = self.value(depth + 1)
            if not isinstance(key, str) or key in result:
                raise MalformedMessage(f"key {key!r:.60} at offset {at} is no text, or comes twice")
            result[key] = self.value(depth + 1)
        return result

    def _countable(self, items):
        """Every item takes a byte at least, so a count that lies is found out before anything is made of it."""
        if items > len(self.data) - self.position:
            raise MalformedMessage(f"{items} items can't be in the bytes after offset {self.position}")
        return items
