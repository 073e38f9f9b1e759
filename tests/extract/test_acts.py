"""What a source does, by the cue: said or only thought, claimed or denied; and what nobody uttered."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from briefings.extract.acts import act_of
from briefings.model import Act


@pytest.mark.parametrize(
    ("cues", "act"),
    [
        ("said|told reporters|wrote on Telegram|added|according to|has also said|In the words of|weighed in", Act.SAYS),
        ("pointed out|made it clear|made very clear|is quoted as saying|’s statement|:|—|@", Act.SAYS),
        ("claimed|has repeatedly insisted|argues|alleges|’s claim|’s contention|reportedly", Act.CLAIMS),
        ("denied|flatly rejects|dismissed|’s denial|brushed aside|disavowed", Act.DENIES),
        ("accused|blamed|held them responsible|’s accusation", Act.ACCUSES),
        ("warned|cautioned|’s warning|threatened", Act.WARNS),
        ("demanded|urged|called for|calls on|called upon|’s appeal", Act.DEMANDS),
        ("confirmed|acknowledged|admits|conceded|reaffirmed", Act.CONFIRMS),
        ("promised|vowed|has pledged|’s commitment", Act.PROMISES),
        ("condemned|slammed|was critical of|lashed out at|took aim at|hit back|’s complaint", Act.CRITICISES),
        ("praised|endorsed|spoke in favour of|stood by|’s support", Act.SUPPORTS),
        ("asked|wondered|’s question", Act.ASKS),
        ("thinks|believes|had feared|is convinced|’s view|expects|seemed|appears", Act.THINKS),
        ("hopes|want|wished|would like|is looking forward|in the hope|is eager", Act.WISHES),
    ],
)
def test_each_cue_has_its_act(cues: str, act: Act) -> None:
    assert {cue: act_of(cue, quoted=False) for cue in cues.split("|")} == dict.fromkeys(cues.split("|"), act)


@pytest.mark.parametrize(
    "cue",
    [
        *(
            "declined to say",
            "refused to",
            "would not say",
            "did not deny",
            "never mentioned",
            "has yet to say no comment",
        ),
        *("won’t rule out saying", "hasn't announced", "could not confirm", "cannot say", "without saying"),
        *("plans to say", "is expected to announce", "plans to", "seeks", "decided", "", "in", "’s stance"),
    ],
)
def test_what_no_word_says_was_uttered_is_held(cue: str) -> None:
    assert act_of(cue, quoted=False) is Act.HOLDS
    assert not act_of(cue, quoted=False).spoken


@pytest.mark.parametrize(
    ("cue", "act"),
    [
        ("not only said", Act.SAYS),
        ("did not just deny", Act.DENIES),
        ("said that he would not", Act.SAYS),  # what is not is what was said
        ("vowed never", Act.PROMISES),
        ("does not believe", Act.THINKS),  # another thought, but a thought
        ("don't want", Act.WISHES),
        ("appeared to blame", Act.ACCUSES),
        ("seemed to think", Act.THINKS),
        ("expressed hope", Act.SAYS),
        ("hopes to say", Act.WISHES),
        ("asked if he believed", Act.ASKS),
        ("SAID", Act.SAYS),
        ("Believes", Act.THINKS),
        ("called", Act.SAYS),
        ("called for", Act.DEMANDS),
    ],
)
def test_the_first_word_that_tells_decides(cue: str, act: Act) -> None:
    assert act_of(cue, quoted=False) is act


def test_words_in_quotation_marks_were_said_whatever_their_cue() -> None:
    assert [act_of(cue, quoted=True) for cue in ("", "with a smile", "of")] == [Act.SAYS] * 3
    assert act_of("thought", quoted=True) is Act.THINKS
    assert act_of("denied", quoted=True) is Act.DENIES


def test_saying_is_told_from_thinking() -> None:
    assert {act for act in Act if not act.spoken} == {Act.THINKS, Act.WISHES, Act.HOLDS}


@given(
    st.text()
    | st.lists(st.sampled_from(["said", "not", "never", "call", "for", "held", "responsible", "n't", "’", "\n"])).map(
        " ".join
    )
)
@example("İ said")  # longer in lower case
@example("ſaid \ud800")
def test_any_cue_has_an_act(cue: str) -> None:
    assert act_of(cue, quoted=False) in Act
    assert act_of(cue, quoted=True) in Act
