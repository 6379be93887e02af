# truth: {"packages": ["scikit-learn"]}
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def main():
    x, y = load_iris(return_X_y=True)
    train_x, test_x, train_y, test_y = train_test_split(x, y, random_state=0)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    print(round(model.fit(train_x, train_y).score(test_x, test_y), 4))
    search = GridSearchCV(RandomForestClassifier(random_state=0), {"n_estimators": [5, 10]}, n_jobs=2)
    print(search.fit(train_x, train_y).best_params_)


if __name__ == "__main__":
    main()
