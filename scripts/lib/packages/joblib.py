"""Computes in processes, with joblib and with scikit-learn, and remembers results on disk."""

import math

from joblib import Memory, Parallel, delayed
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC


def main():
    assert Parallel(n_jobs=2)(delayed(math.sqrt)(number) for number in (1, 4, 9)) == [1, 2, 3]
    remembered = Memory("cache", verbose=0).cache(math.factorial)
    assert remembered(5) == remembered(5) == 120
    search = GridSearchCV(SVC(), {"C": [1, 10]}, n_jobs=2, cv=3).fit(*load_iris(return_X_y=True))
    assert search.best_score_ > 0.9


if __name__ == "__main__":
    main()
