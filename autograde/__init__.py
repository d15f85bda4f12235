"""What instructors and authors use: never part of a learner's copy."""

import sys

# jsonschema, which nbformat and nbgrader import, would compile 39 grammars for a format of web
# addresses that no notebook has: a second for every process that grades.
sys.modules.setdefault("rfc3987_syntax", None)
