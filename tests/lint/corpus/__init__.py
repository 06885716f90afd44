"""An inert corpus of whole skills, malicious and benign, made from templates with a seed.

A template is text with slots (``templates/``); each copy draws its own wording, hosts and carrier. Nothing in
it works: its hosts do not exist, and nothing of it is ever run.
"""

from tests.lint.corpus.build import Sample, make_corpus, write_corpus
from tests.lint.corpus.judge import Verdict, judge

__all__ = ["Sample", "Verdict", "judge", "make_corpus", "write_corpus"]
