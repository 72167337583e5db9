"""Question banks: what a bank is, reading one from a file, the kinds of question and which questions are asked."""
