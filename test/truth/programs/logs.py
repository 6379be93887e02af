import logging
import logging.handlers
import sys

logging.warning("to stderr, by the root")
logger = logging.getLogger("app.part")
handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(funcName)s %(lineno)d %(threadName)s %(message)s"))
logger.addHandler(handler)
logger.setLevel(logging.DEBUG)
logger.debug("value %d", 5)
try:
    1 / 0  # noqa: B018
except ZeroDivisionError:
    logger.exception("with a trace")
rotating = logging.handlers.RotatingFileHandler("log.txt", maxBytes=200, backupCount=2)
logger.addHandler(rotating)
for number in range(20):
    logger.info("line %d", number)
rotating.close()
import os  # noqa: E402

print(sorted(name for name in os.listdir() if name.startswith("log")))
logger.info("%d is not enough", "text")
