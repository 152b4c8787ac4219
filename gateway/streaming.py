"""A stream of messages as server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html.

- An event's `id` is the step's sequence number; `Last-Event-ID` goes on behind it: no step is missing or comes twice.
- A stream that fails half-way ends with an event `status`: the google.rpc.Status, as in the body of an error answer.
- Once nothing more is to come, asking again is answered with 204: an EventSource then stops asking.
- A caller who goes away ends the call.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import grpc
import grpc.aio
from google.protobuf.message import Message
from google.rpc import code_pb2
from starlette.responses import Response, StreamingResponse

from gateway.errors import HttpError, from_call
from gateway.transcoding import response
from telemetry.escaping import shown

# A stream that has nothing to say yet begins all the same: its caller learns that it is there.
FIRST_SECONDS = 1.0
MEDIA_TYPE = "text/event-stream"
_OK = grpc.StatusCode.OK.name
#: A call that ends by no answer: its caller went away, or the gateway stops.
_GONE = grpc.StatusCode.CANCELLED.name
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


async def answer(
    call: Any, *, resumes: bool, heartbeat: float, stopping: asyncio.Event, ended: Callable[[str], None]
) -> Response:
    """Answer with a call's messages.

    Args:
        call: The call.
        resumes: Whether its messages have sequence numbers.
        heartbeat: Seconds of silence after which a comment is sent.
        stopping: Set when the gateway stops; the stream then ends, and its caller goes on elsewhere.
        ended: Told once, with the name of the code that the call ended with.

    Returns:
        200 with the events, or 204 if there are none and never will be.

    Raises:
        HttpError: The call failed before its first message.
    """
    reading = asyncio.ensure_future(call.read())
    try:
        await asyncio.wait({reading}, timeout=FIRST_SECONDS)
        if reading.done():
            first = _result(reading)
            if first is None or (resumes and sequence(first) is None):
                call.cancel()
                ended(_OK)
                return Response(status_code=204)
    except BaseException as error:
        call.cancel()
        reading.cancel()
        ended(_code(error))
        raise
    events = _events(call, reading, heartbeat, stopping, ended)
    return StreamingResponse(events, media_type=MEDIA_TYPE, headers=_HEADERS)


async def _events(
    call: Any, reading: asyncio.Future[Any], heartbeat: float, stopping: asyncio.Event, ended: Callable[[str], None]
) -> AsyncIterator[bytes]:
    stop = asyncio.ensure_future(stopping.wait())
    code = _GONE
    try:
        while True:
            await asyncio.wait({reading, stop}, timeout=heartbeat, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                try:
                    message = _result(reading)
                except HttpError as error:
                    code = _code(error)
                    yield event(error.body(), name="status")
                    return
                if message is None:
                    code = _OK
                    return
                reading = asyncio.ensure_future(call.read())
                yield event(response(message), number=sequence(message))
            elif stop.done():
                return
            else:
                yield b": nothing new\n\n"
    finally:
        call.cancel()
        reading.cancel()
        stop.cancel()
        ended(code)


def _result(reading: asyncio.Future[Any]) -> Message | None:
    try:
        message = reading.result()
    except grpc.aio.AioRpcError as error:
        raise from_call(error) from None
    return None if message is grpc.aio.EOF else message


def _code(error: BaseException) -> str:
    return code_pb2.Code.Name(error.status.code) if isinstance(error, HttpError) else _GONE


def event(data: Mapping[str, Any], *, name: str = "", number: int | None = None) -> bytes:
    """Write one event.

    Args:
        data: Its object.
        name: Its name; empty for `message`, which an EventSource hands to `onmessage`.
        number: Its id.

    Returns:
        Its lines.
    """
    lines = [*([f"id: {number}"] if number is not None else []), *([f"event: {name}"] if name else [])]
    lines.append(f"data: {shown(json.dumps(data, ensure_ascii=False, separators=(',', ':')))}")
    return "\n".join([*lines, "", ""]).encode()


def sequence(message: Message) -> int | None:
    """Find a message's sequence number: the `sequence` of the one thing that it tells.

    Args:
        message: `WatchOrderResponse`, or one made like it.

    Returns:
        The number; None if the message tells nothing but that it is the last.
    """
    for field, value in message.ListFields():
        if field.message_type is not None and "sequence" in field.message_type.fields_by_name:
            return int(value.sequence)
    return None
