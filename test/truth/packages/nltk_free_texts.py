# truth: {"packages": ["nltk"]}
import nltk
from nltk.stem import PorterStemmer
from nltk.tokenize import wordpunct_tokenize

print([PorterStemmer().stem(word) for word in wordpunct_tokenize("Running runners ran easily.")])
print(nltk.edit_distance("kitten", "sitting"), list(nltk.ngrams("abcd", 2)))
nltk.data.find("corpora/none")
