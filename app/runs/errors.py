"""Why was an answer not taken?

StaleRun            it was given to a screen that is not the present one
AnswerRefused       its values do not fit their fields
 +-- InputsRefused  what the app passed to start a flow does not fit it
"""

from selfservice.screen import Screen


class StaleRun(Exception):
    """Carries the present screen, so that the app can go on there."""

    def __init__(self, screen: Screen) -> None:
        super().__init__("the run went on elsewhere")
        self.screen = screen


class AnswerRefused(Exception):
    """Carries a sentence for each field, never the values."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("see errors")
        self.errors = errors


class InputsRefused(AnswerRefused):
    pass
