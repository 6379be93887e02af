"""Figures about a text: words, sentences, and the words that come most often."""

import re
import statistics
from collections import Counter


def main(*, text, top=3, ignore=()):
    words = re.findall(r"[\w']+", text.lower())
    sentences = [part for part in re.split(r"[.!?]+\s*", text) if part]
    counted = Counter(word for word in words if word not in ignore)
    # Equal counts in alphabetical order, so that the answer is always the same.
    ranking = sorted(counted.items(), key=lambda entry: (-entry[1], entry[0]))
    return {
        "words": len(words),
        "sentences": len(sentences),
        "mean_word_length": round(statistics.mean(map(len, words)), 2),
        "top": [{"word": word, "count": count} for word, count in ranking[:top]],
    }
