"""What an article tells of whether its people are men or women, beside their first names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence

from briefings.extract.genders import MEN, TITLE_GENDERS, WOMEN, pronoun_gender
from briefings.extract.layout import Sentence
from briefings.extract.names import surname, word_at
from briefings.extract.namings import Mention, Naming
from briefings.extract.tokens import Token

# How many pronouns near a name it takes to tell a gender.
VOTES = 2


def told_gender(tokens: Sequence[Token], found: Naming) -> str | None:
    """The gender that a title or a noun beside a name tells: "Mrs.", "his wife Jane Smith"."""
    first, last = found.piece
    for index in range(max(found.run[0] - 1, 0), first):
        word = word_at(tokens, index)
        if word in TITLE_GENDERS or word in WOMEN | MEN:
            return TITLE_GENDERS.get(word) or ("f" if word in WOMEN else "m")
    for index in range(last + 1, min(last + 4, len(tokens))):
        # "Jane Smith, a spokeswoman for"
        if tokens[last].low != "," or tokens[index].low == ",":
            break
        word = word_at(tokens, index)
        if word in WOMEN | MEN and not tokens[index].capital:
            return "f" if word in WOMEN else "m"
    return None


def bare_genders(names: Sequence[Naming], sentences: Sequence[Sentence], surnames: Container[str]) -> dict[str, str]:
    """Whether a last name alone is a man's or a woman's, by titles and by the pronouns that follow it closest.

    Where an article has Mary Smith and her husband, "Smith ... he" is not her.
    """
    votes: dict[str, Counter[str]] = {}
    for found, following in zip(names, [*names[1:], None], strict=False):
        if len(found.words) > 1 or surname(found.words) not in surnames:
            continue
        tokens = sentences[found.sentence].tokens
        end = following.piece[0] if following and following.sentence == found.sentence else len(tokens)
        told = TITLE_GENDERS.get(found.title) or next(
            (gender for token in tokens[found.piece[1] : end] if (gender := pronoun_gender(token.low))), None
        )
        if told:
            votes.setdefault(surname(found.words), Counter())[told] += 1
    return _decided(votes)


def followed_genders(
    mentions: Sequence[Mention], sentences: Sequence[Sentence], known: Container[str]
) -> dict[str, str]:
    """The gender of whoever is alone in a sentence by the he or she after them, but for those of `known` gender."""
    votes: dict[str, Counter[str]] = {}
    alone: dict[int, Mention | None] = {}
    for mention in mentions:
        other = alone.get(mention.sentence, mention)
        alone[mention.sentence] = mention if other is not None and other.name == mention.name else None
    for number, one in alone.items():
        if one is None or one.name in known:
            continue
        following = [sentences[number].tokens[one.last :]]
        if number + 1 < len(sentences) and number + 1 not in alone:
            following.append(sentences[number + 1].tokens)
        for tokens in following:
            told = next((pronoun_gender(token.low) for token in tokens if token.low in ("he", "she")), None)
            if told:
                votes.setdefault(one.name, Counter())[told] += 1
    return _decided(votes)


def _decided(votes: Mapping[str, Counter[str]]) -> dict[str, str]:
    """What at least so many pronouns tell of each, next to none against them."""
    told: dict[str, str] = {}
    for name, counts in votes.items():
        (gender, count), *rest = counts.most_common()
        if count >= VOTES and (not rest or count >= 4 * rest[0][1]):
            told[name] = gender
    return told
