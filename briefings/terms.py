"""Words as the record indexes and compares them: folded, cut and stemmed the same way on every store.

Both stores are handed ready terms, so that a query finds the same statements on SQLite and on PostgreSQL, and nothing
depends on the tokenizer, the locale or the stop words of a server.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import Stemmer

# A run of letters and digits, which may hold single apostrophes ("O'Brien", "don’t").
WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’ʼ]s?$")
_APOSTROPHES = str.maketrans("", "", "'’ʼ")
# PostgreSQL refuses a lexeme of 2 KiB; no word is near this long, and what is (base64, say) nobody searches whole.
MAX_TERM = 64


def fold(text: str) -> str:
    """Lower case without diacritics: `Zelenskyy` and `ZELENSKYY`, `Šefčovič` and `Sefcovic` fold alike."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character)).casefold()


def words(text: str) -> list[str]:
    """The folded words of `text`, in order, possessive endings and apostrophes taken off."""
    found = []
    for word in WORD.findall(text):
        if not word.isalnum():
            word = _POSSESSIVE.sub("", word).translate(_APOSTROPHES)
        if word.isascii():
            found.append(word.lower()[:MAX_TERM])
        else:
            # Folding may yield what is no word any more (a fraction sign, say): cut once again.
            found.extend(part[:MAX_TERM] for part in WORD.findall(fold(word)))
    return found


def terms(text: str) -> list[str]:
    """The index terms of `text`, in order: its words, stemmed as English (Snowball's "english")."""
    return [stem(word) for word in words(text)]


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The stem of a folded word. Words of other languages pass nearly unchanged, alike in index and query."""
    # A stemmer keeps the word that it works on in itself: a new one a call, so that threads cannot mix theirs up.
    return str(Stemmer.Stemmer("english").stemWord(word)) or word
