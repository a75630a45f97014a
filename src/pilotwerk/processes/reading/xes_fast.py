"""XES event logs in the plain form that nearly all programs write, read by whole arrays instead of tag by tag.

Plain means: UTF-8, no comment or CDATA within the traces, no nested attribute, every attribute `<type key="..."
value="..."/>` with these two in this order. Anything else raises `NotPlain`, and the careful reader takes the file
from its beginning. Memory is bounded by the size of a piece and of its largest trace.

Arrow's arrays are made from buffers and never computed with: its functions take longer to load than most logs to read.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pilotwerk.processes.reading.source import Progress, Source, check_cells
from pilotwerk.processes.reading.unpacking import Packed

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Places = NDArray[np.int64]
    Flags = NDArray[np.bool_]

PIECE = 2 * 1024 * 1024
# A single trace beyond this is left to the careful reader.
MOST = 192 * 1024 * 1024
END = b"</trace>"
CASE = "case:concept:name"
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos));")
_SPACE = re.compile("\r\n|[\t\n\r]")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
# The first letters of string, date, int, float, boolean and id; lists and containers are not plain.
_TYPES = b"sdifb"


class NotPlain(Exception):
    """The file is written in another way; nothing is known about whether it is right."""


def pieces(packed: Packed) -> Iterator[tuple[bytes, bool]]:
    """The file in pieces that end with a trace; the second value says that it is the last one."""
    rest = bytearray()
    for chunk in packed.chunks():
        rest += chunk
        if len(rest) < PIECE:
            continue
        cut = rest.rfind(END) + len(END)
        if cut < len(END):
            if len(rest) > MOST:
                raise NotPlain
            continue
        yield bytes(rest[:cut]), False
        del rest[:cut]
    yield bytes(rest), True


def read_plain(source: Source, packed: Packed, progress: Progress | None) -> tuple[int, int]:
    """Reads the log into `raw`; answers how many traces there are, and how many of them have no name.

    Raises `NotPlain`, leaving nothing behind.
    """
    try:
        return _read(source, packed, progress)
    except NotPlain:
        source.con.execute("DROP TABLE IF EXISTS raw")
        source.columns, source.rows = (), 0
        raise


def _read(source: Source, packed: Packed, progress: Progress | None) -> tuple[int, int]:
    names: dict[str, int] = {CASE: 0}
    events = traces = unnamed = 0
    source.con.execute("CREATE TABLE raw (row BIGINT, c0 VARCHAR)")
    first = True
    for piece, last in pieces(packed):
        found = Piece(piece, first=first, last=last)
        first = False
        if not found.traces:
            continue
        table, without_name = found.columns(traces)
        unnamed += without_name
        for name in table:
            if name not in names:
                source.limits.check_columns(len(names) + 1)
                source.con.execute(f"ALTER TABLE raw ADD COLUMN c{len(names)} VARCHAR")
                names[name] = len(names)
        if found.events:
            _insert(source, table, names, events)
        events += found.events
        traces += found.traces
        source.limits.check_rows(events)
        if progress:
            progress(events)
    if not events:
        # Why there is none, the careful reader knows.
        raise NotPlain
    source.columns, source.rows = tuple(names), events
    return traces, unnamed


def _insert(source: Source, table: "dict[str, pa.Array]", names: dict[str, int], before: int) -> None:
    import numpy as np
    import pyarrow as pa

    for values in table.values():
        lengths = np.diff(np.frombuffer(values.buffers()[1], dtype=np.int64))
        if lengths.max() > source.limits.cell_characters:  # bytes, which are never fewer than characters
            for row, value in enumerate(values.to_pylist(), start=before + 1):
                check_cells([value], source.limits, row)
    count = len(next(iter(table.values())))
    numbers = pa.py_buffer(np.arange(before + 1, before + count + 1, dtype=np.int64))
    arrays = {"row": pa.Array.from_buffers(pa.int64(), count, [None, numbers])}
    arrays |= {f"c{names[name]}": values for name, values in table.items()}
    columns = ", ".join(arrays)
    source.con.register("piece", pa.Table.from_arrays(list(arrays.values()), list(arrays)))
    try:
        source.con.execute(f"INSERT INTO raw ({columns}) SELECT {columns} FROM piece")  # noqa: S608 -- own names only
    finally:
        source.con.unregister("piece")


class Piece:
    """A part of the file: where its tags are, checked to be plain."""

    def __init__(self, data: bytes, *, first: bool, last: bool) -> None:
        import numpy as np

        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise NotPlain from error
        # Programs sign their files with comments, before the first trace.
        start = max(data.find(b"<trace"), 0) if first else 0
        if b"<!" in data[start:] or b"<!D" in data[:start] or b"\x00" in data:
            raise NotPlain
        self.buffer = np.frombuffer(data + b"\x00" * 8, dtype=np.uint8)
        # The eight bytes from each place on as one number.
        self.words = np.ndarray(len(data) + 1, dtype="<u8", buffer=self.buffer, strides=(1,))
        self._head(data, first=first, last=last)
        tags = np.flatnonzero(self.buffer == ord("<")).astype(np.int64)
        closing = self.buffer[tags + 1] == ord("/")
        name = tags + 1 + closing
        letters = self.buffer[name], self.buffer[name + 1]
        event, trace = _both(letters, b"ev"), _both(letters, b"tr")
        self.event_number = np.cumsum(event & ~closing)
        self.trace_number = np.cumsum(trace & ~closing)
        self.in_event = _inside(self.event_number, np.cumsum(event & closing))
        in_trace = _inside(self.trace_number, np.cumsum(trace & closing))
        if bool((self.in_event & ~in_trace).any()) or bool((event & ~closing & ~in_trace).any()):
            raise NotPlain
        self.events = int(self.event_number[-1]) if len(tags) else 0
        self.traces = int(self.trace_number[-1]) if len(tags) else 0
        attributes = np.flatnonzero(in_trace & ~event & ~trace)
        self._attributes(tags, attributes, closing)
        self.traces_of_events = self.trace_number[np.flatnonzero(event & ~closing)] - 1

    def _head(self, data: bytes, *, first: bool, last: bool) -> None:
        """The declaration names no other encoding, and the last piece closes the log."""
        if first:
            declared = re.match(rb"\xef\xbb\xbf|\s*<\?xml[^>]*encoding=[\"']([^\"']+)", data[:200])
            if (
                declared
                and declared.group(1)
                and declared.group(1).lower() not in (b"utf-8", b"us-ascii", b"ascii")
            ):
                raise NotPlain
        if last and not re.search(rb"</log>\s*\Z", data):
            raise NotPlain

    def _attributes(self, tags: "Places", attributes: "Places", closing: "Flags") -> None:
        """Where key and value of each attribute within a trace begin and end."""
        import numpy as np

        quotes = np.flatnonzero(self.buffer == ord('"')).astype(np.int64)
        first = np.searchsorted(quotes, tags)
        count = np.diff(np.append(first, len(quotes)))[attributes]
        places = tags[attributes]
        if bool(closing[attributes].any()) or bool((count != 4).any()):
            raise NotPlain
        if not bool(np.isin(self.buffer[places + 1], np.frombuffer(_TYPES, dtype=np.uint8)).all()):
            raise NotPlain
        at = first[attributes]
        self.key = quotes[at] + 1, quotes[at + 1]
        self.value = quotes[at + 2] + 1, quotes[at + 3]
        around = (self.key[0] - 6, b" key="), (self.value[0] - 8, b" value="), (self.value[1] + 1, b"/>")
        if not all(self._all(places, expected) for places, expected in around):
            raise NotPlain
        self.owner_is_event = self.in_event[attributes]
        self.event_of = self.event_number[attributes] - 1
        self.trace_of = self.trace_number[attributes] - 1

    def _all(self, places: "Places", expected: bytes) -> bool:
        """Whether the same few bytes stand at all places."""
        import numpy as np

        number = np.uint64(int.from_bytes(expected, "little"))
        mask = np.uint64(2 ** (8 * len(expected)) - 1)
        return bool(((self.words[places] & mask) == number).all())

    def _text(self, starts: "Places", ends: "Places", known: "Flags | None" = None) -> "pa.Array":
        """Texts between places, with references and white space as XML reads them; null where they are not `known`."""
        import numpy as np
        import pyarrow as pa

        lengths = ends - starts
        offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
        np.cumsum(lengths, out=offsets[1:])
        # Small numbers take half the memory traffic; a piece is far below 2 GB.
        picked = np.arange(offsets[-1], dtype=np.int32) + np.repeat(
            (starts - offsets[:-1]).astype(np.int32), lengths
        )
        content = np.ascontiguousarray(self.buffer[picked])
        gaps = None if known is None else pa.py_buffer(np.packbits(known, bitorder="little"))
        found = pa.LargeStringArray.from_buffers(
            len(lengths), pa.py_buffer(offsets), pa.py_buffer(content), gaps
        )
        if bool((content == ord("&")).any()) or bool((content < ord(" ")).any()):
            read = [None if text is None else _resolved(text) for text in found.to_pylist()]
            found = pa.array(read, pa.large_string())
        return found

    def _keys(self) -> tuple[list[str], "Places"]:
        """The different keys, and which of them each attribute has: told by length, first and last eight bytes."""
        import numpy as np

        starts, ends = self.key
        head, tail = self.words[starts], self.words[np.maximum(ends - 8, 0)]
        mixed = (
            head * np.uint64(0x9E3779B97F4A7C15)
            ^ tail * np.uint64(0xC2B2AE3D27D4EB4F)
            ^ (ends - starts).astype(np.uint64)
        )
        _values, sample, codes = np.unique(mixed, return_index=True, return_inverse=True)
        names = self._text(starts[sample], ends[sample]).to_pylist()
        # Head and tail of a short key reach into its surroundings: equal names may get several codes.
        distinct = list(dict.fromkeys(names))
        return distinct, np.array([distinct.index(name) for name in names])[codes]

    def columns(self, before: int) -> "tuple[dict[str, pa.Array], int]":
        """A column of texts for each key, one value an event; attributes of a trace are named "case:...".

        `before` traces came in earlier pieces: a trace without a name is named by its number. With how many those are.
        """
        names, codes = self._keys()
        of_traces = _by_first(names, codes, ~self.owner_is_event)
        places = {
            name: self._places(attributes, self.trace_of, self.traces) for name, attributes in of_traces
        }
        named = places.pop("concept:name", None)
        unnamed = self.traces if named is None else int((named < 0).sum())
        found = {
            CASE: self._case_names(named, before) if unnamed or named is None else self._values(named, True)
        }
        found |= {f"case:{name}": self._values(place, True) for name, place in places.items()}
        for name, attributes in _by_first(names, codes, self.owner_is_event):
            found[name] = self._values(self._places(attributes, self.event_of, self.events), False)
        return found, unnamed

    def _case_names(self, named: "Places | None", before: int) -> "pa.Array":
        """The name of the trace of each event, or its number where it has none."""
        import numpy as np
        import pyarrow as pa

        known = [None] * self.traces
        if named is not None:
            there = named >= 0
            starts, ends = (np.where(there, at[named], 0) for at in self.value)
            known = self._text(starts, ends, there).to_pylist()
        names = [f"#{before + i}" if name is None else name for i, name in enumerate(known, start=1)]
        return pa.array([names[trace] for trace in self.traces_of_events.tolist()], pa.large_string())

    def _places(self, attributes: "Places", owners: "Places", count: int) -> "Places":
        """For each owner which attribute is its one; the last one counts, and -1 stands for none."""
        import numpy as np

        place = np.full(count, -1, dtype=np.int64)
        place[owners[attributes]] = attributes
        return place

    def _values(self, place: "Places", of_traces: bool) -> "pa.Array":
        """The values of the attributes at the places, one an event; null where there is none."""
        import numpy as np

        if of_traces:
            place = place[self.traces_of_events]
        there = place >= 0
        if bool(there.all()):
            return self._text(self.value[0][place], self.value[1][place])
        starts, ends = (np.where(there, at[place], 0) for at in self.value)
        return self._text(starts, ends, there)


def _by_first(names: list[str], codes: "Places", wanted: "Flags") -> list[tuple[str, "Places"]]:
    """Each name with the places of its wanted attributes, in the order in which they occur first."""
    import numpy as np

    found = [(name, np.flatnonzero((codes == code) & wanted)) for code, name in enumerate(names)]
    return sorted((one for one in found if len(one[1])), key=lambda one: int(one[1][0]))


def _both(letters: "tuple[Any, Any]", name: bytes) -> Any:
    return (letters[0] == name[0]) & (letters[1] == name[1])


def _inside(opened: "Places", closed: "Places") -> "Flags":
    """Where something is open; more than one at a time, or one closed before it was opened, is not plain."""
    depth = opened - closed
    if len(depth) and (depth.min() < 0 or depth.max() > 1 or depth[-1] != 0):
        raise NotPlain
    found: Flags = depth == 1
    return found


def _resolved(text: str) -> str:
    """White space and references in a value, as XML reads them without a document type."""

    def one(match: re.Match[str]) -> str:
        if match[3]:
            return _NAMED[match[3]]
        number = int(match[1], 16) if match[1] else int(match[2])
        if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF or (number < 32 and number not in (9, 10, 13)):
            raise NotPlain
        return chr(number)

    text = _SPACE.sub(" ", text)
    if "&" in _REFERENCE.sub("", text):
        raise NotPlain
    return _REFERENCE.sub(one, text)
