"""XES event logs (IEEE 1849), read as a stream: memory does not grow with the file, no entity is ever
expanded.
"""

from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from pilotwerk.processes.domain.messages import Unreadable
from pilotwerk.processes.reading.source import Progress, Source, Stager, check_cells
from pilotwerk.processes.reading.unpacking import Packed
from pilotwerk.processes.reading.xes_fast import NotPlain, read_plain

CHUNK = 256 * 1024


class _Stop(Exception):
    """Enough events were read."""


class _Events:
    """Collects the attributes of traces and events; those of a trace are named "case:..." and go to each
    event.

    Nested attributes, lists and the log's own attributes are passed over. A trace without a name is named by
    its number, since it is a case all the same.
    """

    def __init__(self, source: Source, sample: int | None, progress: Progress | None) -> None:
        self.source = source
        self.columns: dict[str, int] = {}
        self.events = 0
        self.traces = 0
        self.unnamed = 0
        self._stager = Stager(source, 0, progress)
        self._sample = sample
        self._depth = 0
        self._trace_depth = self._event_depth = 0
        self._trace: dict[int, str] = {}
        self._event: dict[int, str] = {}
        self._case = self._position("case:concept:name")

    def _position(self, name: str) -> int:
        position = self.columns.get(name)
        if position is None:
            position = self.columns[name] = len(self.columns)
            self._stager.widen(position + 1)
        return position

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > self.source.limits.xml_depth:
            raise Unreadable("file.xml_deep", limit=self.source.limits.xml_depth)
        if self._event_depth:
            if self._depth == self._event_depth + 1 and "key" in attributes and "value" in attributes:
                self._event[self._position(attributes["key"])] = attributes["value"]
        elif tag == "event" and self._trace_depth:
            self._event_depth = self._depth
            self._event = dict(self._trace)
        elif self._trace_depth:
            if self._depth == self._trace_depth + 1 and "key" in attributes and "value" in attributes:
                self._trace[self._position("case:" + attributes["key"])] = attributes["value"]
        elif tag == "trace":
            self._trace_depth = self._depth
            self.traces += 1
            self._trace = {self._case: f"#{self.traces}"}

    def end(self, tag: str) -> None:
        if self._depth == self._event_depth:
            self._event_depth = 0
            self.events += 1
            check_cells(self._event.values(), self.source.limits, self.events)
            self._stager.add(self.events, self._event)
            if self._sample is not None and self.events >= self._sample:
                raise _Stop
        elif self._depth == self._trace_depth:
            self._trace_depth = 0
            self.unnamed += self._trace[self._case] == f"#{self.traces}"
        self._depth -= 1

    def finish(self) -> None:
        self._stager.flush()
        self.source.columns = tuple(self.columns)


def _refuse_doctype(*_: object) -> None:
    raise Unreadable("file.xml_doctype")


def read_xes(source: Source, packed: Packed, sample: int | None, progress: Progress | None) -> None:
    """Reads an XES log into `source`; rows are counted as events from 1."""
    if sample is not None:
        # Good enough for showing progress later; a tag that two pieces share is missed.
        source.expected = sum(chunk.count(b"<event>") + chunk.count(b"<event ") for chunk in packed.chunks())
    else:
        try:
            traces, unnamed = read_plain(source, packed, progress)
        except NotPlain:
            pass
        else:
            _tell(source, traces, unnamed)
            return
    _read_carefully(source, packed, sample, progress)


def _read_carefully(source: Source, packed: Packed, sample: int | None, progress: Progress | None) -> None:
    """Tag by tag: slower, and right about whatever XML there is."""
    events = _Events(source, sample, progress)
    parser: Any = expat.ParserCreate()
    parser.StartElementHandler = events.start
    parser.EndElementHandler = events.end
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        with packed.stream() as stream:
            feed: Callable[[bytes, bool], object] = parser.Parse
            while chunk := stream.read(CHUNK):
                feed(chunk, False)
            feed(b"", True)
    except expat.ExpatError as error:
        raise Unreadable("file.xml_broken", row=events.events + 1, detail=str(error)) from error
    except _Stop:
        source.complete = False
    events.finish()
    _tell(source, events.traces, events.unnamed)
    if events.events == 0:
        raise Unreadable("file.no_rows")


def _tell(source: Source, traces: int, unnamed: int) -> None:
    source.facts["traces"] = str(traces)
    if unnamed:  # a number of ours says nothing about the next export
        source.facts["unnamed_cases"] = str(unnamed)
