"""Work in threads without a screen: tasks, jobs and files."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
from held import Loop

from cnn_core.errors import RegionError
from cnn_core.work.progress import Progress
from cnn_tui.background.cancellable_task import CancellableTask, Cancelled
from cnn_tui.background.file_writer import FileWriter
from cnn_tui.background.frame_priority import FramePriority
from cnn_tui.background.job import Activity, Job

PATIENCE = 10


class Gate:
    """Work that waits until it is let through."""

    def __init__(self, result: object = "result", error: Exception | None = None) -> None:
        self.entered, self.opened = threading.Event(), threading.Event()
        self.result, self.error = result, error
        self.wanted: list[bool] = []

    def __call__(self, cancellable: CancellableTask[Any]) -> Any:
        self.entered.set()
        assert self.opened.wait(PATIENCE)
        self.wanted.append(cancellable.wanted())
        if self.error is not None:
            raise self.error
        return self.result

    async def reached(self) -> None:
        assert await asyncio.to_thread(self.entered.wait, PATIENCE)


class TestCancellableTask:
    async def test_a_result_that_is_taken_is_not_discarded(self) -> None:
        discarded: list[str] = []
        assert await CancellableTask(discarded.append).run(lambda _: "result") == "result"
        assert discarded == []

    async def test_a_result_of_a_cancelled_task_is_discarded(self) -> None:
        discarded: list[str] = []
        cancellable, gate = CancellableTask(discarded.append), Gate()
        task = asyncio.create_task(cancellable.run(gate))
        await gate.reached()
        cancellable.cancel()
        gate.opened.set()
        with pytest.raises(Cancelled):
            await task
        assert discarded == ["result"]

    async def test_a_result_between_thread_and_loop_is_discarded_too(self) -> None:
        discarded: list[str] = []
        cancellable: CancellableTask[str] = CancellableTask(discarded.append)
        cancellable._put("result")
        cancellable.cancel()
        cancellable.cancel()
        assert discarded == ["result"]

    async def test_where_the_loop_takes_the_task_away_the_result_is_discarded(self) -> None:
        discarded = threading.Event()
        cancellable, gate = CancellableTask(lambda _: discarded.set()), Gate()
        task = asyncio.create_task(cancellable.run(gate))
        await gate.reached()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        gate.opened.set()
        assert await asyncio.to_thread(discarded.wait, PATIENCE)

    @pytest.mark.parametrize("error", [RegionError("closed"), ValueError("I/O operation on closed file")])
    async def test_nothing_is_wrong_with_what_nobody_wants(self, error: Exception) -> None:
        cancellable, gate = CancellableTask[str](), Gate(error=error)
        task = asyncio.create_task(cancellable.run(gate))
        await gate.reached()
        cancellable.cancel()
        gate.opened.set()
        with pytest.raises(Cancelled):
            await task

    async def test_a_defect_of_what_is_wanted_is_one(self) -> None:
        def fail(_: object) -> None:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await CancellableTask[None]().run(fail)

    async def test_a_rest_ends_as_soon_as_it_is_given_up(self) -> None:
        cancellable: CancellableTask[None] = CancellableTask()
        cancellable.cancel()
        cancellable.wait(3600)
        assert not cancellable.wanted()

    async def test_what_is_told_after_it_was_given_up_is_not_heard(self) -> None:
        heard: list[str] = []
        cancellable, gate = CancellableTask[Any](), Gate()

        def work(cancellable: CancellableTask[Any]) -> None:
            cancellable.call_in_loop(lambda: heard.append("early"))
            gate(cancellable)
            cancellable.call_in_loop(lambda: heard.append("late"))

        task = asyncio.create_task(cancellable.run(work))
        await gate.reached()
        await asyncio.sleep(0)
        cancellable.cancel()
        gate.opened.set()
        with pytest.raises(Cancelled):
            await task
        await asyncio.sleep(0)
        assert heard == ["early"]


class TestJob:
    async def test_what_goes_on_is_a_value_and_its_words_come_of_it(self) -> None:
        loop, gate = Loop(), Gate()
        job = Job(loop.run, loop.refuse, loop.changed)
        assert job.activity is None
        job.begin("counting …", gate, lambda _: None, target="a reading")
        assert job.activity == Activity("counting …")
        assert job.target == "a reading"
        assert loop.changes == 1
        gate.opened.set()
        await loop.settled()
        assert job.activity is job.target is None
        assert loop.changes == 2
        assert str(Activity("counting …", "12 %")) == "counting … 12 %"

    async def test_how_far_it_is_is_heard_of_the_present_job_alone(self) -> None:
        loop, first, second = Loop(), Gate(), Gate()
        job = Job(loop.run, loop.refuse)
        tasks: list[CancellableTask[Any]] = []

        def work(cancellable: CancellableTask[Any]) -> None:
            tasks.append(cancellable)
            job.tell(cancellable, Activity("the first …", "half"))
            first(cancellable)

        job.begin("the first …", work, lambda _: None)
        await first.reached()
        await asyncio.sleep(0)
        assert str(job.activity) == "the first … half"
        job.begin("the second …", second, lambda _: None)
        job.tell(tasks[0], Activity("late news"))
        await asyncio.sleep(0)
        assert str(job.activity) == "the second …"
        for gate in (first, second):
            gate.opened.set()
        await loop.settled()

    async def test_a_stopped_job_takes_nothing_and_refuses_nothing(self) -> None:
        loop, gate, taken = Loop(), Gate(error=RegionError("closed")), []
        job = Job(loop.run, loop.refuse)
        job.begin("reading …", gate, taken.append)
        await gate.reached()
        assert job.stop()
        assert not job.stop()
        gate.opened.set()
        await loop.settled()
        assert (taken, loop.refused, gate.wanted) == ([], [], [False])

    @pytest.mark.parametrize(
        ("error", "sentence"),
        [
            (RegionError("there is no such place", where="chr1"), "chr1: there is no such place"),
            (FileNotFoundError(2, "No such file or directory", "x.fa"), "x.fa: no such file or directory"),
            (MemoryError(), "there is not enough memory; give a shorter --region"),
        ],
    )
    async def test_what_is_wrong_is_one_sentence(self, error: Exception, sentence: str) -> None:
        loop, gate = Loop(), Gate(error=error)
        gate.opened.set()
        job = Job(loop.run, loop.refuse)
        job.begin("reading …", gate, lambda _: None)
        await loop.settled()
        assert loop.refused == [sentence]
        assert job.activity is None

    async def test_in_order_one_thread_at_a_time_does_what_was_asked_last(self) -> None:
        loop, taken, done = Loop(), [], []
        job, first = Job(loop.run, loop.refuse), Gate()
        job.begin("0", first, taken.append, target=0, in_order=True)
        await first.reached()

        def work(number: int) -> Callable[[object], int]:
            def count(_: object) -> int:
                done.append(number)
                return number

            return count

        for number in range(1, 12):
            job.begin(str(number), work(number), taken.append, target=number, in_order=True)
            assert job.target == number
        assert done == []
        first.opened.set()
        await loop.settled()
        assert (done, taken) == ([11], [11])

    async def test_what_is_taken_away_with_the_screen_is_discarded(self) -> None:
        discarded = threading.Event()
        loop, gate = Loop(), Gate()
        Job(loop.run, loop.refuse).begin("opening …", gate, lambda _: None, discard=lambda _: discarded.set())
        await gate.reached()
        loop.cancel()
        await asyncio.sleep(0)
        gate.opened.set()
        assert await asyncio.to_thread(discarded.wait, PATIENCE)


class TestFileWriter:
    @staticmethod
    def held(gate: Gate) -> Callable[[Progress], object]:
        def write(progress: Progress) -> object:
            progress(1, 4)
            found = gate(CancellableTask())
            progress(2, 4)
            return found

        return write

    async def test_one_file_at_a_time(self) -> None:
        loop, gate, taken = Loop(), Gate(), []
        writer = FileWriter(loop.run, loop.refuse, loop.changed)
        writer.write("writing a …", self.held(gate), taken.append)
        writer.write("writing b …", self.held(gate), taken.append)
        assert loop.refused == ["a file is being written already; wait for it, or stop it with Esc"]
        await gate.reached()
        await asyncio.sleep(0)
        assert str(writer.activity) == "writing a … 25 %"
        gate.opened.set()
        await loop.settled()
        assert taken == ["result"]
        assert writer.activity is None

    async def test_what_is_stopped_ends_at_its_next_word_and_is_refused_by_nobody(self) -> None:
        loop, gate, taken = Loop(), Gate(), []
        writer = FileWriter(loop.run, loop.refuse, loop.changed)
        writer.write("writing a …", self.held(gate), taken.append)
        await gate.reached()
        assert writer.stop()
        assert not writer.stop()
        gate.opened.set()
        await loop.settled()
        assert (taken, loop.refused) == ([], [])

    async def test_what_it_is_written_from_stays_open_until_it_is_written(self) -> None:
        loop, gate, closed = Loop(), Gate(), []
        writer = FileWriter(loop.run, loop.refuse, loop.changed)
        writer.afterwards(lambda: closed.append("idle"))
        assert closed == ["idle"]
        writer.write("writing a …", self.held(gate), lambda _: closed.append("written"))
        await gate.reached()
        writer.afterwards(lambda: closed.append("closed"))
        assert closed == ["idle"]
        gate.opened.set()
        await loop.settled()
        assert closed == ["idle", "written", "closed"]


class Rested(CancellableTask[None]):
    """A task that notes how long it was told to rest, and whose clock goes on by as much."""

    def __init__(self) -> None:
        super().__init__()
        self.now, self.rests = 100.0, list[float]()

    def wait(self, seconds: float) -> None:
        self.rests.append(round(seconds, 6))
        self.now += seconds


class TestFramePriority:
    def test_work_stands_still_for_the_rest_of_a_frame_and_goes_on_until_the_next(self) -> None:
        cancellable = Rested()
        frame_priority = FramePriority(lambda: cancellable.now)
        assert frame_priority.give_way(cancellable)
        assert cancellable.rests == []
        frame_priority.begin_frame()
        cancellable.now += 0.01
        assert frame_priority.give_way(cancellable)
        assert cancellable.rests == [0.02]
        assert frame_priority.give_way(cancellable)
        assert cancellable.rests == [0.02]

    def test_keys_that_never_rest_leave_work_a_step_a_frame(self) -> None:
        cancellable = Rested()
        frame_priority = FramePriority(lambda: cancellable.now)
        frame_priority.begin_frame()
        cancellable.now += 0.02
        frame_priority.begin_frame()
        assert frame_priority.give_way(cancellable)
        assert cancellable.rests == [0.03]

    def test_work_waits_as_long_as_frames_take_where_they_take_long(self) -> None:
        cancellable = Rested()
        frame_priority = FramePriority(lambda: cancellable.now)
        for took, held_up in ((0.01, 0.03), (0.08, 0.08), (0.01, 0.072), (9.0, 0.2)):
            frame_priority.begin_frame()
            cancellable.now += took
            frame_priority.end_frame()
            frame_priority.begin_frame()
            assert frame_priority.give_way(cancellable)
            assert cancellable.rests[-1] == held_up

    def test_work_that_is_given_up_meanwhile_ends_at_once(self) -> None:
        cancellable: CancellableTask[None] = CancellableTask()
        frame_priority = FramePriority(lambda: 0.0)
        frame_priority.begin_frame()
        cancellable.cancel()
        assert not frame_priority.give_way(cancellable)

    def test_what_asks_nobody_gives_way_whenever_it_calls_a_function(self) -> None:
        cancellable = Rested()
        frame_priority = FramePriority(lambda: cancellable.now)

        def called(seconds: float) -> None:
            cancellable.now += seconds

        with frame_priority.throughout(cancellable):
            called(1.0)
            frame_priority.begin_frame()
            called(0.0)
            frame_priority.begin_frame()
            # It goes on for a little between two frames.
            called(0.002)
            called(0.002)
            called(0.0)
            frame_priority.begin_frame()
        called(0.0)
        assert cancellable.rests == [0.03, 0.026]
        assert sys.gettrace() is None

    def test_the_tracer_of_a_debugger_stays(self) -> None:
        def tracer(*_: object) -> None:
            """Trace nothing."""

        before = sys.gettrace()
        sys.settrace(tracer)
        try:
            with FramePriority().throughout(CancellableTask()):
                assert sys.gettrace() is tracer
            assert sys.gettrace() is tracer
        finally:
            sys.settrace(before)

    def test_what_goes_wrong_meanwhile_leaves_nothing_behind(self) -> None:
        with pytest.raises(ZeroDivisionError), FramePriority().throughout(CancellableTask()):
            raise ZeroDivisionError
        assert sys.gettrace() is None
