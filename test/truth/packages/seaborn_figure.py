# truth: {"packages": ["seaborn"]}
import matplotlib

matplotlib.use("agg")
import pandas as pd
import seaborn as sns

axes = sns.barplot(pd.DataFrame({"x": ["a", "b"], "y": [1, 2]}), x="x", y="y")
axes.figure.savefig("f.png")
print(open("f.png", "rb").read(4), [patch.get_height() for patch in axes.patches])
# A figure that is left open comes back from a jail.
matplotlib.pyplot.close("all")
