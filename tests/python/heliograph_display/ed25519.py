"""Ed25519 as section 3 of docs/wire-format.md wants it verified.

The equation is libsodium's, which does not multiply by the cofactor. That points decode and that none is of small order
is looked at here too, so that it does not hang on how a libsodium was built. `equation_holds` is the same once more
without libsodium, for the tests.
"""

import functools
import hashlib

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)


def decode_point(data):
    """The point of 32 bytes (RFC 8032, section 5.1.3), in extended coordinates; None where there is none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or x == 0 and sign:
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar, point):
    result = NEUTRAL
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def encode_point(point):
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def of_small_order(point):
    for _ in range(3):
        point = add(point, point)
    return encode_point(point) == encode_point(NEUTRAL)


BASE = decode_point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


@functools.lru_cache(maxsize=64)
def usable(data):
    """Whether these 32 bytes are a point of the curve that is not of small order."""
    point = decode_point(data)
    return point is not None and not of_small_order(point)


def equation_holds(key, message, signature):
    """[S]B - [k]A is R, byte for byte."""
    scalar = int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return encode_point(add(times(scalar, BASE), times(L * 8 - k, decode_point(key)))) == signature[:32]


def verify(key, message, signature):
    """Whether `key` signed `message`, strictly."""
    if len(key) != 32 or len(signature) != 64:
        return False
    if int.from_bytes(signature[32:], "little") >= L or not usable(key) or not usable(signature[:32]):
        return False
    try:
        VerifyKey(key).verify(message, signature)
    except (BadSignatureError, ValueError):
        return False
    return True


def public_key(seed):
    return bytes(SigningKey(seed).verify_key)


def sign(seed, message):
    return SigningKey(seed).sign(message).signature
