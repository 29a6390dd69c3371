"""The forms of personal data: a loose pattern proposes, a validator decides."""
