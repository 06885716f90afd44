"""The words of other languages than English by which a sentence binds and a heading tells what is below it.

Chinese, Japanese, Korean, German, French, Spanish, Portuguese and Russian: the languages into which skills
are translated most. In all others only signs, code and the English words tell.
"""

from __future__ import annotations

import re

from trace2skill.compress.terms import has_any

_LATIN = (
    "muss müssen niemals immer darf dürfen verboten achtung warnung vorsicht wichtig unbedingt zwingend"
    " doit doivent devez jamais toujours interdit interdite obligatoire avertissement impérativement"
    " debe deben debes nunca siempre prohibido obligatorio advertencia importante cuidado"
    " deve devem sempre proibido obrigatório aviso atenção atención"
).split()
_CYRILLIC = (
    "должен должна должны обязательно никогда всегда запрещено запрещается нельзя внимание предупреждение"
    " важно необходимо"
).split()
# Written without spaces, or with endings that follow the word.
_EAST = (
    "必须 必須 务必 務必 禁止 严禁 嚴禁 不得 不能 不可 不要 切勿 请勿 請勿 绝不 絕不 绝对 絕對 永远 永遠"
    " 总是 總是 始终 始終 警告 注意 重要"
    " 必ず 絶対 決して 常に ないで てはいけ てはなら なければな べきでは しないこと しない。"
    " 반드시 절대 금지 항상 경고 주의 중요 마세요 마십시오 해서는 해야"
).split()
_WORDS = re.compile(rf"(?<![\w-])(?:{'|'.join([*_LATIN, *_CYRILLIC])})(?![\w-])")
_ASCII = tuple(word for word in _LATIN if word.isascii())
_OTHERS = tuple(word for word in [*_LATIN, *_CYRILLIC] if not word.isascii())

_BINDING_TITLE = re.compile(
    "注意|警告|规则|規則|安全|限制|约束|輸出|输出|要求|原则|原則|禁止|ルール|セキュリティ|制約|制限|出力|要件"
    "|주의|경고|규칙|보안|제한|출력|요구|원칙"
    r"|\b(?:regeln?|sicherheit|warnung|achtung|ausgabe|einschränkung(?:en)?|anforderungen"
    r"|règles?|sécurité|avertissements?|sortie|contraintes?|exigences?"
    r"|reglas?|seguridad|advertencias?|salida|restricciones|requisitos"
    r"|regras?|segurança|avisos?|saída|restrições"
    r"|правила|безопасность|внимание|вывод|ограничения|требования)\b",
    re.IGNORECASE,
)
_ALWAYS_READ = re.compile(
    "何时使用|何時使用|使用时机|使用場合|使用场景|使用場面|概述|概览|概要|工作流|流程|步骤|步驟|快速开始|快速入门|用法"
    "|使用方法|いつ使|使うとき|使用するとき|使用する場面|ワークフロー|手順|ステップ|クイックスタート|使い方|プロセス"
    "|언제|사용 시|개요|워크플로|절차|단계|빠른 시작|사용법"
    r"|\b(?:überblick|wann|ablauf|schritte?|schnellstart|aperçu|quand|étapes?|démarrage|resumen|cuándo|pasos?"
    r"|flujo|inicio rápido|visão geral|quando|passos?|fluxo|início rápido"
    r"|обзор|когда|шаги?|процесс|порядок)\b",
    re.IGNORECASE,
)


def binds_elsewhere(small: str) -> bool:
    """Say whether *small*, a text in lower case, binds by a word of another language."""
    likely = has_any(small, _ASCII)
    if small.isascii():
        return likely and _WORDS.search(small) is not None
    if has_any(small, _EAST):
        return True
    return (likely or has_any(small, _OTHERS)) and _WORDS.search(small) is not None


def title_binds(title: str) -> bool:
    """Say whether a heading of another language announces rules, warnings or a form of output."""
    return _BINDING_TITLE.search(title) is not None


def is_core_elsewhere(title: str) -> bool:
    """Say whether what stands below a heading of another language is read each time."""
    return _ALWAYS_READ.search(title) is not None
