"""Names that people and ticket systems give to columns, German and English, by meaning.

All in lower case, umlauts written out, words joined by one space. A name equal to an entry says more than a
name that contains one.
"""

import re

from pilotwerk.processes.domain.roles import Meaning

WORDS: dict[Meaning, tuple[str, ...]] = {
    Meaning.CASE: (
        "case concept name", "case id", "caseid", "case", "case number", "vorgang", "vorgangsnummer",
        "vorgangs nr", "vorgangsnr", "vorgang nr", "vorgangs id", "vorgangsid", "ticket", "ticketnummer",
        "ticket nr", "ticketnr", "ticket id", "ticketid", "ticket number", "fall", "fallnummer", "fall id",
        "fall nr", "auftrag", "auftragsnummer", "auftragsnr", "auftrag nr", "order id", "order number",
        "anfrage id", "anfrage nr", "anfragenummer", "request id", "incident", "incident id",
        "incident number", "aktenzeichen", "belegnummer", "bestellnummer", "sr number", "issue key", "trace",
        "trace id", "process id", "id", "nr", "nummer", "key",
    ),
    Meaning.ACTIVITY: (
        "concept name", "activity", "aktivitaet", "activity name", "schritt", "arbeitsschritt",
        "prozessschritt", "taetigkeit", "task", "task name", "ereignis", "event", "event name",
        "vorgangsschritt", "aktion", "action", "status", "zustand", "state", "statuswechsel", "status neu",
        "neuer status", "step", "bearbeitungsschritt",
    ),
    Meaning.TIME: (
        "time timestamp", "timestamp", "zeitstempel", "zeitpunkt", "time", "zeit", "datum", "date",
        "datetime", "datum uhrzeit", "date time", "event time", "geaendert", "geaendert am",
        "complete timestamp", "completed at", "changed", "changed at", "uhrzeit", "wann",
    ),
    Meaning.START: (
        "start", "beginn", "begin", "eroeffnet", "eroeffnet am", "eroeffnung", "erstellt", "erstellt am",
        "erstelldatum", "angelegt", "angelegt am", "eingang", "eingang am", "eingangsdatum", "eingegangen",
        "eingegangen am", "opened", "opened at", "open", "created", "created at", "createdat",
        "creation date", "start time", "starttime", "start date", "startdatum", "received", "received at",
        "erhalten", "gemeldet", "gemeldet am", "meldedatum", "anfragedatum", "bestelldatum", "order date",
        "submitted", "von",
    ),
    Meaning.END: (
        "end", "ende", "abgeschlossen", "abgeschlossen am", "abschluss", "abschlussdatum", "geschlossen",
        "geschlossen am", "closed", "closed at", "closing date", "erledigt", "erledigt am", "beendet",
        "beendet am", "finished", "finished at", "completed", "completed at", "end time", "endtime",
        "end date", "enddatum", "resolved", "resolved at", "geloest", "geloest am", "beantwortet",
        "beantwortet am", "answered", "answered at", "bis", "lieferdatum", "delivered", "fertig",
        "fertig am",
    ),
    Meaning.TEAM: (
        "org group", "team", "teamname", "team name", "abteilung", "department", "bearbeitergruppe",
        "bearbeitungsgruppe", "zustaendige gruppe", "zustaendiges team", "assignment group",
        "assigned group", "support group", "support team", "group", "organisationseinheit", "org unit",
        "organizational unit", "queue", "warteschlange",
        "fachbereich", "owner group", "org role", "rolle", "role",
    ),
    Meaning.RESOURCE: (
        "org resource", "resource", "ressource", "bearbeiter", "bearbeiterin", "bearbeitet von",
        "sachbearbeiter", "sachbearbeiterin", "mitarbeiter", "mitarbeiterin", "zustaendig", "assignee",
        "assigned to", "agent", "user", "benutzer", "owner", "employee", "techniker", "person", "personal",
        "verantwortlich",
    ),
    Meaning.TEXT: (
        "text", "anfrage", "anfragetext", "nachricht", "nachrichtentext", "beschreibung", "inhalt", "message",
        "body", "description", "question", "frage", "request", "request text", "request details", "anliegen",
        "freitext", "mailtext", "e mail text", "email text", "ticket text", "utterance", "details", "betreff",
        "subject", "titel", "title", "summary", "kommentar", "problem",
    ),
    Meaning.CATEGORY: (
        "kategorie", "category", "label", "thema", "topic", "art", "anfrageart", "typ", "type", "intent",
        "klasse", "class", "gruppe", "themengebiet", "produktgruppe", "vorgangsart", "ticket type",
        "anliegenart", "rubrik",
    ),
    Meaning.ANSWER: (
        "antwort", "antworttext", "answer", "reply", "response", "loesung", "solution", "resolution",
        "antwort text", "rueckmeldung", "answer text", "reply text", "erwiderung",
    ),
    Meaning.HANDLING: (
        "bearbeitungszeit", "bearbeitungsdauer", "bearbeitungsminuten", "handling", "handling time",
        "handling minutes", "minuten", "minutes", "aufwand", "effort", "arbeitszeit", "zeitaufwand",
        "work time", "time spent", "dauer minuten", "dauer min", "bearbeitungszeit min", "arbeitsminuten",
        "zeit min",
    ),
    Meaning.SENDER: (
        "absender", "absenderin", "sender", "from", "kunde", "kundin", "kundenname", "kundennummer",
        "customer", "customer id", "customer name", "e mail", "email", "mail", "mailadresse",
        "e mail adresse", "email address", "kontakt", "contact", "melder", "requester", "reporter",
        "anrufer", "name", "telefon", "phone",
    ),
}  # fmt: skip

_UNITS = {"min", "minuten", "minutes", "sek", "sekunden", "sec", "seconds", "std", "stunden", "hours", "h"}


def normal_name(name: str) -> str:
    """A column's name in lower case, umlauts written out, signs and CamelCase as spaces."""
    name = re.sub(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])", " ", name)
    name = name.lower().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    return " ".join(re.findall(r"[a-z0-9]+", name))


def name_score(name: str, meaning: Meaning) -> float:
    """How strongly a column's name speaks for a meaning: 1 equal, 0.9 equal but for the unit, 0.6 contains,
    0.
    """
    normal = normal_name(name)
    words = WORDS[meaning]
    joined = normal.replace(" ", "")
    if normal in words:
        # Earlier entries are surer than the last ones ("id", "name"), by a hair: it breaks ties.
        return 1.0 - words.index(normal) / 1000
    without_unit = " ".join(word for word in normal.split() if word not in _UNITS)
    if without_unit in words or any(joined == word.replace(" ", "") for word in words):
        return 0.9
    tokens = f" {normal} "
    lengths = [len(word) for word in words if len(word) > 2 and f" {word} " in tokens]
    lengths += [len(word) - 1 for word in words if len(word) > 5 and " " not in word and word in joined]
    return 0.6 + min(max(lengths), 20) / 200 if lengths else 0.0
