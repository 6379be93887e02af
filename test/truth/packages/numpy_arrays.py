# truth: {"packages": ["numpy"]}
import numpy as np

rng = np.random.default_rng(7)
a = rng.normal(size=(200, 200))
print(a.mean().round(6), np.linalg.inv(a)[0, 0].round(6), np.fft.rfft(a[0])[1].round(6), (a @ a.T).trace().round(4))
print(np.linalg.svd(a, compute_uv=False)[:3].round(4), np.arange(12).reshape(3, 4).sum(axis=1))
np.save("a.npy", a)
print(np.load("a.npy", mmap_mode="r")[3, 3].round(6), np.sort(a[0])[:2].round(4))
print(np.array([1, 2]) / 0)
