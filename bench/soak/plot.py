import json
import sys

import matplotlib
import matplotlib.pyplot as plt

matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "soak", "font.size": 8})


def main():
    """Draws each figure over time with the line that was fitted to it, from the JSON on standard input."""
    panels = json.load(sys.stdin)
    columns = 2
    rows = -(-len(panels) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(9, 1.6 * rows), sharex=True, layout="constrained")
    for axis, panel in zip(axes.flat, panels):
        minutes = [at / 60 for at, _ in panel["points"]]
        axis.plot(minutes, [value for _, value in panel["points"]], color="#3b6ea5", linewidth=0.8)
        if panel["line"]:
            axis.plot([at / 60 for at, _ in panel["line"]], [value for _, value in panel["line"]], color="#c0392b")
        axis.set_title(panel["title"], loc="left")
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.3)
        axis.spines[["top", "right"]].set_visible(False)
    for axis in axes.flat[len(panels) :]:
        axis.set_axis_off()
    for axis in axes.flat[-columns:]:
        axis.set_xlabel("minutes")
    figure.savefig("soak.svg", metadata={"Date": None})
    plt.close(figure)
