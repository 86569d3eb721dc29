"""Chromium without a window, driven through its DevTools protocol, to take pictures of Odoo."""

from __future__ import annotations

import base64
import itertools
import json
import shutil
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

import websocket

from dev.console import Stop
from dev.processes import spawn, terminate

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PATIENCE = 300  # seconds: the first page takes long on a busy machine


class Browser:
    """A context manager: one page of a browser.

    :param width: of the page, in pixels
    """

    def __init__(self, width: int) -> None:
        self._width = width
        self._numbers = itertools.count(1)

    def __enter__(self) -> Browser:
        program = next(filter(None, map(shutil.which, _NAMES)), None)
        if not program:
            raise Stop(f"No browser is installed: {', '.join(_NAMES)}.")
        self._folder = tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True)
        options = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--lang=en",
        ]
        profile = f"--user-data-dir={self._folder.name}"
        with open(Path(self._folder.name) / "log", "wb") as log:
            command = [program, *options, profile, "--remote-debugging-port=0", "about:blank"]
            self._process = spawn(command, {"LANGUAGE": "en"}, log)
        try:
            self._socket = websocket.create_connection(
                self._address(), suppress_origin=True, timeout=_PATIENCE
            )
            self.call("Page.enable")
            self.resize(900)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        terminate(self._process)
        self._folder.cleanup()

    def _address(self) -> str:
        """Return the address of the page's DevTools, once the browser has written its port down."""
        written = Path(self._folder.name) / "DevToolsActivePort"
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            with suppress(OSError, IndexError):
                port = written.read_text().split()[0]
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=5) as answer:
                    pages = [page for page in json.load(answer) if page["type"] == "page"]
                return str(pages[0]["webSocketDebuggerUrl"])
            time.sleep(0.1)
        raise Stop("The browser doesn't start.")

    def call(self, method: str, **params: Any) -> Any:
        """Call a method of the DevTools protocol; return its result.

        :raises Stop: the browser says that it failed
        """
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == number:
                if "error" in message:
                    raise Stop(f"{method}: {message['error']['message']}")
                return message["result"]

    def resize(self, height: int) -> None:
        """Give the page a height, in pixels."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=self._width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def open(self, url: str, **cookies: str) -> None:
        """Open a page, with cookies."""
        for name, value in cookies.items():
            self.call("Network.setCookie", name=name, value=value, url=url)
        self.call("Page.navigate", url=url)

    def run(self, script: str) -> Any:
        """Run JavaScript in the page; return what it, or the promise that it returns, results in.

        :raises Stop: it threw
        """
        found = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in found:
            raise Stop(f"{script}\n{json.dumps(found['exceptionDetails'], indent=1)}")
        return found["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until JavaScript is true.

        :raises Stop: it never was
        """
        deadline = time.monotonic() + _PATIENCE
        while not self.run(f"Boolean({condition})"):
            if time.monotonic() > deadline:
                raise Stop(f"In the browser it is still not so: {condition}")
            time.sleep(0.1)

    def wait_for(self, selector: str) -> None:
        """Wait until a visible element is there."""
        self.wait(f"document.querySelector({json.dumps(selector)})?.getClientRects().length")

    def click(self, selector: str) -> None:
        """Click an element, once it is there."""
        self.wait_for(selector)
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def frame(self) -> str:
        """Return the id of the page's frame."""
        return str(self.call("Page.getFrameTree")["frameTree"]["frame"]["id"])

    def picture(self, height: int, width: int | None = None, top: int = 0) -> bytes:
        """Return a part of the page as PNG; without a width, the whole of it."""
        clip = {"x": 0, "y": top, "width": width or self._width, "height": height, "scale": 1}
        return base64.b64decode(self.call("Page.captureScreenshot", clip=clip)["data"])
