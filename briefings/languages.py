"""Languages by the names that people have for them."""

from __future__ import annotations

from functools import lru_cache

_NAMES = """
af Afrikaans|ar Arabic|az Azerbaijani|be Belarusian|bg Bulgarian|bn Bengali|bs Bosnian|ca Catalan|cs Czech|da Danish
de German|el Greek|en English|es Spanish|et Estonian|fa Persian|fi Finnish|fr French|ga Irish|gl Galician|he Hebrew
hi Hindi|hr Croatian|hu Hungarian|hy Armenian|id Indonesian|is Icelandic|it Italian|ja Japanese|ka Georgian|kk Kazakh
ko Korean|ku Kurdish|ky Kyrgyz|lt Lithuanian|lv Latvian|mk Macedonian|mn Mongolian|ms Malay|ne Nepali|nl Dutch
no Norwegian|nb Norwegian|nn Norwegian|pl Polish|ps Pashto|pt Portuguese|ro Romanian|ru Russian|sk Slovak|sl Slovenian
sq Albanian|sr Serbian|sv Swedish|sw Swahili|ta Tamil|th Thai|tr Turkish|uk Ukrainian|ur Urdu|vi Vietnamese|zh Chinese
und no words
"""


def language_name(code: str) -> str:
    """The name of a language by its ISO 639-1 code ("und" for a text without words); the code where it has none."""
    return _names().get(code, code)


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    pairs = (entry.split(" ", 1) for line in _NAMES.strip().splitlines() for entry in line.split("|"))
    return {code: name for code, name in pairs}
