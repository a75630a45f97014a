"""Why something is not proposed. The English sentence is the code that is stored; here is its German."""

from pilotwerk.pilots.providers.embedded.classifier import ONE_CATEGORY, TOO_FEW_ROWS

NO_ROWS = "There is no past request with a text."
NO_ANSWERS = "No past request has an answer to draft from."
NOTHING_SIMILAR = "No answered request is similar enough."
OTHER_LANGUAGE = "No similar request was answered in this language."
NOTHING_LEFT = "The similar answers hold nothing that fits another case."
NO_TEXT = "The request has no text."

REASONS: dict[str, str] = {
    ONE_CATEGORY: "Es gibt weniger als zwei Kategorien, die zu unterscheiden wären.",
    TOO_FEW_ROWS: "Es gibt zu wenige frühere Vorgänge, um zu messen, wie oft die Kategorie stimmt.",
    NO_ROWS: "Es gibt keine frühere Anfrage mit Text.",
    NO_ANSWERS: "Zu keiner früheren Anfrage gibt es eine Antwort als Vorlage.",
    NOTHING_SIMILAR: "Keine beantwortete Anfrage ist ähnlich genug.",
    OTHER_LANGUAGE: "Keine ähnliche Anfrage wurde in dieser Sprache beantwortet.",
    NOTHING_LEFT: "Die ähnlichen Antworten enthalten nichts, was auf einen anderen Vorgang passt.",
    NO_TEXT: "Die Anfrage hat keinen Text.",
}


def reason_text(reason: str, language: str) -> str:
    """The reason in German for "de", in English for all else; an unknown reason comes back as it is."""
    return REASONS.get(reason, reason) if language == "de" else reason
