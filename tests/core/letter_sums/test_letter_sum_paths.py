"""Every way to a response gives the same bits: by words or by taps, alone or together, whole or in parts, pooled."""

from __future__ import annotations

import errno
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import cycle, product

import numpy as np
import pytest
from each_case import each_case
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from small_models import block_model, block_run, random_kernel, random_letters

from cnn_core.layers import (
    ACTIVATIONS,
    Activation,
    AveragePooling1D,
    BatchNormalization,
    Conv1D,
    LeakyReLU,
    MaxPooling1D,
    PReLU,
    ReLU,
)
from cnn_core.letter_sums import compiled, word_sums, word_tables
from cnn_core.letter_sums import convolution as scan
from cnn_core.letter_sums.convolution import LetterConvolution
from cnn_core.letter_sums.word_tables import piece_sizes, tables_of
from cnn_core.letters.alphabet import PADDING, encode
from cnn_core.scan import whole_scan
from cnn_core.scan.whole_scan import scan_cells
from cnn_core.work.lazy_value import LazyValue

LETTER_SETS = {"R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC"} | {
    "B": "CGT",
    "D": "AGT",
    "H": "ACT",
    "V": "ACG",
    "N": "ACGT",
}


@dataclass(frozen=True)
class Wanted:
    """A convolution on letters, and what is to come out."""

    conv: Conv1D
    letters: str
    channels: str
    ambiguity: str

    def responses(self) -> NDArray[np.float64]:
        """Add up, window by window and tap by tap, in double precision."""
        kernel = self.conv.full_kernel().astype(np.float64)
        left = self.conv.sliding.pads(len(self.letters))[0]
        windows = self.conv.sliding.output_length(len(self.letters))
        out = np.zeros((windows, self.conv.filters))
        for window in range(windows):
            for tap in range(self.conv.kernel_size):
                base = window * self.conv.stride + tap * self.conv.dilation - left
                if 0 <= base < len(self.letters):
                    out[window] += self.added(kernel[tap], self.letters[base])
        return out if self.conv.bias is None else out + self.conv.bias

    def added(self, weights: NDArray[np.float64], letter: str) -> NDArray[np.float64]:
        if letter in "ACGT":
            return weights[self.channels.index(letter)]
        if letter == "N" and "N" in self.channels:
            return weights[self.channels.index("N")]
        if self.ambiguity == "zero":
            return np.zeros(weights.shape[1])
        return np.mean([weights[self.channels.index(each)] for each in LETTER_SETS[letter]], axis=0)


@st.composite
def wanted(draw: st.DrawFn, widest: int = 33, filters: Sequence[int] = (1, 2, 5)) -> Wanted:
    size = draw(st.integers(1, widest))
    channels = draw(st.sampled_from(["ACGT", "ATGC", "TGCA", "ACGTN"]))
    conv = Conv1D(
        random_kernel(size, draw(st.sampled_from(filters)), draw(st.integers(0, 99)), len(channels)),
        stride=draw(st.integers(1, 4)),
        dilation=draw(st.integers(1, 3)),
        padding=draw(st.sampled_from(["valid", "same", "causal"])),
    )
    if draw(st.booleans()):
        conv = replace(conv, bias=np.arange(conv.filters, dtype=np.float32) - 1)
    shortest = conv.sliding.shortest(1)
    length = draw(st.integers(shortest, shortest + 60))
    alphabet = draw(st.sampled_from(["ACGT", "ACGT" * 8 + "N", "ACGTRYSWKMBDHVN", "N"]))
    letters = random_letters(length, draw(st.integers(0, 99)), alphabet)
    return Wanted(conv, letters, channels, draw(st.sampled_from(["zero", "uniform"])))


@pytest.fixture(params=["few large", "many small"])
def limits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Tiles, stretches and parts as they are, or so small that a short input has many."""
    if request.param == "many small":
        monkeypatch.setattr(word_sums, "_TILE_VALUES", 24)
        monkeypatch.setattr(scan, "_PART_VALUES", 8)
        monkeypatch.setattr(scan, "_STRETCH", 40)
    return str(request.param)


def same_bits(one: NDArray[np.float32], other: NDArray[np.float32]) -> None:
    np.testing.assert_array_equal(one.view(np.uint32), other.view(np.uint32))


@pytest.mark.usefixtures("limits")
@each_case("seed", range(66))
def test_responses_of_any_width_are_those_of_products_added_in_double_precision(seed: int) -> None:
    case = _case(seed)
    found = LetterConvolution(case.conv, case.channels, case.ambiguity).forward(encode(case.letters))
    scale = max(1.0, float(np.abs(case.conv.kernel).sum(axis=(0, 1)).max()))
    np.testing.assert_allclose(found, case.responses(), rtol=0, atol=1e-5 * scale)


def _case(seed: int) -> Wanted:
    """Return the settings of one case: every width from 1 to 33 once and again."""
    random = np.random.RandomState(seed)
    channels = ("ACGT", "ATGC", "TGCA", "ACGTN")[seed % 4]
    conv = Conv1D(
        random_kernel(seed % 33 + 1, (1, 2, 5)[seed % 3], seed, len(channels)),
        None if seed % 2 else np.full((1, 2, 5)[seed % 3], 0.5, dtype=np.float32),
        stride=random.randint(1, 5),
        dilation=random.randint(1, 4),
        padding=("valid", "same", "causal")[seed // 3 % 3],
    )
    alphabet = ("ACGT", "ACGT" * 8 + "N", "ACGTRYSWKMBDHVN", "N", "N" * 9 + "R")[seed % 5]
    length = conv.sliding.shortest(1) + random.randint(0, 80)
    return Wanted(conv, random_letters(length, seed, alphabet), channels, ("zero", "uniform")[seed // 2 % 2])


@given(wanted())
@settings(max_examples=150)
def test_responses_are_those_of_products_added_in_double_precision(case: Wanted) -> None:
    found = LetterConvolution(case.conv, case.channels, case.ambiguity).forward(encode(case.letters))
    scale = max(1.0, float(np.abs(case.conv.kernel).sum(axis=(0, 1)).max()))
    np.testing.assert_allclose(found, case.responses(), rtol=0, atol=1e-5 * scale)


@given(wanted(), st.data())
@settings(max_examples=150)
def test_a_window_alone_has_the_bits_it_has_among_others(case: Wanted, data: st.DataObject) -> None:
    letters = LetterConvolution(case.conv, case.channels, case.ambiguity)
    sliding = case.conv.sliding
    codes = np.pad(encode(case.letters), sliding.pads(len(case.letters)), constant_values=PADDING)
    whole = letters.responses(codes)
    window = data.draw(st.integers(0, len(whole) - 1))
    first = window * sliding.stride
    alone = letters.responses(codes[first : first + sliding.span])
    same_bits(alone[0], whole[window])
    index = data.draw(st.integers(0, case.conv.filters - 1))
    same_bits(letters.for_filter(index).responses(codes), np.ascontiguousarray(whole[:, index : index + 1]))
    lowest, highest = letters.bounds
    assert (lowest <= whole).all()
    assert (whole <= highest).all()


Loops = dict[tuple[int, int], LazyValue[compiled.LargestSums | None]]


@pytest.fixture
def loops(monkeypatch: pytest.MonkeyPatch) -> Loops:
    """The loops that are loaded: none."""
    monkeypatch.setattr(compiled, "_LOOPS", none := {})
    return none


_compiled_once = cache(compiled._compiled)


def load(letters: LetterConvolution) -> None:
    """Load the loop for a convolution, whatever it is worth; each is compiled once."""
    pytest.importorskip("numba")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "_compiled", _compiled_once)
        letters.prepare(1 << 40)
    assert compiled._LOOPS
    assert all(loop.get(lambda: None) for loop in compiled._LOOPS.values())


@given(wanted(), st.integers(1, 9), st.integers(1, 9), st.booleans())
@settings(max_examples=200)
def test_pooled_responses_are_the_largest_of_all_to_the_last_bit(
    case: Wanted, size: int, step: int, small: bool
) -> None:
    are_the_largest_of_all("numpy", case, size, step, small)


@pytest.mark.thorough
# Each number of pieces takes a second to compile; more of them stand below. A line has room for four filters.
@given(wanted(widest=16, filters=(1, 2, 4)), st.integers(1, 9), st.integers(1, 9), st.booleans())
@settings(max_examples=200)
def test_so_are_those_of_the_compiled_loop(case: Wanted, size: int, step: int, small: bool) -> None:
    are_the_largest_of_all("compiled", case, size, step, small)


def are_the_largest_of_all(adding: str, case: Wanted, size: int, step: int, small: bool) -> None:
    letters = LetterConvolution(case.conv, case.channels, case.ambiguity)
    codes = np.pad(encode(case.letters), case.conv.sliding.pads(len(case.letters)), constant_values=PADDING)
    whole = letters.responses(codes)
    with pytest.MonkeyPatch.context() as patch:
        if small:
            patch.setattr(word_sums, "_TILE_VALUES", 24)
            patch.setattr(scan, "_PART_VALUES", 8)
            patch.setattr(scan, "_STRETCH", 40)
        if adding == "numpy":
            patch.setattr(compiled, "_LOOPS", {})
        else:
            load(letters)
        pooled = letters.pooled(codes, size, step)
        function = ACTIVATIONS["relu"]
        activated = letters.pooled(codes, size, step, function)
    cells = max(0, (len(whole) - size) // step + 1)
    assert pooled.shape == (cells, case.conv.filters)
    for cell in range(cells):
        same_bits(pooled[cell], whole[cell * step : cell * step + size].max(axis=0))
        same_bits(activated[cell], function(whole[cell * step : cell * step + size]).max(axis=0))


@pytest.mark.thorough
class TestCompiledLoop:
    """It is asked for long work; these ask for it as long work would."""

    # Each number of pieces and each length of a line, whole and in part, in as few pairs as that takes.
    @pytest.mark.parametrize(
        ("filters", "width"),
        [
            (1, 1),
            (4, 7),
            (4, 9),
            (1, 16),
            (12, 9),
            (16, 16),
            (17, 21),
            (40, 16),
            (320, 16),
            (320, 21),
        ],
    )
    def test_gives_the_bits_of_numpy_for_any_number_of_filters_and_pieces(
        self, loops: Loops, filters: int, width: int
    ) -> None:
        conv = Conv1D(random_kernel(width, filters, 1), np.linspace(-2, 2, filters, dtype=np.float32))
        letters = LetterConvolution(conv)
        codes = encode(random_letters(900, 2, "ACGTacgt" * 20 + "N") + "N" * 60 + random_letters(70, 3))
        for function in (None, ACTIVATIONS["relu"], ACTIVATIONS["tanh"]):
            loops.clear()
            by_numpy = letters.pooled(codes, 5, 5, function)
            load(letters)
            same_bits(letters.pooled(codes, 5, 5, function), by_numpy)

    def test_goes_from_chunk_to_chunk(self, loops: Loops) -> None:
        letters = LetterConvolution(Conv1D(random_kernel(16, 12, 1)))
        parts = [random_letters(30_000, 4), "N" * 50_000, random_letters(20_000, 5, "ACGT" * 200 + "RN")]
        codes = encode("".join(parts))
        for size, step in ((8, 8), (3, 7), (20_000, 20_000), (2, 1)):
            loops.clear()
            by_numpy = letters.pooled(codes, size, step)
            load(letters)
            same_bits(letters.pooled(codes, size, step), by_numpy)

    @pytest.mark.parametrize("weight", [np.nan, np.inf, -np.inf, 3e38])
    @pytest.mark.filterwarnings("ignore::RuntimeWarning")
    def test_leaves_what_is_not_a_number_in_sight(self, loops: Loops, weight: float) -> None:
        kernel, bias = random_kernel(6, 3, 1), np.zeros(3, dtype=np.float32)
        kernel[2, 1, 0] = kernel[3, 2, 0] = bias[2] = weight
        letters = LetterConvolution(Conv1D(kernel, bias))
        codes = encode(random_letters(200, 1))
        load_anyway = LetterConvolution(Conv1D(random_kernel(6, 3, 1)))
        for function in (None, ACTIVATIONS["relu"]):
            loops.clear()
            by_numpy = letters.pooled(codes, 4, 4, function)
            load(load_anyway)
            np.testing.assert_array_equal(letters.pooled(codes, 4, 4, function), by_numpy)

    def test_is_for_long_work_alone(self, loops: Loops) -> None:
        compiled.compile_for(3, 32, 320, 1_000_000)
        compiled.compile_for(2, 16, 12, 200_000_000)
        assert not loops

    def test_is_done_without_where_numba_cannot_be_imported(
        self, loops: Loops, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Missing, or made for another numpy: either is an ImportError.
        monkeypatch.setitem(sys.modules, "cnn_core.letter_sums.compiled_loop", None)
        compiled.compile_for(3, 32, 320, 250_000_000)
        assert loops[3, 32].is_there
        assert compiled.largest_sums(3, 32) is None

    def test_is_done_without_where_numba_is_told_not_to_compile(
        self, loops: Loops, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        numba = pytest.importorskip("numba")
        monkeypatch.setattr(numba.config, "DISABLE_JIT", True)
        compiled.compile_for(3, 32, 320, 250_000_000)
        assert compiled.largest_sums(3, 32) is None

    def test_is_used_once_it_is_there(self, loops: Loops) -> None:
        model = block_model(Conv1D(random_kernel(16, 64, 0), activation="relu"), MaxPooling1D(8))
        run = block_run(model, f"{random_letters(2_500, 0)}N{random_letters(500, 1)}")
        before = run.values(0, run.cells, keep=False)
        load(run.letters)
        ((key, once),) = loops.items()
        loop = once.get(lambda: None)
        assert loop is not None
        asked: list[int] = []
        loops[key] = LazyValue()
        loops[key].put(lambda *given: (asked.append(1), loop(*given))[1])
        same_bits(run.values(0, run.cells, keep=False), before)
        assert asked

    @pytest.mark.parametrize(
        ("error", "everywhere"),
        [
            (RuntimeError("cannot cache function: no locator available"), False),
            (OSError(errno.ENOSPC, "No space left on device"), False),
            (RuntimeError("cannot be compiled here"), True),
        ],
        ids=["no place", "no room", "nowhere"],
    )
    def test_does_without_keeping_its_machine_code_or_without_any(
        self, loops: Loops, monkeypatch: pytest.MonkeyPatch, error: Exception, everywhere: bool
    ) -> None:
        pytest.importorskip("numba")
        from cnn_core.letter_sums import compiled_loop

        compiling = compiled_loop.njit

        def failing(*given: object, cache: bool = False, **settings: object) -> object:
            if cache or everywhere:
                raise error
            # That it is compiled is seen once.
            return (lambda function: function) if isinstance(error, OSError) else compiling(*given, **settings)

        monkeypatch.setattr(compiled_loop, "njit", failing)
        compiled.compile_for(1, 4, 320, 250_000_000)
        assert (compiled.largest_sums(1, 4) is None) is everywhere


class TestWords:
    @each_case(
        ("width", "filters", "sizes"),
        [
            (16, 320, (5, 5, 6)),
            (16, 12, (8, 8)),
            (16, 3000, (4, 4, 4, 4)),
            (3, 1, (3,)),
            (19, 320, (4, 5, 5, 5)),
            (1, 100_000, (1,)),
        ],
    )
    def test_are_as_long_as_a_table_in_the_cache_allows(
        self, width: int, filters: int, sizes: tuple[int, ...]
    ) -> None:
        assert piece_sizes(width, filters) == sizes

    @pytest.mark.parametrize("width", [1, 2, 7, 16, 33, 100, 500, 1000])
    @pytest.mark.parametrize("filters", [1, 12, 320, 3000])
    def test_keep_their_tables_below_64_megabytes(self, width: int, filters: int) -> None:
        sizes = piece_sizes(width, filters)
        assert sum(sizes) == width
        assert max(sizes) - min(sizes) <= 1
        assert sum(4**size * filters * 4 for size in sizes) <= max(64 << 20, 16 * width * filters)

    def test_of_one_piece_are_the_sums_of_its_taps(self) -> None:
        kernel = random_kernel(3, 2)
        (table,) = tables_of(Conv1D(kernel), "ACGT", scan.Ambiguity.ZERO).words
        for index, word in enumerate(a + b + c for a in "ACGT" for b in "ACGT" for c in "ACGT"):
            first, second, third = (kernel[tap, "ACGT".index(letter)] for tap, letter in enumerate(word))
            np.testing.assert_array_equal(table[index], (first + second) + third)

    def test_are_kept_while_strides_and_paddings_change(self) -> None:
        conv = Conv1D(random_kernel(9))
        before = tables_of(conv, "ACGT", scan.Ambiguity.ZERO)
        other = replace(conv, stride=3, padding="same", dilation=2)
        assert tables_of(other, "ACGT", scan.Ambiguity.ERROR) is before
        assert tables_of(conv, "ACGT", scan.Ambiguity.UNIFORM) is not before

    def test_are_forgotten_with_their_kernel(self) -> None:
        kept = len(word_tables._KEPT)
        conv = Conv1D(random_kernel(9))
        tables_of(conv, "ACGT", scan.Ambiguity.ZERO)
        assert len(word_tables._KEPT) == kept + 1
        del conv
        assert len(word_tables._KEPT) == kept


class TestLongGaps:
    @pytest.mark.parametrize("ambiguity", ["zero", "uniform"])
    @pytest.mark.parametrize("channels", ["ACGT", "ACGTN"])
    def test_of_n_give_the_same_bits_inside_and_at_their_ends(self, ambiguity: str, channels: str) -> None:
        conv = Conv1D(random_kernel(16, 3, 5, len(channels)), np.ones(3, dtype=np.float32))
        codes = encode(random_letters(100) + "N" * 3000 + random_letters(100, 1) + "RN" * 20)
        letters = LetterConvolution(conv, channels, ambiguity)
        whole = letters.responses(codes)
        for window in (0, 84, 85, 99, 100, 1500, 3084, 3085, 3099, 3100, 3190, len(whole) - 1):
            same_bits(letters.responses(codes[window : window + 16])[0], whole[window])
        pooled = letters.pooled(codes, 8, 8)
        same_bits(pooled, np.stack([whole[cell * 8 : cell * 8 + 8].max(axis=0) for cell in range(len(pooled))]))


ELEMENTWISE = [name for name, each in ACTIVATIONS.items() if each.elementwise]
POOLS = (MaxPooling1D(8), MaxPooling1D(5, 2, "same"), MaxPooling1D(2, 5))


class TestBlocks:
    @each_case(
        ("name", "pool", "threads"),
        [(*case, threads) for case, threads in zip(product(ELEMENTWISE, POOLS), cycle((1, 2, 3, 4)), strict=False)],
    )
    def test_of_any_threads_are_activated_and_then_pooled(
        self, name: str, pool: MaxPooling1D, threads: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(whole_scan, "_CHUNK_BASES", 100)
        conv = Conv1D(random_kernel(16, 3), np.array([-1, 0, 1], dtype=np.float32), activation=name)
        model, letters = block_model(conv, pool), random_letters(700, 3, "ACGT" * 40 + "N")
        run, whole = block_run(model, letters), model.run(encode(letters))
        chunks = list(scan_cells(run, threads=threads))
        assert len(chunks) > 4
        np.testing.assert_array_equal(np.concatenate([chunk.values for chunk in chunks]), whole["pool"])
        np.testing.assert_array_equal(run.values(0, run.cells, keep=False), whole["pool"])
        np.testing.assert_array_equal(run.values(3, 40), whole["pool"][3:40])

    @pytest.mark.parametrize(
        ("between", "rising"),
        [
            (ReLU(), True),
            (ReLU(1.5, 0.1, 0.25), True),
            (LeakyReLU(0.2), True),
            (LeakyReLU(-0.2), False),
            (PReLU(np.array([[0.5, 0.0, 2.0]], dtype=np.float32)), True),
            (PReLU(np.array([[0.5, -0.1, 2.0]], dtype=np.float32)), False),
            (Activation("gelu"), False),
            (Activation("sigmoid"), False),
            (Activation("softmax"), False),
        ],
    )
    @pytest.mark.parametrize("sign", [1, -1])
    def test_with_layers_between_are_activated_and_then_pooled(
        self, between: ReLU, rising: bool, sign: int
    ) -> None:
        norm = BatchNormalization(
            np.array([0.5, -0.25, 0.1], np.float32),
            np.array([0.3, 2.0, 1.0], np.float32),
            np.array([1, sign, 3], np.float32),
            np.array([-1, 0, 1], np.float32),
        )
        conv = Conv1D(random_kernel(16, 3), activation="relu")
        model = block_model(conv, MaxPooling1D(4), [("norm", norm), ("between", between)])
        letters = random_letters(900, 4)
        run, whole = block_run(model, letters), model.run(encode(letters))
        assert run.pools_responses == (rising and sign > 0)
        np.testing.assert_array_equal(run.values(0, run.cells), whole["pool"])
        for index in range(3):
            alone = run.for_filter(index)
            if alone is not run:
                np.testing.assert_array_equal(alone.values(0, run.cells)[:, 0], whole["pool"][:, index])

    def test_that_average_count_no_padding(self) -> None:
        model = block_model(Conv1D(random_kernel(4)), AveragePooling1D(7, 3, "same"))
        letters = random_letters(200)
        run, whole = block_run(model, letters), model.run(encode(letters))
        np.testing.assert_array_equal(run.values(0, run.cells, keep=False), whole["pool"])


@each_case("name", [name for name, each in ACTIVATIONS.items() if each.rising])
def test_a_function_said_to_rise_never_falls_from_one_float_to_the_next(name: str) -> None:
    random = np.random.RandomState(0)
    bits = np.sort(random.randint(0, 0x7F000000, 200_000).astype(np.int64)).astype(np.uint32).view(np.float32)
    near = np.linspace(-7, 7, 50_001, dtype=np.float32)
    rising = np.sort(np.concatenate([-bits, bits, near, np.nextafter(near, np.float32(9)), [0]]).astype(np.float32))
    assert (np.diff(ACTIVATIONS[name](rising)) >= 0).all()
