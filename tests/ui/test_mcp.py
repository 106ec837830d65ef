"""The page as an MCP server, asked by the protocol's own client. It runs where gradio's extra for it is installed."""

import ast
import asyncio
import base64
import json
import os
from collections.abc import Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from lenet import settings
from lenet.prediction import predict
from lenet.settings import CHECKPOINTS


def test_it_is_one_only_where_the_extra_is_installed_and_nobody_says_no(monkeypatch):
    monkeypatch.delenv(settings.MCP_VARIABLE, raising=False)
    monkeypatch.setattr(settings, "find_spec", lambda name: None)
    assert not settings.serves_mcp()
    monkeypatch.setenv(settings.MCP_VARIABLE, "true")
    assert not settings.serves_mcp()
    monkeypatch.setattr(settings, "find_spec", lambda name: object())
    assert settings.serves_mcp()
    monkeypatch.setenv(settings.MCP_VARIABLE, "False")
    assert not settings.serves_mcp()


@pytest.fixture(scope="module")
def mcp_page():
    """A page that is an MCP server."""
    pytest.importorskip("mcp")
    from lenet.ui.page import build, launch_options

    demo = build(CHECKPOINTS)
    options = launch_options(demo) | {"mcp_server": True}
    demo.launch(prevent_thread_lock=True, server_name="127.0.0.1", quiet=True, **options)
    yield demo
    demo.close()


@pytest.fixture(scope="module")
def mcp_url(mcp_page) -> str:
    return f"{mcp_page.local_url}gradio_api/mcp/"


@asynccontextmanager
async def connected(url: str):
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async with streamablehttp_client(url) as (read, write, _), ClientSession(read, write) as session:
        await session.initialize()
        yield session


def ask(url: str, question: Callable[[Any], Any]) -> Any:
    async def asked() -> Any:
        async with connected(url) as session:
            return await question(session)

    return asyncio.run(asked())


def call(url: str, **arguments: Any) -> Any:
    return ask(url, lambda session: session.call_tool("predict", arguments))


def data_url(path: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"


@pytest.fixture
def seven(tmp_path, digits) -> Path:
    path = tmp_path / "seven.png"
    Image.fromarray(digits[7]).resize((84, 84)).save(path)
    return path


def test_its_tools_are_the_public_endpoints_and_say_what_they_take(mcp_url):
    tools = {tool.name: tool for tool in ask(mcp_url, lambda session: session.list_tools()).tools}
    assert set(tools) == {"predict", "activations"}
    said = tools["predict"]
    assert said.description.startswith("Say which handwritten digit, or which garment, a picture shows.")
    properties = said.inputSchema["properties"]
    assert properties["picture"]["type"] == "string"
    assert "data URL" in properties["picture"]["description"]
    assert "mnist-lenet" in properties["checkpoint"]["enum"]
    assert not ask(mcp_url, lambda session: session.list_resources()).resources


def test_a_picture_that_is_sent_along_is_read(mcp_url, seven, classic):
    found = call(mcp_url, picture=data_url(seven), checkpoint="mnist-classic")
    assert not found.isError
    answer = ast.literal_eval(found.content[0].text)
    direct = predict(classic, Image.open(seven))
    assert answer["label"] == direct.label
    assert answer["probabilities"] == pytest.approx(direct.probabilities)


def test_a_private_endpoint_is_no_tool(mcp_url):
    for name in ("on_draw", "on_upload", "on_train", "call"):
        found = ask(mcp_url, lambda session, name=name: session.call_tool(name, {}))
        assert found.isError


@pytest.mark.parametrize("marked", [True, False])
def test_no_file_of_the_server_is_read(mcp_url, seven, marked):
    """A path, also as gradio's own description of a file: a queued tool would upload that file itself."""
    described = {"path": str(seven)} | ({"meta": {"_type": "gradio.FileData"}} if marked else {})
    for picture in (str(seven), f"file://{seven}", described):
        found = call(mcp_url, picture=picture, checkpoint="mnist-lenet")
        assert found.isError
        assert "probabilities" not in found.content[0].text


def test_no_address_of_the_server_s_own_network_is_fetched(mcp_url, seven, mirror_of):
    url, asked = mirror_of(seven)
    for address in (url, url.replace("127.0.0.1", "localhost"), url.replace("127.0.0.1", "2130706433")):
        found = call(mcp_url, picture=address, checkpoint="mnist-lenet")
        assert found.isError
    assert asked == []


def test_a_picture_that_is_sent_along_is_deleted_with_the_uploads(mcp_url, seven):
    from gradio.utils import get_upload_folder

    from lenet.ui.door import _remove_left_over

    seven.write_bytes(seven.read_bytes() + b"unlike every other picture")
    before = set(Path(get_upload_folder()).glob("*/*"))
    call(mcp_url, picture=data_url(seven), checkpoint="mnist-lenet")
    (kept,) = set(Path(get_upload_folder()).glob("*/*")) - before
    _remove_left_over()
    assert kept.exists()
    for path in (kept, kept.parent):
        os.utime(path, (0, 0))
    _remove_left_over()
    assert not kept.exists()


@pytest.fixture
def mirror_of():
    """Serves one file on this machine: its address, and who asked for it."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from threading import Thread

    asked: list[str] = []
    servers = []

    def serve(path: Path) -> tuple[str, list[str]]:
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(path.read_bytes())

            def log_message(self, *arguments):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        servers.append(server)
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/seven.png", asked

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def test_the_page_s_other_answers_are_as_without_it(mcp_url):
    info = httpx.get(mcp_url.replace("/gradio_api/mcp/", "/gradio_api/info")).json()
    assert list(info["named_endpoints"]) == ["/predict", "/activations"]
    assert json.dumps(info["unnamed_endpoints"]) == "{}"
