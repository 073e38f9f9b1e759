"""Writes a trained network as the int8 ONNX files that ship: `python -m training.export WEIGHTS FOLDER`."""

from __future__ import annotations

import argparse
import shutil
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import torch
from onnx import TensorProto
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from torch import Tensor, nn

from briefings.extract.learned.network import LINKER, TAGGER, TOKENIZER
from training.network import Network, pretrained


def export(weights: Path, folder: Path) -> None:
    """Fuses the encoder's attention, then quantises weights channel by channel, and activations at run time.

    Weights keep 7 of their 8 bits: with 8, processors without VNNI instructions overflow in silence and read another
    article than the rest (onnxruntime's notes on quantisation).
    """
    # The fusion knows attention as it is written out, not as one call.
    network = Network(attention="eager")
    network.load_state_dict(torch.load(weights, weights_only=True))
    network.eval()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        whole, fused, linker = (Path(scratch) / f"{name}.onnx" for name in ("whole", "fused", "linker"))
        _write_tagger(network.tagger, whole)
        _fuse(network.tagger, whole, fused)
        _write_linker(network.linker, network.tagger.width, linker)
        for made, name in ((fused, TAGGER), (linker, LINKER)):
            quantize_dynamic(
                made,
                folder / name,
                weight_type=QuantType.QInt8,
                per_channel=True,
                reduce_range=True,
                # The types behind fused operators are not inferred.
                extra_options={"DefaultTensorType": TensorProto.FLOAT},
            )
    shutil.copyfile(pretrained() / TOKENIZER, folder / TOKENIZER)


def _fuse(tagger: nn.Module, whole: Path, fused: Path) -> None:
    options = FusionOptions("bert")
    options.enable_embed_layer_norm = False  # it expects the two features of a plain BERT
    config = tagger.encoder.config
    heads, width = config.num_attention_heads, config.hidden_size
    model = optimize_model(str(whole), "bert", heads, width, opt_level=0, optimization_options=options)
    model.save_model_to_file(str(fused))


def _write_tagger(tagger: nn.Module, path: Path) -> None:
    pieces, firsts = torch.randint(1000, 2000, (2, 40)), torch.arange(1, 31).repeat(2, 1)
    axes = {name: {0: "windows", 1: "pieces"} for name in ("ids", "features", "mask")}
    axes |= {name: {0: "windows", 1: "words"} for name in ("firsts", "tags", "states")}
    example = (pieces, pieces % 6, torch.ones_like(pieces), firsts)
    _write(tagger, example, path, ("ids", "features", "mask", "firsts"), ("tags", "states"), axes)


def _write_linker(linker: nn.Module, width: int, path: Path) -> None:
    steps = torch.arange(30).repeat(2, 1) + 30
    axes = {name: {0: "cues", 1: "words"} for name in ("states", "steps", "mask", "labels")} | {"valid": {0: "cues"}}
    example = (torch.randn(2, 30, width), steps, torch.ones(2, 30, dtype=torch.bool))
    _write(linker, example, path, ("states", "steps", "mask"), ("labels", "valid"), axes)


def _write(
    module: nn.Module,
    example: tuple[Tensor, ...],
    path: Path,
    inputs: Sequence[str],
    outputs: Sequence[str],
    axes: dict[str, dict[int, str]],
) -> None:
    with warnings.catch_warnings():
        # The newer exporter writes a graph that the fusion does not know yet.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module, example, str(path), input_names=inputs, output_names=outputs, dynamic_axes=axes, dynamo=False,
            opset_version=17,
        )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    export(options.weights, options.folder)


if __name__ == "__main__":
    main()
