"""Files that the bot sends: where they are in a call, and what kind of picture they are."""

from __future__ import annotations

import struct
from typing import Any

from .errors import broken
from .model import Upload
from .state import World

_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def kept_file(world: World, params: dict[str, Any], name: str, limit: int) -> tuple[str, bytes, str]:
    """The file in `params[name]`: its name, its bytes and the id under which it can be sent again."""
    given = params.get(name)
    if isinstance(given, str) and given.startswith("attach://"):
        given = params.get(given.removeprefix("attach://"))
    if isinstance(given, str) and given in world.files:
        return "again", world.files[given], given
    if not isinstance(given, Upload):
        raise broken(
            f"there is no {name} in the request" if given is None else "wrong file identifier/HTTP URL specified"
        )
    if not given.content:
        raise broken("file must be non-empty")
    if len(given.content) > limit:
        raise broken(f"file is too big: more than {limit} bytes")
    file_id = f"AgACFakeFile{world.tick('files'):016d}"
    world.files[file_id] = given.content
    return given.name, given.content, file_id


def picture_size(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG or JPEG that may be a photo."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        width, height = struct.unpack(">II", content[16:24])
    elif content.startswith(b"\xff\xd8"):
        width, height = _jpeg_size(content)
    else:
        raise broken("IMAGE_PROCESS_FAILED")
    if not width or not height or width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise broken("PHOTO_INVALID_DIMENSIONS")
    return width, height


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker, size = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + size
    raise broken("IMAGE_PROCESS_FAILED")
