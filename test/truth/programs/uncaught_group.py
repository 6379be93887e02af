raise ExceptionGroup("several", [ValueError("one"), ExceptionGroup("deeper", [TypeError("two")])])
