"""Whether an article is in a language that the extractor reads. It reads English; of others it says which they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from briefings.extract.vocabulary import vocabulary

# Enough to tell; a whole archive in one file costs no more.
SAMPLE = 4000
# English prose has a third to a half of these; a page of names and figures, or of another Latin language, less than a
# tenth.
_COMMON = vocabulary(
    "the of to and a in that is was for on with as he his by at it from be an has have had are were not this but they "
    "their who which will said she her or its we i you would there been after when what more than one all about out up "
    "no if so can could into over new last our my do did how because before during against"
)
_PLAIN, _DOUBTFUL = 0.18, 0.06
# Those of them, and some others, that no other language of the same letters has: "in", "over" and "at" are Dutch or
# Norwegian as well.
_ENGLISH = vocabulary(
    "the that and with from this they their them these those which what would could should were been about against "
    "because between other through where while who will has said his but"
)
_ENGLISH_SHARE = 0.02
# Of fewer words, or with fewer than half as many in lower case, nobody can tell, and the alphabet decides.
_FEW = 12
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z]")


def unread_language(text: str) -> str | None:
    """None for English; else the language's code (ISO 639-1), "und" for a text without words.

    Many plain English words settle it. Where there are few, py3langid (Lui and Baldwin 2012, as kept by the makers of
    trafilatura) is asked, unless there is too little to ask about: a headline, or names and figures alone.
    """
    words = _WORD.findall(text[:SAMPLE])
    if not words:
        return "und"
    if len(words) >= _FEW and _share(words, _COMMON) >= _PLAIN and _share(words, _ENGLISH) >= _ENGLISH_SHARE:
        return None
    latin = sum(bool(_LATIN.match(word)) for word in words) / len(words)
    running = sum(word.islower() for word in words)
    if latin > 0.5 and (len(words) < _FEW or running < _FEW / 2):
        return None
    import py3langid  # its model takes a while to load, and few articles need it

    code = str(py3langid.classify(text[:SAMPLE])[0])
    if code == "en":
        return None if latin > 0.5 else "und"
    return None if latin > 0.9 and _doubtful(words) else code


def _share(words: Sequence[str], of: frozenset[str]) -> float:
    return sum(word.lower() in of for word in words) / len(words)


def _doubtful(words: Sequence[str]) -> bool:
    """Whether it may be English all the same: names and figures with English between them, no letter beyond a to z."""
    some = _share(words, _COMMON) >= _DOUBTFUL and _share(words, _ENGLISH) >= _ENGLISH_SHARE
    return some and all(word.isascii() for word in words)
