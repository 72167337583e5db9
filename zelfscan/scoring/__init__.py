"""From answers to theme scores, levels, the basic level and advice; nothing here knows a web page or a database."""

from zelfscan.scoring.advice import Advice, NextStep, ThemeAdvice, advise
from zelfscan.scoring.scores import BasicLevel, Scores, ThemeScore, score

__all__ = ["Advice", "BasicLevel", "NextStep", "Scores", "ThemeAdvice", "ThemeScore", "advise", "score"]
