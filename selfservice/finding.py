"""What can be said against a flow? The codes, and one finding at its place."""

from __future__ import annotations

import msgspec


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong (`E...`) or doubtful (`W...`).

    `place` is a path in the file such as `steps.pay.next[0].goto`, or `line 3, column 1`.
    """

    code: str
    place: str
    message: str

    @property
    def is_error(self) -> bool:
        """Whether the flow must not go live like this."""
        return self.code.startswith("E")

    @property
    def hint(self) -> str:
        """How to mend it."""
        return CODES[self.code].mend


class Code(msgspec.Struct, frozen=True):
    """What a code stands for, and how to mend it."""

    what: str
    mend: str
    refused: bool = False
    """Whether such a flow is not loaded at all, and no server starts with it."""


CODES = {
    "E001": Code(
        "A step is named that does not exist.", "Correct the name, or write the step.", refused=True
    ),
    "E002": Code(
        "A step has no kind, or several.",
        "Give each step exactly one of the kinds; split it where it does two things.",
        refused=True,
    ),
    "E003": Code("No step leads here.", "Lead a `next` here, or remove the step.", refused=True),
    "E004": Code("A step leads nowhere.", "Write `next`, or make it an `end`.", refused=True),
    "E005": Code(
        "Rules without an `else` as their last line.",
        "Close the list with `- else: <step>`.",
        refused=True,
    ),
    "E006": Code(
        "A write does not say what to do when nobody knows whether it happened.",
        "Write `on_unknown: {check, if, goto, else}` with a read that tells.",
        refused=True,
    ),
    "E007": Code(
        "From a step neither an end nor a human can be reached.",
        "Lead a way out of the circle to an `end` or a `handoff`.",
    ),
    "E008": Code(
        "Steps that nobody acts in lead in a circle.",
        'Put a screen into the circle, or leave it by a rule such as `visits("pay") >= 3`.',
    ),
    "E009": Code(
        "A name is read on a way on which nothing gave it: it is null there.",
        "Ask for it on every way that leads here, or say so: `has(answers.day) and ...`.",
    ),
    "E010": Code(
        "A rule that cannot be read.",
        "Keep to literals, names, comparisons, `and`, `or`, `not`, + - * / and the functions.",
        refused=True,
    ),
    "E011": Code(
        "A comparison with what the name can never be.",
        "Compare with an option as it is spelled, or with a value of the field's type.",
    ),
    "E012": Code(
        "A flow that is called is missing, given wrong inputs, or calls in a circle.",
        "Put the called flow beside this one, and pass the inputs that it has.",
        refused=True,
    ),
    "E013": Code(
        "A text that a language does not have, or not with the same variables.",
        "Write the message in each catalogue, with the variables of the default language.",
    ),
    "E015": Code(
        "A rule or a text looks at a sensitive answer.",
        "Pass it on as it is in a `with`; let the company's back end look at it.",
        refused=True,
    ),
    "E016": Code(
        "A human hands the run back to before a write that has happened.",
        "Let `resume_at` be a step from which the write is not reached again.",
    ),
    "E018": Code(
        "An upload that does not say which files, and how large.",
        "Write `accept: [image/*, application/pdf]` and `max_mb`.",
        refused=True,
    ),
    "E019": Code(
        "The same action is a read in one place and a write in another.",
        "Name a read of its own; a `check` must change nothing.",
    ),
    "E020": Code(
        "The file, a key or a value is not part of the language.",
        "Compare it with the tables of this page.",
        refused=True,
    ),
    "E021": Code("Keys that do not go together.", "Leave one of them out.", refused=True),
    "E022": Code(
        "A currency, a country or an option that does not exist.", "Correct the code.", refused=True
    ),
    "E023": Code(
        "A run cannot be resumed there.", "Let `resume_at` be a step before the end.", refused=True
    ),
    "E024": Code(
        "A name that nothing gives, or that does not exist here.",
        "Correct the name; `result` is of actions, `value` of a field's `check`.",
        refused=True,
    ),
    "E025": Code(
        "An answer that cannot be sealed, or is sealed in one step only.",
        "Make it `sensitive` everywhere, in a field whose type can be sealed.",
        refused=True,
    ),
    "E026": Code(
        "A pattern that cannot be read, or is too large.",
        "Keep to characters, classes, groups and repeats; no looking around, no references.",
        refused=True,
    ),
    "W101": Code("More than 5 fields on one screen.", "Ask in two steps."),
    "W102": Code("More than 7 options without a search.", "Group them, or ask in two steps."),
    "W103": Code(
        "A label that says nothing.", "Write what is asked for; a hint does not replace it."
    ),
    "W104": Code("A push of more than 200 characters.", "Say it shorter: phones cut it."),
    "W105": Code(
        "A rule that is never true where it stands.",
        "Move it up, correct the option, or remove it.",
    ),
    "W106": Code("The help button has nowhere to lead.", "Write `on: {help: {queue, reason}}`."),
    "W107": Code("No test takes this way.", "Write a test that does, in the flow's tests file."),
    "W108": Code("More than 12 screens on the longest way.", "Ask for less, or split the flow."),
    "W109": Code(
        "Asks for what the app has passed on.", "Read the input instead: `inputs.<name>`."
    ),
}
