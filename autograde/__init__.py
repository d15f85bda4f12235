"""What instructors and authors use: never part of a learner's copy."""
