"""Secrets taken out of what is recorded: by the names of keys, and by what secrets look like."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING

from understudy.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from understudy.wire import Json

_KEYS = re.compile(
    r"(?:.*_)?(?:api_?key|apikey|access_key|secret_key|private_key|signing_key|encryption_key|token|jwt"
    r"|passwords?|passwd|passphrase|pwd|secrets?|authorization|auth_header|credentials?|cookies?)"
    r"|.*(?:apikey|token|password|secret)"
)
"""Names of keys, in lower case and with underscores, whose values are secret."""

_LOOKS = [
    r"\bsk-[A-Za-z0-9_-]{16,}",
    r"\b(?:[rs]k_(?:live|test)|whsec|hf|gsk|npm|pcsk|tvly|xai|dop_v1|pypi)[-_][A-Za-z0-9_-]{16,}",
    r"\bls(?:v2)?_(?:pt|sk)_[A-Za-z0-9_]{16,}",
    r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,})",
    r"\bxox[abeprs]-[A-Za-z0-9-]{10,}",
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    r"\bAIza[0-9A-Za-z_-]{35}",
    r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",
    r"(?i:\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/-]{8,}=*",
    r"(?<=://)[^\s/:@]+:[^\s/@]+(?=@)",
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
]
"""What secrets look like that have a look of their own."""

_PAIR = re.compile(
    r"""(?P<name>(?P<q>\\*["'])([\w.-]+)(?P=q)\s*:\s*)(?P<r>\\*["'])((?:(?!(?P=r))(?:[^\\]|\\.)){1,10000})(?=(?P=r))""",
    re.DOTALL,
)
"""A quoted name and a quoted text, as in JSON inside of a text, escaped or not, and in what Python prints."""

_SETTING = re.compile(r"""((?<=[?&])[\w.-]+|\b[A-Z][A-Z0-9_]+)=([^&\s"'#<>]+)""")
"""A name and its value in the query of a URL, or of a variable of the environment."""

_WORD = re.compile(r"[\w-]+")

_EXAMPLES = ("default", "const", "enum", "examples", "example")
"""Where schemas hold data."""

_MARK = re.compile(r"\[redacted-[0-9a-f]{16}\]")


class Redaction:
    """Puts the same mark in the place of the same secret. The marks tell nothing to who does not know the `salt`."""

    def __init__(self, patterns: Iterable[str], salt: str) -> None:
        """Take further `patterns`: a word is the name of a key, anything else an expression of how secrets look."""
        self._salt = salt.encode()
        told = list(patterns)
        self._own = {pattern for pattern in told if _WORD.fullmatch(pattern)}
        try:
            looks = [f"(?:{re.compile(pattern).pattern})" for pattern in told if pattern not in self._own]
            self._looks = re.compile("|".join([*_LOOKS, *looks]))
        except re.error as error:
            raise SetupError(f'--redact: "{error.pattern!s}" is no regular expression: {error}') from None

    def __call__(self, value: Json) -> Json:
        """Return a value without secrets."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, list):
            return [self(each) for each in value]
        if isinstance(value, dict):
            return {
                self(key): self._hidden(each) if self._is_secret(key) else self(each) for key, each in value.items()
            }
        return value

    def schema(self, told: Json, *, is_secret: bool = False) -> Json:
        """Return what tells of data without secrets. Its names are those of data, which stands only where examples do.

        `is_secret` says that it tells of a secret.
        """
        if isinstance(told, list):
            return [self.schema(each, is_secret=is_secret) for each in told]
        if not isinstance(told, dict):
            return self(told)
        return {
            self(key): (self._hidden if is_secret else self)(each)
            if key in _EXAMPLES
            else self.schema(each, is_secret=self._is_secret(key))
            for key, each in told.items()
        }

    def _text(self, text: str) -> str:
        text = self._looks.sub(lambda found: self._mark(found[0]) if found[0] else "", text)
        text = _PAIR.sub(lambda found: f"{found['name']}{found['r']}{self._named(found[3], found[5])}", text)
        return _SETTING.sub(lambda found: f"{found[1]}={self._named(found[1], found[2])}", text)

    def _named(self, name: str, value: str) -> str:
        told: str = self._hidden(value) if self._is_secret(name) else value
        return told

    def _is_secret(self, key: str) -> bool:
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[-\s.]", "_", key).lower()
        return key in self._own or bool(_KEYS.fullmatch(words))

    def _hidden(self, value: Json) -> Json:
        """Return what is secret as a whole: texts and numbers are hidden wherever they are in it."""
        if isinstance(value, list):
            return [self._hidden(each) for each in value]
        if isinstance(value, dict):
            return {key: self._hidden(each) for key, each in value.items()}
        if value in (None, "") or isinstance(value, bool) or (isinstance(value, str) and _MARK.fullmatch(value)):
            return value
        return self._mark(str(value))

    def _mark(self, secret: str) -> str:
        return f"[redacted-{hmac.digest(self._salt, secret.encode(), hashlib.sha256).hex()[:16]}]"


def numbered(value: Json) -> tuple[Json, int]:
    """Return a value with its marks numbered in the order in which they occur, and how many different ones there are.

    So they tell nothing of the secrets any more, and come out the same every time.
    """
    numbers: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        return f"[redacted-{numbers.setdefault(found[0], len(numbers) + 1)}]"

    def walk(value: Json) -> Json:
        if isinstance(value, str):
            return _MARK.sub(number, value) if "[redacted-" in value else value
        if isinstance(value, list):
            return [walk(each) for each in value]
        if isinstance(value, dict):
            return {walk(key): walk(each) for key, each in value.items()}
        return value

    return walk(value), len(numbers)
