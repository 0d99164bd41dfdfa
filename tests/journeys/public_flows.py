"""How does a public flow become one of ours? `python -m tests.journeys.public_flows FILE` shows it.

Their steps are a `choice`, a `checkbox`, one of our types of field, or an `end` with the name of an
outcome; a checkbox's option `none` excludes the others. Their rules are ours already.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from selfservice import yaml

DATA = Path(__file__).parents[1] / "data" / "public_flows"


def convert(text: str) -> str:
    """The flow in our language (JSON, which is YAML, too)."""
    theirs = yaml.parse(text)
    name = flow_name(theirs["flow"])
    ours = {
        "flow": name,
        "title": f"t:{name}.title",
        "start": theirs["start"],
        "anonymous": True,
        "steps": {key: _step(key, f"t:{name}.{key}", one) for key, one in theirs["steps"].items()},
    }
    return json.dumps(ours, indent=2)


def flow_name(theirs: str) -> str:
    """Our names have no hyphens."""
    return theirs.replace("-", "_")


def value(step: Any, answer: str) -> Any:
    """What our API is sent for one of their answers; a checkbox's are separated by commas."""
    return answer.split(",") if step["type"] == "checkbox" else answer


def _step(name: str, text: str, theirs: Any) -> dict[str, Any]:
    match theirs:
        case {"type": "end"}:
            return {"end": "solved", "screen": text}
        case {"type": "choice"}:
            return {"choice": text, "options": theirs["options"], "next": theirs["next"]}
        case {"type": "checkbox"}:
            options = theirs["options"]
            alone = {"none": "none"} if "none" in options else {}
            shown = {"choice": text, "many": True, "options": options, **alone}
            return {**shown, "next": theirs["next"]}
        case {"type": "date" | "money" | "number" | "country" | "text" as kind}:
            fields = {name: {"type": kind, "label": text}}
            return {"form": text, "fields": fields, "next": theirs["next"]}
        case _:
            raise ValueError(f"unknown type {theirs['type']!r}")


if __name__ == "__main__":
    print(convert(Path(sys.argv[1]).read_text()))  # noqa: T201 - a command
