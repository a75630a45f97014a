"""A real Pilotwerk with web and worker, a real Chromium, and axe on every page that is visited."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import migrated

# Playwright's sync API runs an event loop; the ORM is not used in these tests, but Django is set up.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    for _attempt in range(150):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"{url} does not answer")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; a skip that says how to get it where there is none, a failure in CI."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        message = "Chromium was not found: install it (Debian: apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


def environment_of(folder: Path, *, sample: bool) -> dict[str, str]:
    """The settings of an installation with this data folder."""
    return {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | {
        "PILOTWERK_DATA_DIR": str(folder),
        "PILOTWERK_DEMO": "on" if sample else "off",
        "PILOTWERK_EMBEDDINGS": "off",
        # What a power cut leaves is shown by tests/faults; here nobody waits for the disk.
        "PILOTWERK_SQLITE_SYNCHRONOUS": "NORMAL",
        "PILOTWERK_ALLOW_PRIVATE_HOSTS": "127.0.0.1",
        "OMP_NUM_THREADS": "1",
    }


@contextmanager
def installation(folder: Path, *, sample: bool) -> Iterator[tuple[str, str]]:
    """`pilotwerk serve` on a free port with a data folder of its own: its address, and what `demo` printed."""
    environment = environment_of(folder, sample=sample)
    command = [sys.executable, "-m", "pilotwerk.cli.main"]
    migrated.copy(folder / "pilotwerk.sqlite3")
    told = ""
    if sample:
        demo = [*command, "demo", "--format", "json"]
        told = subprocess.run(demo, env=environment, check=True, capture_output=True, text=True).stdout
    port = _free_port()
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "serve", "--port", str(port)], env=environment, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process)
        yield address, told
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An installation without the sample company; its address."""
    with installation(tmp_path_factory.mktemp("installation"), sample=False) as (address, _told):
        yield address


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """An installation with the sample company: its address, and the sign-ins as JSON."""
    with installation(tmp_path_factory.mktemp("sample"), sample=True) as found:
        yield found


@dataclass(frozen=True)
class Company:
    """A company with a running pilot: where its pages are, and as whom the clerk signs in."""

    address: str
    home: str
    email: str


# Walks in one language share an installation and what axe has read there; the two languages walk side by side.
GERMAN, ENGLISH = (pytest.mark.xdist_group(f"browser-{language}") for language in ("de", "en"))
LANGUAGES = [pytest.param("de", marks=GERMAN), pytest.param("en", marks=ENGLISH)]
Staged = Callable[[str, int, str], Company]


@pytest.fixture(scope="session")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staged]:
    """Makes companies with a running pilot of a kind, so many cases, and a name; all in one installation."""
    folder = tmp_path_factory.mktemp("office")
    with installation(folder, sample=False) as (address, _told):

        def make(kind: str, count: int, name: str) -> Company:
            command = [sys.executable, "-m", "tests.browser.staged", kind, str(count), name]
            environment = environment_of(folder, sample=False)
            told = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
            made = json.loads(told)
            assert made["waiting"] >= count
            return Company(address, made["home"].rstrip("/"), made["email"])

        yield make
