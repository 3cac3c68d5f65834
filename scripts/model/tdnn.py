"""The acoustic model: a TDNN, one frame of output for 30 ms of sound."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from kaldi_format import Affine
from numpy.typing import NDArray
from phones import CONTEXT, SCORES, STEPS
from torch import Tensor, nn

DIM = 256


def pad_context(features: NDArray[np.floating]) -> NDArray[np.floating]:
    """Features (frames, 40) with their first and last frame repeated by what the network sees to each side."""
    return np.pad(features, ((CONTEXT, CONTEXT), (0, 0)), mode="edge")


def _spliced(x: Tensor, layer: int) -> Tensor:
    """Three frames side by side, as the layer sees them; layer 1 goes on to every third frame."""
    if layer == 1:
        return x[:, : x.shape[1] // 3 * 3].reshape(len(x), -1, 3 * x.shape[2])
    k = 2 * max(1, STEPS[layer] // 3)
    return torch.cat([x[:, :-k], x[:, k // 2 : -k // 2], x[:, k:]], -1)


class Tdnn(nn.Module):
    """mean, std: of the features, shape (40,)."""

    def __init__(self, mean: NDArray[np.floating], std: NDArray[np.floating]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.as_tensor(mean, dtype=torch.float32))
        self.register_buffer("std", torch.as_tensor(std, dtype=torch.float32))
        self.hidden = nn.ModuleList(nn.Linear(3 * (DIM if i else 40), DIM) for i in range(len(STEPS)))
        self.norms = nn.ModuleList(nn.BatchNorm1d(DIM) for _ in STEPS)
        self.out = nn.Linear(DIM, SCORES)
        self.frame = nn.Linear(DIM, SCORES)  # only a help in training

    def forward(self, feats: Tensor, both: bool = False) -> Tensor | tuple[Tensor, Tensor]:
        """Scores (batch, frames / 3, SCORES) of features (batch, frames + 2 CONTEXT, 40); with `both` also
        those of the head that only helps in training."""
        x = (feats - self.mean) / self.std
        for i, (hidden, norm) in enumerate(zip(self.hidden, self.norms, strict=True)):
            x = torch.relu(hidden(_spliced(x, i)))
            x = norm(x.flatten(0, 1)).view(x.shape)
            if i > 1 and self.training:  # the same units are dropped for a whole utterance
                kept = (torch.rand(len(x), 1, x.shape[2]) > 0.1).to(x.dtype)
                x = x * (kept / 0.9)
        return (self.out(x), self.frame(x)) if both else self.out(x)

    def affines(self) -> list[Affine]:
        """The network as layers with ReLU between them: normalisation is folded in."""
        scale, shift = 1 / _array(self.std), -_array(self.mean) / _array(self.std)
        result: list[Affine] = []
        for layer, norm in zip([*self.hidden, self.out], [*self.norms, None], strict=True):
            matrix, bias = _array(layer.weight), _array(layer.bias)
            taps = matrix.shape[1] // len(scale)
            result.append((matrix * np.tile(scale, taps), bias + matrix @ np.tile(shift, taps)))
            if norm is not None:
                scale = _array(norm.weight) / np.sqrt(_array(norm.running_var) + norm.eps)
                shift = _array(norm.bias) - _array(norm.running_mean) * scale
        return result

    @torch.no_grad()
    def take(self, affines: Sequence[Affine], sample: NDArray[np.float32]) -> None:
        """Start from the layers of an earlier model; normalisation begins as what it is on `sample`,
        features (utterances, frames, 40)."""
        mean, std = self.mean.double().numpy(), self.std.double().numpy()
        x = (torch.from_numpy(sample) - self.mean) / self.std
        for i, (hidden, norm, affine) in enumerate(zip(self.hidden, self.norms, affines[:-1], strict=True)):
            matrix, bias = affine
            if i == 0:  # these weights were for features that are not normalised
                taps = matrix.shape[1] // 40
                matrix, bias = matrix * np.tile(std, taps), bias + matrix @ np.tile(mean, taps)
            _set(hidden, (matrix, bias))
            x = torch.relu(hidden(_spliced(x, i)))
            flat = x.flatten(0, 1)
            norm.running_mean.copy_(flat.mean(0))
            norm.running_var.copy_(flat.var(0).clamp(min=1e-3))
            norm.weight.copy_((norm.running_var + norm.eps).sqrt())
            norm.bias.copy_(norm.running_mean)
        _set(self.out, affines[-1])
        _set(self.frame, affines[-1])


def _array(tensor: Tensor) -> NDArray[np.float64]:
    return tensor.detach().double().numpy()


def _set(layer: nn.Module, affine: Affine) -> None:
    layer.weight.copy_(torch.from_numpy(np.ascontiguousarray(affine[0])))
    layer.bias.copy_(torch.from_numpy(np.ascontiguousarray(affine[1])))


@torch.no_grad()
def frame_scores(net: Tdnn, features: NDArray[np.floating], frame_head: bool = False) -> NDArray[np.float32]:
    """Scores (frames, SCORES) for every 10 ms frame of features (frames, 40), from three runs of the network."""
    dense = np.full((len(features), SCORES), -20, np.float32)
    seen = pad_context(features.astype(np.float32))
    for start in range(3):
        part = torch.from_numpy(seen[start:][None])
        if part.shape[1] <= 2 * CONTEXT + 3:
            continue
        scores = net(part, True)[1 if frame_head else 0][0]
        scores = (torch.log_softmax(scores, 1) if frame_head else scores).numpy()
        into = dense[start::3]
        count = min(len(into), len(scores))
        into[:count] = scores[:count]
    return dense
