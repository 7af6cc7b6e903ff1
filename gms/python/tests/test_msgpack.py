import random
import unittest

from snapfs_worker import msgpack


class MsgpackTest(unittest.TestCase):
    def test_bytes_are_those_of_the_specification(self):
        for value, packed in (
            (None, "c0"), (False, "c2"), (True, "c3"),
            (0, "00"), (127, "7f"), (128, "cc80"), (255, "ccff"), (256, "cd0100"), (1 << 16, "ce00010000"),
            (1 << 32, "cf0000000100000000"), ((1 << 64) - 1, "cfffffffffffffffff"),
            (-1, "ff"), (-32, "e0"), (-33, "d0df"), (-128, "d080"), (-129, "d1ff7f"), (-32769, "d2ffff7fff"),
            (-(1 << 63), "d38000000000000000"),
            ("", "a0"), ("a", "a161"), ("\u00e4", "a2c3a4"), ("x" * 32, "d920" + "78" * 32),
            (b"", "c400"), (b"\x01\x02", "c4020102"),
            ([], "90"), ([1, [2]], "92019102"), ({}, "80"), ({"a": 1}, "81a16101"),
        ):  # fmt: skip
            with self.subTest(value=value):
                self.assertEqual(msgpack.pack(value).hex(), packed)
                self.assertEqual(msgpack.unpack(bytes.fromhex(packed)), value)

    def test_lengths_at_the_borders(self):
        for n in (15, 16, 31, 32, 255, 256, 65535, 65536):
            for value in ("x" * n, b"x" * n, list(range(n)), {str(i): i for i in range(n)}):
                self.assertEqual(msgpack.unpack(msgpack.pack(value)), value)

    def test_any_value_comes_back(self):
        seed = random.randrange(1 << 32)
        rng = random.Random(seed)

        def value(depth):
            kind = rng.randrange(8 if depth < 4 else 6)
            if kind == 0:
                return rng.choice((None, True, False))
            if kind < 3:
                return rng.randrange(-(1 << 63), 1 << 64) >> rng.randrange(64)
            if kind < 5:
                return "".join(map(chr, rng.sample(range(32, 1000), rng.randrange(40))))
            if kind == 5:
                return rng.randbytes(rng.randrange(300))
            if kind == 6:
                return [value(depth + 1) for _ in range(rng.randrange(20))]
            return {str(rng.random()): value(depth + 1) for _ in range(rng.randrange(20))}

        for _ in range(300):
            each = value(0)
            self.assertEqual(msgpack.unpack(msgpack.pack(each)), each, f"seed {seed}")

    def test_lies_are_refused(self):
        for what, data in (
            ("nothing", ""), ("too much", "c0c0"), ("unknown tag", "c1"), ("extension", "d40000"),
            ("4 GiB of bytes", "c6ffffffff00"), ("4 G items", "ddffffffff"), ("4 G entries", "dfffffffffa161"),
            ("cut number", "cf00"), ("cut text", "a3"), ("no UTF-8", "a1ff"),
            ("a key twice", "82a16101a16102"), ("key that is no text", "810101"), ("nested", "91" * 100 + "c0"),
        ):  # fmt: skip
            with self.subTest(what), self.assertRaises(msgpack.MalformedMessage):
                msgpack.unpack(bytes.fromhex(data))

    def test_damage_gives_a_value_or_the_exception(self):
        rng = random.Random(1)
        packed = msgpack.pack({"type": "x_response", "list": [1, "two", b"three", {"four": None}], "n": 1 << 40})
        for _ in range(3000):
            data = bytearray(packed[: rng.randrange(1, len(packed) + 1)])
            data[rng.randrange(len(data))] = rng.randrange(256)
            try:
                msgpack.unpack(bytes(data))
            except msgpack.MalformedMessage as e:
                self.assertTrue(str(e))

    def test_what_cannot_be_packed(self):
        with self.assertRaises(TypeError):
            msgpack.pack(1.5)
        with self.assertRaises(OverflowError):
            msgpack.pack(1 << 64)


if __name__ == "__main__":
    unittest.main()
