"""trafilatura's own evaluation pages, where there is a copy of them; and the comparison, on pages made for that."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from benchmarks.pages import by_library, compared, evaluation_pages, measured

MARGIN = 0.01
STORY = "The harbour was closed on Wednesday after the wind had torn two cranes off their rails. "
PAGE = f"""<!doctype html><html lang=en><head><title>Cranes torn off</title></head><body><nav>All our sections</nav>
<article><h1>Cranes torn off</h1><p>{STORY * 3}</p><p>{STORY.replace("two", "three") * 3}</p></article>
<footer>Written by nobody at all</footer></body></html>"""


def test_the_text_of_pages_is_found_as_the_library_finds_it() -> None:
    path = os.environ.get("TRAFILATURA_TESTS")
    if not path:
        pytest.skip("TRAFILATURA_TESTS is not set to the folder tests of a copy of adbar/trafilatura")
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


def test_a_copy_that_lacks_a_page_says_so(evaluation: Path) -> None:
    (evaluation / "eval" / "story.html").unlink()
    with pytest.raises(ValueError, match=r"story\.html is missing"):
        evaluation_pages(evaluation)
