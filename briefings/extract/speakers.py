"""Who a source is within its article: a name, a kind, a role; nobody where the article does not say."""

from __future__ import annotations
from briefings.extract.vocabulary import vocabulary

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from briefings.extract.layout import Layout, Sentence
from briefings.extract.lexicon import DETERMINERS, GROUP_NOUNS, ORGANISATION_WORDS, PREPOSITIONS, ROLES
from briefings.extract.names import (
    is_organisation,
    is_person,
    name_key,
    name_runs,
    name_words,
    speaker_kind,
    without_role,
    word_at,
)
from briefings.extract.phrases import Range
from briefings.extract.places import CITIES, COUNTRIES, DEMONYMS
from briefings.extract.tokens import Sort, Token
from briefings.model import Span, SpeakerKind

# A role longer than this is a story of its own.
MAX_ROLE = 160

_MALE = frozenset(("he", "his", "him"))
_FEMALE = frozenset(("she", "her"))
_GENDERED_TITLES = {"mr": "m", "mrs": "f", "ms": "f", "miss": "f", "sir": "m", "lady": "f", "dame": "f"}
_FEMALE_NAMES = vocabulary(
    "hillary angela theresa michelle melania ivanka kellyanne nancy elizabeth laura sarah susan mary jennifer jessica "
    "maria anna olga elena natalia natalya svetlana emily kate katherine catherine karen lisa linda barbara patricia "
    "kamala ursula jill julia christina christine rachel rebecca samantha victoria condoleezza madeleine loretta "
    "heather erica amy ann anne donna alice alicia gennifer monica diane debbie carly megyn sandra ruth")
_MALE_NAMES = vocabulary(
    "donald barack bill george john james robert michael william david richard joseph thomas charles mike paul mark "
    "bernie ted marco jeb chris ben tim joe rudy newt mitt vladimir volodymyr dmitry sergei mykhailo nikolai oleksandr "
    "peter steven stephen andrew kevin brian scott jeff gary daniel matthew anthony boris emmanuel bob jim tom dan "
    "harry mitch rick rand lindsey adam corey roger karl alex jason ryan eric patrick sean")
_ANAPHORIC = vocabulary("president senator governor mayor minister chancellor secretary congressman candidate")


class Identity(NamedTuple):
    """Who it is. `name` is None for a source that stays unnamed."""

    name: str | None
    kind: SpeakerKind
    role: str | None = None


_NOBODY = Identity(None, SpeakerKind.UNNAMED)


class _Mention(NamedTuple):
    begin: int
    name: str


class Cast:
    """The people and bodies that one article names, and who spoke last. Made for one pass in the order of the text."""

    def __init__(self, layout: Layout) -> None:
        self.text = layout.text
        self.fuller: dict[str, list[str]] = {}
        self.titled: dict[str, list[_Mention]] = {}
        self.gender: dict[str, str] = {}
        self.mentions: dict[Sentence | int, list[_Mention]] = {}
        self.last: tuple[int, str] | None = None
        self.last_body: tuple[int, str] | None = None
        seen: Counter[str] = Counter()
        for number, sentence in enumerate(layout.sentences):
            for run in name_runs(sentence.tokens):
                self._note(sentence.tokens, run, seen)
        for number, sentence in enumerate(layout.sentences):
            self.mentions[sentence.span[0]] = self._people(sentence.tokens)
        self.starts = [sentence.span[0] for sentence in layout.sentences]

    def _slice(self, tokens: Sequence[Token], run: Range) -> str:
        return strip_possessive(self.text[tokens[run[0]].begin : tokens[run[1] - 1].end])

    def _note(self, tokens: Sequence[Token], run: Range, seen: Counter[str]) -> None:
        """Enters a fuller name under its last word, and under the title before it."""
        begin, end = without_role(tokens, run)
        name = self._slice(tokens, (begin, end))
        words = name_words(name)
        person = is_person(words)
        if not person and not (len(words) > 1 and is_organisation(words)):
            return
        names = self.fuller.setdefault(words[-1], [])
        if name not in names:
            names.append(name)
        seen[name] += 1
        if person:
            title = word_at(tokens, begin - 1) if begin > run[0] else ""
            if title in _GENDERED_TITLES:
                self.gender[name] = _GENDERED_TITLES[title]
            if words[0] in _FEMALE_NAMES or words[0] in _MALE_NAMES:
                self.gender.setdefault(name, "f" if words[0] in _FEMALE_NAMES else "m")

    def _people(self, tokens: Sequence[Token]) -> list[_Mention]:
        found = []
        for run in name_runs(tokens):
            begin, end = without_role(tokens, run)
            name = self.canonical(self._slice(tokens, (begin, end)))
            words = name_words(name)
            titled = begin > run[0]
            if not is_person(words) and not (titled and len(words) == 1 and not is_organisation(words)):
                continue
            mention = _Mention(tokens[begin].begin, name)
            found.append(mention)
            for index in range(run[0], begin):
                title = word_at(tokens, index)
                title = {"sen": "senator", "gov": "governor"}.get(title, title)
                if title in _GENDERED_TITLES:
                    self.gender[name] = _GENDERED_TITLES[title]
                if title in _ANAPHORIC:
                    self.titled.setdefault(title, []).append(mention)
        return found

    def canonical(self, name: str) -> str:
        """The fullest form that the article gives of `name`, where there is just one candidate or a first choice."""
        words = name_words(name)
        if not words:
            return name
        known = self.fuller.get(words[-1], [])
        if len(words) == 1:
            return known[0] if known and not name.islower() else name
        key = name_key(name)
        return next((other for other in known if name_key(other) == key), name)

    def person_before(self, sentence: Sentence, position: int, pronoun: str) -> str | None:
        """Whom a he or she at `position` most likely means."""
        wanted = "f" if pronoun in _FEMALE else "m"
        for mention in self.mentions.get(sentence.span[0], ()):
            if mention.begin < position and self._agrees(mention.name, wanted):
                return mention.name
        if self.last is not None and self._agrees(self.last[1], wanted):
            self.gender.setdefault(self.last[1], wanted)
            return self.last[1]
        low = self.starts.index(sentence.span[0]) if sentence.span[0] in self.mentions else 0
        for start in reversed(self.starts[max(0, low - 4) : low]):
            for mention in self.mentions[start]:
                if self._agrees(mention.name, wanted):
                    return mention.name
        return None

    def _agrees(self, name: str, wanted: str) -> bool:
        return self.gender.get(name, wanted) == wanted

    def heard(self, position: int, identity: Identity) -> None:
        """Notes who spoke, for the pronouns that follow."""
        if identity.name and identity.kind is SpeakerKind.PERSON:
            self.last = (position, identity.name)
        elif identity.name:
            self.last_body = (position, identity.name)

    def titled_before(self, title: str, position: int) -> str | None:
        """The last person before `position` whom the article gives that title: "the president"."""
        earlier = [mention.name for mention in self.titled.get(title, ()) if mention.begin < position]
        return earlier[-1] if earlier else None


def strip_possessive(name: str) -> str:
    for ending in ("'s", "’s", "'", "’"):
        if name.endswith(ending):
            return name[: -len(ending)]
    return name


def identify(cast: Cast, sentence: Sentence, source: Range) -> Identity:
    """Settles who the source at tokens `source` of `sentence` is, and notes that they spoke."""
    identity = _identify(cast, sentence, source)
    cast.heard(sentence.tokens[source[0]].begin, identity)
    return identity


def _identify(cast: Cast, sentence: Sentence, source: Range) -> Identity:
    tokens = sentence.tokens
    begin, end = source
    first = tokens[begin]
    if end - begin == 1 and first.low in _MALE | _FEMALE:
        name = cast.person_before(sentence, first.begin, first.low)
        return Identity(name, SpeakerKind.PERSON) if name else _NOBODY
    if first.low in ("who", "which") and end - begin == 1:
        return _antecedent(cast, sentence, begin)
    comma = next((i for i in range(begin, end) if tokens[i].low in (",", "who", "which", "(", "–", "—")), end)
    head = (begin, comma)
    found = _head(cast, tokens, head)
    if found.name is None and comma + 1 < end:
        named = next(iter(name_runs(tokens, comma + 1, end)), None)
        # "a spokesman for the ministry, John Smith": the name is the apposition.
        if named is not None and named[0] == comma + 1 and _has_role(tokens, head):
            person = _person(cast, tokens, named)
            if person is not None:
                return person._replace(role=_text(cast.text, tokens, head))
    if found.name is None or found.kind is not SpeakerKind.PERSON:
        return found
    return found._replace(role=_role_after(cast.text, tokens, comma, end) or found.role)


def _antecedent(cast: Cast, sentence: Sentence, index: int) -> Identity:
    tokens = sentence.tokens
    last = index - 1 if index and tokens[index - 1].low == "," else index
    runs = [run for run in name_runs(tokens, 0, last) if run[1] == last]
    return _head(cast, tokens, runs[-1]) if runs else _NOBODY


def _text(text: str, tokens: Sequence[Token], piece: Range) -> str:
    return text[tokens[piece[0]].begin : tokens[piece[1] - 1].end]


def _has_role(tokens: Sequence[Token], piece: Range) -> bool:
    return any(word_at(tokens, index) in ROLES for index in range(*piece))


def _role_after(text: str, tokens: Sequence[Token], comma: int, end: int) -> str | None:
    """The apposition as a role, unless it tells what somebody does rather than who they are."""
    if comma + 1 >= end or tokens[comma].low != ",":
        return None
    begin = comma + 1
    while end > begin and tokens[end - 1].sort is Sort.MARK and tokens[end - 1].low not in (")", "]"):
        end -= 1
    if begin >= end or tokens[begin].low in ("who", "whose", "which") or tokens[begin].low.endswith(("ing", "ed")):
        return None
    piece = text[tokens[begin].begin : tokens[end - 1].end]
    if len(piece) > MAX_ROLE:
        piece = piece.split(",", 1)[0]
    return piece if len(piece) <= MAX_ROLE and "\n" not in piece else None


def _core(tokens: Sequence[Token], head: Range) -> Range:
    """The head up to its first preposition, articles off: `UK Ministry` of `the UK Ministry of Defence`."""
    begin, end = head
    while begin < end and tokens[begin].low in DETERMINERS:
        begin += 1
    cut = next((i for i in range(begin + 1, end) if tokens[i].low in PREPOSITIONS), end)
    return begin, cut


def _head(cast: Cast, tokens: Sequence[Token], head: Range) -> Identity:
    begin, cut = _core(tokens, head)
    if begin >= cut:
        return _NOBODY
    noun = word_at(tokens, cut - 1)
    capitals = [i for i in range(begin, head[1]) if tokens[i].capital]
    if noun in GROUP_NOUNS and not (tokens[cut - 1].capital and noun in ORGANISATION_WORDS):
        return _group(cast, tokens, (begin, head[1]), capitals)
    if tokens[cut - 1].capital:
        return _proper(cast, tokens, head, (begin, cut))
    determiner = tokens[head[0]].low
    if noun in ROLES and determiner == "the":
        name = cast.titled_before(noun, tokens[head[0]].begin) if noun in _ANAPHORIC else None
        return Identity(name, SpeakerKind.PERSON) if name else _NOBODY
    possessed = any(tokens[i].low.endswith(("'s", "’s")) for i in range(begin, cut))
    if noun in ORGANISATION_WORDS and capitals and capitals[0] < cut and (determiner != "a" or possessed):
        if capitals == [head[0]] and word_at(tokens, head[0]) not in COUNTRIES | CITIES | DEMONYMS:
            return _NOBODY
        return Identity(_text(cast.text, tokens, (begin, cut)), SpeakerKind.ORGANISATION)
    return _NOBODY


def _group(cast: Cast, tokens: Sequence[Token], piece: Range, capitals: list[int]) -> Identity:
    """A group is a speaker where something ties it down: a place, a people, a party, a body."""
    begin = piece[0]
    known = COUNTRIES | CITIES | DEMONYMS | {"republicans", "democrats"}
    tied = [i for i in capitals if i > begin or begin > 0 or word_at(tokens, i) in known]
    if begin == 0 and capitals == [0] and word_at(tokens, 0) not in known:
        tied = []
    if not tied or piece[1] - begin > 10:
        return _NOBODY
    return Identity(strip_possessive(_text(cast.text, tokens, piece)), SpeakerKind.GROUP)


def _person(cast: Cast, tokens: Sequence[Token], run: Range) -> Identity | None:
    begin, end = without_role(tokens, run)
    name = strip_possessive(_text(cast.text, tokens, (begin, end)))
    words = name_words(name)
    if not words or words[-1] in ROLES:
        return None
    full = cast.canonical(name)
    if is_person(name_words(full)) or (begin > run[0] and not is_organisation(words)):
        role = _text(cast.text, tokens, (run[0], begin - 1 + 1)) if begin > run[0] else None
        return Identity(full, SpeakerKind.PERSON, role)
    return None


def _proper(cast: Cast, tokens: Sequence[Token], head: Range, core: Range) -> Identity:
    """A head whose noun is a name: a person with or without a role before it, or a body."""
    begin, cut = core
    runs = [run for run in name_runs(tokens, begin, head[1])]
    if not runs:
        return _NOBODY
    # The run that the noun belongs to, or the one that closes the head: "Ambassador to the United States X Y".
    run = next((run for run in runs if run[0] < cut <= run[1]), runs[-1])
    if word_at(tokens, cut - 1) in ROLES and runs[-1][1] == head[1] and runs[-1] != run:
        run = runs[-1]
    person = _person(cast, tokens, run)
    if person is not None:
        lead = without_role(tokens, run)[0]
        has_role = any(word_at(tokens, i) in ROLES for i in range(begin, lead))
        role = cast.text[tokens[begin].begin : tokens[lead - 1].end] if has_role and lead > begin else None
        return person._replace(role=_plain_role(role))
    name = strip_possessive(_text(cast.text, tokens, run))
    kind = speaker_kind(name)
    if word_at(tokens, run[1] - 1) in ROLES and kind is SpeakerKind.PERSON:
        return _NOBODY
    if kind is SpeakerKind.UNNAMED:
        return _NOBODY
    return Identity(cast.canonical(name) if kind is not SpeakerKind.GROUP else name, kind)


def _plain_role(role: str | None) -> str | None:
    """Mr and the like are no roles."""
    if role is None or role.rstrip(".").lower() in ("mr", "mrs", "ms", "miss", "dr"):
        return None
    return role


def source_span(sentence: Sentence, source: Range) -> Span:
    return sentence.tokens[source[0]].begin, sentence.tokens[source[1] - 1].end
