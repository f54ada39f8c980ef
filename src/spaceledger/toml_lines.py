"""Where in a TOML file a key stands, so that an error can name its line."""

from __future__ import annotations

import re


def line_of(text: str, location: tuple[int | str, ...]) -> int:
    """The line (from 1) a key stands on, or the line of its table where the key is absent."""
    table, index, key = "", 0, str(location[-1]) if location else ""
    if len(location) > 1:
        table = str(location[0])
        index = location[1] if isinstance(location[1], int) else 0
        # A plain table has its key next; one of a list has its number before it.
        rest = [part for part in location[1:3] if isinstance(part, str)]
        key = str(rest[0]) if rest else ""
    current, seen, found, inline = "", -1, 1, 0
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[\[?\s*([\w.\"-]+)\s*\]", line):
            current = header[1].strip('"')
            if not table and current == key:
                return number
            if current == table:
                seen += 1
                if seen == index:
                    found = number
        elif current == table and (not table or seen == index):
            name = re.match(r"\s*\"?([\w-]+)\"?\s*=", line)
            if name and name[1] == key:
                return number
        elif not current and re.match(rf"\s*\"?{re.escape(table)}\"?\s*[=.]", line):
            inline = number
    return inline or found
