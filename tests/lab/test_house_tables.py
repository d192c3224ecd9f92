"""Where the house prices come from, what they hold, and whether the stand-in stands in for them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import torch

import lab
from lab import DataError, house_tables
from lab.houses import NUM_TEST, NUM_TRAIN, _columns, feature_names
from lab.local_server import LocalServer, Reply

REAL = Path(os.environ.get("COURSE_DATA", "/nowhere")) / "house_prices"
TRAIN, TEST = house_tables.FILES
real_data = pytest.mark.skipif(not REAL.is_dir(), reason="COURSE_DATA has no house_prices")


@pytest.fixture
def offline(nowhere, monkeypatch) -> Path:
    """No folder with data, an empty cache, no network."""
    monkeypatch.setattr(house_tables, "_failure", None)
    return nowhere / "house_prices"


@pytest.fixture(scope="module")
def made() -> tuple[pd.DataFrame, pd.DataFrame]:
    return lab.synthetic_house_prices()


@pytest.fixture
def files(made, tmp_path) -> Path:
    """A folder with two files of the right form."""
    folder = tmp_path / "house_prices"
    folder.mkdir()
    for table, name in zip(made, (TRAIN, TEST), strict=True):
        table.to_csv(folder / name, index=False, na_rep="NA")
    return folder


def test_importing_lab_imports_no_pandas() -> None:
    code = "import sys, lab; print('pandas' in sys.modules, 'requests' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_a_folder_with_the_files_is_read(offline, files, monkeypatch, made, capfd) -> None:
    monkeypatch.setenv("COURSE_DATA", str(files.parent))
    train, test = lab.house_prices()
    pd.testing.assert_frame_equal(train, made[0], check_dtype=False)
    pd.testing.assert_frame_equal(test, made[1], check_dtype=False)
    assert capfd.readouterr() == ("", "")


def test_only_na_means_missing(offline, files, monkeypatch, made) -> None:
    """pandas reads the text None as missing, which is a kind of masonry veneer here."""
    monkeypatch.setenv("COURSE_DATA", str(files.parent))
    train, _ = lab.house_prices()
    assert (train["MasVnrType"] == "None").sum() == (made[0]["MasVnrType"] == "None").sum() > 500
    assert pd.read_csv(files / TRAIN)["MasVnrType"].isna().mean() > 0.4


def test_without_data_and_network_the_stand_in_is_announced(offline, capfd) -> None:
    train, test = lab.house_prices()
    assert (train.shape, test.shape) == ((NUM_TRAIN, 81), (NUM_TEST, 80))
    out, err = capfd.readouterr()
    assert "synthetic stand-in: numbers will differ from the text" in out
    assert "there is no network in this test" in out and err == ""
    assert not offline.exists()


def test_they_are_fetched_once_and_kept(offline, files, monkeypatch, capfd) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr("lab.download._probe", lambda url: None)
    replies = {name: Reply((files / name).read_bytes()) for name in (TRAIN, TEST)}
    sums = {name: house_tables.FILES[name] for name in replies}
    for name in sums:
        sums[name] = hashlib.sha1(replies[name].body).hexdigest()
    monkeypatch.setattr(house_tables, "FILES", sums)
    with LocalServer(replies) as server:
        monkeypatch.setattr(house_tables, "ADDRESS", server.url(""))
        for _ in range(2):
            train, _ = lab.house_prices()
            assert len(train) == NUM_TRAIN
        assert server.requests == [TRAIN, TEST]
    assert sorted(p.name for p in offline.iterdir()) == sorted([TRAIN, TEST])


def test_a_file_with_another_sum_is_not_used(offline, files, monkeypatch, capfd) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr("lab.download._probe", lambda url: None)
    with LocalServer({TRAIN: Reply((files / TRAIN).read_bytes())}) as server:
        monkeypatch.setattr(house_tables, "ADDRESS", server.url(""))
        lab.house_prices()
        lab.house_prices()
        assert server.requests == [TRAIN]  # a failure is remembered
    assert "SHA-1" in capfd.readouterr().out
    assert [p for p in offline.rglob("*") if p.is_file()] == []


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        ("missing", "cannot be read"),
        ("half", "rows and 81 columns, or other names"),
        ("empty", "cannot be read"),
        ("a page", "columns; expected 1,460 rows"),
        ("bytes", "cannot be read"),
        ("another column", "or other names of columns"),
    ],
)
def test_a_damaged_file_is_one_clear_sentence(
    offline, files, monkeypatch, damage, expected
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(files.parent))
    path = files / TRAIN
    lines = path.read_text().splitlines(keepends=True)
    broken = {
        "half": "".join(lines[:700]).encode(),
        "empty": b"",
        "a page": b"<html>\nNot found\n</html>\n",
        "bytes": b"\xff\xfe\x00" * 100,
        "another column": "".join(lines).replace("LotArea", "Area", 1).encode(),
    }
    path.unlink()
    if damage != "missing":
        path.write_bytes(broken[damage])
    with pytest.raises(DataError, match=expected) as caught:
        lab.house_prices()
    assert "\n" not in str(caught.value) and "put a complete copy" in str(caught.value)


def test_equal_seeds_give_equal_houses_and_leave_torchs_stream_alone(made) -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    again, _ = lab.synthetic_house_prices()
    assert torch.equal(torch.rand(1), expected)
    pd.testing.assert_frame_equal(again, made[0])
    other, _ = lab.synthetic_house_prices(seed=1)
    assert not other["SalePrice"].equals(made[0]["SalePrice"])


def test_other_sizes() -> None:
    train, test = lab.synthetic_house_prices(100, 30)
    assert (train.shape, test.shape) == ((100, 81), (30, 80))
    assert test["Id"].tolist() == list(range(101, 131))
    assert 0.1 < train["LotFrontage"].isna().mean() < 0.3


def test_every_column_has_the_described_values_and_shares(made) -> None:
    both = pd.concat(made, ignore_index=True)
    assert list(made[0].columns) == ["Id", *feature_names(), "SalePrice"]
    assert list(made[1].columns) == ["Id", *feature_names()]
    for name, entry in _columns().items():
        if name == "SalePrice":
            continue
        assert pd.api.types.is_numeric_dtype(both[name]) == entry["numeric"]
        if entry["numeric"]:
            lost = [int(table[name].isna().sum()) for table in made]
            assert lost == entry["missing"], name
        elif "levels" in entry:
            for level, count in zip(entry["levels"], entry["counts"], strict=True):
                seen = both[name].isna().sum() if level is None else (both[name] == level).sum()
                assert seen == count, (name, level)


def test_the_stand_in_shows_the_point_of_the_chapter(made) -> None:
    """Log prices are closer to linear than prices, and much of them can be learnt."""
    train, _ = made
    numbers = train.select_dtypes("number").drop(columns=["Id", "SalePrice"])
    X = ((numbers - numbers.mean()) / numbers.std()).fillna(0).to_numpy()
    X = torch.cat([torch.from_numpy(X), torch.ones(len(X), 1, dtype=torch.float64)], 1)
    y = torch.tensor(train["SalePrice"].to_numpy(), dtype=torch.float64).reshape(-1, 1)
    fitted, rest = slice(0, 1000), slice(1000, None)

    def error(target: torch.Tensor, back) -> float:
        w = torch.linalg.lstsq(X[fitted], target[fitted]).solution
        return (back(X[rest] @ w).clamp(min=1).log() - y[rest].log()).square().mean().sqrt().item()

    dollars, logs = error(y, lambda out: out), error(y.log(), torch.exp)
    constant = (y[rest].log() - y[fitted].log().mean()).square().mean().sqrt().item()
    assert logs < 0.95 * dollars and dollars < 0.7 * constant
    assert 0.1 < logs < 0.2 and 0.3 < constant < 0.5


@real_data
def test_the_real_tables(monkeypatch) -> None:
    train, test = lab.house_prices()
    assert (train.shape, test.shape) == ((1460, 81), (1459, 80))
    assert train["SalePrice"].mean() == pytest.approx(180921.2, abs=0.1)
    both = pd.concat([train.drop(columns=["Id", "SalePrice"]), test.drop(columns="Id")])
    assert pd.get_dummies(both, dummy_na=True).shape == (2919, 331)


@real_data
def test_the_stand_in_has_the_types_of_the_real_tables(made) -> None:
    for real, other in zip(lab.house_prices(), made, strict=True):
        assert list(real.columns) == list(other.columns)
        kinds = [
            {name: str(dtype) for name, dtype in table.dtypes.items()} for table in (real, other)
        ]
        differ = {name for name in kinds[0] if kinds[0][name] != kinds[1][name]}
        assert not differ, {name: (kinds[0][name], kinds[1][name]) for name in differ}
        real_share, share = real.isna().mean(), other.isna().mean()
        assert (real_share - share).abs().max() < 0.03
