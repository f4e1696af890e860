"""Runs modules of CPython's own tests and prints how each test ended: `suite.py MODULE… [-CLASS…]`.

A word that begins with `-` is the name of a test class that is left out. The order is that of the modules, and what is
printed does not depend on time, so two runs can be held against each other.
"""
import sys
import unittest


class Told(unittest.TestResult):
    """A result that keeps one word per test."""

    def __init__(self):
        super().__init__()
        self.ends = {}

    def startTest(self, test):
        super().startTest(test)
        self.ends[test.id()] = "ok"

    def addError(self, test, err):
        super().addError(test, err)
        self.ends[test.id()] = "error"
        print(self.errors[-1][1], file=sys.stderr)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.ends[test.id()] = "failure"
        print(self.failures[-1][1], file=sys.stderr)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.ends[test.id()] = "skipped"

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.ends[test.id()] = "expected failure"

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.ends[test.id()] = "unexpected success"

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.ends[test.id()] = "failure in a part"


def single(suite):
    """Every test of nested suites."""
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from single(test)
        else:
            yield test


def main(words):
    modules = [word for word in words if not word.startswith("-")]
    left_out = {word[1:] for word in words if word.startswith("-")}
    loaded = unittest.defaultTestLoader.loadTestsFromNames(modules)
    wanted = [test for test in single(loaded) if type(test).__name__ not in left_out]
    result = Told()
    unittest.TestSuite(wanted).run(result)
    for test in sorted(result.ends):
        print(test, result.ends[test])
    print("ran", result.testsRun, "tests")


main(sys.argv[1:])
