"""`logging.getLogger(__name__)` becomes the project's own function, but not in tests."""

from bowler import Query
from fissix.fixer_base import BaseFix
from fissix.fixer_util import Call, Name


class FixGetLogger(BaseFix):
    BM_compatible = True
    PATTERN = "power< 'logging' trailer< '.' 'getLogger' > trailer< '(' name=any ')' > >"

    def __init__(self):
        pass

    def transform(self, node, results):
        argument = results["name"].clone()
        return Call(Name("project_logger"), [argument], prefix=node.prefix)


def not_in_tests(node, capture, filename):
    return "tests" not in filename.split("/")


query = Query().fixer(FixGetLogger).filter(not_in_tests)
