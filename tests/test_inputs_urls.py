"""Data behind URLs: fetched once and completely, or refused; nothing else is fetched."""

from __future__ import annotations

import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.errors import RmqmError, UnreadableError
from rmqm_spec.inputs import downloads
from rmqm_spec.inputs.opening import open_source

fsspec = pytest.importorskip("fsspec")

SPEC = InputSpec(kind="image", shape=(3, 4, 4))


def png(grey):
    stream = io.BytesIO()
    Image.new("RGB", (5, 6), (grey, 0, 0)).save(stream, "png")
    return stream.getvalue()


@pytest.fixture
def memory():
    system = fsspec.filesystem("memory")
    yield system
    for path in system.find("/"):
        system.rm(path)


class Handler(BaseHTTPRequestHandler):
    """Serves what the test put there; some of it badly."""

    files: dict[str, bytes] = {}  # noqa: RUF012
    asked: list[str] = []  # noqa: RUF012

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        self.asked.append(f"{self.command} {self.path}")
        name = self.path.partition("?")[0]
        data = self.files.get(name)
        self.send_response(404 if data is None else 200)
        data = data or b""
        if not name.startswith("/unsized"):
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data[: len(data) // 2] if name.startswith("/cut") else data)

    def log_message(self, *_):
        pass


@pytest.fixture
def web():
    pytest.importorskip("aiohttp")
    Handler.files, Handler.asked = {}, []
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def refused(url):
    with pytest.raises(RmqmError) as caught:
        open_source(url, SPEC)
    return caught.value.code, caught.value.message


def test_one_file_of_any_kind(memory):
    memory.pipe("/a/x.png", png(1))
    stream = io.BytesIO()
    np.savez(stream, images=np.zeros((2, 4, 4, 3)), others=np.ones((3, 4, 4, 3)))
    memory.pipe("/a/x.npz", stream.getvalue())
    image = open_source("memory://a/x.png", SPEC)
    assert (image.name(0), image.read(0)[0, 0].tolist()) == ("memory://a/x.png", [1, 0, 0])
    rows = open_source("memory://a/x.npz:others", SPEC)
    assert (len(rows), rows.name(2)) == (3, "memory://a/x.npz:others[2]")


def test_over_http(web):
    Handler.files["/x.png"] = png(7)
    assert open_source(f"{web}/x.png", SPEC).read(0)[0, 0].tolist() == [7, 0, 0]
    assert [one for one in Handler.asked if one.startswith("GET")] == ["GET /x.png"]


def test_a_file_url(tmp_path):
    (tmp_path / "x.png").write_bytes(png(3))
    assert open_source(f"file://{tmp_path}/x.png", SPEC).read(0)[0, 0].tolist() == [3, 0, 0]


def test_an_unsized_answer_is_read_to_its_end(web):
    Handler.files["/unsized.png"] = png(7)
    assert open_source(f"{web}/unsized.png", SPEC).read(0).shape == (6, 5, 3)


def test_half_an_answer_is_never_used(web):
    Handler.files["/cut.png"] = png(7)
    code, message = refused(f"{web}/cut.png?token=secret")
    assert code == "DAT025"
    assert "secret" not in message


def test_what_is_not_there_is_told(web, memory):
    assert refused(f"{web}/none.png")[0] == "DAT025"
    assert refused("memory://none.png")[0] == "DAT025"
    assert refused("nothing://a.png")[0] == "DAT025"


@pytest.mark.parametrize("name", ["big.png", "unsized-big.png"])
def test_a_file_that_is_too_large_is_stopped(web, monkeypatch, name):
    monkeypatch.setattr(downloads, "MAX_DOWNLOAD_BYTES", 10)
    Handler.files[f"/{name}"] = png(7)
    assert refused(f"{web}/{name}")[0] == "DAT026"


def test_a_list_here_may_name_urls_each_fetched_once(tmp_path, web):
    for grey in range(3):
        Handler.files[f"/{grey}.png"] = png(grey)
    (tmp_path / "here.png").write_bytes(png(9))
    lines = ["url,label", *(f"{web}/{k}.png?k=secret,l{k}" for k in range(3)), "here.png,h"]
    lines += [f"{web}/gone.png,x"]
    (tmp_path / "list.csv").write_text("\n".join(lines))
    source = open_source(str(tmp_path / "list.csv"), SPEC)
    assert source.labels == ("l0", "l1", "l2", "h", "x")
    assert not any("secret" in source.name(k) for k in range(5))
    assert len(set(source.digests)) == 5
    assert [source.read(k)[0, 0, 0].item() for k in (2, 1, 0, 3, 0)] == [2, 1, 0, 9, 0]
    fetched = sorted(one for one in Handler.asked if one.startswith("GET") and "gone" not in one)
    assert fetched == [f"GET /{k}.png?k=secret" for k in range(3)]
    with pytest.raises(UnreadableError) as caught:
        source.read(4)
    assert caught.value.code == "DAT025"


def test_a_list_behind_a_url_names_its_neighbours(memory, tmp_path):
    memory.pipe("/set/a/x.png", png(5))
    memory.pipe("/set/list.txt", b"a/x.png\nmemory://set/a/x.png\n")
    source = open_source("memory://set/list.txt", SPEC)
    assert [source.read(k)[0, 0, 0].item() for k in (0, 1)] == [5, 5]


@pytest.mark.parametrize("line", ["file:///a.png", "local://a.png", "zip://a::file:///a.zip"])
def test_a_list_behind_a_url_names_no_file_of_this_machine(memory, line):
    memory.pipe("/list.txt", f"{line}\n".encode())
    assert refused("memory://list.txt")[0] == "DAT022"


def test_an_absolute_path_in_a_list_behind_a_url_stays_behind_it(memory, tmp_path):
    (tmp_path / "x.png").write_bytes(png(1))
    memory.pipe("/list.txt", f"{tmp_path}/x.png\n".encode())
    with pytest.raises(UnreadableError) as caught:
        open_source("memory://list.txt", SPEC).encoded(0)
    assert caught.value.code == "DAT025"


def test_a_missing_protocol_package_comes_with_its_command(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "s3fs", None)
    with pytest.raises(RmqmError) as caught:
        open_source("s3://bucket/a.png", SPEC)
    assert (caught.value.code, caught.value.exit_code) == ("DAT024", 4)
    assert caught.value.fix == 'Run: python -m pip install "fsspec[s3]"'


def test_odd_names_stay_in_the_temporary_folder(memory):
    memory.pipe("/..%2F..%2Fx y.png", png(1))
    path = downloads.fetch_file("memory:///..%2F..%2Fx y.png")
    assert path.parent.parent == Path(downloads._folder())
    assert path.suffix == ".png"
