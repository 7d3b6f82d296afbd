"""What a user can meet: one message, one way out."""


class Problem(Exception):
    """Something the environment cannot do by itself.

    The message names the object; ``hint`` is one sentence with the command that helps.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint
