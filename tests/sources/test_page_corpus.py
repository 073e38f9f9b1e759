"""trafilatura's own evaluation pages, where there is a copy of them; and the comparison, on pages made for that."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from benchmarks.pages import Known, Tally, by_library, compared, evaluation_pages, lines, measured, served
from briefings.sources.page_names import byline_of

MARGIN = 0.01
STORY = "The harbour was closed on Wednesday after the wind had torn two cranes off their rails. "
PAGE = f"""<!doctype html><html lang=en><head><title>Cranes torn off</title></head><body><nav>All our sections</nav>
<article><h1>Cranes torn off</h1><p>{STORY * 3}</p><p>{STORY.replace("two", "three") * 3}</p></article>
<footer>Written by nobody at all</footer></body></html>"""


def test_the_text_of_pages_is_found_as_the_library_finds_it() -> None:
    path = os.environ.get("TRAFILATURA_TESTS")
    if not path:
        pytest.skip("TRAFILATURA_TESTS is not set to the folder tests of a copy of adbar/trafilatura")
    if not (Path(path) / "evaldata.json").is_file():
        pytest.skip(f"there is no evaldata.json in {path}")
    outcome = measured(Path(path), every=20)
    assert outcome.pages >= 40
    assert outcome.lost <= MARGIN
    assert sum(outcome.ours.refused.values()) == 0


@pytest.fixture
def evaluation(tmp_path: Path) -> Path:
    known = {
        f"https://{name}.test/": {"file": f"{name}.html", "with": ["torn two cranes"], "without": ["All our sections"]}
        for name in ("story", "empty")
    }
    (tmp_path / "evaldata.json").write_text(json.dumps(known))
    (tmp_path / "eval").mkdir()
    (tmp_path / "eval" / "story.html").write_text(PAGE)
    (tmp_path / "eval" / "empty.html").write_text("<!doctype html><title>Nothing</title><nav>All our sections</nav>")
    return tmp_path


async def test_what_is_lost_counts_as_lost(evaluation: Path) -> None:
    outcome = await compared(evaluation_pages(evaluation), lambda body, url: (STORY, {}))
    assert outcome.pages == 2
    assert outcome.ours.refused.total() == 1
    assert outcome.lost > MARGIN  # the made-up library finds the words on both pages
    outcome = await compared(evaluation_pages(evaluation)[1:], by_library)
    assert outcome.lost == 0


def test_passages_are_counted_over_all_pages_blanks_aside() -> None:
    tally = Tally()
    tally.add(Known("", Path(), ("a b", "c", "d"), ("x",), {"title": "One: Two"}), "a\n\nb c x", {"title": "one two"})
    tally.add(Known("", Path(), ("e",), ("y", "z"), {"day": "2024-08-14"}), "", {})
    assert (tally.found, tally.missed, tally.wrong) == (2, 2, 1)
    assert (tally.precision, tally.recall, tally.f1) == (2 / 3, 1 / 2, 4 / 7)
    assert (tally.told, tally.right) == ({"title": 1, "day": 0}, {"title": 1, "day": 0})
    assert (Tally().precision, Tally().recall, Tally().f1) == (0, 0, 0)


@pytest.mark.parametrize("path", ["/2024/08/14/cranes/.", "//2024/08/14/Kr%C3%A4ne", "/2024/08/14/a b/..;c=1?d=/e#f"])
async def test_pages_are_served_byte_for_byte_under_their_own_path(evaluation: Path, path: str) -> None:
    # The day is in the address alone, and some of the words are in no encoding that the page names.
    known = {f"https://story.test{path}": {"file": "story.html", "with": ["x"], "without": ["y"], "date": "2024-08-14"}}
    (evaluation / "evaldata.json").write_text(json.dumps(known))
    body = PAGE.replace("harbour", "Häfen").encode("latin-1")
    (evaluation / "eval" / "story.html").write_bytes(body)
    async for _, payload in served(evaluation_pages(evaluation)):
        assert payload.stream.read() == body
    outcome = await compared(evaluation_pages(evaluation), by_library)
    assert (outcome.ours.right["day"], outcome.library.right["day"]) == (1, 1)
    assert "day: 1 known; 1 right of 1 told; trafilatura 1 right of 1 told" in list(lines(outcome))


@pytest.mark.parametrize(
    ("said", "byline"),
    [
        ("View all posts by Jane Roe", "Jane Roe"),
        ("Posts by Jane Roe", "Jane Roe"),
        ("Zeige alle Beiträge von Jane Roe", "Jane Roe"),
        ("Voir tous les articles par Jane Roe", "Jane Roe"),
        ("Auteur Jane Roe; Autorin: Ana Poe", "Jane Roe; Ana Poe"),
        ("Autumn Roe", "Autumn Roe"),
        ("Vonda Roe; Byron Poe", "Vonda Roe; Byron Poe"),
    ],
)
def test_words_on_the_link_from_an_author_are_no_name(said: str, byline: str) -> None:
    assert byline_of(said, None) == byline


def test_a_copy_that_lacks_a_page_says_so(evaluation: Path) -> None:
    (evaluation / "eval" / "story.html").unlink()
    with pytest.raises(ValueError, match=r"story\.html is missing"):
        evaluation_pages(evaluation)
