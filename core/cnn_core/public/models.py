"""An opened model: its layers, and reading sequences with it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import SettingError, printable
from ..letters.readable_record import ReadableRecord
from ..letters.sequence_files import Sequences
from ..motifs import FEWEST_SITES, UNIFORM, FilterMotif, FilterMotifs, Motif, MotifSettings
from ..named_arrays import html_table
from ..network.model import Model, SummaryRow
from ..network.weight_edits import parse_weight_edits
from ..scan import CENTER, Influence, Insertion, InsertionPlaces, MotifInsertion, PredictedValues
from .filters import filters_as_motifs, influence_of_filters
from .hits import Hits, hits_of
from .inputs import check_is_list, given_record, read_numbers, read_record
from .insertion import inserted_letters
from .many_sequences import windows_of
from .predictions import PredictedSequences, predicted
from .readings import ModelReading
from .variants import VariantScores, variant_scores

__all__ = ["OpenedModel"]


@dataclass(frozen=True, eq=False, repr=False)
class OpenedModel:
    """A trained network that was opened from a file, or a preset of the engine.

    Attributes:
        model: The network as the engine has it.
        assumptions: What had to be assumed because the file does not say it, or was left out, one sentence each.
        unsupported: The layers that cannot be computed, one sentence each.
    """

    model: Model
    assumptions: tuple[str, ...] = ()
    unsupported: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model.name

    @property
    def weight_edits(self) -> tuple[str, ...]:
        """The names of the edits over the weights, see `with_weights`."""
        return self.model.weight_names

    @property
    def layers(self) -> tuple[SummaryRow, ...]:
        """A row for each layer: name, type, output shape (batch axis first) and parameters."""
        return self.model.summary()

    def with_weights(self, edits: Sequence[str]) -> OpenedModel:
        """Return the model with other weights over its own; this one stays as it is.

        Args:
            edits: Their names, in order: `conv1d:17:3A=0.5` (filter 17, tap 3, letter A), `conv1d:17:3:12=0.5`
                (channel 12 of feature maps), `conv1d:17:bias=0.1`, `conv1d:17=flipped`, `conv1d:17=revcomp` or
                `conv1d:17=shuffled:1`, see `network.weight_edits`. None of the present edits stays.

        Raises:
            CnnError: A name is not that of an edit, or there is no such layer, filter or weight.
        """
        check_is_list(edits, "edits", "conv1d:17=flipped")
        return replace(self, model=self.model.with_weights(parse_weight_edits(edits, self.model)))

    def read(
        self,
        sequence: ReadableRecord | str | NDArray[Any],
        region: str | None = None,
        *,
        reverse: bool = False,
        ambiguity: str = "zero",
        edits: Sequence[str] = (),
        inputs: dict[str, NDArray[np.generic]] | None = None,
    ) -> ModelReading:
        """Read a sequence; what the layers make of it is computed when it is asked for.

        Args:
            sequence: A record of `open_sequences`, letters as text, or numbers of the shape (length, channels) that
                the input has, such as one-hot rows.
            region: A part of it, 1-based and inclusive: `1-1,000`, `1k-1.5M`, or with the record's name,
                `chr1:1-1,000` or `{chr1}:1-1,000`. It is cut off at the record's end, and None is the whole record.
                A network of a fixed length reads from its first base on.
            reverse: Whether the other strand is read, in its own direction.
            ambiguity: What a letter other than A, C, G, T and U becomes: `zero`, `uniform` or `error`.
            edits: Other letters over the sequence's own, by names such as `46A>G`, `46_48del` or `46_47insTA`,
                1-based.
            inputs: The numbers of inputs that are not letters, by the input's name; zeros otherwise.

        Returns:
            The reading.

        Raises:
            CnnError: The sequence, the region or an input is not one that this model can read.
        """
        given = inputs or {}
        if isinstance(sequence, np.ndarray):
            made = read_numbers(self.model, sequence, region, reverse, given, edits)
        elif isinstance(sequence, str | ReadableRecord):
            made = read_record(self.model, given_record(sequence), region, reverse, ambiguity, given, edits)
        else:
            raise SettingError(
                f"{type(sequence).__name__} is not a sequence",
                remedy="give a record of open_sequences, letters as text, or an array of one-hot rows",
            )
        return replace(made, reading=replace(made.reading, assumed=self.assumptions))

    def predict(
        self,
        sequences: Iterable[ReadableRecord | str],
        target: Sequence[str] = (),
        *,
        strand: str = "+",
        merge: str = "mean",
        ambiguity: str = "zero",
    ) -> PredictedSequences:
        """Return what the network gives on many sequences.

        ```python
        with cnn.open_sequences("my.fa") as records:
            found = model.predict(records)
        found["output"]  # shape (windows, …)
        found.to_frame()  # record, start, stop, strand, then a column a value
        ```

        Args:
            sequences: The records of `open_sequences`, or letters as text; longer ones are read in windows one behind
                the other, the last of which begins early enough to be full.
            target: The values, such as `output`, `dense:3` or the name of a layer; none is every output.
            strand: `+`, `-` or `both`, whose values are merged.
            merge: `mean` or `max`: what stands for both strands.
            ambiguity: See `read`.

        Raises:
            CnnError: A sequence is too short, the values of sequences of several lengths have several shapes, or there
                is no such value or setting.
        """
        return predicted(self.model, sequences, target, strand, merge, ambiguity)

    def scan(
        self,
        sequences: Iterable[ReadableRecord | str],
        *,
        filters: Sequence[int | str] = (),
        top: int | None = None,
        threshold: float | None = None,
        max_p: float | None = None,
        strand: str = "both",
        background: Sequence[float] = UNIFORM,
        ambiguity: str = "zero",
    ) -> Hits:
        """Return the strongest cells of the first conv → pool block along many sequences.

        Args:
            sequences: The records of `open_sequences`, or letters as text, of any length.
            filters: The filters, by number or name; none is all.
            top: How many cells of each filter. Without it, all from `threshold` up or to `max_p`, in the order of the
                sequences; without any of the three, the 10 strongest of all filters together.
            threshold: The least value of a hit.
            max_p: The largest p-value of a hit: the share of random windows that give as high a response.
            strand: `+`, `-` or `both`.
            background: How often A, C, G and T stand in random letters.
            ambiguity: See `read`.

        Raises:
            CnnError: The model has no conv → pool block, no sequence has a cell, or there is no such filter or setting.
        """
        return hits_of(self.model, sequences, filters, top, threshold, max_p, strand, background, ambiguity)

    def variants(
        self,
        reference: Sequences,
        calls: str | os.PathLike[str],
        *,
        window: int | None = None,
        strand: str = "+",
        merge: str = "mean",
        ambiguity: str = "zero",
    ) -> VariantScores:
        """Return what the variants of a VCF file change the first output by: alternative less reference.

        Args:
            reference: The records that the variants are on, from `open_sequences`.
            calls: The VCF file, plain or compressed.
            window: How many bases a network of any length is given; None is 1,000.
            strand: `+`, `-` or `both`, whose values are merged.
            merge: `mean` or `max`: what stands for both strands.
            ambiguity: See `read`.

        Returns:
            A score for each alternative, also for those that cannot be scored, whose `status` says why.

        Raises:
            CnnError: The file cannot be read, the output cannot be computed, or a setting is not one of its choices.
        """
        return variant_scores(self.model, reference, calls, window, strand, merge, ambiguity)

    def filters(
        self,
        sequences: Iterable[ReadableRecord | str] = (),
        rule: str = "windows",
        *,
        strand: str = "+",
        background: Sequence[float] = UNIFORM,
        pseudocount: float | None = None,
        fewest_sites: int = FEWEST_SITES,
        ambiguity: str = "zero",
    ) -> FilterMotifs:
        """Return the filters of the first convolution on letters as motifs.

        Args:
            sequences: The records of `open_sequences`, or letters as text; the rule `weights` needs none.
            rule: `windows`, `basset`, `best`, `top:N`, `weights` or `weights:BITS`, see `cnn_core.motifs.matrix_rules`.
            strand: `+`, `-` or `both`.
            background: How often A, C, G and T stand anywhere.
            pseudocount: How many of each letter are added to every column; None is 1 for `basset`, else 0.
            fewest_sites: Below so many sites `is_written` is False.
            ambiguity: See `read`.

        Returns:
            A motif for each filter, in order.

        Raises:
            CnnError: The model has no convolution on letters with a pool behind it, or there is no such rule or
                setting.
        """
        return filters_as_motifs(
            self.model, sequences, rule, MotifSettings(background, pseudocount, fewest_sites, strand), ambiguity
        )

    def insert(
        self,
        motif: str | Motif | FilterMotif,
        sequences: Iterable[ReadableRecord | str],
        *,
        at: str | int = CENTER,
        step: int | None = None,
        strand: str = "+",
        shuffled: int = 0,
        seed: int = 0,
        target: Sequence[str] = (),
        logit: bool | None = None,
        draw: bool = False,
        ambiguity: str = "zero",
    ) -> Insertion:
        """Return what a motif changes the outputs by where it is put: with it less without, over sequences.

        Its letters replace as many of a sequence's, so that the length stays. R, Y and the like leave a base that they
        allow, and otherwise one of theirs is drawn; N leaves whatever is there.

        Args:
            motif: IUPAC letters as text, or a matrix, whose consensus is put in.
            sequences: The records of `open_sequences`, or letters as text.
            at: The base of the input, from 0, over which the first letter stands, `center`, or the first and the last
                of several, `200-300`.
            step: Bases from one place to the next, for a profile.
            strand: `+`, `-` or `both`: on which strand of the sequences the motif is put.
            shuffled: How many shuffles of each input window, keeping its pairs of letters, are read in its place.
            seed: The seed of shuffles and drawn letters.
            target: The values, such as `output` or `dense:3`; none is every output.
            logit: Whether values before a last sigmoid or softmax are meant; None is where there is one.
            draw: Whether the letters of each sequence are drawn from the matrix's shares.
            ambiguity: See `read`.

        Returns:
            `changes`, one each of what is predicted, with `mean`, `sd` and `se` of the shape (strands, places, …).

        Raises:
            CnnError: The motif, a sequence or a setting is not one that this model can read.
        """
        work = MotifInsertion(
            self.model,
            inserted_letters(motif, draw=draw),
            [PredictedValues.parse(text, self.model) for text in target],
            places=InsertionPlaces.parse(str(at), step),
            strand=strand,
            shuffled=shuffled,
            seed=seed,
            logit=logit,
        )
        return work.over(windows_of(self.model, sequences, ambiguity))

    def influence(
        self,
        sequences: Iterable[ReadableRecord | str],
        target: str | None = None,
        *,
        logit: bool | None = None,
        strand: str = "+",
        ambiguity: str = "zero",
    ) -> Influence:
        """Return what the filters of the first convolution on letters add to a value of the network.

        It is the value less the value with the filter's activations, before the pool, replaced by their mean over all
        positions of all sequences. Similar filters share credit: a low influence does not say that one is unimportant.

        Args:
            sequences: The records of `open_sequences`, or letters as text; longer ones are read in windows.
            target: A value, as for `ModelReading.effects`; None is all values of the first output together.
            logit: Whether the value before a last sigmoid or softmax is meant; None is where there is one.
            strand: `+`, `-` or `both`.
            ambiguity: See `read`.

        Returns:
            Its `mean` and `rms` have a number a filter; `changes` and `rms_changes`, shape (filters, values), each
            value by itself.

        Raises:
            CnnError: The model has no convolution on letters with a pool behind it, the value does not read it, or a
                sequence is too short.
        """
        return influence_of_filters(self.model, sequences, target, logit, strand, ambiguity)

    def __repr__(self) -> str:
        """Return one line: the name, the numbers of layers and parameters, and of what was assumed."""
        assumed = f", {len(self.assumptions)} assumed" if self.assumptions else ""
        count = len(self.model.nodes)
        return f"<model {printable(self.name)}: {count} layers, {self.model.parameter_count:,} parameters{assumed}>"

    def _repr_html_(self) -> str:
        """Return a small table of the layers, and what was assumed, as notebooks show it."""
        rows = ((row.name, row.type, row.output_shape or row.unavailable, f"{row.params:,}") for row in self.layers)
        return html_table(repr(self), ("layer", "type", "output shape", "parameters"), *rows) + "".join(
            f"<p>{escape(printable(each))}</p>" for each in (*self.assumptions, *self.unsupported)
        )
