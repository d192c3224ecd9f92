# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   dropout_lab:
#     title: House prices
#     minutes: 200
#     points: 57
# ---

# %% [markdown]
# # House prices
#
# A whole project, from an address on the web to a file that can be handed in. The data are 2,919
# houses that were sold in Ames, Iowa, with 79 features each: numbers, words, and many holes. For
# half of the houses you know the price; for the other half you are asked for it. Nothing in this
# chapter is deep. But almost everything that goes wrong in real projects can go wrong here: a
# damaged file, a leak, a lost row, a score that does not fit its loss. You will meet all of them.
#
# **You will be able to**
#
# - fetch a file so that what lies under its name is always whole and right, and unpack an archive
#   that a stranger has packed
# - turn a table with words and holes into a tensor, without letting the test rows leak into it
# - measure relative errors with the log RMSE, and say why a loss in dollars does not serve it
# - compare models by k-fold cross-validation, fold by fold, and catch folds that are none
# - write a `submission.csv` that is accepted.
#
# **Time**: about 200 minutes, in two sittings: before and after *From words to numbers*.
# **Points**: 57. You need linear regression and the MLP; weight decay (chapter 4) helps.

# %%
import hashlib
import os
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import requests
import torch
from d2l import torch as d2l
from matplotlib import pyplot as plt
from torch import nn

from grader import chapter
from lab import house_prices, show_figure

check, hint = chapter(6)  # after a restart, run this cell again
print(f"PyTorch {torch.__version__}, pandas {pd.__version__}, computing on the CPU")

# %% [markdown]
# This chapter computes on the CPU, also where there is a GPU. A batch here is 64 rows of 331
# numbers and a network has a few hundred or thousand weights: asking a GPU would take longer than
# the work itself.
#
# ## A file, or nothing
#
# Data come from somewhere else, and on the way they get damaged, cut off or exchanged. The remedy
# is a **sum**: a number that is computed from all bytes of a file, and that is almost certainly
# another one when a single byte is. Whoever publishes a file publishes its sum; whoever fetches it
# computes it again. The book uses SHA-1, which gives 160 bits, written as 40 hexadecimal digits.
# (Against an enemy who chooses both files, SHA-1 is broken since 2017; then take SHA-256. Against
# accidents it is as good as ever.)
#
# ### Exercise: `sha1_of` (2 points, easy, 5 minutes)
#
# Write `sha1_of(path)`.
#
# - `path`: a file's path, as text or as a `Path`. The file may hold any bytes, and may be larger
#   than the memory: read it in pieces, of 64 KiB ($2^{16}$ bytes), say.
# - Returns its SHA-1 as text: 40 hexadecimal digits, lower case.
#
# `hashlib.sha1()` makes a sum of nothing, `.update(data)` takes more bytes in, `.hexdigest()` is
# the text. (A published notebook calls `hashlib.shal`. Look closely.)
#
# Example: for a file with the five bytes `hello`, the answer is
# `'aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d'`.


# %% exercise="sha1_of"
def sha1_of(path):
    """The SHA-1 of a file as 40 hexadecimal digits, read in pieces."""
    ### BEGIN SOLUTION
    sha1 = hashlib.sha1()
    with open(path, "rb") as file:
        while data := file.read(65_536):
            sha1.update(data)
    return sha1.hexdigest()
    ### END SOLUTION


# %% check="sha1_of"
check("sha1_of")

# %% [markdown] remarks="sha1_of"
# Pieces of 64 KiB keep the memory small whatever the size of the file, and the walrus reads until
# nothing comes. `"rb"` matters, because text mode would turn line ends into others, and the sum
# with them. Since Python 3.11 `hashlib.file_digest(file, "sha1")` is the whole loop, and
# `hashlib.sha256` in its place is the whole cure against an enemy. What a sum cannot tell you is
# whether the *publisher* was right. It says only that you have what they had.

# %% [markdown]
# ## Fetching
#
# Here is how a published notebook fetches a file (retold in our words). It looks fine, and on most
# days it is.
#
# ```python
# def published_download(url, folder):
#     os.makedirs(folder, exist_ok=True)
#     path = os.path.join(folder, url.split("/")[-1])
#     if os.path.exists(path):
#         return path
#     r = requests.get(url, stream=True)
#     with open(path, "wb") as file:
#         file.write(r.content)
#     return path
# ```
#
# Think of four bad days before you read on.
#
# 1. The server answers "404 Not Found", with a friendly page. The page is saved as the data, since
#    nobody asked for the status: `r.raise_for_status()` raises for an error.
# 2. The connection breaks half-way. Half a file stays under the final name, and from now on
#    `os.path.exists` says that all is well.
# 3. What arrives is damaged. Nobody computes its sum.
# 4. The file is large. `stream=True` says "piece by piece, please", and `r.content` then reads it
#    whole, into memory.
#
# The cure for the second is worth remembering, for every file that you will ever write: **write
# under another name, check, and rename at the end**. `os.replace` gives a finished file its name in
# one step, so nobody ever sees a half one.
#
# ### Exercise: `download` (6 points, hard, 20 minutes)
#
# Write `download(url, folder, sha1, get=requests.get)`.
#
# - `url`: text; the part after the last `/` is the name of the file.
# - `folder`: text or `Path`; it may not be there yet.
# - `sha1`: the sum that the file must have.
# - `get`: what fetches. Call it as `get(url, stream=True, timeout=10)`; like `requests.get` it gives
#   a response with `raise_for_status()` and `iter_content(chunk_size)`, an iterator over pieces of
#   at most so many bytes. It may raise, and so may the iterator when the connection breaks. (A
#   parameter, because the check has a server of its own.)
# - Returns the path of the file, text or `Path`.
#
# The rules:
#
# - A file that is there with the right sum is returned, and `get` is not called.
# - A file that is there with another sum is fetched anew.
# - A status of 400 or more, a broken connection, a server that says nothing for ten seconds, a wrong
#   sum: an exception (whichever; a
#   `ValueError` for a wrong sum is good style).
# - **Whatever happens, under the final name lies the right file, or none at all**; and after an
#   exception nothing else of yours lies in the folder either. A part belongs beside the final file,
#   not in the folder where the notebook happens to run.
# - Pieces are written as they come.


# %% exercise="download"
def download(url, folder, sha1, get=requests.get):
    """The path of folder/NAME, fetched from url unless it is there with this SHA-1 already."""
    ### BEGIN SOLUTION
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, url.split("/")[-1])
    if os.path.exists(path):
        if sha1_of(path) == sha1:
            return path
        os.remove(path)
    part = path + ".part"
    try:
        with get(url, stream=True, timeout=10) as response, open(part, "wb") as file:
            response.raise_for_status()
            for piece in response.iter_content(65_536):
                file.write(piece)
        if sha1_of(part) != sha1:
            raise ValueError(f"{url} has the SHA-1 {sha1_of(part)}, expected {sha1}")
        os.replace(part, path)
    finally:
        if os.path.exists(part):
            os.remove(part)
    return path
    ### END SOLUTION


# %% check="download"
check("download")

# %% [markdown] remarks="download"
# All that may fail happens under another name, and the last step, `os.replace`, cannot be seen half
# done. `finally` removes the part on every way out, Ctrl-C included. The file is read a second time
# for its sum; updating the sum while writing saves that, and trusts that the disk has kept what it
# was given. Two processes that fetch the same file would share one `.part`; a
# `tempfile.NamedTemporaryFile(dir=folder, delete=False)` gives each its own. For files of many
# gigabytes look at the HTTP header `Range`, with which a broken transfer goes on instead of
# starting again.

# %% [markdown]
# Now with a real server. It runs on this very machine, so that no network is needed, and it can
# misbehave on request.

# %% tags=["demo"]
from lab.local_server import LocalServer, Reply

table = b"Id,SalePrice\n1,208500\n2,181500\n"
table_sum = hashlib.sha1(table).hexdigest()
replies = {
    "good.csv": Reply(table),
    "moved.csv": Reply(status=302, location="/good.csv"),
    "damaged.csv": Reply(table.replace(b"5", b"6")),
    "half.csv": Reply(table, breaks_after=20),
}
direct = requests.Session()
direct.trust_env = False  # no proxy between this machine and itself
with LocalServer(replies) as server, tempfile.TemporaryDirectory() as folder:
    for name in (*replies, "missing.csv", "good.csv"):
        try:
            path = download(server.url(name), folder, table_sum, get=direct.get)
            said = f"{os.path.getsize(path)} bytes"
        except (requests.RequestException, ValueError) as error:
            said = type(error).__name__
        print(f"{name:12} {said:22} in the folder: {sorted(os.listdir(folder))}")
    print("the server was asked for", " ".join(server.requests))

# %% [markdown]
# Whatever went wrong, the folder holds whole files only. The last of the six wishes, for a file that is there
# already, did not reach the server. And `requests` followed `moved.csv` to its new place by itself.
#
# The book keeps a small *data hub*: names, and for each its address and its sum. The two tables of
# this chapter are in it.

# %% tags=["demo"]
for name in ("kaggle_house_train", "kaggle_house_test"):
    url, sha1 = d2l.DATA_HUB[name]
    print(name, sha1, url, sep="\n  ")

# %% [markdown]
# ## Unpacking what a stranger has packed
#
# Data often come as an archive: `.zip`, or `.tar`, which puts files one after the other, or
# `.tar.gz`, which compresses the result. Which folder do they go to? Published code decides like
# this (retold):


# %%
def published_plan(archive):
    """The folder for the contents of an archive, and the module that opens it."""
    folder, ending = os.path.splitext(archive)
    if ending == ".zip":
        return folder, "zipfile"
    if ending in (".tar", ".gz"):
        return folder, "tarfile"
    raise ValueError(f"{archive}: only zip and tar archives can be unpacked")


# %% tags=["demo"]
print(published_plan("data/houses.zip"))

# %% [markdown]
# ### Exercise: `find_the_archive_bugs` (2 points, easy, 8 minutes)
#
# 1. `wrong_archives()`: returns two names of files, `first` and `second`. For the first, which is
#    an archive, the published module is right and the folder is not what anyone would expect. The
#    second is no archive at all, and yet the published function has a plan for it.
# 2. `folder_of(archive)`: the folder, done right. `archive`: text that ends in `.zip`, `.tar`,
#    `.tar.gz` or `.tgz`; the answer is all that stands before that. For any other ending:
#    `ValueError`. Mind that a plain `.gz` is one compressed file, and no archive.
#
# Example: `folder_of("data/houses.zip")` gives `'data/houses'`.


# %% exercise="find_the_archive_bugs"
def wrong_archives():
    """(first, second): an archive with a wrong folder, and a file that is no archive."""
    ### BEGIN SOLUTION
    return "houses.tar.gz", "houses.csv.gz"
    ### END SOLUTION


def folder_of(archive):
    """The name of an archive without .zip, .tar, .tar.gz or .tgz; ValueError for other files."""
    ### BEGIN SOLUTION
    for ending in (".zip", ".tar", ".tar.gz", ".tgz"):
        if archive.endswith(ending):
            return archive.removesuffix(ending)
    raise ValueError(f"{archive} is no .zip, .tar, .tar.gz or .tgz")
    ### END SOLUTION


# %% check="find_the_archive_bugs"
check("find_the_archive_bugs")

# %% [markdown] remarks="find_the_archive_bugs"
# A list of endings says exactly what is an archive, and whatever is not in it is refused.
# `removesuffix` takes off an ending and nothing else; `strip(".zip")` would eat letters, from both
# ends. Clever parsing is worse than a list: for `v1.2.tar.gz`, `Path.suffixes` finds three endings,
# one of which is half of a version number. Capital letters, as in `HOUSES.ZIP`, are refused here,
# which is a choice. Whoever does not trust names can ask the bytes: `zipfile.is_zipfile` and
# `tarfile.is_tarfile` look inside.

# %% [markdown]
# An archive is a list of *names* with bytes, and the names are whatever the packer wrote. Three
# kinds are dangerous:
#
# - `../../home/you/.bashrc`, or `/etc/passwd`: **a path that leads outside**, and overwrites
#   something of yours
# - **a link** that points outside, and after it a file that goes through the link
# - **a bomb**: a few kilobytes that unpack to terabytes. (Zeros compress by a factor of 1,000.)
#
# So look before you unpack. The list of contents costs nothing: `ZipFile.infolist()` has
# `.filename` and `.file_size`; iterating over a `TarFile` gives members with `.name`, `.size`,
# `.isfile()` and `.isdir()`. Where a name would land, `os.path.realpath(os.path.join(folder, name))` says. And since
# Python 3.11.4, `extractall(folder, filter="data")` of a `TarFile` is a second wall.
#
# ### Exercise: `extract` (4 points, hard, 20 minutes)
#
# Write `extract(archive, max_bytes=100_000_000)`.
#
# - `archive`: text, the path of a `.zip`, `.tar`, `.tar.gz` or `.tgz`.
# - Unpacks it into `folder_of(archive)`, which may be there already, and returns that folder.
# - Refuses, by raising, **before anything is unpacked**: an entry that would land outside of the
#   folder (of a zip as well: `zipfile` does not ask, it bends such names so that they land inside);
#   in a tar, a link or anything else that is neither file nor folder; contents of more than
#   `max_bytes` bytes in all.


# %% exercise="extract"
def extract(archive, max_bytes=100_000_000):
    """Unpack an archive into the folder of its name, and return that; refuse a hostile one."""
    ### BEGIN SOLUTION
    folder = folder_of(archive)
    is_zip = archive.endswith(".zip")
    with zipfile.ZipFile(archive) if is_zip else tarfile.open(archive) as opened:
        if is_zip:
            entries = [(entry.filename, entry.file_size) for entry in opened.infolist()]
        else:
            entries = [(entry.name, entry.size) for entry in opened]
            if not all(entry.isfile() or entry.isdir() for entry in opened):
                raise ValueError(f"{archive} holds links or devices")
        root = os.path.realpath(folder)
        for name, _ in entries:
            place = os.path.realpath(os.path.join(root, name))
            if os.path.commonpath([root, place]) != root:
                raise ValueError(f"{archive}: {name} would land outside of {folder}")
        if sum(size for _, size in entries) > max_bytes:
            raise ValueError(f"{archive} unpacks to more than {max_bytes:,} bytes")
        opened.extractall(folder, **({} if is_zip else {"filter": "data"}))
    return folder
    ### END SOLUTION


# %% check="extract"
check("extract")

# %% [markdown] remarks="extract"
# Look at everything, then unpack: a refusal leaves no files behind. `os.path.commonpath` compares
# folders, where `startswith` compares letters and would let `houses-old` pass for a part of
# `houses`. `realpath` also follows links that are there already, in your own folder.
# `filter="data"` is the second wall, and since Python 3.14 it is the default for tar; for zip there
# is none, so the loop over names stays necessary. The limit adds up what the entries declare,
# before a byte is unpacked. How many *files* a bomb may have is a limit that is still missing.

# %% [markdown]
# ## The tables
#
# From here on the course fetches for you, with the sums above: `house_prices()` looks in the folder
# `COURSE_DATA`, then in a cache, then on the web; and where there is no network it makes up houses
# that do not exist, with the same columns, and says so.

# %% tags=["demo"]
train_data, test_data = house_prices()
print(train_data.shape, test_data.shape)
train_data.iloc[:4, [0, 1, 2, 3, -3, -2, -1]]

# %% [markdown]
# 1,460 houses with a price, 1,459 without. The first column, `Id`, is a number that somebody gave
# to the house. It says nothing about it, and a model that uses it learns the training rows by
# their names: it goes. The last one, `SalePrice`, is what we want to know. That leaves 79 features.

# %% tags=["demo"]
features = train_data.columns.drop(["Id", "SalePrice"])
both = pd.concat([train_data[features], test_data[features]])
numbers = both.select_dtypes("number").columns
missing = both.isna().mean().sort_values(ascending=False)
print(f"{len(numbers)} columns of numbers, {len(features) - len(numbers)} of words")
print(f"{int((missing > 0).sum())} columns have holes; the five with most of them:")
print(missing.head().map("{:.1%}".format).to_string())

# %% [markdown]
# Most holes are no accident: a house without a pool has no quality of its pool. "Missing" is
# information, and we will keep it as such. One trap was sprung before you came: for the masonry
# veneer, the file has the word `None` (there is none) in more than half of the rows, and `NA`
# (unknown) in a few. Newer versions of pandas read both as missing, unless they are told not to.
# `house_prices()` tells them.
#
# ## From words to numbers
#
# A network wants numbers of similar size. Three steps lead there.
#
# 1. **Standardise** each column of numbers, $x \leftarrow (x - \mu)/\sigma$: an area in square feet
#    and a count of bathrooms then weigh the same at the start, and one learning rate suits both.
# 2. **Holes** in columns of numbers become 0. After step 1 this is the mean: the most harmless
#    guess. (Before step 1 it would be an area of 0.)
# 3. **One-hot**: a column of words becomes a column of 0 and 1 for each word, and one more for
#    "missing".
#
# In which order, with which rows, and in whose frame: there is room for mistakes. Here are three,
# all published, in one function (retold).


# %%
def published_scale(frame):
    """Standardise the last four columns of a frame of numbers."""
    columns = frame.columns[-4:-1]
    frame[columns] = (frame[columns] - frame[columns].mean()) / frame[columns].var()
    return frame


# %% tags=["demo"]
print(published_scale(pd.DataFrame({"rooms": [5.0, 6.0, 7.0], "area": [900.0, 1000.0, 1100.0]})))

# %% [markdown]
# ### Exercise: `find_the_scaling_bugs` (3 points, medium, 10 minutes)
#
# 1. `right_by_luck()`: returns a list of three or more numbers, not all the same, for which
#    dividing by pandas' `var()` happens to be right. (So a small example can hide a bug.)
# 2. `fixed_scale(frame)`: the published function, fixed. `frame`: a frame of numbers with four or
#    more columns. Returns a new frame whose last four columns are standardised, each by its own
#    mean and standard deviation, while the other columns are as they were. **The frame that was
#    given stays as it is.** (Standard deviation: pandas' `std()`, with $n - 1$, or NumPy's, with
#    $n$; either is accepted in this chapter.)
#
# Example: in a frame with the columns a, b, c, d, e the column a stays, and `[5.0, 6.0, 7.0]` in
# another one becomes `[-1.0, 0.0, 1.0]`.


# %% exercise="find_the_scaling_bugs"
def right_by_luck():
    """Numbers for which dividing by the variance is as good as by the standard deviation."""
    ### BEGIN SOLUTION
    return [5.0, 6.0, 7.0]
    ### END SOLUTION


def fixed_scale(frame):
    """A new frame with the last four columns standardised."""
    ### BEGIN SOLUTION
    scaled = frame.copy()
    columns = frame.columns[-4:]
    scaled[columns] = (frame[columns] - frame[columns].mean()) / frame[columns].std()
    return scaled
    ### END SOLUTION


# %% check="find_the_scaling_bugs"
check("find_the_scaling_bugs")

# %% [markdown] remarks="find_the_scaling_bugs"
# 5, 6, 7 have the variance 1, and 1 is its own root: the most natural small example is the one that
# cannot see the bug. Test with numbers that are not special. `copy()` protects the caller, and
# columns are chosen by name before anything is computed, so each one meets its own mean. Had two
# columns the same name, this selection would take both, and `iloc` would be needed. Means and
# deviations are thrown away here; a scaler that is to serve next year's rows has to remember them.

# %% [markdown]
# ## Leaks
#
# Means and standard deviations are *learnt from data*, like weights. Published code computes them
# from all 2,919 rows, test rows included. On this table that changes next to nothing, and that is
# what makes it a bad habit: the day it matters, you will not notice. A test row stands for a house
# that is sold next year. Whoever uses its numbers today has looked into the future, and their score
# is too good to come true.
#
# Test for it as one tests the air in a mine, with a **canary**: put absurd values into the test
# rows, and see whether anything changes in the training features. Nothing must. The check of the
# next exercise does so.
#
# Which *words* a column can hold is another matter. It is a list, known from the description of the
# data before any house is sold, so you may take it from both tables. The network has an input for
# each; a weight whose word never occurs in training just never learns.
#
# ### Exercise: `preprocess` (6 points, hard, 25 minutes)
#
# Write `preprocess(train_data, test_data)`.
#
# - `train_data`: a frame of n rows; its first column is `Id`, its last `SalePrice`, and in between
#   are features. `test_data`: m rows with the same columns, without `SalePrice`. Both stay as they
#   are.
# - Returns three float32 tensors: `train_features` (n, d), `test_features` (m, d), and
#   `train_labels` (n, 1), the prices in dollars.
# - Columns of numbers are standardised with mean and standard deviation **of the training rows**,
#   the test rows with the same ones; holes become 0 after that. Where the standard deviation is 0,
#   divide by 1 instead.
# - Columns of words become one-hot columns: one for each word that occurs in either table, and one
#   for "missing", also when nothing is missing, as `pd.get_dummies(..., dummy_na=True)` does.
# - The columns may come in any order, the same in both tensors.
#
# Columns of words are of pandas' type `object` or, in newer versions of pandas, of a type for text;
# `get_dummies` gives True and False. What is safe in all versions: ask for the columns of
# numbers, with `select_dtypes("number")`, and convert at the end, with
# `.to_numpy(dtype="float32")`.
#
# Example: two training rows with the area 900 and 1100 and one test row with 1200 have the mean
# 1000 and the standard deviation 141.42; so the three become −0.71, 0.71 and 1.41.


# %% exercise="preprocess"
def preprocess(train_data, test_data):
    """(train_features, test_features, train_labels), float32, standardised by the training rows."""
    ### BEGIN SOLUTION
    n = len(train_data)
    tables = [train_data.drop(columns=["Id", "SalePrice"]), test_data.drop(columns="Id")]
    features = pd.concat(tables)
    numbers = features.select_dtypes("number").columns
    train_rows = features[numbers][:n]
    std = train_rows.std()
    scaled = (features[numbers] - train_rows.mean()) / std.where(std > 0, 1)
    features[numbers] = scaled.fillna(0)
    features = pd.get_dummies(features, dummy_na=True)
    X = torch.tensor(features.to_numpy(dtype="float32"))
    y = torch.tensor(train_data["SalePrice"].to_numpy(dtype="float32")).reshape(-1, 1)
    return X[:n], X[n:], y
    ### END SOLUTION


# %% check="preprocess"
check("preprocess")

# %% [markdown] remarks="preprocess"
# Both tables become one, so that their one-hot columns are the same, but means and deviations come
# from the first n rows alone. Fill the holes after scaling: there 0 is the average house, and
# before it would be one without any area. `std.where(std > 0, 1)` catches constant columns, and
# those that are empty in training, whose deviation is NaN. A service that prices one house at a
# time could not concatenate; it would keep the list of columns and call `reindex(columns=...,
# fill_value=0)`. Numbers can be words in disguise: `MSSubClass` is a code for the kind of building,
# and twice 30 is not 60.

# %% tags=["demo"]
train_features, test_features, train_labels = preprocess(train_data, test_data)
print(tuple(train_features.shape), tuple(test_features.shape), tuple(train_labels.shape))
canary = test_data.copy()
canary["GrLivArea"] = 10**6  # houses of a million square feet
with_canary, _, _ = preprocess(train_data, canary)
print("the canary sings:", torch.equal(train_features, with_canary))

# %% [markdown]
# 331 features from 79. (Together 2,919 × 331.) 36 of them are numbers; the other 43 columns have
# become 295.
#
# ## A score for relative errors
#
# Being wrong by 10,000 dollars is a disaster for a hut of 40,000 and nothing for a villa of
# 600,000. What counts is the *relative* error. Logarithms turn ratios into differences: if the
# prediction is off by a factor $1 + \delta$, then $|\log \hat{y} - \log y| = \log(1 + \delta)
# \approx \delta$. So the score of this competition is the root of the mean squared error of the
# logarithms:
#
# $$
# \sqrt{\frac{1}{n} \sum_{i=1}^{n} \left( \log y_i - \log \hat{y}_i \right)^2 } .
# $$
#
# A score of 0.1 means: typically off by about 10 %. A network may predict a price of −3 dollars,
# which has no logarithm, so predictions below 1 are raised to 1 first. In this score such a
# prediction is a catastrophe: $\log 1 = 0$ is twelve away from $\log 180{,}000 = 12.1$.
#
# ### Exercise: `log_rmse` (3 points, easy, 8 minutes)
#
# Write `log_rmse(net, features, labels)`.
#
# - `net`: called with `features` (n, d), it gives predictions (n, 1) in dollars, any numbers.
# - `labels`: prices (n, 1), 1 or more. Returns a Python number: the root of the mean squared
#   difference of logarithms, of predictions that are 1 at least. It is measured, not trained:
#   `torch.no_grad()`.
#
# Example: a network that predicts 100,000 and −5 where 200,000 and 1 are right gets 0.490: the
# first is off by $\log 2 = 0.693$, the second by 0.


# %% exercise="log_rmse"
def log_rmse(net, features, labels):
    """The root mean squared error of log prices, with predictions clipped at 1, as a number."""
    ### BEGIN SOLUTION
    with torch.no_grad():
        clipped = net(features).clamp(min=1)
        return nn.functional.mse_loss(clipped.log(), labels.log()).sqrt().item()
    ### END SOLUTION


# %% check="log_rmse"
check("log_rmse")

# %% [markdown] remarks="log_rmse"
# Clip, take logarithms, and hand the rest to the loss that PyTorch has. As a *score* that is fine;
# as a loss to train with, it has two traps: below 1 the clamp has no gradient, so a prediction that
# is far off is never called back, and the root has an infinite slope where the error is 0. The
# better plan, to let the network predict the logarithm, comes later in the chapter. Then this score
# is the plain root mean squared error of what it says.

# %% [markdown]
# ## The linear baseline
#
# Start with the dullest model there is. If it fails, the data or the code are broken; if it works,
# it is the number to beat.


# %%
def get_net(in_features):
    """Linear regression on so many features."""
    return nn.Sequential(nn.Linear(in_features, 1))


# %% [markdown]
# The loop has nothing new but its optimizer, **Adam**: it divides each weight's step by the typical
# size of its gradients, so a step has a length of about `learning_rate`, whatever the units of the
# loss are. That is convenient where prices are counted in hundreds of thousands, and it makes the
# learning rate mean something else: *how far a weight may go in one step*.
#
# ### Exercise: `train` (5 points, medium, 15 minutes)
#
# Write `train(net, train_features, train_labels, test_features, test_labels, num_epochs,
# learning_rate, weight_decay, batch_size, score)`, with the arguments of the book, and one more.
#
# - `train_features` (n, d), `train_labels` (n, 1). `test_features`, `test_labels` likewise, or both
#   `None`.
# - Trains `net` in place with `torch.optim.Adam` (its `weight_decay` included) and `nn.MSELoss`, in
#   shuffled batches of `batch_size`: `TensorDataset` and `DataLoader` from `torch.utils.data`, or
#   `d2l.load_array`. The last batch may be smaller, and is used.
# - `score(net, features, labels)`: a number, such as `log_rmse` gives.
# - Returns `(train_ls, test_ls)`: the score on the training and on the test data after each epoch,
#   two lists of `num_epochs` numbers. Without test data the second list is empty.


# %% exercise="train"
def train(
    net,
    train_features,
    train_labels,
    test_features,
    test_labels,
    num_epochs,
    learning_rate,
    weight_decay,
    batch_size,
    score,
):
    """Train net with Adam on the squared error; return the scores after each epoch."""
    ### BEGIN SOLUTION
    train_iter = d2l.load_array((train_features, train_labels), batch_size)
    optimizer = torch.optim.Adam(net.parameters(), lr=learning_rate, weight_decay=weight_decay)
    loss = nn.MSELoss()
    train_ls, test_ls = [], []
    for _ in range(num_epochs):
        for X, y in train_iter:
            optimizer.zero_grad()
            loss(net(X), y).backward()
            optimizer.step()
        train_ls.append(score(net, train_features, train_labels))
        if test_labels is not None:
            test_ls.append(score(net, test_features, test_labels))
    return train_ls, test_ls
    ### END SOLUTION


# %% check="train"
check("train")

# %% [markdown] remarks="train"
# A new optimizer for each call, so no momentum of an earlier fold leaks in. The loader shuffles,
# and the last short batch is trained on like the others. `DataLoader` collects its rows one by one
# in Python; for tensors that are in memory, slices of a `torch.randperm` do the same many times as
# fast. Adam's `weight_decay` goes through the division by the gradient's size, as chapter 4 found
# out, and `torch.optim.AdamW` is what most people mean. `score` is a parameter and not a global,
# which lets one loop serve dollars and logarithms.

# %% [markdown]
# ## k folds
#
# With 1,460 houses, a validation set of 300 is small: which 300 it is decides much. **k-fold
# cross-validation** splits the rows into $k$ parts, *folds*, and trains $k$ times: each time one
# fold validates and the others train. Every row validates once, and we get $k$ scores, with a mean
# and a spread.
#
# It also gives $k$ chances to get an index wrong. Two published versions (retold; they differ in
# one line):


# %%
def published_fold_rows(k, i, n, lost):
    """The rows of n that fold i of k validates; lost: with the line as one notebook has it."""
    fold_size = n if lost else n // k
    return list(range(n))[i * fold_size : (i + 1) * fold_size]


# %% tags=["demo"]
print([len(published_fold_rows(5, i, 1460, lost=False)) for i in range(5)])

# %% [markdown]
# ### Exercise: `find_the_fold_bugs` (3 points, easy, 8 minutes)
#
# 1. `sizes_as_published(n, k)`: in one notebook the `// k` got lost, so that `fold_size` is the
#    number of all rows. How many rows does each fold validate? Returns a list of k numbers.
# 2. `rows_never_used(n, k)`: the other version has its `// k`. How many of the n rows are in no
#    fold at all? Returns a number.
# 3. `fold_sizes(n, k)`: sizes of k folds, a list of whole numbers, in which every row is used and
#    no two folds differ by more than 1.
#
# n ≥ k ≥ 1. Example: `rows_never_used(11, 3)` is 2, and `fold_sizes(11, 3)` is `[4, 4, 3]`, in
# whatever order.


# %% exercise="find_the_fold_bugs"
def sizes_as_published(n, k):
    """Rows in each fold when fold_size is n."""
    ### BEGIN SOLUTION
    return [n] + [0] * (k - 1)
    ### END SOLUTION


def rows_never_used(n, k):
    """Rows in no fold when fold_size is n // k."""
    ### BEGIN SOLUTION
    return n % k
    ### END SOLUTION


def fold_sizes(n, k):
    """Sizes of k folds of n rows: all rows, as even as can be."""
    ### BEGIN SOLUTION
    return [n // k + (i < n % k) for i in range(k)]
    ### END SOLUTION


# %% check="find_the_fold_bugs"
check("find_the_fold_bugs")

# %% [markdown] remarks="find_the_fold_bugs"
# Both bugs are silent because a slice beyond the end is empty in Python, and no error. `n // k + (i
# < n % k)` hands the leftovers out one by one: a bool is a number, and the first folds get one row
# more. `torch.tensor_split` and NumPy's `array_split` have the very same rule. Losing n % k rows is
# no catastrophe, at most four of 1,460 with five folds; validating on all of the training rows is
# one. A sum over the folds' sizes, compared with n, finds either in one line.

# %% [markdown]
# ### Exercise: `get_k_fold_data` (4 points, medium, 12 minutes)
#
# Write `get_k_fold_data(k, i, X, y)`.
#
# - `k`: number of folds, 2 or more. `i`: which one validates, 0 to k − 1. `X` (n, d), `y` (n, 1).
# - Returns `X_train, y_train, X_valid, y_valid`: fold i validates, all other rows train.
# - Over all i, **every row validates exactly once**, also when k does not divide n; sizes differ by
#   1 at most; each row keeps its label. The same arguments give the same split: draw nothing anew in
#   each call, or a row that trained in one call validates in the next.
#
# Example: of 7 rows in 3 folds, fold 0 may hold rows 0, 1, 2, fold 1 rows 3, 4, fold 2 rows 5, 6.


# %% exercise="get_k_fold_data"
def get_k_fold_data(k, i, X, y):
    """(X_train, y_train, X_valid, y_valid) for fold i of k."""
    ### BEGIN SOLUTION
    folds = torch.arange(len(X)).tensor_split(k)
    valid = folds[i]
    rest = torch.cat([fold for j, fold in enumerate(folds) if j != i])
    return X[rest], y[rest], X[valid], y[valid]
    ### END SOLUTION


# %% check="get_k_fold_data"
check("get_k_fold_data")

# %% [markdown] remarks="get_k_fold_data"
# Rows are chosen by their numbers, for `X` and `y` alike, so a row cannot lose its label. The folds
# are contiguous, which is fair only if the order of the table means nothing. A table that is sorted
# by price or by date must be shuffled first, once, with a `torch.Generator` of a fixed seed.
# Indexing copies: each call makes a second training set, small here, and a mask would do no better.
# When several rows belong to one house or one patient, split the *groups*, or the network meets old
# acquaintances in validation.

# %% tags=["demo"]
rows = torch.arange(22.0).reshape(-1, 1)
fig, panels = plt.subplots(1, 2, figsize=(9, 2.4))
published, fixed = torch.zeros(5, 22), torch.zeros(5, 22)
for i in range(5):
    published[i, published_fold_rows(5, i, 22, lost=False)] = 1
    fixed[i, get_k_fold_data(5, i, rows, rows)[2].flatten().long()] = 1
titles = ("published: n // k rows a fold", "get_k_fold_data")
for panel, grid, title in zip(panels, (published, fixed), titles, strict=True):
    folds, places = grid.nonzero(as_tuple=True)
    panel.plot(places, folds, "s", markersize=6)
    panel.set(title=title, xlabel="row", xlim=(-1, 22), ylim=(4.6, -0.6), yticks=range(5))
    panel.grid(alpha=0.3)
panels[0].set_ylabel("fold")
show_figure(
    "Two panels of 22 rows in 5 folds, squares are rows that validate. As published with n // k, "
    "rows 20 and 21 validate in no fold; with get_k_fold_data every row validates once."
)

# %% [markdown]
# ### Exercise: `k_fold` (4 points, medium, 10 minutes)
#
# Write `k_fold(k, X_train, y_train, num_epochs, learning_rate, weight_decay, batch_size, get_net,
# score)`.
#
# - For each fold i, in order: the data of `get_k_fold_data`, a **fresh** network
#   `get_net(X_train.shape[1])`, and `train`.
# - Returns `(train_scores, valid_scores)`: two lists of k numbers, of each fold the score after the
#   last epoch.


# %% exercise="k_fold"
def k_fold(
    k, X_train, y_train, num_epochs, learning_rate, weight_decay, batch_size, get_net, score
):
    """The last train and validation score of each of k folds."""
    ### BEGIN SOLUTION
    train_scores, valid_scores = [], []
    for i in range(k):
        data = get_k_fold_data(k, i, X_train, y_train)
        net = get_net(X_train.shape[1])
        train_ls, valid_ls = train(
            net, *data, num_epochs, learning_rate, weight_decay, batch_size, score
        )
        train_scores.append(train_ls[-1])
        valid_scores.append(valid_ls[-1])
    return train_scores, valid_scores
    ### END SOLUTION


# %% check="k_fold"
check("k_fold")

# %% [markdown] remarks="k_fold"
# The network is made inside of the loop; made outside, it would have trained on each later
# validation fold already. Of each fold the last score is taken and not the best, for the best epoch
# would be chosen by the rows that judge. Five trained networks are thrown away at the end. Keep
# them, average their predictions, and you have an ensemble that needs no further training and
# usually wins a little. The folds do not need each other, so five processes could train them at
# once.

# %% [markdown]
# Now the baseline with the settings of the book: 5 folds, 100 epochs, a learning rate of 5, no
# weight decay, batches of 64.


# %%
def report(**results):
    """Print means over folds, and how far the folds spread (their standard deviation)."""
    for name, scores in results.items():
        train_scores, valid_scores = (torch.tensor(part) for part in scores)
        print(
            f"{name.replace('_', ' '):15} train {train_scores.mean():.3f}, "
            f"valid {valid_scores.mean():.3f} ± {valid_scores.std():.3f}   "
            f"folds: {' '.join(f'{s:.3f}' for s in valid_scores)}"
        )


# %% tags=["demo"]
torch.manual_seed(0)
k, began = 5, time.perf_counter()
in_dollars = k_fold(k, train_features, train_labels, 100, 5, 0, 64, get_net, log_rmse)
print(f"trained on the CPU in {time.perf_counter() - began:.0f} s")
report(linear_dollars=in_dollars)

# %% [markdown]
# A validation score of 0.170 ± 0.014: typically off by 17 %. The ± is the standard deviation of the
# five folds.
#
# ## Why a learning rate of 5?
#
# It looks absurd. But weights are in dollars here, a step of Adam moves a weight by about 5
# dollars, and there are 1,900 steps in all: **no weight gets further than about 9,500 dollars**.
# How then can the network predict 180,000?

# %% tags=["demo"]
torch.manual_seed(0)
net = get_net(train_features.shape[1])
X_train, y_train, X_valid, y_valid = get_k_fold_data(k, 0, train_features, train_labels)
curves = train(net, X_train, y_train, X_valid, y_valid, 100, 5, 0, 64, log_rmse)
weight, bias = net[0].weight.detach().flatten(), net[0].bias.item()
words = train_features[:, len(numbers) :].sum(1)
print(f"bias {bias:,.0f}, largest weight {weight.abs().max():,.0f} dollars")
print(f"a house has {words.mean():.0f} ones in its one-hot columns")
print(f"mean prediction {net(X_valid).mean():,.0f}, mean price {y_valid.mean():,.0f}")
animator = d2l.Animator(
    xlabel="epoch", ylabel="log rmse", yscale="log", xlim=[1, 100], legend=["train", "valid"]
)
for epoch in range(0, 100, 11):
    animator.add(epoch + 1, [curve[epoch] for curve in curves])
show_figure(
    f"On a log scale, both curves fall slowly from {curves[0][0]:.2g} for 70 epochs and more, then "
    f"flatten at {curves[0][-1]:.3f} and {curves[1][-1]:.3f}",
)

# %% [markdown]
# The bias alone would never get there. But each house has 43 ones in its one-hot columns, one for
# each column of words, and their weights all climb together. Most of the training is this climb, as
# the curve shows: for most of its 100 epochs the network only learns that houses cost money.
#
# ## The loss and the score do not fit
#
# And then, what does it learn? Squared dollars. A villa of 600,000 that is off by 10 % costs a
# hundred times as much as a house of 60,000 that is off by 10 %. The score wants all relative
# errors small; the loss looks at the villas.
#
# The remedy is one line: **train on the logarithm of the price.** The squared error is then that of
# the score, and the network's output is a log price. The score needs no logarithm any more:


# %%
def rmse(net, features, labels):
    """Root mean squared error. For a network of log prices and log labels, this is the log RMSE."""
    with torch.no_grad():
        return nn.functional.mse_loss(net(features), labels).sqrt().item()


def log_net(in_features):
    """Linear regression that starts with a plausible price: exp(12) is 162,755 dollars."""
    net = get_net(in_features)
    nn.init.constant_(net[0].bias, 12)
    return net


# %% tags=["demo"]
torch.manual_seed(0)
log_labels, began = train_labels.log(), time.perf_counter()
in_logs = k_fold(k, train_features, log_labels, 40, 0.005, 0.01, 64, log_net, rmse)
print(f"trained on the CPU in {time.perf_counter() - began:.0f} s")
report(linear_dollars=in_dollars, linear_logs=in_logs)

# %% [markdown]
# From 0.170 to 0.143, and better in each fold, with fewer epochs and the same model. The learning
# rate is 0.005 now, because weights are in log dollars, and a little weight decay helps 331 weights
# that 1,168 houses have to determine.
#
# But two things have changed at once: the loss, and how far the training got. The first network may
# just not be done after 100 epochs. For a linear model we can tell the two apart, since its best
# weights are known without any descent: with weight decay λ they solve
# $(\mathbf{X}^\top \mathbf{X} + \lambda \mathbf{I})\,\mathbf{w} = \mathbf{X}^\top \mathbf{y}$. So let
# both models go to the very end of their training, and look at the cheapest and the dearest quarter
# of the houses.


# %%
def solved(X, y, lambd=10.0):
    """The weights of the linear model at the end of all training; X has a column of ones, undecayed."""
    decay = lambd * torch.eye(X.shape[1])
    decay[-1, -1] = 0
    return torch.linalg.solve(X.T @ X + decay, X.T @ y)


# %% tags=["demo"]
with_ones = torch.cat([train_features, torch.ones(len(train_features), 1)], 1)
errors = {"loss in dollars": [], "loss in logs": []}
for i in range(k):
    X_train, y_train, X_valid, y_valid = get_k_fold_data(k, i, with_ones, train_labels)
    dollars = (X_valid @ solved(X_train, y_train)).clamp(min=1).log()
    logs = X_valid @ solved(X_train, y_train.log())
    for name, prediction in zip(errors, (dollars, logs), strict=True):
        errors[name].append(torch.cat([y_valid, prediction - y_valid.log()], 1))
print("log RMSE of the best linear model   all houses   cheapest quarter   dearest quarter")
for name, parts in errors.items():
    errors[name] = price, error = torch.cat(parts).T
    order, quarter = price.argsort(), len(price) // 4
    groups = (order, order[:quarter], order[-quarter:])
    told = [error[rows].square().mean().sqrt().item() for rows in groups]
    print(f"{name:35} {told[0]:10.3f} {told[1]:18.3f} {told[2]:17.3f}")
fig, panels = plt.subplots(1, 2, sharey=True, figsize=(9, 2.8))
for panel, (name, (price, error)) in zip(panels, errors.items(), strict=True):
    panel.semilogx(price, error, "o", markersize=2.5, alpha=0.5)
    panel.axhline(0, color="black", linewidth=0.8)
    panel.set(title=name, xlabel="price in dollars", ylim=(-1, 1))
    panel.grid(alpha=0.3)
panels[0].set_ylabel("log prediction − log price")
show_figure(
    "Log error of each house against its price, two panels. With a loss in dollars the cheap houses "
    "scatter more than the dear ones; with a loss in logs their band is narrower."
)

# %% [markdown]
# So both were true. Trained to its end, the model in dollars comes to 0.154 (over all houses): the
# book's 100 epochs were not enough. The rest of the way, to 0.142, is the loss. And that is where it was
# expected: on the dear quarter both models are equally good, 0.117 and 0.115. On the **cheap**
# quarter the loss in dollars leaves 0.207 where 0.156 can be had. Nobody paid for these errors.
#
# ## The next step: an MLP
#
# A linear model adds: so much for the garage, so much for the quality, whatever else is true. It
# cannot say "a large garage is worth more in front of a good house"; such an *interaction* of
# features needs a hidden layer. Here is a small one, with the same data, on log prices.


# %%
def mlp(in_features):
    """One hidden layer of 64 units, which starts with a plausible log price."""
    net = nn.Sequential(nn.Linear(in_features, 64), nn.ReLU(), nn.Linear(64, 1))
    nn.init.constant_(net[2].bias, 12)
    return net


# %% tags=["demo"]
torch.manual_seed(0)
began = time.perf_counter()
with_mlp = k_fold(k, train_features, log_labels, 30, 0.001, 0.01, 64, mlp, rmse)
print(f"trained on the CPU in {time.perf_counter() - began:.0f} s")
results = {"linear_dollars": in_dollars, "linear_logs": in_logs, "MLP_logs": with_mlp}
report(**results)
gain = torch.tensor(in_logs[1]) - torch.tensor(with_mlp[1])
print(f"linear minus MLP, fold by fold: {gain.mean():.4f} ± {gain.std():.4f}")
means = {name.replace("_", ", "): np.mean(scores[1]) for name, scores in results.items()}
told = "; ".join(f"{name} {mean:.3f}" for name, mean in means.items())
fig, panel = plt.subplots(figsize=(6, 3))
for (name, mean), scores, style in zip(
    means.items(), results.values(), ("o-", "s--", "^:"), strict=True
):
    panel.plot(range(k), scores[1], style, label=f"{name}: {mean:.3f}")
panel.set(xlabel="fold", ylabel="log RMSE on validation rows", xticks=range(k))
panel.grid(alpha=0.3)
panel.legend()
show_figure(
    f"Validation score of each of five folds, for three models. Means: {told}. Folds that are hard "
    "for one model are hard for the others."
)

# %% [markdown]
# 0.131 ± 0.021. The spread of either model is larger than the gain of 0.012 between the last two. So
# does the gain mean nothing? It does mean something: the folds are the *same* for both, and a fold
# that is hard for one is hard for the other. So compare fold by fold: the difference is 0.012 ±
# 0.006, and the MLP wins in all five, once by no more than 0.002. What that licenses you to say, you
# write down yourself.
#
# ### Written answer: what five folds say (3 points, medium, 10 minutes)
#
# A colleague tries 40 configurations of networks with these five folds, takes the one with the
# smallest mean, and reports its mean, 0.121, as what is to be expected of new houses. In four to six
# sentences: what is wrong with this number, in which direction, and what would be honest? And why may
# two models be compared fold by fold although their spreads overlap?

# %% [markdown] answer="what_five_folds_say" points=3
# The smallest of 40 means is small partly because this configuration suits these very folds by
# chance, so 0.121 is too optimistic: for new houses a larger error is to be expected. Honest: keep
# some rows out of all folds and score the chosen model on them once (or nest the choice in an outer
# cross-validation), and say how many configurations were tried. The spread between folds is mostly a
# difference between houses, which both models share; in the difference of the two scores of a fold
# it cancels. So one looks at the five differences, whose spread is much smaller. (They are not
# independent, since the training sets overlap: five differences are a hint, not a proof.)
#
# *Marking: 1 point for the selection effect and its direction; 1 point for data that played no part
# in the choice, or a nested cross-validation; 1 point for saying that the folds' difficulty is common
# to both models and cancels in the differences.*

# %% [markdown]
# ## The file that is handed in
#
# The model is chosen; now it may learn from **all** 1,460 rows. Then it predicts the other table,
# and the predictions go into a file with a header and a line for each house:
#
# ```
# Id,SalePrice
# 1461,121390.12
# 1462,157423.5
# ```
#
# ### Exercise: `train_and_pred` (5 points, medium, 12 minutes)
#
# Write `train_and_pred(train_features, test_features, train_labels, test_data, num_epochs,
# learning_rate, weight_decay, batch_size, get_net, score, to_price=None, path="submission.csv")`.
#
# - Trains a fresh `get_net(d)` on all training rows, with `train`, and predicts `test_features`
#   (m, d).
# - `to_price`: a function from the network's outputs to prices, such as `torch.exp` for a network
#   of log prices; `None` when they are prices.
# - Writes the file `path`: the columns `Id`, taken from the column of that name of `test_data`, and
#   `SalePrice`; m rows in the order of `test_data`, whatever its index is. No index in the file.
# - `test_data` stays as it is. Returns nothing.


# %% exercise="train_and_pred"
def train_and_pred(
    train_features,
    test_features,
    train_labels,
    test_data,
    num_epochs,
    learning_rate,
    weight_decay,
    batch_size,
    get_net,
    score,
    to_price=None,
    path="submission.csv",
):
    """Train on all rows, predict the test rows, and write them as a submission."""
    ### BEGIN SOLUTION
    net = get_net(train_features.shape[1])
    training = (num_epochs, learning_rate, weight_decay, batch_size, score)
    train(net, train_features, train_labels, None, None, *training)
    with torch.no_grad():
        prices = net(test_features)
    if to_price is not None:
        prices = to_price(prices)
    columns = {"Id": test_data["Id"].to_numpy(), "SalePrice": prices.flatten().numpy()}
    pd.DataFrame(columns).to_csv(path, index=False)
    ### END SOLUTION


# %% check="train_and_pred"
check("train_and_pred")

# %% [markdown] remarks="train_and_pred"
# `to_numpy()` takes the column of ids without its index; two Series with different indices would be
# joined by index, and rows would move or turn to NaN. Under `no_grad` the outputs carry no graph,
# and `.numpy()` works. `index=False` keeps a third column out of the file, for which a submission
# would be refused. The networks of this chapter have no dropout; if yours has, `net.eval()` belongs
# before the prediction. Read the file back before you hand it in: length, ids, no NaN, and prices
# that look like prices.

# %% tags=["demo"]
torch.manual_seed(0)
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "submission.csv"
    settings = (30, 0.001, 0.01, 64, mlp, rmse)
    data = (train_features, test_features, log_labels, test_data)
    train_and_pred(*data, *settings, to_price=torch.exp, path=path)
    print(path.read_text()[:60], "...", sep="")
    submission = pd.read_csv(path)
print(f"{len(submission):,} rows, columns {list(submission.columns)}")
print("every house of the test table, in order:", submission["Id"].equals(test_data["Id"]))
print(
    f"median prediction {submission['SalePrice'].median():,.0f} dollars, median of the known",
    end=" ",
)
print(f"prices {train_labels.median():,.0f}")

# %% [markdown]
# (It went into a folder that is gone by now. To keep the file, call `train_and_pred` without a path,
# in a cell of your own, and hand it in on Kaggle, in the competition *House Prices: Advanced
# Regression Techniques*.)
#
# ### Written answer: three leaks (3 points, medium, 8 minutes)
#
# Somebody predicts house prices with a score of 0.02, on validation rows, and is proud. Among the
# features is `TransferTax`, the tax that the buyer paid to the state. Explain the leak, name two
# other leaks that this chapter guards against, and describe a canary that would find one of the
# three.

# %% [markdown] answer="three_leaks" points=3
# The tax is a share of the price, and is known only after the sale: the target is among the features,
# in disguise. For a house that has not been sold yet there is no such number, so the score says
# nothing about its use. Other leaks: mean and standard deviation computed with the test rows (or with
# the validation fold) mixed in; folds that overlap, or that are drawn anew in each call, so that a row
# trains and validates; the Id, where the order of the rows tells the price; a choice among many
# models by the rows that also report. Canaries: absurd values in the test rows must leave the training
# features as they are; labels that are shuffled, or replaced by noise, must lead to a score as bad as
# that of a constant; a number for each row shows whether it turns up on both sides.
#
# *Marking: 1 point for the target in disguise, not known at the time of the prediction; 1 point for
# two other leaks; 1 point for a canary whose outcome would really differ.*

# %% [markdown] quiz="quiz_house_prices" points=4
# ## A project and its traps: a quiz (4 points, medium, 10 minutes)
#
# Choose one letter for each question: run the cell below, press the buttons, and run it again; or
# write the letters into its dictionary and delete the `raise` line. The check explains every
# choice.
#
# 1. A download breaks half-way, and the program wrote straight to `data.csv`. What happens at the
#    next start of a program that asks `os.path.exists`?
#     - (a) it fetches the rest
#         > Nothing remembers how much is there, and nothing asks.
#     - (b) it raises an error
#         > Not here. Perhaps later, when a row is cut in the middle; perhaps never.
#     - (c) it takes half a file for the whole one
#         > right: The name is there, so all seems well. Write under another name, and rename when
#         > the sum is right.
# 2. A server answers with the status 404 and a page. What does `requests.get(url)` do?
#     - (a) it raises an exception
#         > Only when there is no answer at all. A page that says "not found" is an answer.
#     - (b) it returns a response whose `content` is the page
#         > right: And a program that does not ask `raise_for_status()` saves it as data.
#     - (c) it returns None
#         > It always returns a response, or raises.
# 3. `os.path.splitext("houses.tar.gz")` gives
#     - (a) `("houses.tar", ".gz")`
#         > right: So code that unpacks to "houses" and returns this names a folder that is not
#         > there.
#     - (b) `("houses", ".tar.gz")`
#         > It splits at the last dot only.
#     - (c) `("houses", ".gz")`
#         > Nothing gets lost: the two parts together are the name.
# 4. A column of numbers has a hole in a row. You put 0 there *before* standardising. What is wrong?
#     - (a) nothing: 0 is the mean of a standardised column
#         > It is, after standardising. Before, it is an area of 0 square feet.
#     - (b) the column becomes one of words
#         > It stays one of numbers.
#     - (c) mean and standard deviation are computed with a house of size 0, and the hole becomes an
#       extreme value
#         > right: First standardise with the numbers that are there, then fill in 0.
# 5. Mean and standard deviation are taken over training and test rows together. What is the harm?
#     - (a) none, as long as the labels of the test rows are unknown
#         > Features of the future are the future, too. Nobody has next year's houses today.
#     - (b) the training features depend on the test rows, so the score may be too good for new
#       houses
#         > right: Here by little. The canary shows it all the same.
#     - (c) the test rows are no longer standardised
#         > They are, with numbers that nobody could have known.
# 6. A notebook divides by the variance in place of the standard deviation. An area has a standard
#    deviation of 500 square feet. How large is it typically after that?
#     - (a) about 500
#         > That is its spread before; the variance is 250,000.
#     - (b) about 1
#         > That would be the standard deviation's doing.
#     - (c) about 1/500
#         > right: 500 divided by 250,000. The feature has all but vanished.
# 7. A network predicts −20,000 dollars for a house of 60,000. What does the log RMSE make of it?
#     - (a) it is NaN: there is no logarithm of a negative number
#         > Without clipping, yes. The score raises predictions to 1 first.
#     - (b) an error of 80,000
#         > That is the difference in dollars. The score compares logarithms.
#     - (c) an error of log 60,000, about 11
#         > right: The prediction counts as 1 dollar, and log 1 = 0. One such house in 1,000 adds
#         > 0.12 to the mean square.
# 8. `fold_size = X.shape[0]`, with the `// k` lost, and k = 5. What do the five folds validate?
#     - (a) all rows in fold 0, and nothing in the others
#         > right: And fold 0 has nothing to train on.
#     - (b) all rows, five times
#         > Only the first fold begins at row 0.
#     - (c) a fifth of the rows each
#         > That is what `X.shape[0] // k` gives, if k divides the number of rows.
# 9. Why does the book's linear network, with Adam, need a learning rate as large as 5?
#     - (a) because the gradients of squared dollars are small
#         > They are huge. Adam divides by their size, so that hardly matters.
#     - (b) because there is no weight decay
#         > Decay would pull the weights back, but it does not decide how far a step goes.
#     - (c) because a step of Adam has a length of about the learning rate, and weights are dollars
#         > right: 1,900 steps of 5 dollars. With 0.005, a weight would get to 9.50.
# 10. You train on log prices and forget to undo it: `submission.csv` has 12.1 where 180,000 is
#     meant. What is the score?
#     - (a) about 9.6: log 12.1 is 2.5, and log 180,000 is 12.1
#         > right: A score near 10 is the sign of it. `to_price=torch.exp` was forgotten.
#     - (b) as good as before, since the score takes logarithms
#         > It takes the logarithm of what is in the file, and that is one already.
#     - (c) 180,000 − 12.1
#         > The score compares logarithms, not dollars.

# %% [markdown]
# ## Without a check
#
# 1. Statistics of the training rows are used for all five folds, the validating one included: a
#    small leak of its own. Standardise within each fold, and measure what it changes.
# 2. `MSSubClass` is a number in the table, and a code for the kind of house in its description.
#    Make words of it. Do the scores notice?
# 3. Which houses does the linear model on logs misjudge worst? Look at their rows. (Two of them are
#    famous.)
# 4. Predict a constant, the mean of the log prices. What is its score? Every model should be
#    compared with it once.
# 5. Draw the score over λ, the weight decay of the MLP, from 0.0001 to 1, with the spread of the
#    folds. Then put dropout in its place.
# 6. Replace the mean squared error of the linear network by `nn.L1Loss`, in dollars and in logs.
# 7. Average the predictions of the five networks of the five folds, in logs. Is the mean better than
#    each of them? (You need rows that none of them has seen.)
# 8. Write a `download` that goes on where it was broken off, with the header `Range`. What must be
#    checked at the end?
#
# ## Summary
#
# - Under a file's final name lies the right file or none: write elsewhere, compare the sum, rename.
#   Ask for the status of an answer.
# - Look into an archive before you unpack it: paths, links, sizes.
# - Standardise with the training rows' numbers, then fill holes with 0; words become one-hot
#   columns, "missing" among them. A canary finds leaks.
# - The log RMSE measures relative errors. Train on what you measure: on log prices the linear model
#   went from 0.170 to 0.143, and a hidden layer took it to 0.131.
# - In k-fold cross-validation every row validates once. Report the spread, and compare models fold
#   by fold.
# - A step of Adam is about as long as the learning rate, in the units of the weights.
# - A submission is a contract: names of columns, order of rows, units, and no index.
#
# ## Further reading
#
# - D. De Cock: *Ames, Iowa: alternative to the Boston housing data as an end of semester regression
#   project*. Journal of Statistics Education 19(3), 2011.
# - D. P. Kingma, J. Ba: *Adam: a method for stochastic optimization*. ICLR 2015.
# - S. Kaufman, S. Rosset, C. Perlich: *Leakage in data mining: formulation, detection, and
#   avoidance*. KDD 2011.
# - G. C. Cawley, N. L. C. Talbot: *On over-fitting in model selection and subsequent selection bias
#   in performance evaluation*. Journal of Machine Learning Research 11, 2010.
# - A. Zhang, Z. C. Lipton, M. Li, A. J. Smola: *Dive into Deep Learning*, the section on predicting
#   house prices.
#
# The chapter before, *Numerical stability*, shows why some networks cannot learn at all. The next
# one, *Layers and blocks*, begins the second half of the course: what a network is made of, and how
# to build parts of your own.
