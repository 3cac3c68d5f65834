"""Write a Vosk model folder: Kaldi's nnet3 acoustic model, the graph, and the configuration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from graph import Costs, Lexicon, write_graph
from kaldi_format import Affine, k_float, k_int, k_matrix, k_vector
from phones import CONTEXT, MFCC_CONF, STEPS
from transitions import Transitions

MODEL_CONF = """--min-active=200
--max-active=2000
--beam=10.0
--lattice-beam=2.0
--prune-interval=10
--max-mem=2000000
--acoustic-scale=1.0
--frame-subsampling-factor=3
--frames-per-chunk=9
--endpoint.silence-phones=1:2
--endpoint.rule2.min-trailing-silence=0.5
--endpoint.rule3.min-trailing-silence=0.75
--endpoint.rule4.min-trailing-silence=1.0
"""


def write_acoustic_model(path: Path, affines: Sequence[Affine], transitions: Transitions) -> None:
    """Write final.mdl: layers with ReLU between them, each but the last seeing three frames."""
    config, components, below = ["input-node name=input dim=40"], b"", "input"
    for number, (matrix, bias) in enumerate(affines, 1):
        last = number == len(affines)
        step = 0 if last else STEPS[number - 1]
        seen = below if last else f"Append(Offset({below}, -{step}), {below}, Offset({below}, {step}))"
        config.append(f"component-node name=affine{number} component=affine{number} input={seen}")
        components += b"<ComponentName> affine%d <FixedAffineComponent> <LinearParams> " % number
        components += k_matrix(matrix) + b"<BiasParams> " + k_vector(bias) + b"</FixedAffineComponent> "
        below = f"affine{number}"
        if not last:
            config.append(f"component-node name=relu{number} component=relu{number} input=affine{number}")
            components += _relu(number, len(bias))
            below = f"relu{number}"
    config.append(f"output-node name=output input={below} objective=linear")
    path.parent.mkdir(parents=True)
    path.write_bytes(
        b"\0B"
        + transitions.binary()
        + b"<Nnet3> \n"
        + "".join(line + "\n" for line in config).encode()
        + b"\n<NumComponents> "
        + k_int(2 * len(affines) - 1)
        + components
        + b"</Nnet3> <LeftContext> "
        + k_int(CONTEXT)
        + b"<RightContext> "
        + k_int(CONTEXT)
        + b"<Priors> "
        + k_vector([])
    )


def _relu(number: int, size: int) -> bytes:
    return (
        b"<ComponentName> relu%d <RectifiedLinearComponent> <Dim> " % number
        + k_int(size)
        + b"<ValueAvg> "
        + k_vector([])
        + b"<DerivAvg> "
        + k_vector([])
        + b"<Count> "
        + k_float(0.0)
        + b"</RectifiedLinearComponent> "
    )


def write_model(
    folder: Path,
    lexicon: Lexicon,
    affines: Sequence[Affine],
    phrases: Iterable[str],
    costs: Costs,
    *,
    scale: float = 1.0,
    conf: str = MODEL_CONF,
) -> None:
    """Write a whole model into `folder`, which must not exist yet.

    scale: factor of the acoustic scores. phrases: what the grammar inside the model favours.
    """
    transitions, (matrix, bias) = Transitions(), affines[-1]
    layers = [*affines[:-1], (matrix * scale, bias * scale)]
    write_acoustic_model(folder / "am" / "final.mdl", layers, transitions)
    write_graph(folder / "graph", lexicon, phrases, transitions, costs)
    (folder / "conf").mkdir()
    (folder / "conf" / "mfcc.conf").write_text(MFCC_CONF)
    (folder / "conf" / "model.conf").write_text(conf)
