"""Mail that no human wrote, told by what answering machines say of themselves beside the standard (RFC 3834 §2).

`Auto-Submitted`, `Precedence` and the null sender are looked at where the mail is read; here is what stands in for them
in the wild: header fields of common responders, and the subjects that Outlook, Exchange and webmailers give an
out-of-office answer in each language.
"""

from __future__ import annotations

import re

AUTOMATIC_HEADERS = (
    # Gmail and many others; Exim's and cPanel's autoresponders; Apple's rules; Communigate; FirstClass.
    "X-Autoreply",
    "X-Auto-Reply",
    "X-Autorespond",
    "X-AutoReply-From",
    "X-Mail-Autoreply",
    "X-Apple-Action",
    "X-FC-MachineGenerated",
)
"""Fields whose presence says it."""

_SUBJECTS = re.compile(
    r"(?:(?:re|fwd?|aw|wg|tr|rv):\s*)*(?:"
    r"auto(?:matic)?[ -]?(?:reply|response|answer)\b"
    r"|auto:"
    r"|out[ -]of[ -](?:the[ -])?office\b"
    r"|vacation (?:reply|response|notice)\b|away from (?:the )?office\b|on (?:annual )?leave:"
    r"|automatische antwort|abwesenheits(?:notiz|nachricht|meldung|assistent)|abwesend:"
    r"|réponse automatique|absence du bureau|message d['’]absence"
    r"|respuesta automática|fuera de (?:la )?oficina|resposta automática|fora do escritório"
    r"|risposta automatica|fuori sede|automatisch antwoord|afwezigheids"
    r"|automatiskt? svar|autosvar|fraværende|frånvaro|automaattinen vastaus"
    r"|automatyczna odpowiedź|automatická odpověď|automatikus válasz|otomatik yanıt"
    r"|автоматический ответ|автоответ|自動応答|自动答复|자동 회신"
    r")",
    re.IGNORECASE,
)


def is_automatic_subject(subject: str) -> bool:
    """Whether only an answering machine begins its Subject so."""
    return _SUBJECTS.match(subject.strip()) is not None
