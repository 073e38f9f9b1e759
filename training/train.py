"""Trains the network on an annotated corpus: `python -m training.train CORPUS OUT`; see the README beside this."""

from __future__ import annotations

import argparse
import json
import logging
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from briefings.extract.learned.cues import Candidate, candidates, chances, steps
from training.corpus import Batch, Target, batches, examples
from training.network import Network, tokenizer
from training.score import read

log = logging.getLogger("training")
HEADS_RATE = 5.0
DECAY = 0.995
# How often the network is shown a cue as it would cut it, in place of the annotated cut.
OWN_CUT = 0.3


# How many pieces of a window are hidden, so that the network does not learn 840 articles by heart.
HIDDEN = 0.12
HIDES = 103  # [MASK] of the vocabulary
# Among the cues of a batch, the share of what the network takes for a cue and is none; at first it takes anything.
STRAYS = 0.35
# Paragraphs of like length are looked at together.
CHUNK = 24


class Rows(NamedTuple):
    """n cues with the words of their paragraphs, at most w: `places` (n, w) are rows of the batch's states laid end to
    end; `steps`, `mask`, `labels` (n, w); `valid` (n,) is 1 for cues and 0 for what is none."""

    places: Tensor
    steps: Tensor
    mask: Tensor
    labels: Tensor
    valid: Tensor


def rows(batch: Batch, tags: Tensor, chance: random.Random) -> Iterator[Rows]:
    """The annotated cues of a batch, and some of what the network takes for cues and is none."""
    windows = [example.window for example in batch.examples]
    shares = [chances(tags[row, : len(window.words)].numpy()) for row, window in enumerate(windows)]
    pairs = list(_paired(batch, candidates(windows, shares), chance))
    cues = [pair for pair in pairs if pair[1] is not None]
    strays = [pair for pair in pairs if pair[1] is None]
    strays = chance.sample(strays, min(len(strays), round(len(cues) * STRAYS / (1 - STRAYS)) + 1))
    chosen = sorted(cues + strays, key=lambda pair: pair[0].size)
    for at in range(0, len(chosen), CHUNK):
        yield _rows(chosen[at : at + CHUNK], tags.shape[1])


def _rows(chosen: Sequence[tuple[Candidate, Target | None]], width: int) -> Rows:
    shape = (len(chosen), max(candidate.size for candidate, _ in chosen))
    made = Rows(
        torch.zeros(shape, dtype=torch.long),
        torch.zeros(shape, dtype=torch.long),
        torch.zeros(shape, dtype=torch.bool),
        torch.full(shape, -100),
        torch.zeros(len(chosen)),
    )
    for row, (candidate, target) in enumerate(chosen):
        size = candidate.size
        made.places[row, :size] = torch.arange(*candidate.block) + candidate.window * width
        made.steps[row, :size] = torch.from_numpy(steps(candidate))
        made.mask[row, :size] = True
        if target is not None:
            made.labels[row, :size] = torch.tensor(target.labels)
            made.valid[row] = 1
    return made


def _paired(batch: Batch, found: list[Candidate], chance: random.Random) -> Iterator[tuple[Candidate, Target | None]]:
    for index, example in enumerate(batch.examples):
        mine = [candidate for candidate in found if candidate.window == index]
        for target in example.targets:
            own = [candidate for candidate in mine if _overlap(candidate, target)]
            if own and chance.random() < OWN_CUT:
                yield own[0], target
            else:
                yield Candidate(index, target.cue, target.block), target
        for candidate in mine:
            if not any(_overlap(candidate, target) for target in example.targets):
                yield candidate, None


def _overlap(candidate: Candidate, target: Target) -> bool:
    return candidate.cue[0] < target.cue[1] and target.cue[0] < candidate.cue[1]


def losses(network: Network, teacher: Network | None, batch: Batch, chance: random.Random) -> tuple[Tensor, ...]:
    """Cross entropy of the tags, of the labels around each cue, and of what is a cue.

    With a teacher, what it says of the windows, nothing hidden, counts as much as what the annotators said.
    """
    hidden = (torch.rand(batch.ids.shape) < HIDDEN) & (batch.ids > HIDES)
    tags, states = network.tagger(batch.ids.masked_fill(hidden, HIDES), batch.features, batch.mask, batch.firsts)
    known = taught = None
    if teacher is not None:
        with torch.no_grad():
            known, taught = teacher.tagger(batch.ids, batch.features, batch.mask, batch.firsts)
    tagging = _fit(tags, batch.tags, known)
    labelling, judging = [tagging.new_zeros(())], [tagging.new_zeros(())]
    labelled = judged = 0
    for looked in rows(batch, tags.detach().float(), chance):
        labels, valid = network.linker(_picked(states, looked), looked.steps, looked.mask)
        said, sure = None, looked.valid
        if teacher is not None and taught is not None:
            with torch.no_grad():
                said, judged_by = teacher.linker(_picked(taught, looked), looked.steps, looked.mask)
                sure = (sure + judged_by.float().sigmoid()) / 2
        labelling.append(_fit(labels, looked.labels, said) * int((looked.labels >= 0).sum()))
        judging.append(nn.functional.binary_cross_entropy_with_logits(valid.float(), sure, reduction="sum"))
        judged, labelled = judged + len(looked.valid), labelled + int((looked.labels >= 0).sum())
    return tagging, torch.stack(labelling).sum() / max(labelled, 1), torch.stack(judging).sum() / max(judged, 1)


def _picked(states: Tensor, looked: Rows) -> Tensor:
    return nn.functional.embedding(looked.places, states.flatten(0, 1))


def _fit(scores: Tensor, right: Tensor, taught: Tensor | None) -> Tensor:
    """Mean cross entropy with what is right (-100: unknown), and, half of it, with a teacher's scores."""
    known = right.flatten() >= 0
    if not known.any():
        return scores.new_zeros(())
    mine = scores.float().flatten(0, 1)[known]
    fit = nn.functional.cross_entropy(mine, right.flatten()[known])
    if taught is None:
        return fit
    shares = taught.float().flatten(0, 1)[known].softmax(-1)
    return (fit + nn.functional.cross_entropy(mine, shares)) / 2


def _taught_by(weights: Path | None) -> Network | None:
    if weights is None:
        return None
    teacher = Network(attention="eager")
    teacher.load_state_dict(torch.load(weights, weights_only=True))
    return teacher.eval().requires_grad_(False)


def optimiser(network: Network, rate: float) -> torch.optim.Optimizer:
    encoder = list(network.tagger.encoder.parameters())
    known = {id(parameter) for parameter in encoder}
    heads = [parameter for parameter in network.parameters() if id(parameter) not in known]
    groups = [{"params": encoder, "lr": rate}, {"params": heads, "lr": rate * HEADS_RATE}]
    return torch.optim.AdamW(groups, weight_decay=0.01, fused=True)


def train(corpus: Path, out: Path, *, teacher: Path | None, epochs: int, rate: float, size: int, seed: int) -> None:
    torch.manual_seed(seed)
    taught_by = _taught_by(teacher)
    chance = random.Random(seed)
    articles, pieces = read(corpus), tokenizer()
    network = Network(attention="eager")  # faster than the fused one on a CPU, backwards
    average = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(DECAY))
    adam = optimiser(network, rate)
    total = epochs * (len(examples(pieces, articles, random.Random(seed))) // size + 8)
    rates = [group["lr"] for group in adam.param_groups]
    schedule = torch.optim.lr_scheduler.OneCycleLR(adam, rates, total_steps=total, pct_start=0.1)
    done = 0
    for epoch in range(epochs):
        network.train()
        begun, sums, count = time.monotonic(), torch.zeros(3), 0
        for batch in batches(examples(pieces, articles, chance), size, chance):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                parts = losses(network, taught_by, batch, chance)
            (parts[0] + parts[1] + 0.5 * parts[2]).backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            adam.step()
            adam.zero_grad()
            if done < total - 1:
                schedule.step()
            average.update_parameters(network)
            done, count = done + 1, count + 1
            sums += torch.stack([part.detach() for part in parts])
            if count % 50 == 0:
                means = dict(zip(("tagging", "labelling", "judging"), (sums / count).tolist(), strict=True))
                log.info(json.dumps({"step": done, "of": total, **means, "seconds": round(time.monotonic() - begun)}))
        torch.save(average.module.state_dict(), out / f"epoch-{epoch + 1}.pt")
        log.info(json.dumps({"epoch": epoch + 1, "seconds": round(time.monotonic() - begun)}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--teacher", type=Path, help="weights of an earlier run to learn from as well")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--size", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    options = vars(parser.parse_args())
    options["out"].mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(message)s",
        handlers=[logging.StreamHandler(), logging.FileHandler(options["out"] / "train.log")],
    )  # fmt: skip
    log.info(json.dumps({key: str(value) for key, value in options.items()}))
    train(options.pop("corpus"), options.pop("out"), **options)


if __name__ == "__main__":
    main()
