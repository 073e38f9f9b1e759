"""The verbs and phrases that report an event, by PLOVER type, and whether they tell it as a fact."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from briefings.extract.clauses import Clause
from briefings.extract.lexicon import ADVERBS, AUXILIARIES, BE, DETERMINERS, MODALS, NEGATIONS, PREPOSITIONS
from briefings.extract.phrases import finite
from briefings.extract.tokens import Token
from briefings.model import EventType

_TRIGGERS = (
    (EventType.AGREE, "agreed promised pledged vowed"),
    (EventType.CONSULT, "met visited hosted telephoned mediated discussed conferred arrived welcomed negotiated"),
    (EventType.SUPPORT, "praised defended endorsed backed apologized apologised supported hailed commended applauded"),
    (EventType.CONCEDE, "eased shortened relaxed legalized legalised pardoned"),
    (EventType.COOPERATE, "extradited cooperated collaborated"),
    (EventType.AID, "evacuated donated rescued airlifted sheltered aided granted"),
    (EventType.RETREAT, "withdrew withdrawn retreated resigned demobilized freed released surrendered disarmed"),
    (EventType.DEMAND, "demanded urged appealed"),
    (EventType.DISAPPROVE, "denounced condemned criticised criticized accused blamed complained summoned deplored"),
    (EventType.REJECT, "rejected refused vetoed dismissed opposed rebuffed declined denied"),
    (EventType.THREATEN, "threatened warned"),
    (EventType.PROTEST, "protested demonstrated rallied marched rioted shunned"),
    (EventType.SANCTION, "expelled suspended halted embargoed sanctioned boycotted recalled severed"),
    (EventType.MOBILIZE, "deployed mobilized mobilised amassed massed reinforced moved consolidated"),
    (
        EventType.COERCE,
        "arrested detained deported raided jailed imprisoned confiscated hacked defaced banned outlawed censored "
        "imposed prevented sentenced",
    ),
    (
        EventType.ASSAULT,
        "killed attacked assassinated kidnapped abducted tortured stabbed wounded beat beaten raped exploded detonated "
        "massacred executed ambushed injured abused crossed",
    ),
    (
        EventType.FIGHT,
        "shelled clashed fought invaded captured advanced bombed bombarded destroyed struck recaptured retook retaken "
        "seized battled overran downed fired advancing attacking fighting",
    ),
    (EventType.INVESTIGATE, "investigated probed inspected examined"),
)
_PHRASES = (
    (
        EventType.FIGHT,
        r"(?:offensive|fighting|clashes|battle|battles|war) (?:\w+ ){0,4}?(?:began|continued|erupted|raged"
        r"|broke out|went on|intensified)",
    ),
    (EventType.MOBILIZE, r"put (?:\w+ ){0,3}?(?:troops|forces|soldiers) (?:\w+ ){0,2}?\d[\d,.]* \w+ from"),
    (EventType.FIGHT, r"(?:troops|forces|soldiers|tanks|fighters) (?:\w+ )?crossed"),
    (EventType.FIGHT, r"(?:troops|forces|soldiers|fighters|tanks) (?:\w+ ){0,3}?captured"),
    (EventType.PROTEST, r"(?:hunger strike|general strike|blocked (?:\w+ )?(?:roads?|streets?)|went on strike)"),
    (
        EventType.SUPPORT,
        r"(?:signed|established|upgraded|restored) (?:\w+ ){0,5}?(?:treaty|agreement|accord|ties|"
        r"relations)",
    ),
    (
        EventType.CONSULT,
        r"(?:held|began|opened|hosted) (?:\w+ ){0,4}?(?:talks|meeting|negotiations|summit|consultations)",
    ),
    (
        EventType.SANCTION,
        r"(?:imposed (?:\w+ ){0,3}?sanctions|(?:cut|broke) (?:off )?(?:\w+ ){0,2}?(?:ties|relations|aid))",
    ),
    (EventType.AGREE, r"offered (?:\w+ ){0,3}?to"),
    (EventType.RETREAT, r"lifted (?:\w+ ){0,4}?(?:blockade|curfew|ban|siege|sanctions|embargo|restrictions)"),
    (EventType.RETREAT, r"(?:pulled out|stepped down|declared (?:\w+ ){0,3}?(?:ceasefire|truce))"),
    (EventType.COERCE, r"declared (?:\w+ ){0,3}?(?:state of|martial law|curfew)"),
    (EventType.DEMAND, r"called (?:on|for)"),
    (
        EventType.INVESTIGATE,
        r"(?:launched|opened|began|completed|ordered) (?:\w+ ){0,3}?(?:investigation|inquiry|probe)",
    ),
    (EventType.AID, r"(?:sent|delivered|provided|shipped) (?:\w+ ){0,4}?(?:aid|food|supplies|medicine|help)"),
)
_PHRASE_HINT = re.compile(
    r"\b(?:offensive|fighting|clashes|battles?|war|troops|forces|soldiers|tanks|fighters|strike|blocked|signed"
    r"|established|upgraded|restored|held|began|opened|hosted|imposed|cut|broke|offered|lifted|pulled|stepped|declared"
    r"|called|put|launched|completed|ordered|sent|delivered|provided|shipped)\b",
    re.IGNORECASE,
)
_PHRASE = tuple((kind, re.compile(rf"\b{pattern}\b", re.IGNORECASE)) for kind, pattern in _PHRASES)


@lru_cache(maxsize=1)
def _triggers() -> Mapping[str, EventType]:
    return MappingProxyType({word: kind for kind, words in _TRIGGERS for word in words.split()})


def _happened(tokens: Sequence[Token], index: int, begin: int) -> bool:
    """Whether the verb at `index` is told as a fact: finite, not negated, not wished for."""
    for step in range(1, 5):
        at = index - step
        if at < begin:
            return index > begin
        low = tokens[at].low
        if low in MODALS or low in NEGATIONS or low.endswith(("n't", "n’t")) or low == "to":
            return False
        if step == 1 and (low in DETERMINERS or low in PREPOSITIONS or low == "or"):
            return False
        if low not in AUXILIARIES and low not in ADVERBS and not low.endswith("ly"):
            return True
    return True


def find_trigger(text: str, clause: Clause) -> tuple[EventType, int] | None:
    """The type and the verb's token index of the first event in a clause."""
    tokens = clause.sentence.tokens
    begin, end = clause.piece
    low, high = tokens[begin].begin, tokens[end - 1].end
    phrases = _PHRASE if _PHRASE_HINT.search(text, low, high) else ()
    for index in range(begin, end):
        if index in clause.quiet:
            continue
        token = tokens[index]
        kind = _triggers().get(token.low)
        if kind is None or (token.capital and index > begin):
            continue
        if not _happened(tokens, index, begin):
            continue
        bare = index == begin or tokens[index - 1].low not in BE
        if bare and index + 1 < end and tokens[index + 1].low in ("by", "or"):
            # "A system backed by", "a tank, captured or destroyed": a participle, no verb.
            continue
        if token.low.endswith("ing") and not any(
            t.low in BE or t.low == "kept" for t in tokens[max(begin, index - 2) : index]
        ):
            continue
        for other, pattern in phrases:
            match = pattern.search(text, low, high)
            if match and match.start() <= token.end and token.begin <= match.end():
                return other, index
        return kind, index
    matches = ((other, pattern.search(text, low, high)) for other, pattern in phrases)
    for other, match in sorted(((o, m) for o, m in matches if m), key=lambda hit: hit[1].start()):
        inside = (i for i in range(begin, end) if match.start() <= tokens[i].begin < match.end())
        verbs = [i for i in inside if finite(tokens[i]) and i not in clause.quiet]
        if verbs and _happened(tokens, verbs[0], begin):
            return other, verbs[0]
    return None
