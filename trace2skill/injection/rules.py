"""The rules about words: what each means, what it needs, and how it is found in folded text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from trace2skill.injection import judge
from trace2skill.injection.judge import Match


class Rule(NamedTuple):
    """One way to plant an instruction: how it is called, what it means, and how it is found."""

    id: str
    meaning: str
    patterns: tuple[re.Pattern[str], ...]
    """For text folded to small letters; every repeat is bounded."""
    needs: tuple[tuple[str, ...], ...]
    """Rows of literals: without one of each row there is nothing to find."""
    accept: Callable[[Match], bool]
    """Says whether what a pattern found is said to an agent after all."""


def _rule(
    id: str, meaning: str, patterns: tuple[str, ...], needs: tuple[str, ...], accept: Callable[[Match], bool]
) -> Rule:
    rows = tuple(tuple(row.split("|")) for row in needs)
    return Rule(id, meaning, tuple(re.compile(pattern, re.ASCII) for pattern in patterns), rows, accept)


_INSTRUCTIONS = (
    r"(?P<noun>instructions?|directives?|prompts?|guidelines|guardrails|programming|system messages?|rules"
    r"|polic(?:y|ies)|constraints|restrictions|commands|tasks?|orders|directions)"
)
_SECRETS = r"(?:api[ _-]?keys?|access tokens?|passwords?|credentials?|secrets?|environment variables|cookies)"
_OWN_SECRETS = (
    r"(?:private keys?|ssh keys?|\.env\b|chat history|conversation(?: history)?|system prompt|seed phrase"
    r"|user(?:'|’)?s? (?:data|files|e-?mails|messages|documents))"
)
_SENDS = r"\b(?:send|post|upload|forward|e-?mail|transmit|exfiltrate|leak|submit|paste|copy)\b"
_WHERE = (
    r"[^\n]{0,80}?\bto\b[^\n]{0,30}?"
    r"(?:https?://|[\w.-]{1,60}@[\w-]{1,60}\.\w|the following (?:url|address|e-?mail|server))"
)
_SEND_WORDS = "send|post|upload|forward|mail|transmit|exfiltrate|leak|submit|paste|copy"
_PLACES = r"(?:memory|memories|rules|instructions|skills?|knowledge base|system prompt)"
_FILES = (
    r"(?:claude\.md|agents\.md|gemini\.md|memory\.md|skill\.md|soul\.md|\.cursorrules|copilot-instructions)"
)

RULES: tuple[Rule, ...] = (
    _rule(
        "override",
        "tells a reader to drop the instructions that it has",
        (
            r"(?:\b|\\[nrt])(?P<verb>ignore|disregard|forget|override|bypass|discard|do not follow"
            r"|don(?:'|’)t follow|do not obey|stop following|pay no attention to)"
            r",?\s{1,3}(?P<which>[a-z, \n]{1,60}?)\b"
            rf"{_INSTRUCTIONS}\b",
        ),
        (
            "ignore|disregard|forget|overrid|bypass|discard|not follow|t follow|not obey|stop following"
            "|no attention",
            "instruction|directive|prompt|guideline|guardrail|programming|system message|rules|polic"
            "|constraint|restriction|command|task|orders|direction",
        ),
        judge.overrides,
    ),
    _rule(
        "override-abroad",
        "the same in another language",
        (
            r"\bignorier(?:e|en sie|t)\s{1,3}[a-zäöü ]{0,30}?(?:vorherigen|bisherigen|obigen|vorangegangenen"
            r"|früheren) (?:anweisungen|instruktionen|befehle)",
            r"\bignor(?:a|e|ez|en|ar|i)\s{1,3}[a-zàáéí ]{0,30}?(?:instrucciones|instructions|instruções"
            r"|istruzioni|consignes) (?:anteriores|previas|précédentes|antérieures|prévias|precedenti"
            r"|ci-dessus)",
            "(?:игнорируй|игнорируйте|проигнорируй|забудь)[а-я ]{0,30}?(?:предыдущие|прежние|прошлые)"
            " (?:инструкции|указания|команды)",
            r"(?:忽略|无视|無視|忘记)[^\n]{0,20}?(?:指令|指示|提示词|系统提示)",
            r"(?:以前|これまで|上記|前)の[^\n]{0,8}?(?:指示|命令)[^\n]{0,8}?(?:無視|忘れ)",
            r"이전[^\n]{0,8}?(?:지시|명령|지침)[^\n]{0,10}?무시",
        ),
        (
            "ignor|игнор|забудь|忽略|无视|無視|忘记|忘れ|무시",
            "anweisung|instruktion|befehl|instruc|instruções|istruzioni|consignes|инструкц|указан|команд"
            "|指|提示|命令|지시|명령|지침",
        ),
        bool,
    ),
    _rule(
        "fake-turn",
        "poses as a turn of the system, the user or the agent",
        (
            r"<\|(?:im_start|start_header_id)\|>\s{0,3}(?:system|user|assistant)"
            r"|<\|(?:system|user|assistant)\|>|\[inst\]|<<sys>>|<start_of_turn>",
        ),
        (
            "im_start|start_header_id|start_of_turn|inst]|<<sys>>|system|user|assistant",
            "<|[",
        ),
        judge.fakes,
    ),
    _rule(
        "fake-authority",
        "poses as a message of the system, an administrator or the user to the agent",
        (
            r"(?:^|\n)\W{0,6}(?:system|admin|administrator|developer|security) (?:message|notice|alert"
            r"|override|instruction|directive|update)s?\W{1,4}[^\n]{0,200}?\b(?:you must|ignore|disregard"
            r"|the assistant|the agent|ai agent|ai assistant)\b",
            r"<(?:important|information|system|admin|urgent)>\s{0,4}[^<]{0,200}?\b(?:i want you"
            r"|message from me|before you can|ai agent|ai assistant)\b",
            r"\bthe (?:user|administrator|operator) has (?:already |pre-?)(?:approved|authorized|authorised"
            r"|consented)\b",
        ),
        (
            "system|admin|developer|security|<important>|<information>|<urgent>|approved|authori|consented",
            "you must|ignore|disregard|assistant|agent|i want you|message from me|before you can"
            "|the user has|the operator has|the administrator has",
        ),
        judge.unquoted,
    ),
    _rule(
        "agent-demand",
        "speaks to an agent or a model and wants something done",
        (judge.ADDRESSED.pattern, judge.SPOKEN_OF.pattern),
        (
            "ai |llm|language model|assistant|agent|chatbot|claude|chatgpt|gpt|gemini|copilot|codex"
            "|message from|bot",
            "if you|as you|since you|attention|dear |message|note |notice|reading|processing|visiting"
            "|viewing|parsing|must|shall|should|need|required|instruction",
        ),
        judge.demands,
    ),
    _rule(
        "conceal",
        "wants something kept from the user",
        (judge.CONCEALED.pattern,),
        (
            "do not |don't |don’t |never |must not |without ",
            "tell|mention|inform|notify|alert|reveal|disclos|let|show",
            "user|human|operator|owner",
        ),
        judge.conceals,
    ),
    _rule(
        "exfiltrate",
        "wants something secret sent away or revealed",
        (
            rf"{_SENDS}[^.\n]{{0,80}}?{_OWN_SECRETS}{_WHERE}",
            r"\b(?:reveal|print|output|repeat|disclose|leak|tell me)\s{1,3}(?:me )?(?:all of )?your (?:full "
            r"|entire |complete |exact |hidden |initial |original |secret )?(?:system prompt|system message"
            r"|initial prompt|instructions)\b",
        ),
        (
            f"{_SEND_WORDS}|reveal|print|output|repeat|disclose|tell me",
            "private key|ssh key|.env|chat history|conversation|system prompt|seed phrase|user"
            "|system message|initial prompt|instructions",
        ),
        judge.ordered,
    ),
    _rule(
        "exfiltrate-token",
        "speaks to an agent, or of secrecy, and wants a token or password sent away",
        (rf"{_SENDS}[^.\n]{{0,80}}?{_SECRETS}{_WHERE}",),
        (
            _SEND_WORDS,
            "key|token|password|credential|secret|environment variables|cookies",
            "http|@|the following",
        ),
        judge.corroborated,
    ),
    _rule(
        "persist",
        "wants itself written into an agent's memory, rules or skills",
        (
            r"\b(?:save|store|write|add|remember|record|append|put)\b[^.\n]{0,60}?\b(?:to|in|into) (?:your"
            rf"|the agent(?:'|’)?s) (?:long-term |persistent |permanent )?{_PLACES}\b",
            r"\bin (?:all|every) (?:future|subsequent) (?:conversation|session|task|response|chat"
            r"|interaction)s?,? (?:you must|you will|you should|always|never)\b",
        ),
        (
            "memor|rules|skill|knowledge base|system prompt|instructions|future|subsequent",
            "save|store|write|add|remember|record|append|put|you must|you will|you should|always|never",
            "your|the agent|in all|in every",
        ),
        judge.ordered,
    ),
    _rule(
        "persist-file",
        "speaks to an agent, or of secrecy, and wants a file changed that agents obey",
        (
            r"\b(?:add|append|write|insert|copy|put|save)\b[^\n]{0,100}?\b(?:to|in|into)\b[^\n]{0,30}?"
            rf"{_FILES}",
        ),
        ("claude.md|agents.md|gemini.md|memory.md|skill.md|soul.md|.cursorrules|copilot-instructions",),
        judge.corroborated,
    ),
)
