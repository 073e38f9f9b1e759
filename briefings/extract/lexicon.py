"""The words that announce a statement: reporting cues, hedges, venues, roles. All English.

Verbs are kept as lemmas by act; `cue_forms` inflects them once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from briefings.extract.vocabulary import vocabulary
from briefings.model import Act


class Frame(StrEnum):
    """What a verb takes: any words, quotations before it included; anything after it; or a clause or quotation."""

    SPEECH = "speech"
    OBJECT = "object"
    CLAUSE = "clause"


class Form(StrEnum):
    BASE = "base"
    PRESENT = "present"
    PAST = "past"
    PARTICIPLE = "participle"


class CueWord(NamedTuple):
    lemma: str
    act: Act
    frame: Frame
    form: Form


_VERBS = (
    (
        Act.SAYS,
        Frame.SPEECH,
        "say tell note state report announce explain declare comment remark reiterate stress emphasize "
        "emphasise testify predict estimate reveal disclose recount clarify opine",
    ),
    (Act.SAYS, Frame.OBJECT, "describe call cite highlight discuss invoke compare portray voice express"),
    (
        Act.SAYS,
        Frame.CLAUSE,
        "write add tweet post reply respond answer continue conclude repeat quip joke recall mention retort elaborate "
        "shout counter observe suggest show find indicate signal determine hint imply remind read",
    ),
    (Act.CLAIMS, Frame.SPEECH, "claim allege assert contend insist argue purport"),
    (Act.CLAIMS, Frame.CLAUSE, "maintain"),
    (Act.CONFIRMS, Frame.CLAUSE, "concede"),
    (Act.DENIES, Frame.OBJECT, "deny reject dismiss refute rebut dispute repudiate"),
    (Act.ACCUSES, Frame.OBJECT, "accuse blame fault"),
    (Act.ACCUSES, Frame.CLAUSE, "charge"),
    (Act.WARNS, Frame.SPEECH, "warn caution"),
    (Act.WARNS, Frame.CLAUSE, "threaten"),
    (Act.DEMANDS, Frame.OBJECT, "urge demand propose recommend implore exhort"),
    (Act.DEMANDS, Frame.CLAUSE, "request order beg plead"),
    (Act.CONFIRMS, Frame.SPEECH, "confirm acknowledge admit affirm"),
    (Act.PROMISES, Frame.SPEECH, "promise vow pledge"),
    (Act.PROMISES, Frame.CLAUSE, "guarantee swear assure agree offer"),
    (Act.CRITICISES, Frame.SPEECH, "complain lament"),
    (
        Act.CRITICISES,
        Frame.OBJECT,
        "criticise criticize condemn denounce decry slam blast mock ridicule deplore deride lambast rebuke oppose "
        "question",
    ),
    (Act.SUPPORTS, Frame.OBJECT, "praise endorse support defend welcome hail applaud commend laud thank"),
    (Act.ASKS, Frame.SPEECH, "ask wonder"),
    (Act.THINKS, Frame.SPEECH, "believe think suspect reckon"),
    (Act.THINKS, Frame.CLAUSE, "feel know expect fear doubt worry assume understand"),
    (Act.WISHES, Frame.OBJECT, "hope want wish"),
)
_IRREGULAR = MappingProxyType(
    {
        "say": "says said saying",
        "tell": "tells told telling",
        "write": "writes wrote writing",
        "find": "finds found finding",
        "swear": "swears swore swearing",
        "think": "thinks thought thinking",
        "feel": "feels felt feeling",
        "know": "knows knew knowing",
        "understand": "understands understood understanding",
        "show": "shows showed showing",
        "read": "reads read reading",
        "slam": "slams slammed slamming",
        "admit": "admits admitted admitting",
        "rebut": "rebuts rebutted rebutting",
        "beg": "begs begged begging",
        "quip": "quips quipped quipping",
    }
)
# Forms that are more often nouns or adjectives; only a clause, a quotation or an object right after makes them cues.
NOUNISH = vocabulary(
    "report claim note call state post question comment demand promise charge support order request answer hope wish "
    "want fear doubt fault blame pledge vow reply remark estimate offer show find read tweet joke"
)


def _inflect(lemma: str) -> tuple[str, str, str]:
    """The -s, past and -ing forms."""
    if lemma in _IRREGULAR:
        present, past, participle = _IRREGULAR[lemma].split()
        return present, past, participle
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        return lemma[:-1] + "ies", lemma[:-1] + "ied", lemma + "ing"
    present = lemma + ("es" if lemma.endswith(("s", "sh", "ch", "x")) else "s")
    if lemma.endswith("e"):
        return present, lemma + "d", lemma[:-1] + "ing"
    return present, lemma + "ed", lemma + "ing"


def _forms() -> Iterator[tuple[str, CueWord]]:
    for act, frame, lemmas in _VERBS:
        for lemma in lemmas.split():
            present, past, participle = _inflect(lemma)
            yield lemma, CueWord(lemma, act, frame, Form.BASE)
            yield present, CueWord(lemma, act, frame, Form.PRESENT)
            yield past, CueWord(lemma, act, frame, Form.PAST)
            yield participle, CueWord(lemma, act, frame, Form.PARTICIPLE)


@lru_cache(maxsize=1)
def cue_forms() -> Mapping[str, CueWord]:
    """Every inflected reporting verb, lower case."""
    return MappingProxyType(dict(_forms()))


AUXILIARIES = vocabulary(
    "has have had having is are was were be been being will would could should can may might must do does did "
    "hasn't haven't hadn't isn't aren't wasn't weren't won't wouldn't couldn't shouldn't can't doesn't don't didn't "
    "hasn’t haven’t hadn’t isn’t aren’t wasn’t weren’t won’t wouldn’t couldn’t shouldn’t can’t doesn’t don’t "
    "didn’t 's ’s 've ’ve 'd ’d"
)
BE = vocabulary("is are was were be been being isn't aren't wasn't weren't isn’t aren’t wasn’t weren’t")
MODALS = vocabulary("will would could should can may might must won't wouldn't won’t wouldn’t can't couldn't")
NEGATIONS = vocabulary("not never neither nor no hardly cannot")
ADVERBS = vocabulary(
    "also later then again still now once twice first already even just instead only soon often always ever further "
    "too simply thus merely rather previously recently earlier"
)
PRONOUNS = vocabulary("he she they it we i you who which others some many one most")
DETERMINERS = vocabulary(
    "the a an this that these those his her its their our my your another any each every some many most several few "
    "both all no other two three four five six seven eight nine ten"
)
PREPOSITIONS = vocabulary(
    "in on at by with from to for of about after before during since until against amid among between under over "
    "through despite without within across into near outside inside around following like unlike via per "
    "throughout toward towards upon onto behind beyond besides alongside along according because due ahead"
)
SUBORDINATORS = vocabulary(
    "that which where when while as because although though whereas if unless until after before since whether how "
    "why what than but so once whose whom"
)
_OPENING_ADVERBS = vocabulary(
    "meanwhile however instead still yet also then now later earlier there here today yesterday tomorrow tuesday "
    "wednesday thursday friday saturday sunday monday asked speaking and but or so nor not only even perhaps maybe "
    "given pressed indeed nevertheless nonetheless moreover furthermore additionally thus hence again too"
)
# "Say Mexico demanded it": nobody did.
_SUPPOSING = vocabulary("say suppose imagine")
NOT_OPENING_NAME = PREPOSITIONS | SUBORDINATORS | _OPENING_ADVERBS | AUXILIARIES | ADVERBS | _SUPPOSING

_NO_EVIDENCE = (
    r"(?:without (?:giving |providing |offering |citing )?(?:any |concrete )?(?:evidence|proof)"
    r"|(?:giving|gave|offering|offered|providing|provided|citing|cited) (?:no|little|few) (?:\w+ )?"
    r"(?:evidence|proof|details))"
)
# How a sentence ends, or what a sentence is, that only tells how well somebody's words are founded.
UNFOUNDED_TAIL = re.compile(rf"(?:,|,? but|,? though|,? and)? {_NO_EVIDENCE}\Z", re.IGNORECASE)
UNFOUNDED = re.compile(rf"(?:he|she|it|they) (?:has |have )?({_NO_EVIDENCE})(?=[.,;]|$)", re.IGNORECASE)

_HEDGES = re.compile(
    r"\b(?:allegedly|reportedly|purportedly|supposedly|ostensibly|apparently|unconfirmed|unverified|alleged"
    r"|so-called|presumably|it is unclear|(?:could|can) ?not be (?:independently )?(?:verified|confirmed)"
    rf"|{_NO_EVIDENCE}"
    r"|possibly|perhaps|maybe|likely|probably|may have|might have|may be|might be)\b",
    re.IGNORECASE,
)
_NETWORKS = r"(?:Fox News|Sky News|CNN|MSNBC|CNBC|NBC|CBS|ABC|PBS|NPR|BBC|Al Jazeera)"
# "on NBC's “Meet the Press”", "on ABC's This Week"
_PROGRAMME = r"(?:['’]s\s(?:“[^”\n]{1,40}”|\"[^\"\n]{1,40}\"|[A-Z]\w*(?:\s(?:the\s)?[A-Z]\w*){0,3}))"
_OCCASIONS = (
    r"(?:statement|interview|speech|tweet|blog post|post|letter|email|e-mail|briefing|news conference|press conference"
    r"|press release|op-ed|address|report|rally|debate|memo|video message|video|broadcast|telephone call|phone call"
    r"|podcast|testimony|message|hearing|summit|conference|forum|meeting|town hall)s?"
)
_VENUE = re.compile(
    r"\b(?<!ccording )(?:[Oo]n|[Ii]n|[Aa]t|[Vv]ia|[Tt]o|[Dd]uring|[Oo]ver|[Tt]hrough)\s"
    rf"(?:(?:{_NETWORKS}\b{_PROGRAMME}?|(?:Twitter|Telegram|Facebook|Instagram|X|YouTube|Truth Social|Weibo|WhatsApp"
    r"|(?:(?:the|a|an|his|her|its|their)\s)?(?:\w+\s){0,2}?(?:television|TV|radio|social media|Twitter account"
    r"|Telegram channel|Facebook page)|the (?:tele)?phone|reporters|journalists)\b)"
    rf"|(?:the|a|an|his|her|its|their|separate|written)\s(?:[\w'’-]+\s){{0,3}}?{_OCCASIONS}\b"
    r"(?:\s(?:with|to|on)\s(?:the\s)?(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)(?:[A-Z][\w&.'’-]*)(?:\s[A-Z][\w&.'’-]*){0,3})?)"
    r"|\b[Bb]y (?:tele)?phone\b"
)
_TOLD_AUDIENCE = re.compile(
    r"\b(?:told|tells|telling)\s((?:reporters|journalists|parliament|lawmakers|state (?:media|television|TV)"
    r"|an? (?:news|press) conference|an? (?:rally|interviewer)"
    rf"|(?:[Tt]he\s)?(?:{_NETWORKS}|(?:[A-Z][\w&.]*\s){{0,3}}(?:Times|Post|Journal|Herald|Tribune|Gazette|Guardian"
    r"|Telegraph|News|Reuters|Bloomberg|Associated Press)))\b)"
)


def hedges(text: str) -> tuple[str, ...]:
    """The hedging words of `text` as they stand, in order, each once."""
    return tuple(dict.fromkeys(match.group() for match in _HEDGES.finditer(text)))


def venue(text: str) -> str | None:
    """Where or through what it was said, as the words stand ("on Telegram"); "told reporters" gives "reporters"."""
    found = _VENUE.search(text)
    if found:
        return found.group()
    audience = _TOLD_AUDIENCE.search(text)
    return audience.group(1) if audience else None


TITLES = vocabulary(
    "mr mrs ms miss dr prof professor sir dame lord lady gen general lt lieutenant col colonel maj major capt captain "
    "adm admiral sgt sergeant sen senator rep representative gov governor pres president rev reverend pope judge "
    "justice king queen prince princess chancellor minister premier ambassador secretary mayor congressman "
    "congresswoman congressmen rabbi imam ayatollah sheikh bishop archbishop cardinal chief brig brigadier"
)
ROLES = TITLES | vocabulary(
    "rival opponent "
    "administrator spokesman spokeswoman spokesperson aide adviser advisor head leader director chairman chairwoman "
    "chair chairperson chief officer official lawmaker candidate nominee analyst expert lawyer attorney commander "
    "deputy envoy diplomat professor author editor reporter journalist correspondent strategist manager pollster "
    "activist coach member founder ceo cfo executive host commentator economist historian scientist researcher "
    "resident witness advocate counsel commissioner prosecutor sheriff speaker whip councilman councilwoman delegate "
    "senior former vice undersecretary student teacher farmer driver owner partner fellow scholar vice-president "
    "father mother son daughter wife husband brother sister widow victim survivor voter supporter veteran pastor "
    "president-elect co-founder co-chair chief-of-staff governor-elect star actor actress singer billionaire "
    "businessman businesswoman tycoon mogul democrat republican congresswoman inspector superintendent detective"
)
GROUP_NOUNS = vocabulary(
    "officials media lawmakers authorities sources experts analysts republicans democrats conservatives liberals "
    "leaders forces troops soldiers police prosecutors diplomats senators aides supporters critics opponents "
    "lawyers reporters activists allies voters residents families members advisers advisors investigators researchers "
    "scientists economists ministers generals commanders rebels militants protesters delegates governors judges "
    "strategists operatives donors outlets newspapers reports polls companies people women men students workers "
    "agencies groups states nations countries"
)
# Nouns of what shows or tells something without being anybody; the beginning of a pattern.
MATERIAL = r"data|figure|footage|video|document|image|photo|picture"
ORGANISATION_WORDS = vocabulary(
    "ministry department council committee commission party times post journal news agency university institute "
    "association federation union bank court house senate congress parliament government administration office bureau "
    "police army navy forces force campaign corporation company inc corp ltd llc group foundation fund club league "
    "kremlin pentagon nato nations organization organisation authority board center centre school college hospital "
    "team media press network tv radio herald tribune gazette guardian telegraph reuters magazine street church "
    "service services society alliance coalition front movement brigade regiment command staff duma knesset "
    "poll survey study report act amendment agreement charter treaty"
)
# What somebody said or wrote: whoever owns it speaks.
UTTERANCES = vocabulary(
    "statement statements release tweet tweets remarks remark comment comments words letter speech testimony "
    "answer answers reply response email emails message messages op-ed memoir eyes view views opinion telling "
    "argument post posts column submission filing brief"
)
