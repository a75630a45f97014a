"""The classification: answers about one AI system, a country and a day give a result with reasons.

The order is that of the AI Act: scope, AI system, prohibited practice (Art. 5), safety component (Art. 6(1)),
high-risk area (Art. 6(2), Annex III, with the exception of Art. 6(3)), transparency (Art. 50), otherwise
minimal. Roles, Art. 4, data protection and works council are checked in addition. What is unknown becomes
an open point; it never counts as "does not apply". The legal date of a rule and the day asked for are kept apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from pilotwerk.governance.domain.conditions import NO, YES, Fact, Truth, evaluate
from pilotwerk.governance.domain.law import Certainty, Law, Pair, Rule, Stage

RiskClass = Literal["prohibited", "high_risk", "transparency", "minimal", "out_of_scope", "open"]
Dpia = Literal["required", "likely", "not_indicated", "open"]
Fria = Literal["required", "not_required", "open"]

# Kinds of rules that the AI Act stages decide; they are silent where the Act does not apply.
ACT = "EU-2024-1689"


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the reasoning, in both languages. `answer` is "yes", "no" or "open"."""

    stage: str
    answer: str
    article: str
    cite: Pair
    question: Pair
    text: Pair
    certainty: Certainty
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty that follows. `ours` is False where it lies with the maker of a bought system."""

    rule: Rule
    applies_today: bool
    ours: bool


@dataclass(frozen=True, slots=True)
class Open:
    """What is not settled: an unanswered question with the rules that wait for it, or a point of law."""

    kind: Literal["answer", "law"]
    question: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Classification:
    """The result; `as_json` is its stored form."""

    on: date
    legal_state: date
    review_by: date
    review_due: bool
    risk_class: RiskClass
    certainty: Literal["certain", "open"]
    roles: tuple[str, ...]
    reasons: tuple[Reason, ...]
    duties: tuple[Duty, ...]
    open: tuple[Open, ...]
    dpia: Dpia
    fria: Fria

    def as_json(self) -> dict[str, Any]:
        """Plain data: dates as ISO texts, both languages beside each other."""
        return {
            "on": self.on.isoformat(),
            "legal_state": self.legal_state.isoformat(),
            "review_by": self.review_by.isoformat(),
            "review_due": self.review_due,
            "risk_class": self.risk_class,
            "certainty": self.certainty,
            "roles": list(self.roles),
            "reasons": [_reason_json(reason) for reason in self.reasons],
            "duties": [_duty_json(duty) for duty in self.duties],
            "open": [_open_json(one) for one in self.open],
            "dpia": self.dpia,
            "fria": self.fria,
        }


def classify(
    law: Law, *, answers: Mapping[str, Fact], country: str, works_council: bool | None, on: date
) -> Classification:
    """Classify one system. A question that is missing in `answers`, or None there, is unknown.

    `country` is "DE", "AT" or "CH"; `works_council` None means not known. Raises ValueError for
    an answer that the question does not allow.
    """
    return _Case(law, _checked(law, answers), country, works_council, on).result()


@dataclass
class _Case:
    law: Law
    answers: dict[str, Fact]
    country: str
    works_council: bool | None
    on: date
    facts: dict[str, Fact] = field(init=False)
    blockers: dict[str, frozenset[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        council = None if self.works_council is None else ("yes" if self.works_council else "no")
        self.facts = {**self.answers, "country": self.country, "works_council": council}
        self.in_scope = self._any("scope")
        self.is_ai = self._any("ai_system")
        self._derive("provider", self._any("provider"))
        self._derive("in_annex_iii", self._any("annex_iii"))
        self._derive("high_risk", _either(self._any("annex_i"), self._any("annex_iii")))

    def _derive(self, name: str, truth: Truth) -> None:
        """Add a fact that follows from others; an open point of law makes it unknown."""
        self.facts[name] = truth.value
        self.blockers[name] = truth.missing
        for rule in self.law.of_kind("gap"):
            if (
                rule.unsettles == name
                and self._relevant(rule)
                and (gap := self._truth(rule)).value is not False
            ):
                self.facts[name] = None
                self.blockers[name] |= gap.missing

    def _relevant(self, rule: Rule) -> bool:
        act_is_silent = self.in_scope.value is False or self.is_ai.value is False
        return self.country in rule.countries and not (rule.instrument == ACT and act_is_silent)

    def _truth(self, rule: Rule) -> Truth:
        """The rule's condition; a derived fact that is unknown points to the questions behind it."""
        truth = evaluate(rule.condition, self.facts)
        if truth.value is not None:
            return truth
        behind = frozenset[str]().union(
            *(self.blockers.get(name, frozenset({name})) for name in truth.missing)
        )
        return Truth(None, behind)

    def _any(self, *kinds: Any) -> Truth:
        return _either(*(self._truth(rule) for rule in self.law.of_kind(*kinds)))

    def _holding(self, *kinds: Any) -> list[Rule]:
        return [rule for rule in self.law.of_kind(*kinds) if self._relevant(rule) and self._truth(rule).value]

    def result(self) -> Classification:
        sources = self.law.sources
        risk, deciding = self._risk()
        reasons = self._reasons()
        sure = all(
            reason.answer != "open" and reason.certainty in "CS"
            for reason in reasons
            if reason.stage in deciding
        )
        return Classification(
            on=self.on,
            legal_state=sources.legal_state,
            review_by=min(sources.review_by, *(rule.review_by for rule in self.law.rules)),
            review_due=self.law.review_due(self.on),
            risk_class=risk,
            certainty="certain" if sure and risk != "open" else "open",
            roles=self._roles(),
            reasons=tuple(reasons),
            duties=tuple(self._duties()),
            open=tuple(self._open()),
            dpia=self._dpia(),
            fria=self._fria(),
        )

    def _risk(self) -> tuple[RiskClass, frozenset[str]]:
        """The class, and the stages that decided it."""
        if self.in_scope.value is not True:
            return ("open" if self.in_scope.value is None else "out_of_scope"), frozenset({"scope"})
        if self.is_ai.value is False:
            return "out_of_scope", frozenset({"ai_system"})
        banned = [rule for rule in self._holding("prohibited") if rule.in_force(self.on)]
        if banned:
            return "prohibited", frozenset({"prohibited"})
        stages = frozenset({"ai_system", "prohibited", "annex_i", "annex_iii"})
        if self._any("prohibited").value is None or self.facts["high_risk"] is None:
            return "open", stages
        if self.facts["high_risk"]:
            return "high_risk", stages
        shown = [self._classifies(rule) for rule in self.law.of_kind("transparency")]
        if any(truth.value for truth in shown):
            return "transparency", stages
        return ("open" if any(truth.value is None for truth in shown) else "minimal"), stages

    def _classifies(self, rule: Rule) -> Truth:
        """Whether a duty makes it a transparency case: one on generated content only if it is ours."""
        truth = self._truth(rule)
        if rule.classifies == "anyone" or truth.value is False:
            return truth
        if self.facts["provider"] is None:
            return Truth(None, truth.missing | self.blockers["provider"])
        return truth if self.facts["provider"] else NO

    def _roles(self) -> tuple[str, ...]:
        if self.in_scope.value is False or self.is_ai.value is False:
            return ()
        return ("provider", "deployer") if self.facts["provider"] else ("deployer",)

    def _reasons(self) -> list[Reason]:
        found: list[Reason] = []
        self._stage(found, "scope", self.in_scope)
        if self.in_scope.value is False:
            return found
        self._stage(found, "ai_system", self.is_ai)
        if self.is_ai.value is False:
            return found
        self._stage(found, "prohibited", self._any("prohibited"), self._holding("prohibited"))
        self._stage(found, "annex_i", self._any("annex_i"), self._holding("annex_i"))
        self._stage(found, "annex_iii", self._any("annex_iii"), self._holding("annex_iii"))
        self._stage(
            found, "transparency", self._any("transparency"), self._holding("transparency"), self._gaps("50")
        )
        self._stage(found, "provider", self._provider_truth(), (), self._gaps("3(3)"))
        return found + [
            _ruled("note", "yes", rule, self.law.stage("annex_iii").question)
            for rule in self._holding("note")
        ]

    def _provider_truth(self) -> Truth:
        known = self.facts["provider"]
        return Truth(None, self.blockers["provider"]) if known is None else Truth(bool(known))

    def _gaps(self, article: str) -> list[Rule]:
        return [
            rule
            for rule in self._holding("gap")
            if rule.instrument == ACT and rule.article.startswith(article)
        ]

    def _stage(
        self,
        found: list[Reason],
        name: Stage,
        truth: Truth,
        holding: Any = (),
        gaps: list[Rule] | None = None,
    ) -> None:
        """Add what one question says: the rules that hold, else the open point of law, else yes or no."""
        stage = self.law.stage(name)
        found += [_ruled(name, "yes", rule, stage.question) for rule in holding]
        if truth.value is not True and gaps:
            found += [_ruled(name, "open", rule, stage.question, certainty="U") for rule in gaps]
        elif not holding:
            answer = {True: "yes", False: "no", None: "open"}[truth.value]
            text = {"yes": stage.yes, "no": stage.no, "open": stage.open}[answer]
            certainty: Certainty = "U" if truth.value is None else "C"
            found.append(
                Reason(name, answer, stage.article, stage.cite, stage.question, text, certainty, ("AIA",))
            )

    def _duties(self) -> list[Duty]:
        duties = []
        for rule in self._holding("duty", "transparency", "prohibited", "fria", "dpia"):
            others = rule.role == ("provider",) and self.facts["provider"] is False
            duties.append(Duty(rule, applies_today=rule.in_force(self.on), ours=not others))
        return duties

    def _open(self) -> list[Open]:
        waiting: dict[str, list[Rule]] = {}
        for rule in self.law.rules:
            if rule.kind == "note" or not self._relevant(rule):
                continue
            for name in sorted(self._truth(rule).missing):
                waiting.setdefault(name, []).append(rule)
        order = [*self.law.questions, *sorted(set(waiting) - set(self.law.questions))]
        answers = [Open("answer", name, tuple(waiting[name])) for name in order if name in waiting]
        return answers + [Open("law", rule.id, (rule,)) for rule in self._holding("gap")]

    def _dpia(self) -> Dpia:
        rules = [rule for rule in self.law.of_kind("dpia") if self._relevant(rule)]
        held = {rule.result for rule in rules if self._truth(rule).value}
        if "required" in held:
            return "required"
        if "likely" in held:
            return "likely"
        gaps = [rule for rule in self.law.of_kind("gap") if rule.unsettles == "dpia" and self._relevant(rule)]
        unsure = any(self._truth(rule).value is None for rule in rules)
        return (
            "open"
            if unsure or any(self._truth(rule).value is not False for rule in gaps)
            else "not_indicated"
        )

    def _fria(self) -> Fria:
        rules = [rule for rule in self.law.of_kind("fria") if self._relevant(rule)]
        truth = _either(*(self._truth(rule) for rule in rules))
        answers: dict[bool | None, Fria] = {True: "required", False: "not_required", None: "open"}
        return answers[truth.value]


def _checked(law: Law, answers: Mapping[str, Fact]) -> dict[str, Fact]:
    """The answers with None for every question that is not answered."""
    if strange := set(answers) - set(law.questions):
        raise ValueError(f"there is no question {', '.join(sorted(strange))}")
    for name, answer in answers.items():
        given = answer if isinstance(answer, frozenset) else {answer} - {None}
        if not given <= law.questions[name]:
            raise ValueError(f"{name} allows {', '.join(sorted(law.questions[name]))}")
    return {name: answers.get(name) for name in law.questions}


def _either(*truths: Truth) -> Truth:
    """Yes if one is yes; no if all are no; otherwise cannot tell."""
    if any(truth.value for truth in truths):
        return YES
    missing = frozenset[str]().union(*(truth.missing for truth in truths))
    return Truth(None, missing) if any(truth.value is None for truth in truths) else NO


def _ruled(
    stage: str, answer: str, rule: Rule, question: Pair, *, certainty: Certainty | None = None
) -> Reason:
    return Reason(
        stage, answer, rule.article, rule.cite, question, rule.text, certainty or rule.certainty, rule.source
    )


def _reason_json(reason: Reason) -> dict[str, Any]:
    return {
        "stage": reason.stage,
        "answer": reason.answer,
        "article": reason.article,
        "cite_de": reason.cite.de,
        "cite_en": reason.cite.en,
        "question_de": reason.question.de,
        "question_en": reason.question.en,
        "text_de": reason.text.de,
        "text_en": reason.text.en,
        "certainty": reason.certainty,
        "source": ", ".join(reason.source),
    }


def _duty_json(duty: Duty) -> dict[str, Any]:
    rule = duty.rule
    return {
        "id": rule.id,
        "instrument": rule.instrument,
        "short_de": rule.short.de,
        "short_en": rule.short.en,
        "article": rule.article,
        "cite_de": rule.cite.de,
        "cite_en": rule.cite.en,
        "text_de": rule.text.de,
        "text_en": rule.text.en,
        "role": ", ".join(rule.role),
        "ours": duty.ours,
        "applies_from": rule.applies_from and rule.applies_from.isoformat(),
        "applies_until": rule.applies_until and rule.applies_until.isoformat(),
        "applies_today": duty.applies_today,
        "status": rule.status,
        "certainty": rule.certainty,
        "source": ", ".join(rule.source),
    }


def _open_json(one: Open) -> dict[str, Any]:
    texts = [rule.text for rule in one.rules]
    cites = list(
        dict.fromkeys(
            (rule.short.de + " " + rule.cite.de, rule.short.en + " " + rule.cite.en) for rule in one.rules
        )
    )
    law = one.kind == "law"
    return {
        "kind": one.kind,
        "question": one.question,
        "why": texts[0].en if law else ", ".join(en for _, en in cites),
        "why_de": texts[0].de if law else ", ".join(de for de, _ in cites),
        "why_en": texts[0].en if law else ", ".join(en for _, en in cites),
        "rules": [rule.id for rule in one.rules],
        "cites_de": ", ".join(de for de, _ in cites),
        "cites_en": ", ".join(en for _, en in cites),
    }
