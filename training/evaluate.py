"""Scores a model, by default the shipped one, on an annotated corpus: `python -m training.evaluate CORPUS`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from briefings.extract.base import Passage
from briefings.extract.codec import to_json
from briefings.extract.learned.extractor import LearnedExtractor
from briefings.extract.learned.network import FOLDER
from training.score import Share, figures, read


def evaluate(corpus: Path, folder: Path) -> dict[str, Share]:
    articles = read(corpus)
    found = LearnedExtractor(folder).extract([Passage(article["text"], "", None) for article in articles])
    rows = [to_json(each, article["text"])["attributions"] for each, article in zip(found, articles, strict=True)]
    return figures(articles, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--model", type=Path, default=FOLDER)
    options = parser.parse_args()
    for name, share in evaluate(options.corpus, options.model).items():
        row = {"figure": name, **{side: round(value, 4) for side, value in share._asdict().items()}}
        sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
