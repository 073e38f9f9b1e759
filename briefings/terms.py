"""Words as the record indexes and compares them: folded, cut and stemmed the same way on every store.

Both stores are handed ready terms, so that a query finds the same statements on SQLite and on PostgreSQL, and nothing
depends on the tokenizer, the locale or the stop words of a server.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

# A run of letters and digits, which may hold single apostrophes ("O'Brien", "don’t").
WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’ʼ]s?$")
_APOSTROPHES = str.maketrans("", "", "'’ʼ")
# PostgreSQL refuses a lexeme of 2 KiB; no word is near this long, and what is (base64, say) nobody searches whole.
MAX_TERM = 64


def fold(text: str) -> str:
    """Lower case without diacritics: `Zelenskyy` and `ZELENSKYY`, `Šefčovič` and `Sefcovic` fold alike."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character)).casefold()


def words(text: str) -> list[str]:
    """The folded words of `text`, in order, possessive endings and apostrophes taken off."""
    found = []
    for match in WORD.finditer(text):
        word = fold(_POSSESSIVE.sub("", match.group())).translate(_APOSTROPHES)
        # Folding may yield what is no word any more (a ligature with a space, say): cut once again.
        found.extend(part.group()[:MAX_TERM] for part in WORD.finditer(word))
    return found


def terms(text: str) -> list[str]:
    """The index terms of `text`, in order: its words, stemmed as English (Snowball's "english")."""
    return [stem(word) for word in words(text)]


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The stem of a folded word. Words of other languages pass nearly unchanged, alike in index and query."""
    # A stemmer keeps the word that it works on in itself: a new one a call, so that threads cannot mix theirs up.
    return str(snowballstemmer.stemmer("english").stemWord(word)) or word
