class Odd(Exception):
    def __init__(self, what):
        super().__init__(what)
        self.add_note("a note")


def inner(value):
    try:
        return {}[value]
    except KeyError as error:
        raise Odd("from inner") from error


print("before")
inner("missing")
