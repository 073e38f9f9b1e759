"""English is read, in whatever shape news has it; of anything else it is said what it is."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from briefings.extract.language import unread_language
from briefings.languages import language_name
from tests.conftest import shared


@pytest.mark.parametrize(
    "text",
    [
        "The minister said on Tuesday that talks about the border had begun in the capital.",
        "Troops cross border",
        "Podolyak: talks go on",
        "Zelenskyy meets Macron in Paris",
        "UKRAINE STRIKES BRIDGE NEAR KURSK, RUSSIA SAYS",
        "Oil up 3% as OPEC+ cuts",
        "Ann Bell 4, Bo Ash 2. Cy Dee 11, Eve Fir 9. Gus Hale 3, Ida Iles 0. Jo Kay 8, Lu May 5.",
        "Standings: Arsenal 38 26 6 6 84; Liverpool 38 24 10 4 82; Everton 38 8 12 18 36.",
        "He said “Je ne regrette rien” and left, the paper Le Monde reported on Monday.",
        "Said no.",
        "It’s over. They’re out. We’ll see.",
    ],
)
def test_english_is_read(text: str) -> None:
    assert unread_language(text) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Le ministre a déclaré mardi que les pourparlers sur la frontière avaient commencé dans la capitale.", "fr"),
        ("Der Minister sagte am Dienstag, dass die Gespräche über die Grenze in der Hauptstadt begonnen haben.", "de"),
        ("Minister powiedział we wtorek, że w stolicy rozpoczęły się rozmowy w sprawie granicy.", "pl"),
        ("El ministro dijo el martes que las conversaciones sobre la frontera habían comenzado en la capital.", "es"),
        (
            "De minister zei dinsdag dat de gesprekken over de grens in de hoofdstad waren begonnen, aldus bronnen.",
            "nl",
        ),
        ("Statsministeren sier at forhandlingene om grensen har begynt i hovedstaden, og at de vil fortsette.", "no"),
        ("Міністр заявив у вівторок, що в столиці розпочалися переговори щодо кордону.", "uk"),
        ("Министр заявил во вторник, что в столице начались переговоры о границе.", "ru"),
        ("قال الوزير يوم الثلاثاء إن المحادثات بشأن الحدود بدأت في العاصمة.", "ar"),
        ("部长周二表示，有关边界的谈判已在首都开始。", "zh"),
        ("Переговоры", "ru"),
    ],
)
def test_other_languages_are_named(text: str, language: str) -> None:
    assert unread_language(text) == language
    assert unread_language(text * 200) == language


@pytest.mark.parametrize("text", ["", " \n\t", "…", "“”", "1234 5678 — 90%", "\0\x1b\u202e", "🕊️🕊️"])
def test_a_text_without_words_is_in_none(text: str) -> None:
    assert unread_language(text) == "und"


def test_a_foreign_quotation_in_the_middle_changes_nothing() -> None:
    english = "The minister said on Tuesday that talks about the border had begun in the capital. "
    french = "« Les pourparlers sur la frontière ont commencé dans la capitale », a déclaré le ministre. "
    assert unread_language(english * 3 + french + english) is None


@given(st.text() | st.text(st.sampled_from("the said é ї ñ中ا .“\n\ud800")))
@example("\ud800 \udfff")
@example("İ" * 50)
def test_any_text_gives_a_code_or_none(text: str) -> None:
    code = unread_language(text)
    assert code is None or (code.isascii() and code.islower() and 2 <= len(code) <= 3)


@pytest.mark.parametrize("piece", ["the ", "слово ", "x", "«", "\ud800 ", "a\n"])
def test_two_megabytes_take_no_longer_than_a_page(piece: str) -> None:
    unread_language("réponse déjà donnée à ceux qui l’ont demandée hier soir à la mairie")  # the model is loaded now
    text = piece * (2_000_000 // len(piece))
    began = time.monotonic()
    unread_language(text)
    assert time.monotonic() - began < 0.5


@pytest.mark.parametrize("name", ["polnear-dev.jsonl", "main-event-dev.jsonl", "wikinews.jsonl"])
def test_no_article_of_the_corpora_is_turned_away(name: str) -> None:
    for line in shared(f"data/{name}").read_text(encoding="utf-8").splitlines():
        assert unread_language(json.loads(line)["text"]) is None


@pytest.mark.parametrize(
    ("code", "name"), [("uk", "Ukrainian"), ("zh", "Chinese"), ("und", "no words"), ("xx", "xx"), ("", "")]
)
def test_languages_are_called_by_their_names(code: str, name: str) -> None:
    assert language_name(code) == name
