"""The public face is what it is promised to be: its names and signatures, each typed and documented.

A name that is added here is promised from then on; one that changes or goes breaks notebooks.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any, Final

import cnn_core as cnn

ATTRIBUTES: Final = """
Attribution: by_base by_reference codes columns contributions delta hypothetical letters method missed
    multipliers notes read reference_values rows rules target value
Effects: centred codes columns gain known letters loss present projected raw read target value
Explanation: columns model steps value
FilterMotif: added columns consensus corrected counts described filter information is_written motif name
    probabilities rule settings sites
FilterMotifs: columns
Hits: columns
Influence: changes columns filters index layer logit mean n replaced_by rms rms_changes values
Insertion: bases changes columns motif n strands unshuffled windows
ModelReading: numbers output reading region
NamedArray: axes columns labels name values
OpenedModel: assumptions layers model name unsupported weight_edits
PredictedSequences: columns model records starts stops strand targets values
VariantScores: columns
"""

CALLS: Final = """
Attribution.named(name='contributions')
Attribution.to_frame(library=None)
Effects.named(name='raw')
Effects.to_frame(library=None)
Effects.with_piece(piece)
Explanation.as_dict()
Explanation.to_frame(library=None)
FilterMotif.named(name='probabilities')
FilterMotif.to_frame(library=None)
FilterMotifs.to_frame(library=None)
Hits.to_frame(library=None)
Influence.named(name='changes')
Influence.to_frame(library=None)
Insertion.named(name='mean', *, of=0)
Insertion.to_frame(library=None)
ModelReading.contributions(target='output', *, method='gradient-x-input', logit=None, references=20, seed=0,
    baseline=0.0)
ModelReading.effects(target='output', *, logit=None)
ModelReading.explain(layer, *, cell=None, position=None, unit=None, channel=0)
ModelReading.intervals(layer)
ModelReading.named(layer, numbers='activations')
ModelReading.selections(layer)
NamedArray.to_frame(library=None)
OpenedModel.filters(sequences=(), rule='windows', *, strand='+', background=UNIFORM, pseudocount=None,
    fewest_sites=10, ambiguity='zero')
OpenedModel.influence(sequences, target=None, *, logit=None, strand='+', ambiguity='zero')
OpenedModel.insert(motif, sequences, *, at='center', step=None, strand='+', shuffled=0, seed=0, target=(),
    logit=None, draw=False, ambiguity='zero')
OpenedModel.predict(sequences, target=(), *, strand='+', merge='mean', ambiguity='zero')
OpenedModel.read(sequence, region=None, *, reverse=False, ambiguity='zero', edits=(), inputs=None)
OpenedModel.scan(sequences, *, filters=(), top=None, threshold=None, max_p=None, strand='both',
    background=UNIFORM, ambiguity='zero')
OpenedModel.variants(reference, calls, *, window=None, strand='+', merge='mean', ambiguity='zero')
OpenedModel.with_weights(edits)
PredictedSequences.named(target='output')
PredictedSequences.to_frame(library=None)
VariantScores.to_frame(library=None)
open_model(source, **options)
open_sequences(path, *, stdin=None, cache=None, progress=None, memory_limit=1073741824)
"""


def parts_of(promised: type) -> dict[str, object]:
    """Return the public attributes and methods of a class, those of ours that it inherits among them."""
    parts: dict[str, object] = {}
    for each in reversed(promised.__mro__):
        if each.__module__.startswith("cnn_core"):
            parts |= {name: part for name, part in vars(each).items() if not name.startswith("_")}
    if is_dataclass(promised):
        parts |= {field.name: None for field in fields(promised)}
    return parts


def calls() -> Iterator[tuple[str, Callable[..., Any]]]:
    for name in cnn.__all__:
        promised = getattr(cnn, name)
        if not inspect.isclass(promised):
            yield name, promised
            continue
        for part, what in sorted(parts_of(promised).items()):
            if inspect.isfunction(what):
                yield f"{name}.{part}", what


def written(call: Callable[..., Any]) -> str:
    signature = inspect.signature(call)
    parameters = [
        each.replace(annotation=each.empty) for each in signature.parameters.values() if each.name != "self"
    ]
    bare = signature.replace(parameters=parameters, return_annotation=signature.empty)
    return str(bare).replace("(0.25, 0.25, 0.25, 0.25)", "UNIFORM")


def test_names_and_signatures_are_those_that_are_promised() -> None:
    found = {
        name: {part for part, what in parts_of(getattr(cnn, name)).items() if not inspect.isfunction(what)}
        for name in cnn.__all__
        if inspect.isclass(getattr(cnn, name))
    }
    promised: dict[str, set[str]] = {name: set() for name in found}
    for word in ATTRIBUTES.split():
        if word.endswith(":"):
            name = word.removesuffix(":")
        else:
            promised[name].add(word)
    found.pop("CnnError")
    promised.pop("CnnError")
    assert found == promised
    joined = CALLS.strip().replace("\n    ", " ").splitlines()
    assert [f"{name}{written(call)}" for name, call in calls()] == joined


def test_each_is_typed_and_documented() -> None:
    for name, call in calls():
        signature = inspect.signature(call)
        typed = [each.annotation for each in signature.parameters.values() if each.name != "self"]
        assert all(each != signature.empty for each in (*typed, signature.return_annotation)), name
        assert (call.__doc__ or "").startswith(("Return", "Open", "Read", "Yield")), name
    for name in cnn.__all__:
        promised = getattr(cnn, name)
        assert promised.__doc__, name
        for part, what in parts_of(promised).items() if inspect.isclass(promised) else ():
            described = f"{part}: " in promised.__doc__ or f"{part}`" in promised.__doc__
            assert described or what.__doc__ or (name, part) == ("VariantScores", "outputs"), f"{name}.{part}"
