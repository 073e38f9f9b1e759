"""What a source does by its cue: says, claims, denies, thinks. English; by lexicon, not by guess."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from briefings.extract.lexicon import cue_forms
from briefings.extract.vocabulary import vocabulary
from briefings.model import Act

# Tried first, in this order: word groups that mean something else than their verb.
_PHRASES = (
    (
        Act.HOLDS,
        r"(?:declin|refus)\w*|unwilling|reluctant|no comment|(?:plan|intend|prepar|schedul)\w* to"
        r"|(?:is|was|are|were|be) (?:expected|due|set|about|going) to",
    ),
    (Act.DEMANDS, r"call(?:s|ed|ing)? (?:for|on|upon|to)"),
    (Act.ASKS, r"(?:s|the|an?|her|his|its|their) questions?"),
    (
        Act.SAYS,
        r"according to|point(?:s|ed|ing)? (?:out|to)|ma[dk](?:e|es|ing) (?:it )?(?:\w+ )?clear|in (?:the )?words"
        r"|weigh(?:s|ed|ing)? in",
    ),
    (Act.WISHES, r"(?:would|'d|’d) (?:like|love|prefer|rather)|look(?:s|ed|ing)? forward|in (?:the )?hopes?|eager"),
    (Act.SUPPORTS, r"in (?:favou?r|support|defen[cs]e) of|side[sd]? with|stood by|stand(?:s|ing)? by"),
    (Act.DENIES, r"(?:brush|shrug|wav)\w* (?:off|aside)"),
    (
        Act.CRITICISES,
        r"(?:critical|skeptical) of|rail(?:s|ed|ing)? against|(?:went|go|goes|going) after|shot back|opposed? to"
        r"|lash(?:es|ed|ing)? out|hit(?:s|ting)? (?:out|back)|fir(?:es|ed|ing) back|t(?:ook|akes?|aking) (?:aim|issue)",
    ),
    (Act.ACCUSES, r"held? (?:\w+ )?responsible"),
)
# Beside the reporting verbs of `lexicon.cue_forms`: nouns, and verbs that introduce no statement by rule.
_WORDS = (
    (Act.SAYS,
        "proclaim proclaims proclaimed proclaiming exclaim exclaims exclaimed brag brags bragged bragging tout touts "
        "mused muses quoting articulated lays laying speak advise advises advising speculate speculates speculated "
        "speculating characterise characterised characterize characterizes characterized characterizing paints "
        "painted painting frames framed likened likens labels labeled labelled labeling branded pronounced billed "
        "coined alludes alluded alluding uttered barked cried lectured briefed interjected interjecting chimed "
        "intimated professed professing underscores underscored underscoring slogan mantra dictum apologise "
        "apologised apologize apologizes apologized apologises apology apologies reacted trumpeting trumpeted "
        "attributed attributes attributing pitched pitches statement statements message messages retweeted interview "
        "speech announcement testimony quote quotes quoted words response account accounts article letter email "
        "emailed memo headline titled spoke speaks speaking spoken talk talks talked talking refer refers referred "
        "referring referenced referencing chant chants chanted chanting yelled echoed echoing echoes boasted boasts "
        "address addressed addressing lists listed listing description identified identifies published released "
        "delivered issued put puts raised touted touting acknowledgement clarification advised advice informed "
        "informs named dubbed laid outlined outlining detailed details explanation assessment conclusion findings "
        "ruled ruling projected forecast forecasts prediction predictions whispered muttered vented texted"),
    (Act.CLAIMS,
        "reportedly allegedly purportedly rumor rumors rumour rumours speculation chatter assertion assertions "
        "argument arguments contention insistence boast allegation allegations narrative suggestion suggestions"),
    (Act.DENIES,
        "disavow disavows disavowed rebuffed rebuffs denial denials rejection refutation rebuttal contradicted "
        "contradicts contradicting"),
    (Act.ACCUSES, "accusation accusations"),
    (Act.WARNS, "warnings threat threats"),
    (Act.DEMANDS,
        "push pushes encourage advocate invited invites appeal appeals appealed plea proposal proposals "
        "recommendation recommendations pressed pressing pressured challenged challenging encouraged encouraging "
        "encourages lobbied pushed pushing advocated advocates advocating instructed instructs"),
    (Act.CONFIRMS,
        "reaffirm reaffirms reaffirmed reaffirming confess confesses confessed admission confirmation concession "
        "acknowledgment"),
    (Act.PROMISES, "assurance assurances commitment commitments oath"),
    (Act.CRITICISES,
        "critic critique critiques bemoan bemoans bemoaned chides chiding savaged savaging eviscerated belittled "
        "belittles reprimanded protest protests protested protesting disapproves disapproved criticism criticisms "
        "attack attacks attacked attacking complaint complaints assailed assails condemnation opposition opponents "
        "critics insulted bashed bashing ripped chided scolded berated disparaged tirade denunciation objected "
        "objects objections excoriated"),
    (Act.SUPPORTS,
        "credits credited crediting extols extolled heralded heralds vouched vouches congratulates congratulating "
        "celebrated celebrates supporter supporters backing backed backs endorsement endorsements embraced embraces "
        "favor favors favored favour favours favoured champion championed prefer prefers preferred defense defence "
        "congratulated applause approval nominated vote voted votes voting"),
    (Act.ASKS, "inquiry query"),
    (Act.THINKS,
        "realize realizes realized realise realised realises imagines imagined envision envisions envisioned foresee "
        "foresees anticipate anticipates anticipated guess guesses nervous anxious anxiety scared glad happy proud "
        "upset unhappy pleased thrilled shocked outraged alarmed dismayed impressed furious excited wary noticed "
        "notices dislike dislikes disliked admire admires admired admiration trust trusts trusted interpret "
        "interprets interpreted mulls mulled mulling surmised sentiment attitude attitudes view views viewed viewing "
        "opinion opinions belief beliefs thoughts concern concerns concerned suspicion suspicions skepticism "
        "skeptical doubtful sees see saw seen seeing consider considers considered considering deem deemed deems "
        "regard regards regarded convinced confident confidence certain sure aware mindful perceived perception "
        "impression sense expectation expectations interpretation remember remembers remembered learned judged judge "
        "hopeful optimistic pessimistic love loves loved hate hates hated like likes angered afraid disappointed "
        "surprised angry recognizes recognized recognised recognize mind idea notion assumption imagine"),
    (Act.WISHES, "keen desire desires longing willing aspiration aspirations dream dreams"),
)  # fmt: skip
# How somebody seems, unless the next word tells what they did: "appeared to blame".
_SEEMING = vocabulary("seem seems seemed seeming appear appears appeared appearing")
# "not only said" is said.
_NEGATION = re.compile(
    r"\b(?:(?:not|cannot)(?! (?:only|just|merely)\b)|never|no longer|without|nor|neither)\b|n['’]t\b"
)
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=1)
def _phrases() -> re.Pattern[str]:
    return re.compile("|".join(rf"(?P<a{number}>\b(?:{pattern})\b)" for number, (_, pattern) in enumerate(_PHRASES)))


@lru_cache(maxsize=1)
def _acts() -> Mapping[str, Act]:
    nouns = {word: act for act, words in _WORDS for word in words.split()}
    return MappingProxyType(nouns | {form: word.act for form, word in cue_forms().items()})


@lru_cache(maxsize=8192)
def act_of(cue: str, *, quoted: bool) -> Act:
    """The act of a cue, read off its first word that tells one; what was not said ("would not say") nobody uttered.

    A cue of which no word is known does not make a saying: its source holds the content (a plan, a stance, a deed),
    unless the content is in quotation marks, or the cue is a mark alone ("Smith: taxes will fall").
    """
    low = cue.lower()
    act, at = _told(low)
    if act is None:
        return Act.SAYS if quoted or (low and not _WORD.search(low)) else Act.HOLDS
    return Act.HOLDS if act.spoken and _NEGATION.search(low, 0, at) else act


def _told(low: str) -> tuple[Act | None, int]:
    """The act that a cue tells, None for none, and where in it."""
    if match := _phrases().search(low):
        return _PHRASES[int(str(match.lastgroup)[1:])][0], match.start()
    words = list(_WORD.finditer(low))
    known = _acts()
    for word in words:
        if word.group() in known:
            return known[word.group()], word.start()
    return (Act.THINKS, 0) if any(word.group() in _SEEMING for word in words) else (None, 0)
