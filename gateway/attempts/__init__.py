"""A plan at work: attempt after attempt, what each of them sends, hears and comes to."""
