def average(values):
    return sum(values) / len(values)


def main(values):
    return average(values)
