# truth: {"packages": ["tqdm"]}
from tqdm import tqdm

print(sum(tqdm(range(100), disable=None)), tqdm(total=5, disable=True).n)
