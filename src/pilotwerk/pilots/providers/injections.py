"""Texts that try to steer a language model: found by rules, flagged for the person who decides, never obeyed.

The flag is a help for reading, not the protection. The protection is that a model's answer can only ever become the
category (of the given list) and the draft of a proposal that a person approves.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

# Signs without width, direction marks, and the "tag" signs with which ASCII can be written invisibly.
HIDDEN: Final = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
                           "\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f\U000e0100-\U000e01ef]")  # fmt: skip
_TAGS: Final = re.compile("[\U000e0020-\U000e007e]+")
_BASE64: Final = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{24,4000}={0,2}(?![A-Za-z0-9+/=])")
_COMMENT: Final = re.compile(r"<!--(.{0,2000}?)-->", re.DOTALL)
_UNSEEN: Final = re.compile(
    r"<(\w{1,10})[^>]{0,200}"
    r"(?:display\s*:\s*none|font-size\s*:\s*0|visibility\s*:\s*hidden|opacity\s*:\s*0)[^>]{0,200}>"
    r"(.{0,2000}?)</\1>",
    re.DOTALL | re.IGNORECASE,
)
_FIGURES: Final = str.maketrans("013457", "oieast")

_RULES_DE = (
    r"(?:anweisung|anleitung|regel|vorgabe|instruktion|vorschrift|befehl|konfiguration|richtlinie|prompt)\w*"
)
_RULES_EN = (
    r"(?:instruction|rule|guideline|prompt|directive|command|configuration|restriction|polic(?:y|ies))\w*"
)
_AI = (
    r"(?:ki|ai|ki-?(?:system|assistent\w*|modell)|ai[- ](?:system|assistant|model)|sprachmodell"
    r"|language model|llm|chatbot|bot"
    r"|gpt|assistent|assistant)"
)
# Code, pattern on the text in small letters. Each needs an order to the machine, not only a word about machines.
_SIGNS: Final = tuple(
    (code, re.compile(pattern))
    for code, pattern in (
        ("override", rf"\b(?:ignor\w+|missacht\w+|vergiss|vergessen sie|übergeh\w*|umgeh\w*"
            rf"|lass)\b[^.!?\n]{{0,60}}\b\w*{_RULES_DE}"),
        ("override", r"\b(?:ignor\w+|vergiss|vergessen sie)\b[^.!?\n]{0,20}\b(?:alles|alle)\b[^.!?\n]{0,30}\b(?:vorher"
            r"|bisher|oben|gesagt|zuvor)"),
        ("override", rf"\b(?:ignore|disregard|forget|override|bypass)\b[^.!?\n]{{0,60}}\b{_RULES_EN}"),
        ("override", r"\b(?:ignore|disregard|forget)\b[^.!?\n]{0,20}\b(?:everything|all)\b[^.!?\n]{0,20}\b(?:above"
            r"|before|previous|prior|told)"),
        ("override", rf"\b(?:bisherige|vorherige|alte)n? {_RULES_DE} gelten nicht|\bneue {_RULES_DE}\s?:"),
        ("override", rf"\b(?:previous|old|prior) {_RULES_EN} (?:no longer|do not|don't) apply|\bnew {_RULES_EN}\s?:"),
        ("override", r"\b(?:ab jetzt|ab sofort|from now on)\b[^.!?\n]{0,40}\b(?:befehl\w*|gilt|command\w*|you (?:must"
            r"|will|are)|every)\b"),
        ("role", r"(?m)^\W{0,6}(?:system|system[- ]?(?:nachricht|message|prompt)|assistant|assistent|administrator"
            r"|developer)\s?[:,]"),
        ("role", r"<\|?(?:im_start|im_end|system|endoftext)\|?>|\[/?inst\]|<</?sys>>|(?m:^#{2,}\s*(?:anweisung"
            r"|instruction|system|response)\b)"),
        ("role", r"\b(?:du bist|sie sind|you are)\s(?:jetzt|nun|ab sofort|now)\s(?:kein|ein|eine|der|die|a|an|the"
            r"|dan|no)\b"),
        ("role", r"\b(?:tu so|verhalte dich|pretend|act as if|roleplay)\b[^.!?\n]{0,40}\b(?:modell|model|assistent"
            r"|assistant|ki|ai)\b"),
        ("role", r"\b(?:debug|developer|entwickler|admin|wartungs)[- ]?(?:modus|mode)\b"),
        ("role", r"\b(?:als|as an?) (?:administrator|admin|entwickler|developer)\b[^.!?\n]{0,30}\b(?:weise|befehle"
            r"|order|instruct)"),
        ("role", r"</?(?:request|anfrage|data|context|user|instructions?)>"),
        ("machine", rf"\b(?:hinweis|nachricht|info|anweisung|note|message|instruction)s? (?:an|für|to|for) (?:die "
            rf"|das |den |the |any )?{_AI}\b"),
        ("machine", rf"(?:^|[\[(<\n!-])\s{{0,3}}(?:an das |an die |to the |for the )?{_AI}\s?[:,]"),
        ("machine", rf"\b(?:an|für|for|to) (?:das|die|the|any) {_AI}\b[^.!?\n]{{0,30}}\b(?:liest|reading|reads|this)"),
        ("prompt", r"\b(?:system|initial)[- ]?prompt\w*"),
        ("prompt", rf"\b(?:zeig\w*|verrat\w*|gib|nenn\w*|wiederhol\w*)\b[^.!?\n]{{0,50}}\b(?:deine|dir"
            rf"|ihre internen)\b[^.!?\n]{{0,20}}{_RULES_DE}"),
        ("prompt", rf"\b(?:show|reveal|print|repeat|output)\b[^.!?\n]{{0,40}}\b(?:your"
            rf"|you were given)\b[^.!?\n]{{0,20}}{_RULES_EN}"),
        ("approve", r"\b(?:ohne|überspring\w*|skip|without|no)\b[^.!?\n]{0,25}\b(?:prüfung|freigabe|genehmigung"
            r"|human approval|approval needed|review)\b"),
        ("approve", r"\b(?:genehmige|freigabe erteilen|erteile die freigabe|grant approval|approve (?:this"
            r"|the) (?:case|request|payout|claim))\b"),
        ("approve", r"\b(?:bereits|schon|already|als|as) (?:freigegeben|genehmigt|approved)\b[^\n]{0,40}\b(?:sende"
            r"|schick|send)"),
        ("disclose", r"\b(?:adressen|daten|kundendaten|antwort|addresses|data|details|reply)\b[^.!?\n]{0,40}\b(?:aller"
            r"|anderer|anderen|letzten zehn|all|other|another|last ten)\b[^.!?\n]{0,12}\b(?:kund\w+"
            r"|customers?)\b"),
        ("disclose", r"\b(?:alle|all) (?:kundendaten|customer data)\b"),
        ("redirect", r"\b(?:setze?|ändere|set|change)\b[^.!?\n]{0,20}\b(?:empfänger|recipient)\b|\b(?:bcc|cc) (?:every"
            r"|all|alle|jeden)\b"),
        ("instead", r"\b(?:nicht|not)\b[^.!?\n]{0,60}\b(?:sondern|instead)\b[^.!?\n]{0,40}\b(?:befehl|folge|command"
            r"|execute|obey)|\bobey it\b"),
        ("instead", r"\b(?:beginne|start|begin) (?:deine|your) (?:antwort|reply|answer)\b"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flag:
    """What kind of attempt, and the words that show it (at most 120 characters, as they were read)."""

    code: str
    words: str


def clean(text: str) -> str:
    """The text without signs that nobody sees; what is sent to a model is what a person can read."""
    return HIDDEN.sub("", text)


def flags(text: str) -> tuple[Flag, ...]:
    """Every kind of attempt once, in the order of the rules; empty for a text without any."""
    found: dict[str, Flag] = {}
    hidden = "".join(chr(ord(sign) - 0xE0000) for part in _TAGS.findall(text) for sign in part)
    if hidden:
        found["hidden"] = Flag("hidden", hidden[:120])
    for unseen in [*_COMMENT.findall(text), *(match[1] for match in _UNSEEN.findall(text))]:
        if _first(unseen):
            found.setdefault("hidden", Flag("hidden", " ".join(unseen.split())[:120]))
    for decoded in _decoded(text):
        if _first(decoded):
            found.setdefault("encoded", Flag("encoded", decoded[:120]))
    shown = clean(text)
    # Signs without width between letters: nobody writes so by accident.
    if len(text) - len(shown) >= 8 and (first := _first(shown)) is not None:
        found.setdefault("hidden", Flag("hidden", first.words))
    for flag in _signs(shown):
        found.setdefault(flag.code, flag)
    return tuple(found.values())


def _first(text: str) -> Flag | None:
    return next(iter(_signs(text)), None)


def _signs(text: str) -> list[Flag]:
    plain = unicodedata.normalize("NFKC", text).lower()
    # "1gnore prev1ous": figures for letters inside of words.
    spelled = re.sub(
        r"\b(?=\w*[a-zäöü])(?=\w*\d)\w{4,}\b", lambda word: word.group().translate(_FIGURES), plain
    )
    return [
        Flag(code, " ".join(match.group().split())[:120])
        for code, pattern in _SIGNS
        if (match := pattern.search(plain) or (pattern.search(spelled) if spelled != plain else None))
    ]


def _decoded(text: str) -> list[str]:
    """Readable texts that stand in the text as base64."""
    found = []
    for part in _BASE64.findall(text)[:20]:
        try:
            plain = base64.b64decode(part + "=" * (-len(part) % 4), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            continue
        if plain.isprintable():
            found.append(plain)
    return found
