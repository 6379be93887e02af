import unittest


class Wrong(unittest.TestCase):
    def test_wrong(self):
        self.fail("on purpose")


unittest.main(verbosity=0, testRunner=unittest.TextTestRunner(stream=open("report", "w")))
