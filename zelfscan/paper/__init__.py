"""A question bank on paper: the questions to fill in with a pen, and the pages to work out one's own outcome."""
