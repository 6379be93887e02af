def main(formula):
    return eval(formula)
