"""Learns the sign of a column."""

import lightgbm
import numpy


def main():
    columns = numpy.random.default_rng(0).normal(size=(500, 5))
    labels = (columns[:, 0] > 0).astype(int)
    options = {"objective": "binary", "verbose": -1, "num_leaves": 7}
    model = lightgbm.train(options, lightgbm.Dataset(columns, labels), 20)
    assert ((model.predict(columns) > 0.5) == labels).mean() > 0.95


if __name__ == "__main__":
    main()
