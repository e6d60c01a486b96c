"""A server that others reach through us: it goes away, comes back, or falls silent when told."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tests.reminders.sink import free_port


class Proxy:
    """Passes on what comes to `port`, until it is told otherwise. It runs in its own thread."""

    def __init__(self, host: str, port: int) -> None:
        self.port = free_port()
        self._upstream = (host, port)
        self._clients: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    def down(self) -> None:
        """Hang up on everybody and refuse who calls, as a server does that was killed."""
        self._do(self._close())

    def up(self) -> None:
        """Listen again, on the same port."""
        self._do(self._listen())

    def hush(self) -> None:
        """Keep every connection, take new ones, pass nothing on: half-open."""
        self._loop.call_soon_threadsafe(self._speaks.clear)

    def speak(self) -> None:
        """Pass on what was held back, and all that follows."""
        self._loop.call_soon_threadsafe(self._speaks.set)

    def end(self) -> None:
        """Hang up for good; the thread ends."""
        self._loop.call_soon_threadsafe(self._over.set)

    async def run(self, is_up: threading.Event) -> None:
        """Listen until `end`."""
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self._speaks = asyncio.Event()
        self._speaks.set()
        await self._listen()
        is_up.set()
        await self._over.wait()
        await self._close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        for each in self._clients:
            each.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._connect(reader, writer))
        self._clients.add(task)
        task.add_done_callback(self._clients.discard)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers = [writer]
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._upstream)
            writers.append(far_writer)
            ways = self._pass_on(reader, far_writer), self._pass_on(far_reader, writer)
            await asyncio.gather(*ways)
        except OSError:
            pass  # one side has hung up, and so do we
        finally:
            for each in writers:
                each.transport.abort()
                with suppress(OSError):
                    await each.wait_closed()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65536):
            await self._speaks.wait()
            writer.write(chunk)
            await writer.drain()
        writer.close()


@contextmanager
def between(host: Any, port: Any) -> Iterator[Proxy]:
    """A proxy before the server at `host` and `port`."""
    proxy, is_up = Proxy(str(host or "127.0.0.1"), int(port)), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(proxy.run(is_up)), daemon=True)
    thread.start()
    is_up.wait(10)
    try:
        yield proxy
    finally:
        proxy.end()
        thread.join(10)
