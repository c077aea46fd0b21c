"""What had to be assumed stays on the screen and goes into every file whose readers take comments."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from explorers import MEDIUM, SMALL, WIDE, Shown, explorer, fasta

from cnn_core.blocks.assumptions import assumptions_of
from cnn_core.readers.opening import open_model_file
from cnn_tui.__main__ import main
from cnn_tui.screens.dialogs.assumptions import AssumptionsScreen
from cnn_tui.screens.network import Network
from cnn_tui.widgets.layer_rail import LayerRail
from cnn_tui.widgets.rail import Rail

STATE_DICT = Path(__file__).parents[2] / "core" / "readers" / "pytorch" / "norm.pt"
ZEROS = "ambiguous letters are rows of zeros; --ambiguity uniform shares them among what they stand for"


@pytest.fixture
def norm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """A state dict beside a FASTA file of three records; what is assumed of it."""
    shutil.copy(STATE_DICT, tmp_path / "norm.pt")
    letters = "".join("ACGT"[code] for code in np.random.default_rng(5).integers(0, 4, 120))
    fasta(tmp_path / "r.fa", r1=letters, r2=letters[::-1], r3="ACGTNNN" + letters)
    (tmp_path / "twice.fa").write_text(f">r1\n{letters}\n>r1\n{letters[::-1]}\n")
    monkeypatch.chdir(tmp_path)
    said = open_model_file("norm.pt").warnings
    assert len(said) >= 3
    return said


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def ran(*arguments: str) -> str:
        assert main(arguments) == 0
        return capsys.readouterr().out

    return ran


def listed(shown: Shown) -> str:
    """Return the words of the list, in one line."""
    assert isinstance(shown.app.screen, AssumptionsScreen)
    rows = [line.split("│") for line in shown.lines]
    return " ".join(" ".join(row[1].rstrip(" ▁▂▃▄▅▆▇█") for row in rows if len(row) > 2).split())


class TestScreen:
    async def test_the_first_line_counts_them_at_every_size(self, norm: tuple[str, ...]) -> None:
        async with explorer((60, 18), model="norm.pt", sequences="r.fa") as shown:
            sizes = ((60, 18), SMALL, MEDIUM, WIDE)
            for size in sizes:
                await shown.resize(*size)
                assert shown.lines[0].rstrip().endswith(f"  ! {len(norm)} assumed")
                await shown.press("i")
                assert shown.lines[0].rstrip().endswith(f"  ! {len(norm)} assumed")
                await shown.press("f")
            await shown.press("tab")
            assert isinstance(shown.app.screen, Network)
            for size in sizes:
                await shown.resize(*size)
                assert shown.lines[0].rstrip().endswith(f"  ! {len(norm)} assumed")

    @pytest.mark.parametrize(("keys", "rail"), [((), Rail), (("tab",), LayerRail)])
    async def test_a_key_or_a_press_on_the_count_lists_them_on_both_screens_and_a_press_beside_it_does_not(
        self, norm: tuple[str, ...], keys: tuple[str, ...], rail: type[Rail] | type[LayerRail]
    ) -> None:
        async with explorer(MEDIUM, model="norm.pt", sequences="r.fa", notifications=True) as shown:
            await shown.press(*keys)
            await shown.press("exclamation_mark")
            assert all(f"{nth} {each}" in listed(shown) for nth, each in enumerate(norm, start=1))
            assert shown.toasts == []
            await shown.press("exclamation_mark")
            assert not isinstance(shown.app.screen, AssumptionsScreen)
            begins = shown.lines[0].index("! ")
            for column, line in ((begins - 1, 0), (begins, 1)):
                await shown.pilot.click(rail, offset=(column, line))
                await shown.settled()
                assert not isinstance(shown.app.screen, AssumptionsScreen)
            await shown.pilot.click(rail, offset=(begins, 0))
            await shown.settled()
            assert isinstance(shown.app.screen, AssumptionsScreen)

    async def test_the_list_scrolls_above_its_line_of_keys(self, norm: tuple[str, ...]) -> None:
        async with explorer((60, 18), model="norm.pt", sequences="r.fa", record="r3") as shown:
            await shown.press("exclamation_mark")
            assert "! q Esc close" in shown.text
            assert ZEROS[-9:] not in listed(shown)
            await shown.press(*["j"] * 9)
            assert ZEROS[-9:] in listed(shown)
            assert "! q Esc close" in shown.text
            await shown.resize(120, 40)
            assert all(each in listed(shown) for each in (*norm, ZEROS))

    async def test_of_a_model_of_ours_there_is_no_count_and_no_list(self) -> None:
        async with explorer(SMALL) as shown:
            assert "assumed" not in shown.text
            await shown.press("exclamation_mark")
            assert shown.lines[-1].strip() == "nothing had to be assumed"
            assert shown.app.screen is shown.explorer

    async def test_they_follow_what_is_opened(self, norm: tuple[str, ...]) -> None:
        async with explorer(WIDE, model="norm.pt", sequences="r.fa") as shown:
            await shown.press("r", "down", "down", "enter")
            assert shown.reading.record.name == "r3"
            assert assumptions_of(shown.reading) == (*norm, ZEROS)
            assert f"! {len(norm) + 1} assumed" in shown.lines[0]
            await shown.press("a", "exclamation_mark")
            assert "ambiguous letters are shared equally" in listed(shown)
            await shown.press("escape", "o")
            await shown.type("twice.fa")
            await shown.press("enter")
            assert assumptions_of(shown.reading) == (
                *norm,
                "twice.fa: 1 record has the name of an earlier one and is called r1#2",
            )
            await shown.press("m")
            await shown.type("motifs")
            await shown.press("enter")
            assert shown.lines[0].rstrip().endswith("! 1 assumed")


class TestFiles:
    @staticmethod
    def comments(path: str) -> list[str]:
        lines = Path(path).read_text().splitlines()
        return [line.removeprefix("# assumed: ") for line in lines if line.startswith("# assumed: ")]

    def test_as_comments(self, norm: tuple[str, ...], run: Callable[..., str], subtests: pytest.Subtests) -> None:
        for name, *options in (
            ("export", "-o", "x0.tsv"),
            ("export", "--what", "kernels", "-o", "x1.tsv"),
            ("export", "-o", "x2.meme"),
            ("export", "--motif-rule", "weights", "-o", "x3.meme"),
            ("scan", "--top", "3", "-o", "x4.tsv"),
        ):
            with subtests.test(" ".join((name, *options))):
                run(name, "r.fa", "--model", "norm.pt", *options)
                assert self.comments(options[-1]) == [*norm]

    def test_above_what_scan_prints(self, norm: tuple[str, ...], run: Callable[..., str]) -> None:
        printed = run("scan", "r.fa", "--model", "norm.pt", "--top", "3").splitlines()
        assert printed[: len(norm)] == [f"# assumed: {each}" for each in norm]
        assert printed[len(norm)].startswith("record\tstart\t")
        assert len(printed) == len(norm) + 1 + 5 * 3

    @pytest.mark.parametrize("name", ["x.bed", "x.{filter}.bedgraph"])
    def test_not_where_readers_take_no_comments(
        self, norm: tuple[str, ...], run: Callable[..., str], name: str
    ) -> None:
        run("export", "r.fa", "--model", "norm.pt", "-o", name)
        written = [*Path().glob(name.replace("{filter}", "*"))]
        assert written
        assert not any("assumed" in path.read_text() for path in written)

    @pytest.mark.parametrize("what", ["layers", "cells", "kernels"])
    def test_as_an_array_of_npz(self, norm: tuple[str, ...], run: Callable[..., str], what: str) -> None:
        run("export", "r.fa", "--model", "norm.pt", "--what", what, "-o", "x.npz")
        with np.load("x.npz") as arrays:
            assert tuple(arrays["assumptions"].tolist()) == norm
        run("export", "r.fa", "--model", "motifs", "--what", what, "-o", "plain.npz")
        with np.load("plain.npz") as arrays:
            assert "assumptions" not in arrays.files

    def test_motifs_are_read_again(self, norm: tuple[str, ...], run: Callable[..., str]) -> None:
        run("export", "r.fa", "--model", "norm.pt", "--motif-rule", "weights", "-o", "x.meme")
        again = open_model_file("x.meme").model
        assert len(again["conv1d"].layer.weights()["kernel"]) == len(
            open_model_file("norm.pt").model.nodes[1].layer.weights()["kernel"]
        )

    @pytest.mark.parametrize("framework", ["keras", "pytorch"])
    def test_in_a_program(self, norm: tuple[str, ...], run: Callable[..., str], framework: str) -> None:
        run("code", "r.fa", "--model", "norm.pt", "--framework", framework, "-o", "x.py")
        program = Path("x.py").read_text()
        compile(program, "x.py", "exec")
        said = " ".join(line.removeprefix("#").strip() for line in program.splitlines() if line.startswith("#"))
        assert all(f"assumed: {each}" in said for each in norm)

    async def test_in_a_view_file_that_opens_again(self, norm: tuple[str, ...]) -> None:
        async with explorer(SMALL, model="norm.pt", sequences="r.fa") as shown:
            await shown.press("S", *(["backspace"] * 60))
            await shown.type("view.toml")
            await shown.press("enter")
        assert self.comments("view.toml") == [*norm]
        tomllib.loads(Path("view.toml").read_text())
        assert main(["snapshot", "view.toml", "-o", "view.txt"]) == 0
        assert f"! {len(norm)} assumed" in Path("view.txt").read_text()


class TestJson:
    @pytest.mark.parametrize(
        "command",
        [
            ("trace", "r.fa", "--model", "norm.pt", "--cell", "0", "--filter", "0"),
            ("trace", "r.fa", "--model", "norm.pt", "--layer", "max_pooling1d", "--position", "0"),
            ("summary", "norm.pt"),
            ("inspect", "norm.pt"),
        ],
    )
    def test_every_command_gives_them_as_json_and_in_words(
        self, norm: tuple[str, ...], run: Callable[..., str], command: tuple[str, ...]
    ) -> None:
        assert json.loads(run(*command, "--json"))["assumptions"] == [*norm]
        words = run(*command)
        assert all(each in words for each in norm)

    def test_a_snapshot_lists_them(self, norm: tuple[str, ...], run: Callable[..., str]) -> None:
        run("snapshot", "r.fa", "--model", "norm.pt", "-o", "x.json")
        assert json.loads(Path("x.json").read_text())["assumptions"] == [*norm]
        run("snapshot", "r.fa", "--model", "motifs", "-o", "plain.json")
        assert "assumptions" not in json.loads(Path("plain.json").read_text())
