"""The dropout sweep of chapter 3 on the real Fashion-MNIST, written to `lab/results`.

    python -m experiments.dropout_sweep [--workers N] [--seeds N] [--table FILE]

One row a run: eighteen pairs of dropout rates, two sizes of the training set, several seeds.
Every finished run is in the table before the next one counts, so a script that was stopped goes
on where it was. Without the real images (folder COURSE_DATA, or a network) it refuses to start.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from experiments.dropout_run import Outcome, Run, train
from experiments.real_data import NotTheRealData, require_real_fashion_mnist
from experiments.run_table import AnotherEnvironment, RunTable

TABLE = Path(__file__).parents[1] / "lab" / "results" / "dropout_sweep.csv"
NUM_SEEDS = 5

PAIRS = {
    256: (
        *((0.2, 0.5), (0.5, 0.8), (0.8, 0.3), (0.1, 0.3), (0.3, 0.1), (0.02, 0.05), (0.2, 0.2)),
        *((0.02, 0.02), (0.6, 0.6), (0.4, 0.4), (0.0, 0.0)),
        *((0.5, 0.2), (0.8, 0.5), (0.3, 0.8)),  # three of the pairs above, swapped
    ),
    512: ((0.1, 0.4), (0.5, 0.5), (0.9, 0.6), (0.0, 0.0)),
}
"""The pairs (dropout1, dropout2) for each number of units in both hidden layers."""

TRAININGS = (
    (60_000, 10, 0.5, 256),  # the book's
    (1_000, 100, 0.1, 50),  # 2,000 steps: without dropout, all 1,000 images are learnt by heart
)
"""Training images, epochs, learning rate, batch size."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=1, help="processes, of one thread each")
    parser.add_argument("--seeds", type=int, default=NUM_SEEDS, help="seeds 0 to N - 1")
    parser.add_argument("--table", type=Path, default=TABLE, help="the CSV file; settings beside")
    options = parser.parse_args(arguments)
    if options.workers < 1 or options.seeds < 1:
        parser.error("--workers and --seeds need whole numbers of at least 1")
    try:
        data = require_real_fashion_mnist()
        table = RunTable(options.table, data)
    except (NotTheRealData, AnotherEnvironment) as error:
        raise SystemExit(str(error)) from None
    sweep(planned_runs(range(options.seeds)), table, workers=options.workers)


def planned_runs(seeds: Iterable[int]) -> list[Run]:
    """Every run of the sweep in its order: one seed of everything before the next seed."""
    return [
        Run(num_hiddens, dropout1, dropout2, *training, seed)
        for seed in seeds
        for training in TRAININGS
        for num_hiddens, pairs in PAIRS.items()
        for dropout1, dropout2 in pairs
    ]


def sweep(
    runs: Sequence[Run],
    table: RunTable,
    *,
    workers: int = 1,
    run: Callable[[Run], Outcome] = train,
) -> None:
    """Do the `runs` that `table` does not have yet, and store each as it finishes."""
    open_runs = [one for one in runs if one not in table]
    print(f"{len(runs) - len(open_runs)} of {len(runs)} runs are in {table.path}", flush=True)
    start, work_done = time.perf_counter(), 0
    work = sum(one.work for one in open_runs)
    for number, (done, outcome) in enumerate(_outcomes(open_runs, workers, run), start=1):
        table.add(done, outcome)
        work_done += done.work
        minutes = (time.perf_counter() - start) * (work / work_done - 1) / 60
        print(
            f"[{number}/{len(open_runs)}] {done}: train loss {outcome.train_loss:.3f}, "
            f"test acc {outcome.test_acc:.4f} ({outcome.cpu_seconds:.0f} s; "
            f"about {minutes:.0f} min to go)",
            flush=True,
        )


def _outcomes(
    runs: Sequence[Run], workers: int, run: Callable[[Run], Outcome]
) -> Iterator[tuple[Run, Outcome]]:
    """Each run with its outcome, as they finish: in this process, or in `workers` fresh ones."""
    if workers == 1:
        for one in runs:
            yield one, run(one)
        return
    context = multiprocessing.get_context("spawn")  # a fork would inherit torch's threads
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        try:
            futures = {pool.submit(run, one): one for one in runs}
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


if __name__ == "__main__":
    main()
