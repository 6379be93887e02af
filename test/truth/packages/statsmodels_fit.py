# truth: {"packages": ["statsmodels"]}
import numpy as np
import statsmodels.api as sm

x = np.arange(20.0)
fit = sm.OLS(3 * x + 1 + np.sin(x), sm.add_constant(x)).fit()
print(fit.params.round(6), round(fit.rsquared, 6))
