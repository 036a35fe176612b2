"""The language in which the command line speaks, and its help in Chinese.

``--lang`` decides, else the terminal (LC_ALL, LC_MESSAGES, LANG). Tables have the bank's own
language where ``--lang`` is absent. Texts: data/messages.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar

import click

from commands.width import padded, width_of

LANGUAGES = ("zh", "en")
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
_spoken: ContextVar[str] = ContextVar("language of the command line", default="en")
_WORD = re.compile(r"[\x21-\u2e7f]+|\s+|.")
_NEVER_FIRST = "，。；：、）？！"


def asked_language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language that a call asks for.

    >>> asked_language(["tree", "--lang", "zh"], {"LANG": "en_US.UTF-8"})
    'zh'
    >>> asked_language(["tree"], {"LANG": "zh_CN.UTF-8"}), asked_language(["tree"], {})
    ('zh', 'en')
    """
    for at, one in enumerate(arguments):
        name, equals, value = one.partition("=")
        if name == "--lang":
            value = value if equals else next(iter(arguments[at + 1 : at + 2]), "")
            if value in LANGUAGES:
                return value
    terminal = next((environment[name] for name in LOCALE if environment.get(name)), "")
    return "zh" if terminal.lower().startswith("zh") else "en"


def speak(lang: str) -> None:
    """Set the language of this call."""
    _spoken.set(lang)


def spoken() -> str:
    """The language of this call."""
    return _spoken.get()


def said(text: str, lang: str | None = None) -> str:
    """A message in a language, by default the call's."""
    chosen = lang or spoken()
    if chosen == "en":
        return text
    from data.messages import in_language

    return in_language(text, chosen)


class Formatter(click.HelpFormatter):
    """Help in the call's language; Chinese is as wide as it is and breaks between any two signs."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The first line of help."""
        if spoken() == "en":
            super().write_usage(prog, args, prefix)
            return
        for word in ("[OPTIONS]", "COMMAND [ARGS]..."):
            args = args.replace(word, said(word))
        self.write(f"{said('Usage:')}{prog} {args}\n")

    def write_heading(self, heading: str) -> None:
        """The heading of a list."""
        if spoken() == "en":
            super().write_heading(heading)
            return
        self.write(f"{' ' * self.current_indent}{said(heading)}：\n")

    def write_text(self, text: str) -> None:
        """Paragraphs; those that begin with a backspace keep their lines."""
        if spoken() == "en":
            super().write_text(text)
            return
        told = [list(self._paragraph(one)) for one in text.split("\n\n")]
        self.write("\n\n".join("\n".join(lines) for lines in told) + "\n")

    def _paragraph(self, text: str) -> Iterator[str]:
        indent = " " * self.current_indent
        if text.startswith("\b"):
            for line in text.strip("\b\n").split("\n"):
                meaning = line.lstrip(" 0123456789")
                yield f"{indent}{line.removesuffix(meaning)}{said(meaning)}"
            return
        whole = said(" ".join(text.split()))
        yield from (indent + line for line in wrapped(whole, self.width - self.current_indent))

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Names and what they mean."""
        told = list(rows)
        if spoken() == "en":
            super().write_dl(told, col_max, col_spacing)
            return
        first = min(max(width_of(name) for name, _ in told), col_max) + col_spacing
        indent, room = " " * self.current_indent, self.width - self.current_indent - first
        for name, meaning in told:
            above = width_of(name) > first - col_spacing
            if above:
                self.write(f"{indent}{name}\n")
            for at, line in enumerate(wrapped(described(meaning), room) or [""]):
                shown = "" if above or at else name
                self.write(f"{indent}{padded(shown, first)}{line}".rstrip() + "\n")


def described(meaning: str) -> str:
    """An option's help with what stands in brackets behind it, in the call's language."""
    text, bracket, extra = meaning.rstrip("]").partition("[")
    if not bracket or not meaning.endswith("]"):
        return said(meaning)
    extras = [said(one) for one in re.split(r"; |\]\s*\[", extra)]
    return f"{said(text.strip())} [{'；'.join(extras)}]".strip()


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` columns; words of other scripts stay whole.

    >>> wrapped("保存用户编号 user_id，以后", 12)
    ['保存用户编号', 'user_id，以', '后']
    """
    lines, line = [], ""
    for word in _WORD.findall(text):
        over = width_of(line + word) > width and word not in _NEVER_FIRST
        if over and line:
            lines.append(line.rstrip())
            line = ""
        line += word if line or word.strip() else ""
    return [*lines, line.rstrip()] if line.strip() else lines
