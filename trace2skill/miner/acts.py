"""What a user does with a sentence: overrule, state a rule, redirect, remind, forbid; or none of these.

The acts are those by which people correct how others work. A request for more work, thanks, an answer
and a report are none of them, and neither is what a customer says of his own affairs.
"""

from __future__ import annotations

import re

MIN_WORDS = 4
_VERBS = (
    "add ask avoid call change check commit create delete edit follow format install keep leave make mention"
    " move name open pass pick prefer put quote read remove rename return revert run save send set show skip"
    " stay stick stop touch treat update use wait work write"
).replace(" ", "|")

_FLAGS = re.IGNORECASE | re.VERBOSE
_REJECTS = re.compile(
    r"""(?: no\b (?!\ (?:problem|worries|thanks|thank|need|more|that\ is|that'?s)) | nope\b | stop\b | wait\b
      | hmm\b | wrong\b | undo\b | revert\b | not\ (?:like|that|what|quite)\b
      | that'?s\ (?:not|wrong)\b | that\ is\ (?:not|wrong)\b
      | you\ (?:forgot|missed|keep)\b | actually\b | instead\b | why\ (?:did|are|do)\ you\b)""",
    _FLAGS,
)
_FORBIDS = re.compile(
    r"""(?:^|[,.;:–—-]\s{0,2}|\b(?:please|and|but|so|you)\s)
      (?: don'?t\ (?!worry|think|mind|know|have|need|want|see)\w | do\ not\ \w | never\ (?!mind)\w
      | stop\ (?:that\b|\w{3,20}ing\b) | (?:can|could|would|will)\ you\ (?:please\ )?(?:not|stop)\ \w
      | no\ \w{3,20}\ (?:in|on|at|for|here|please)\b | (?:leave|keep)\ .{3,60}\ out\ of\ )""",
    _FLAGS,
)
_RULES = re.compile(
    rf"""\b(?: we\ (?:all\ )?(?:always|never|only|use|keep|put|write|don'?t|do\ not|avoid|prefer|name|want)\b
      | our\ \w{{3,20}}\ (?:is|are|use[sd]?|must|should|rule|show|need|expect|want|take|have)s?\b
      | how\ we\ (?:do|work|handle)\b | we\ do\ (?:that|it|this|so)\b | as\ always\b
      | (?:in|for)\ (?:this|our|the)\ (?:repo|repository|project|team|codebase|company|house)\b
      | you\ (?:should(?:n'?t|\ not)?|must(?:n'?t|\ not)?|have\ to|need\ to|ought\ to)\b
      | (?:should|must|ha(?:s|ve)\ to|needs?\ to|supposed\ to)\ (?:always\ |never\ |not\ |only\ )?
        (?:be|have|go|use|start|end|stay|include|contain|{_VERBS})\b
      | (?:is|are|go(?:es)?)\ .{{1,60}}\ here\b | belongs?\ (?:in|into|to|on|under)\b
      | goe?s?\ (?:in|into|under)\b | \b(?:convention|rule)\ (?:is|here)\b )""",
    _FLAGS,
)
_REDIRECTS = re.compile(
    r", (?:and |but )?not\b|\b(?:instead of|rather than|not (?:in|with|by|as)|i'?d rather (?:you|not))\b",
    re.IGNORECASE,
)
_REMINDS = re.compile(
    r"""^(?:please\s|and\s|but\s|also\s){0,2}(?: don'?t\ forget | remember\b | always\b
      | (?:make|be)\ sure\b | next\ time\b | from\ now\ on\b | you\ (?:forgot|missed|left\ out)\ the\b
      | (?:for|in)\ all\ such\b | as\ a\ rule\b | in\ general\b
      | (?:before|after|whenever|each\ time|every\ time)\ [^,]{3,60},\ (?:please\ )?\w
      | (?:as|like)\ i\ (?:said|told|wrote|asked) | i\ (?:said|told\ you|asked\ (?:you|for|to))\b )
      | \b(?:from\ now\ on|every\ time|each\ time|next\ time)\b""",
    _FLAGS,
)
# "We quote in euros": who says what we do tells how it is done.
_CUSTOM = re.compile(
    r"""\W{0,2}(?:\([^()]{2,30}\)\ |[\w\ ]{3,20}:\ )?we\ (?!
      (?:will|are|were|have|had|can|could|just|did|want\ to|need\ to|got|saw|think|may|might|would
      |found|should|\w+ed)\b
      )\w""",
    _FLAGS,
)
# "Amounts in thousands, please": what is to be otherwise, without a verb.
_SWAPS = re.compile(
    r"\b(?:in|as|with|without)\s[\w-]{2,30}(?:\s[\w-]{2,30}){0,2},?\s(?:please|instead)[.!?]{0,3}$"
    r"|:\s[\w-]{2,30}(?:\s[\w-]{2,30}){0,3},?\splease\b",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"\W{0,2}(?:\([A-Za-z ]{3,30}\)\s|[A-Z][A-Za-z ]{2,24}:\s)")
_DIRECTS = re.compile(
    rf"(?:^|[,.;:–—-]\s{{0,2}}|\b(?:please|just|instead|but|and|let'?s|only|always|never)\s)"
    rf"(?:{_VERBS}|don'?t|do\snot|never)\b",
    _FLAGS,
)
# How a sentence begins that states something; what a verb may be, no list can say.
_STATES = re.compile(
    "(?:"
    + "|".join(
        "it that this these those there the a an we they you he she i is are was what why how when where"
        " which who because since if yes no not thank thanks sorry maybe fine sure great good one all none"
        " more nothing ok okay still only so and but or as at in on for with like stop wrong wait hmm nope"
        " actually my your quite undo revert again almost well just".split()
    )
    + r")\b",
    re.IGNORECASE,
)
_WANTS = re.compile(r"i want (?!to\b|my\b)\w", re.IGNORECASE)
# Who says "I" or "my" speaks of his own affairs, but for what he said before, wants made, or is to be asked.
_OWN_AFFAIRS = re.compile(
    r"""\b(?: i\b (?!\ (?:said|told|asked|wrote|want\ (?!to\b|my\b))|'?d\ rather\ (?:you|not))
      | i'(?!d\ rather\ (?:you|not)) | my\b | mine\b | (?<!ask\ )(?<!tell\ )(?<!show\ )me\b )""",
    _FLAGS,
)
_ASIDE = re.compile(
    r"\b(?:where|what|how|if|whether|which|who)\b.{0,80}\b(?:should|must|has to|have to|needs?)\b",
    re.IGNORECASE,
)
_LASTING = re.compile(
    r"""\b(?: always | never | from\ now\ on | every\ time | each\ time | next\ time | for\ the\ future
      | whatever\b | whenever\b | as\ a\ rule | (?:for|in)\ all\ such | everywhere | how\ we\ do | convention
      | in\ (?:this|our)\ (?:repo|repository|project|team|codebase|company|house)
      | we\ (?:all\ )?(?:always|never|only|use|keep|don'?t|do\ not|avoid|prefer|name)\b
      | our\ \w{3,20}\ (?:is|are|uses?|must|should)\b | here(?=[,.!]|$) )""",
    _FLAGS,
)
_INSTRUCTS = re.compile(
    rf"(?:{_VERBS}|don'?t|do not|never|always|only|remember to|make sure|be sure)\b", re.IGNORECASE
)
_OPENING = re.compile(
    r"""^(?: (?:no|nope|wait|hmm|wrong|actually|please|but|and|also|well|ok|okay|as\ i\ said|i\ said|so)
      [,.:;!–—\s-]{1,4} | i\ told\ you\ to\s | i\ asked\ (?:you\ )?to\s
      | (?:can|could|would)\ you\ (?:please\ )?(?=not\ ) )""",
    _FLAGS,
)


def _straight(text: str) -> str:
    """Return *text* with plain apostrophes, which is how the patterns spell them."""
    return text.replace("’", "'")


def is_signed(sentence: str) -> bool:
    """Say whether a sentence says who speaks, as in "Supervisor:": that is no customer."""
    return _SIGNED.match(sentence) is not None


def is_own_affair(text: str) -> bool:
    """Say whether somebody speaks of himself."""
    return _OWN_AFFAIRS.search(_straight(text)) is not None


def overrules(text: str) -> bool:
    """Say whether a turn opens by rejecting what was done."""
    return _REJECTS.match(text) is not None


def corrects(sentence: str, *, overruled: bool) -> bool:
    """Say whether a sentence tells how to work; *overruled* if its turn opens by rejecting what was done."""
    sentence = _straight(sentence)
    if len(sentence.split()) < MIN_WORDS - overruled or _OWN_AFFAIRS.search(sentence):
        return False
    if "never mind" in sentence.lower():
        return False
    is_question = sentence.endswith("?")
    if forbids(sentence) or (_SWAPS.search(sentence) and not (is_question and "please" in sentence.lower())):
        return True
    if is_question:
        return False
    rule = _RULES.search(sentence) or _CUSTOM.match(sentence)
    states = rule is not None and not _ASIDE.search(sentence)
    if states or _REMINDS.search(sentence) or _REDIRECTS.search(sentence):
        return True
    return overruled and (_WANTS.match(sentence) is not None or _tells(sentence))


def _tells(sentence: str) -> bool:
    """Say whether what is left of a sentence without its opening tells to do something."""
    return _DIRECTS.search(sentence) is not None or _STATES.match(_opened(sentence)) is None


def _opened(sentence: str) -> str:
    """Return *sentence* on one line without the words that only open it."""
    text = " ".join(sentence.split())
    for _ in range(3):
        text = _OPENING.sub("", text, count=1)
    return text


def polarity(sentence: str) -> tuple[int, str]:
    """Return 1 for an instruction to do something, -1 for one to leave it, else 0; and what, in a word."""
    told = _straight(as_instruction(sentence)).lower()
    found = re.match(r"(don'?t |do not |never |stop |avoid )?(?:always |only |please )?(\w+)", told)
    if not found:
        return 0, ""
    return -1 if found[1] else 1, found[2]


def opposed(one: tuple[int, str], other: tuple[int, str]) -> bool:
    """Say whether of two polarities one forbids what the other asks for."""
    return one[0] * other[0] < 0 and one[1] == other[1]


def forbids(sentence: str) -> bool:
    """Say whether a sentence says what not to do."""
    return _FORBIDS.search(_straight(sentence)) is not None


def lasts(sentence: str) -> bool:
    """Say whether a sentence is meant for more than this once."""
    return _LASTING.search(_straight(sentence)) is not None


def as_instruction(sentence: str) -> str:
    """Return a sentence as an instruction, if it is one once its opening is gone; else nothing."""
    text = re.sub(r"^not(?= \w)", "do not", _opened(sentence).rstrip(".!? "))
    return text[:1].lower() + text[1:] if _INSTRUCTS.match(text) else ""
