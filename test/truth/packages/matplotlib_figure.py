# truth: {"packages": ["matplotlib"]}
import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "fixed"
import matplotlib.pyplot as plt

figure, axes = plt.subplots()
axes.plot([1, 2, 3], [1, 4, 9], label="squares")
axes.set_title("äöü $x^2$")
axes.legend()
figure.savefig("f.svg", metadata={"Date": None})
text = open("f.svg").read()
print(text.count("<path"), "squares" in text, len(text) > 5000, axes.get_xlim())
plt.close(figure)
