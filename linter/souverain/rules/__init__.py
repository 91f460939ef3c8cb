"""Rules: machine checks of clauses, and the verdicts they give over the facts."""
