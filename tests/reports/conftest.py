"""A real Chromium, spoken to over a pipe; and results to make reports of."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rmqm_spec import WhiteNoise, evaluate
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.findings import Finding
from rmqm_spec.inputs.prepared import open_inputs
from rmqm_spec.reports import keep_examples
from rmqm_spec.results.document import result_document
from rmqm_spec.results.files import write_result
from rmqm_spec.results.stored import StoredResult, read_result


class Chromium:
    """The DevTools protocol over ``--remote-debugging-pipe``: JSON messages that end in NUL."""

    def __init__(self, program: str, profile: Path) -> None:
        self._numbers = count(1)
        self._session: str | None = None
        self._rest = b""
        self.events: list[dict[str, Any]] = []
        commands, self._write = os.pipe()
        self._read, answers = os.pipe()
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"]
        quiet = ["--disable-background-networking", "--disable-component-update"]
        self._process = subprocess.Popen(
            [
                "bash", "-c", f'exec "$0" "$@" 3<&{commands} 4>&{answers}', program, *flags, *quiet,
                f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank",
            ],
            pass_fds=(commands, answers), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(commands)
        os.close(answers)
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        attached = self.send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while (answer := self._receive()).get("id") != number:
            self.events.append(answer)
        assert "error" not in answer, answer
        found: dict[str, Any] = answer["result"]
        return found

    def wait_for(self, method: str) -> None:
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self._receive())

    def open(
        self, page: Path, *, width: int = 1100, scheme: str = "light", media: str = ""
    ) -> None:
        """Load a page and wait until it is there."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=800, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.send("Emulation.setEmulatedMedia", media=media, features=[feature])
        self.events.clear()
        self.send("Page.navigate", url=page.resolve().as_uri())
        self.wait_for("Page.loadEventFired")

    def value(self, expression: str) -> Any:
        found = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def requested(self) -> list[str]:
        """Every address that the page asked for, itself and its own data apart."""
        asked = [
            event["params"]["request"]["url"]
            for event in self.events
            if event.get("method") == "Network.requestWillBeSent"
        ]
        return [url for url in asked[1:] if not url.startswith("data:")]

    def complaints(self) -> list[dict[str, Any]]:
        """What was written to the console, or thrown."""
        kinds = {"Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled"}
        return [event for event in self.events if event.get("method") in kinds]

    def picture(self, path: Path) -> None:
        """Write the whole page as a PNG."""
        found = self.send("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(found["data"]))

    def close(self) -> None:
        os.close(self._write)
        self._process.kill()
        self._process.wait()
        os.close(self._read)

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            piece = os.read(self._read, 1 << 16)
            assert piece, "Chromium has ended"
            self._rest += piece
        message, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    found = Chromium(program, tmp_path_factory.mktemp("chromium"))
    yield found
    found.close()


def bend(strength: float) -> Callable[[Any], Any]:
    """A smooth encoder of 16 values; each strength is another one."""
    weights = np.random.default_rng(3).normal(size=(16, 5))
    return lambda x: np.tanh(strength * x.reshape(len(x), -1) @ weights) + 0.1


@pytest.fixture
def images() -> Any:
    return np.random.default_rng(0).integers(0, 256, (12, 4, 4, 1), dtype=np.uint8)


@pytest.fixture
def score(tmp_path: Path, images: Any) -> Callable[..., StoredResult]:
    """Score a tiny encoder of tiny images, write the result, and read it back."""

    def scored(
        name: str = "smooth.onnx",
        *,
        strength: float = 1.0,
        encoder: Any = None,
        alteration: Any = None,
        findings: Sequence[Finding] = (),
        **changed: Any,
    ) -> StoredResult:
        inputs = open_inputs(images, InputSpec(kind="image", shape=(1, 4, 4)), Preprocessing())
        rule = alteration or WhiteNoise(n_levels=8)
        found = evaluate(encoder or bend(strength), inputs, alteration=rule)
        described = {"model": {"name": name, "sha256": "ab" * 32}, **changed}
        document = result_document(
            found,
            described,
            findings,
            data="memory",
            seconds=1.0,
            created="2026-01-01T00:00:00+00:00",
        )
        folder = tmp_path / f"result-{len(list(tmp_path.iterdir()))}"
        write_result(folder, document, found)
        stored = read_result(folder)
        keep_examples(stored, inputs, rule)
        return stored

    return scored
