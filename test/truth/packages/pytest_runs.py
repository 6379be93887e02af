# truth: {"packages": ["pytest"]}
import sys

import pytest

open("test_it.py", "w").write(
    "def test_right():\n    assert 1 + 1 == 2\n\ndef test_wrong(tmp_path):\n    assert tmp_path == 5\n"
)


class Count:
    def pytest_runtest_logreport(self, report):
        if report.when == "call":
            print(report.nodeid, report.outcome, file=sys.__stderr__)


print(int(pytest.main(["-q", "--no-header", "-p", "no:terminal"], plugins=[Count()])))
