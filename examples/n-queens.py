"""Places n queens on a board of n by n so that none attacks another: all ways are counted, the first is drawn."""


def place(n, columns=()):
    """Yields each full placement; columns[row] is where the queen of that row stands."""
    row = len(columns)
    if row == n:
        yield columns
        return
    for column in range(n):
        if all(column != other and abs(column - other) != row - above for above, other in enumerate(columns)):
            yield from place(n, (*columns, column))


def main(n):
    solutions = list(place(n))
    for column in solutions[0]:
        print(". " * column + "Q" + " ." * (n - column - 1))
    return {"n": n, "solutions": len(solutions), "first": solutions[0]}
